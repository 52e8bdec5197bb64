"""Tests of harness.probes."""
