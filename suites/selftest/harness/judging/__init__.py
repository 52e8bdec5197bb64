"""Tests of judging, on stories and by hand; all of them pure."""
