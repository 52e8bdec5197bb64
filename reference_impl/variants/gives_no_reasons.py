"""An end signal says that a message has ended, and not why: declared as no reasons."""

import json

from reference_impl import server
from reference_impl.downstream import Downstream, _Kind, _Queued
from reference_impl.planting import replace
from reference_impl.vocabulary import EndReason


class _GivesNone(Downstream):
    def send_end(self, message_id: str, reason: EndReason) -> None:  # noqa: ARG002 - it is not told
        end = {"type": "stream.end", "message_id": message_id}
        self._push(_Queued(kind=_Kind.TEXT, payload=json.dumps(end).encode()))


def plant() -> None:
    """Put it in its place."""
    replace(server, "Downstream", by=_GivesNone)
