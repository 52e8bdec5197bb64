"""Vantage points: outside facts become events."""
