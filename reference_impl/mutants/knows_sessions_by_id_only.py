"""The register of the sessions has no column for the user.

Who connects again gets a second session, and the first lives on beside it: two relays speak to one
user (two playbacks of one generation: jamiepine/voicebox #564).
"""

from reference_impl import server
from reference_impl.planting import replace
from reference_impl.relay import Session
from reference_impl.server import Sessions


class _ByIdOnly(Sessions):
    async def admit(self, session: Session) -> None:
        self._by_id[session.session_id] = session


def plant() -> None:
    """Plant the bug."""
    replace(server, "Sessions", by=_ByIdOnly)
