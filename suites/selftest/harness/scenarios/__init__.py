"""Tests of harness.scenarios."""
