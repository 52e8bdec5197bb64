"""Tests of this project, mirrored path by path; not part of the wheel."""
