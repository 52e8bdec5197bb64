"""Tests of the formats, one file each."""
