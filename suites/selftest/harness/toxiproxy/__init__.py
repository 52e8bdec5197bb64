"""Tests that mirror ``harness/toxiproxy/``."""
