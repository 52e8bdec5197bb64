"""The fixtures of a proxied link, on the real server and on the stand-in."""

from suites.selftest.harness.linked import client, link, server

__all__ = ["client", "link", "server"]
