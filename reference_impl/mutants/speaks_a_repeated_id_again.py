"""Message ids are the client's business, so nobody looks whether one has been used before.

The same speak twice, from a client that retries, is spoken twice: one message with two starts and
two ends (two playbacks of one generation: jamiepine/voicebox #564).
"""

from reference_impl import relay
from reference_impl.message_stream import MessageStream
from reference_impl.planting import replace
from reference_impl.vocabulary import Speak


class _SpeaksAgain(MessageStream):
    def is_duplicate(self, _: Speak) -> bool:
        return False


def plant() -> None:
    """Plant the bug."""
    replace(relay, "MessageStream", by=_SpeaksAgain)
