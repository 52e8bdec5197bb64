"""When a message was first heard, and from when on it could have been: what LAT-1 and LAT-2 need.

A link whose fault is more than a latency has no delay that is proven: what it held is not judged.
"""

from harness.model.conditions import Conditions
from harness.model.units import NS_PER_MS
from harness.model.views import MessageView, StreamView

OWN_TURN_NS = 100 * NS_PER_MS  # a start signal that comes later, in a queue, has waited its turn


def is_held(conditions: Conditions, from_ns: int, until_ns: int) -> bool:
    """Tell whether a link stalled, was narrow or lost connections in the window."""
    return bool(conditions.windows) and any(
        window.fault != "network_latency" and window.touches(from_ns, until_ns)
        for window in conditions.windows
    )


def voiced_by(message: MessageView) -> StreamView | None:
    """Return the upstream stream whose samples the client heard first; None if that is unknown."""
    spoken = [stream for stream in message.streams if stream.first_sent_ns is not None]
    if len(spoken) < 2:
        return spoken[0] if spoken else None
    first = next((audio for audio in message.audio if message.is_heard_in(audio)), None)
    keys = {key for key, _, _ in first.runs} if first is not None else set()
    own = [stream for stream in spoken if stream.key in keys] or spoken
    return min(own, key=lambda stream: stream.first_sent_ns or 0, default=None)


def turn_ns(message: MessageView) -> int | None:
    """Return from when on the SUT could speak it; None where nobody can tell.

    In a declared queue a message waits until the one before it is over: its start signal says so.
    """
    asked_ns = message.speak.at_ns
    if message.behaviour.on_new_message != "queue" or message.message_number == 1:
        return asked_ns
    if not message.starts:
        return None
    started_ns = message.starts[0].at_ns
    return started_ns if started_ns > asked_ns + OWN_TURN_NS else asked_ns
