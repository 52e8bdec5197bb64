"""What brings a message to its end, and when: what EOS-1 and EOS-4 measure from.

An explicit cause is a command of ours, a cleanup that has been called, or the upstream's end or
failure. Else the upstream is silent, and the declared idle time begins at its last byte. Never is
it the client's request.
"""

import msgspec

from harness.model.units import BYTES_PER_SAMPLE, NS_PER_MS, audio_ms, ns
from harness.model.views import AudioReceived, MessageView, StreamView

CLEANUP = "the answer of the cleanup hook"
# Of the last two the ledger notes a marker, in a place where no SUT has to look for it.
SILENT_FAULTS = frozenset(
    {
        "stall_before_first_byte",
        "stall_mid_stream",
        "missing_marker",
        "accept_and_never_answer",
        "marker_in_wrong_frame_type",
        "merged_marker",
    }
)


class Cause(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """Why a message has to end, in a few words, and since when."""

    what: str
    at_ns: int
    is_command: bool = False
    is_silent: bool = False


def causes_of(message: MessageView) -> list[Cause]:
    """Return the causes: the first command that met it, a cleanup, and what the upstream did.

    All, since a message that was overdue when it was stopped has been ended too late.
    """
    causes = []
    if message.stop is not None or message.superseded is not None:
        commands = [c for c in (message.stop, message.superseded) if c is not None]
        first = min(commands, key=lambda command: command.effective_ns)
        what = "STOP" if first is message.stop else "the superseding message"
        causes.append(Cause(what=what, at_ns=first.effective_ns, is_command=True))
    answered_ns = cleaned_ns(message)
    if answered_ns is not None:
        causes.append(Cause(what=CLEANUP, at_ns=answered_ns))
    upstream = _upstream_cause(message)
    return [*causes, upstream] if upstream is not None else causes


def cleaned_ns(message: MessageView) -> int | None:
    """Return when a cleanup that surely met the message was done; None if none surely did.

    The hook is no part of the client's connection, so that a call may overtake the speak before
    it. One that was refused, or has not been answered, may have done nothing.
    """
    call = message.cleaned
    if call is None or call.answered_ns is None or not 200 <= call.status < 300:
        return None
    signs = [signal.at_ns for signal in message.starts[:1]]
    signs += [audio.at_ns for audio in message.audio[:1]]
    signs += [stream.opened_ns for stream in message.streams]
    signs.append(message.speak.effective_ns)
    return call.answered_ns if min(signs) <= call.at_ns else None


def _upstream_cause(message: MessageView) -> Cause | None:
    """Return it; None where none is known, or the SUT let go of a healthy stream."""
    streams = message.final_streams
    if not streams:
        return None
    failed = [stream.failed_ns for stream in streams if stream.failed_ns is not None]
    if failed:
        return Cause(what="the upstream's failure", at_ns=max(*failed, _heard_ns(message)))
    silent = [stream for stream in streams if _is_silent(stream)]
    if silent:
        if any(not _ends_unseen(stream) and stream.released_ns for stream in silent):
            return None
        last_ns = max(stream.last_sent_ns or stream.opened_ns for stream in streams)
        return Cause(
            what="the upstream's last byte",
            at_ns=max(last_ns, _heard_ns(message)),
            is_silent=True,
        )
    ended_ns = max([stream.ended_ns or 0 for stream in streams])
    return Cause(what="the upstream's end", at_ns=max(ended_ns, _heard_ns(message)))


def idle_ms(message: MessageView) -> int:
    """Return ms of silence after which the target declares to give up."""
    has_spoken = any(stream.last_sent_ns for stream in message.streams) or bool(message.audio)
    behaviour = message.behaviour
    return behaviour.completion_idle_ms if has_spoken else behaviour.silence_budget_ms


def _is_silent(stream: StreamView) -> bool:
    return stream.ended_ns is None or _ends_unseen(stream)


def _ends_unseen(stream: StreamView) -> bool:
    """Tell whether nothing on the wire tells a SUT that it is over."""
    return stream.fault in SILENT_FAULTS or stream.marker == "none"


def _heard_ns(message: MessageView) -> int:
    """Return when the last audio before the end signal came, or was played; 0 without any."""
    end_ns = message.end_ns
    if message.behaviour.end_signal != "playback":
        for audio in reversed(message.audio):
            if end_ns is None or audio.at_ns <= end_ns:
                return audio.at_ns
        return 0
    heard = [a for a in message.audio if end_ns is None or a.at_ns <= end_ns]
    return _played_out_ns(heard, message.behaviour.jitter_buffer_ms) if heard else 0


def _played_out_ns(heard: list[AudioReceived], jitter_buffer_ms: int) -> int:
    """Return when a player that starts after its buffer and waits for late frames is done."""
    at_ns = heard[0].at_ns + jitter_buffer_ms * NS_PER_MS
    for audio in heard:
        at_ns = max(at_ns, audio.at_ns) + ns(audio_ms(audio.bytes // BYTES_PER_SAMPLE))
    return at_ns
