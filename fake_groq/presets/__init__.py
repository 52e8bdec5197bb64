"""WebSocket protocols of speech services as the fake speaks them: one file each."""
