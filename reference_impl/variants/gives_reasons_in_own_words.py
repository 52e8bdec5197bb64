"""Why a message ended is said in the platform's own words, and it declares what they mean."""

import json

from reference_impl import server
from reference_impl.downstream import Downstream, _Kind, _Queued
from reference_impl.planting import replace
from reference_impl.vocabulary import EndReason

_WORDS = {
    EndReason.COMPLETED: "done",
    EndReason.STOPPED: "halted",
    EndReason.SUPERSEDED: "replaced",
    EndReason.UPSTREAM_ERROR: "provider_failed",
    EndReason.TIMEOUT: "provider_silent",
    EndReason.CLEANUP: "session_reset",
}


class _OwnWords(Downstream):
    def send_end(self, message_id: str, reason: EndReason) -> None:
        end = {"type": "stream.end", "message_id": message_id, "reason": _WORDS[reason]}
        self._push(_Queued(kind=_Kind.TEXT, payload=json.dumps(end).encode()))


def plant() -> None:
    """Put it in its place."""
    replace(server, "Downstream", by=_OwnWords)
