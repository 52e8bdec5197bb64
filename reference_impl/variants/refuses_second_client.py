"""A user who is connected stays so, and a second client of that user is refused.

The reference closes the first one instead; one session per user comes of both.
"""

from reference_impl import server
from reference_impl.planting import replace
from reference_impl.relay import Session
from reference_impl.server import Sessions

ALREADY_CONNECTED = 4009


class _FirstStays(Sessions):
    async def admit(self, session: Session) -> None:
        if any(other.user == session.user for other in self if session.user is not None):
            await session.client.close(ALREADY_CONNECTED)  # so its first read is its last
            return
        await super().admit(session)


def plant() -> None:
    """Put it in its place."""
    replace(server, "Sessions", by=_FirstStays)
