"""Answers to invalid input are collected for 1.5 s, so that a broken client is not flooded.

A client that waits for an answer for one second has given up by then.
"""

import asyncio

from reference_impl import server
from reference_impl.planting import replace
from reference_impl.relay import Session
from reference_impl.vocabulary import Input, Rejected

COLLECTED_S = 1.5


class _Collects(Session):
    async def post(self, arrived: Input) -> None:
        if isinstance(arrived, Rejected):
            answer = self.client.send_error
            loop = asyncio.get_running_loop()
            loop.call_later(COLLECTED_S, answer, arrived.message_id, arrived.failure)
        else:
            await super().post(arrived)


def plant() -> None:
    """Plant the bug."""
    replace(server, "Session", by=_Collects)
