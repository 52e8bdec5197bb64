"""Tests that mirror ``harness/engine/``."""
