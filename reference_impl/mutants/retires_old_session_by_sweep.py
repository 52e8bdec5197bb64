"""A session whose user has connected again is only marked; a sweep closes it 1.5 s later.

Until then two sessions of one user speak at the same time (jamiepine/voicebox #564).
"""

import asyncio

from reference_impl import server
from reference_impl.planting import replace
from reference_impl.relay import Session

SWEEP_S = 1.5


class _Swept(Session):
    async def retire(self, *, close_code: int, cause: str) -> None:
        sweep = self._sweep(close_code, cause)
        self._tasks.create_task(sweep, name=f"sweep {self.session_id}")

    async def _sweep(self, close_code: int, cause: str) -> None:
        await asyncio.sleep(SWEEP_S)
        await super().retire(close_code=close_code, cause=cause)


def plant() -> None:
    """Plant the bug."""
    replace(server, "Session", by=_Swept)
