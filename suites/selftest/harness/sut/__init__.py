"""Tests of harness.sut."""
