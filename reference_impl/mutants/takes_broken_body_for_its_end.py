"""An exception while reading the body is the end of the body: there is nothing more to read.

A connection that breaks in mid-sentence is told as completed, without any error.
"""

from reference_impl import server
from reference_impl.framing import Finish, Part
from reference_impl.planting import replace
from reference_impl.upstream import UpstreamFailed
from reference_impl.upstream_http import HttpUpstream


class _EndsQuietly(HttpUpstream):
    async def receive(self) -> Part:
        try:
            return await super().receive()
        except UpstreamFailed:
            return Finish(is_clean=True, how="end of body")


def plant() -> None:
    """Plant the bug."""
    replace(server, "HttpUpstream", by=_EndsQuietly)
