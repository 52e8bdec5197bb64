"""Cleaning up what is already clean is taken for a mistake of the caller.

The second call raises, and whoever called it for safety gets an error (send after close: pipecat
#1511, #471).
"""

from reference_impl import server
from reference_impl.planting import replace
from reference_impl.relay import Session
from reference_impl.vocabulary import CleanUp


class _Refuses(Session):
    async def call_cleanup(self) -> CleanUp | None:
        cleanup = await super().call_cleanup()
        if cleanup is not None and not cleanup.effective:
            raise RuntimeError("There is nothing to clean up.")
        return cleanup


def plant() -> None:
    """Plant the bug."""
    replace(server, "Session", by=_Refuses)
