"""The toxics, one per file: their attributes, and what the stand-in does with the bytes."""
