"""The vocabulary: pure data that every other part of the harness speaks."""
