"""What the upstream answered, as far as a SUT behind the proxy could see it.

It has said that a stream is complete by its marker, by a clean end of body, or by a close with 1000
where the target declares that as an ending. It has failed visibly by a status, an error message, a
close frame without a marker, or a connection that ends too early: a reset reaches the SUT as a FIN,
but chunks and frames make both visible. Silence can be seen by nobody; it has a budget instead.
"""

from harness.model.target import Behaviour
from harness.model.views import MessageView, StreamView

IDLE_ENDINGS = frozenset({"none", "silence"})
QUIET_ENDINGS = frozenset({"fin", "half_close", "close 1000"})
CLIENT_LEFT = "status 499"  # the ledger's word for a refusal that nobody waited for
COMPLETED = "completed"
TELLS_OF_FAILURE = frozenset({"upstream_error", "timeout"})


def reason_of(message: MessageView) -> str | None:
    """Return why the message ended by its first end signal, in our words; None if that is open."""
    words = message.behaviour.reasons or {}
    return words.get(message.ends[0].detail) if message.ends else None


def may_end_by_idle(behaviour: Behaviour) -> bool:
    """Tell whether silence is an ending that the upstream protocol knows."""
    return not IDLE_ENDINGS.isdisjoint(behaviour.end_markers)


def has_strange_marker(message: MessageView) -> bool:
    """Tell whether a stream ended by a marker that the target does not know: no case for it."""
    known = {"body", *message.behaviour.end_markers}
    return any(
        stream.marker is not None and stream.marker.partition(":")[0] not in known
        for stream in message.streams
    )


def unsaid_streams(message: MessageView) -> list[StreamView]:
    """Return the streams that the upstream did not call complete, without those spoken anew."""
    unsaid = [stream for stream in message.final_streams if not _is_said(message, stream)]
    if not unsaid:
        return unsaid
    said = {n for s in message.streams if _is_said(message, s) for n in s.sentences}
    return [s for s in unsaid if not (s.sentences and said.issuperset(s.sentences))]


def visible_failures(message: MessageView) -> list[tuple[StreamView, int]]:
    """Return the streams that failed for all to see before the end signal, and when.

    A failure that another attempt made good is none.
    """
    failed = [(stream, _failed_ns(message, stream)) for stream in unsaid_streams(message)]
    return [(stream, at_ns) for stream, at_ns in failed if at_ns is not None]


def _is_said(message: MessageView, stream: StreamView) -> bool:
    if stream.marker is not None:
        return True
    return stream.failed_how == "close 1000" and "close" in message.behaviour.end_markers


def _failed_ns(message: MessageView, stream: StreamView) -> int | None:
    at_ns = stream.failed_ns
    if at_ns is None:
        at_ns = _cut_off_ns(message, stream)
    elif stream.failed_how == CLIENT_LEFT or _is_quiet_ending(message, stream):
        return None
    is_later = at_ns is not None and message.end_ns is not None and at_ns > message.end_ns
    return None if is_later else at_ns


def _is_quiet_ending(message: MessageView, stream: StreamView) -> bool:
    """Tell whether it only went away after all that it had to say, where idle is an ending."""
    is_whole = 0 < stream.total_samples <= stream.sent_until
    return is_whole and stream.failed_how in QUIET_ENDINGS and may_end_by_idle(message.behaviour)


def _cut_off_ns(message: MessageView, stream: StreamView) -> int | None:
    """Return when our own fault cut the connection of a stream that was live; None if none did."""
    at_ns = stream.released_ns
    if at_ns is None or stream.released_by != "peer" or stream.ended_ns is not None:
        return None
    return at_ns if message.origin.conditions.was_reset("upstream", at_ns) else None
