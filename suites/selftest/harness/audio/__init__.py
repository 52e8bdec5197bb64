"""Tests that mirror ``harness/audio/``."""
