"""A fake Groq Orpheus server; knows nothing of the harness."""
