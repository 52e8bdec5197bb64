"""Tests of the reference relay: its parts without I/O, and the whole on loopback sockets."""
