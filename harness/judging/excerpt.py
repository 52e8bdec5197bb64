"""The three lanes around a breach: what client, relay and upstream did, line by line."""

import re
from bisect import bisect_left
from typing import NamedTuple

from harness.model.session_view import SessionView
from harness.model.units import NS_PER_MS, audio_ms
from harness.model.verdict import Evidence, Finding
from harness.model.views import AudioReceived, MessageView

LINES_MAX = 12
NEIGHBOURS = 5
LAST = 1 << 62
NAMED = re.compile(r"(?<![-\w])(m\d+)\b(?: of (s\d+))?")


class _Line(NamedTuple):
    """One line of the lanes; ``seq`` orders what one read brought at the same moment."""

    at_ns: int
    seq: int
    lane: str
    text: str


def excerpt(view: MessageView | SessionView, finding: Finding) -> tuple[Evidence, ...]:
    """Return the lines around the breach in the order of time, ms from the message's request.

    The request itself is always the first line, also where the others begin later.
    """
    messages = [view] if isinstance(view, MessageView) else _around(view, finding)
    if not messages:
        return ()
    speak = _speak(messages[0])
    lines = [line for message in messages for line in (*_client(message), *_upstream(message))]
    breach = _Line(finding.at_ns, LAST, "client", "◄── breach")
    lines = [line for line in (*lines, breach) if line != speak]
    lines.sort(key=lambda line: (line.at_ns, line.seq))
    room = LINES_MAX - 1
    begin = max(0, min(lines.index(breach) - NEIGHBOURS - 1, len(lines) - room))
    return tuple(
        Evidence(
            at_ms=round((line.at_ns - speak.at_ns) / NS_PER_MS, 3),
            lane=line.lane,
            text=line.text,
            is_breach=line is breach,
        )
        for line in (speak, *lines[begin : begin + room])
    )


def _around(session: SessionView, finding: Finding) -> list[MessageView]:
    """Return the messages that the sentence names; one alone comes with the one before it.

    Where it names none of this session: the two that were asked for last before the breach.
    """
    own = ("", session.session)
    named = {message for message, of in NAMED.findall(finding.sentence) if of in own}
    places = [n for n, message in enumerate(session.messages) if message.message in named]
    if len(places) == 1:
        return session.messages[max(0, places[0] - 1) : places[0] + 1]
    before = [m for m in session.messages if m.speak.at_ns <= finding.at_ns]
    return [session.messages[n] for n in places] or before[-2:] or session.messages[:1]


def _speak(message: MessageView) -> _Line:
    speak = message.speak
    return _Line(speak.at_ns, speak.seq, "client", f"speak {message.message} ──►")


def _client(message: MessageView) -> list[_Line]:
    name, stop = message.message, message.stop
    lines = [_speak(message)]
    for signal in (*message.starts, *message.ends, *message.errors):
        detail = f' "{signal.detail}"' if signal.detail else ""
        text = f"◄── {signal.kind} {name}{detail}"
        lines.append(_Line(signal.at_ns, signal.seq, "relay", text))
    if stop is not None:
        lines.append(_Line(stop.at_ns, stop.seq, "client", f"STOP {name} ({stop.phase.value}) ──►"))
        how = " by now at the latest (PONG late)" if stop.is_fence_late else " (PONG)"
        lines.append(_Line(stop.effective_ns, LAST, "relay", f"STOP has reached the SUT{how}"))
    if message.left_ns is not None:
        lines.append(_Line(message.left_ns, 0, "client", f"leaves ({message.left_how})"))
    if message.lost_ns is not None:
        lines.append(_Line(message.lost_ns, LAST, "relay", "connection gone"))
    return lines + _audio(message)


def _audio(message: MessageView) -> list[_Line]:
    """Return the first frame, the last of each stretch without a signal, and how much it was."""
    cuts = sorted(signal.seq for signal in (*message.starts, *message.ends, *message.errors))
    if message.stop is not None:
        cuts = sorted([*cuts, message.stop.seq])
    stretches: dict[int, list[AudioReceived]] = {}
    for audio in message.audio:
        stretches.setdefault(bisect_left(cuts, audio.seq), []).append(audio)
    lines = []
    for frames in stretches.values():
        first, last, count = frames[0], frames[-1], len(frames)
        total = audio_ms(sum(audio.bytes // 2 for audio in frames))
        where = f" from sample {first.runs[0][1]}" if first.runs else ""
        many = f"{count} frames" if count > 1 else "1 frame"
        text = f"◄── audio {message.message}{where}: {many}, {total:.0f} ms"
        lines.append(_Line(first.at_ns, first.seq, "relay", text))
        if count > 1:
            lines.append(_Line(last.at_ns, last.seq, "relay", f"◄── last of these {count} frames"))
    return lines


def _upstream(message: MessageView) -> list[_Line]:
    lines = []
    for stream in message.streams:
        name = f"stream {stream.exchange}"
        audio = f"{audio_ms(stream.sent_samples):.0f} ms in all"
        how = f"{stream.released_by}, {stream.released_how}"
        moments = (
            (stream.opened_ns, f"{name} opened for {message.message}"),
            (stream.first_sent_ns, f"{name} first audio"),
            (stream.last_sent_ns, f"{name} last audio, {audio}"),
            (stream.ended_ns, f"{name} end marker {stream.marker or ''}".rstrip()),
            (stream.failed_ns, f"{name} fails: {stream.failed_how}"),
            (stream.released_ns, f"{name} released ({how})"),
            (stream.socket_closed_ns, f"{name} socket closed"),
        )
        lines += [
            _Line(at_ns, place, "upstream", text)
            for place, (at_ns, text) in enumerate(moments)
            if at_ns is not None
        ]
    return lines
