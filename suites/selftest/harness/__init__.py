"""Tests that mirror ``harness/``."""
