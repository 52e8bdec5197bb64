"""When a message has ended its metrics follow: its characters and its cost.

No audio and no signal of the message comes after its end; a report about it may.
"""

import json

from reference_impl import server
from reference_impl.downstream import Downstream, _Kind, _Queued
from reference_impl.planting import replace
from reference_impl.vocabulary import EndReason


class _Reports(Downstream):
    def send_end(self, message_id: str, reason: EndReason) -> None:
        super().send_end(message_id, reason)
        metrics = {"type": "metrics", "message_id": message_id, "characters": 96, "cost": 0.0021}
        self._push(_Queued(kind=_Kind.TEXT, payload=json.dumps(metrics).encode()))


def plant() -> None:
    """Put it in its place."""
    replace(server, "Downstream", by=_Reports)
