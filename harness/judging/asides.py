"""What a client does besides speaking and stopping, and signals of no known kind."""

from collections.abc import Callable, Mapping

import msgspec

from harness.judging.open_session import OpenSession
from harness.model import events as ev
from harness.model.events import Event
from harness.model.session_view import InvalidInput
from harness.model.views import CleanupCall, Command, Signal

CLOSED_BELOW = frozenset({"close 1002", "close 1007", "close 1009"})  # by the WebSocket library

_cleanup = msgspec.json.Decoder(ev.CleanupData).decode
_stray = msgspec.json.Decoder(ev.EndData).decode
_invalid = msgspec.json.Decoder(ev.InvalidData).decode


def _cleanup_called(session: OpenSession, event: Event) -> None:
    data = _cleanup(event.data)
    session.cut_span()
    session.clean_up(
        CleanupCall(
            at_ns=event.at_ns,
            seq=event.seq,
            call=data.call,
            times=data.times,
            at_once=data.at_once,
        )
    )


def _cleanup_answered(session: OpenSession, event: Event) -> None:
    data = _cleanup(event.data)
    for call in session.view.cleanups:
        if call.call == data.call and call.answered_ns is None:
            call.answered_ns, call.status, call.text = event.at_ns, data.status, data.text
            return


def _invalid_sent(session: OpenSession, event: Event) -> None:
    data = _invalid(event.data)
    session.cut_span()
    command = Command(at_ns=event.at_ns, seq=event.seq)
    session.fences.follow(command)
    invalid = InvalidInput(kind=data.invalid, command=command, fatal=data.fatal)
    session.view.invalids.append(invalid)
    if data.fatal:
        session.void(event.at_ns, is_broken_off=True)


def _client_reads_again(session: OpenSession, event: Event) -> None:
    session.view.read_again_ns = event.at_ns


def _stray_signal(session: OpenSession, event: Event) -> None:
    data = _stray(event.data)
    signal = Signal(at_ns=event.at_ns, seq=event.seq, kind="stray", detail=data.text or "")
    session.view.stray_signals.append((event.message or "", signal))


ASIDES: Mapping[str, Callable[[OpenSession, Event], None]] = {
    "cleanup_called": _cleanup_called,
    "cleanup_answered": _cleanup_answered,
    "invalid_sent": _invalid_sent,
    "client_reads_again": _client_reads_again,
    "stray_signal": _stray_signal,
}


def said_of_audio(data: ev.StartData) -> str:
    """Return what a start signal says of its audio, as in ``pcm_s16le/24000/1``; "" for nothing."""
    if data.format is None and data.sample_rate is None and data.channels is None:
        return ""
    return f"{data.format or '?'}/{data.sample_rate or '?'}/{data.channels or '?'}"
