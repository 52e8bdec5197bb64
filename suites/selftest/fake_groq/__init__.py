"""Tests that mirror ``fake_groq/``."""
