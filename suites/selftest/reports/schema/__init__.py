"""Tests of the schema of the JSON document."""
