"""Tests of harness.faults."""
