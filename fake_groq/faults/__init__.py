"""Misbehaviours of the fake: one file each, found by a scan of this folder."""
