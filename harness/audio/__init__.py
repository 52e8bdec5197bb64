"""What received audio is: attribution of each sample to a stream by its watermark."""
