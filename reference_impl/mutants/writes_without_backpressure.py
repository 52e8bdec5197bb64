"""Audio is queued for the client, however much waits there already.

Memory is cheap, so the upstream is never kept waiting: for a client that reads nothing the whole
answer, at full speed, is taken from the provider and kept (k6 #4670).
"""

from reference_impl import server
from reference_impl.downstream import Downstream
from reference_impl.planting import replace


class _NeverWaits(Downstream):
    async def room(self) -> None:
        return


def plant() -> None:
    """Plant the bug."""
    replace(server, "Downstream", by=_NeverWaits)
