"""Tests of the misbehaviours of the fake upstream."""
