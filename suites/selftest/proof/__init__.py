"""Proofs on real sockets: whole runs of the reference, tampered records, kills, bad input."""
