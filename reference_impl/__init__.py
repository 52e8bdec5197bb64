"""The reference relay: a WebSocket speech relay whose every resource has exactly one owner.

From the inside out: `message_stream` and `framing` decide without I/O; `ownership`, `upstream` and
`downstream` each own one resource; `relay` is one session; `server` is the process around it.
"""
