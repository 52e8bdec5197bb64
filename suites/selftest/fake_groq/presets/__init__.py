"""Tests of the protocols that the fake imitates on its WebSocket."""
