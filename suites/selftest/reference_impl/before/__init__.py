"""Tests of the counter-example: that it works for the patient, and how it fails for all others."""
