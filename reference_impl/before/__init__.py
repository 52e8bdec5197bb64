"""The counter-example: a relay as one writes it first, before its state had owners.

It speaks the same protocol as the reference relay and is meant to be read beside it. Nothing in it
is random and nothing is planted: it works as long as a user waits for each message to end and the
provider's audio comes on time. `voicecert compare before reference` shows what becomes of it when
they do not. What each part gets wrong stands in the part:

`conversation` keeps what it is doing in flags that every message shares, infers the end of a
message from a silence, treats STOP as a hint, and opens an upstream socket for each request
without closing the last.

`application` is the web application around it; it forgets a client that left and nothing else.
"""
