"""A connection whose answer was read to its end is kept and used for the next: declared as pooled.

One whose answer was cut short by STOP is closed.
"""

import aiohttp

from reference_impl.planting import replace


class _KeepsAlive(aiohttp.TCPConnector):
    def __init__(self, *, force_close: bool, limit: int) -> None:
        super().__init__(force_close=not force_close, limit=limit)


def plant() -> None:
    """Put it in its place."""
    replace(aiohttp, "TCPConnector", by=_KeepsAlive)
