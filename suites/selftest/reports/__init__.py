"""Tests of the documents: their data, their formats, their schema."""
