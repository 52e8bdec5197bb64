"""Each session has a thread of its own for what might block, and no one to end it.

The pool is made with the session and never shut down; the thread waits for work for ever.
"""

from concurrent.futures import ThreadPoolExecutor
from typing import ClassVar

from reference_impl import server
from reference_impl.planting import replace
from reference_impl.relay import Session


class _Threads(Session):
    pools: ClassVar[list[ThreadPoolExecutor]] = []

    async def run(self) -> None:
        pool = ThreadPoolExecutor(max_workers=1, thread_name_prefix=self.session_id)
        pool.submit(self._journal.note, "thread_started", session=self.session_id)
        self.pools.append(pool)
        await super().run()


def plant() -> None:
    """Plant the bug."""
    replace(server, "Session", by=_Threads)
