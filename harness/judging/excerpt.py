"""The three lanes around a breach: what client, relay and upstream did, line by line."""

from typing import TYPE_CHECKING

from harness.model.units import NS_PER_MS, audio_ms
from harness.model.verdict import Evidence, Finding
from harness.model.views import MessageView, SessionView

if TYPE_CHECKING:
    from harness.model.events import Run

LINES_MAX = 12
NEIGHBOURS = 5


def excerpt(view: MessageView | SessionView, finding: Finding) -> tuple[Evidence, ...]:
    """Return the lines around the breach in the order of time, ms from the message's request."""
    messages = [view] if isinstance(view, MessageView) else _around(view, finding.at_ns)
    if not messages:
        return ()
    zero_ns = messages[0].speak.at_ns
    lines: list[tuple[int, str, str]] = []
    for message in messages:
        lines += _client(message) + _upstream(message)
    lines.append((finding.at_ns, "client", "◄── breach"))
    lines.sort(key=lambda line: line[0])
    at = next(i for i, line in enumerate(lines) if line[2] == "◄── breach")
    begin = max(0, min(at - NEIGHBOURS - 1, len(lines) - LINES_MAX))
    return tuple(
        Evidence(
            at_ms=round((at_ns - zero_ns) / NS_PER_MS, 3),
            lane=lane,
            text=text,
            is_breach=text == "◄── breach",
        )
        for at_ns, lane, text in lines[begin : begin + LINES_MAX]
    )


def _around(session: SessionView, at_ns: int) -> list[MessageView]:
    """Return the message that was asked for last before the breach, and the one before it."""
    before = [m for m in session.messages if m.speak.at_ns <= at_ns]
    return before[-2:] or session.messages[:1]


def _client(message: MessageView) -> list[tuple[int, str, str]]:
    name = message.message
    lines = [(message.speak.at_ns, "client", f"speak {name} ──►")]
    lines += [(s.at_ns, "relay", f"◄── start {name}") for s in message.starts]
    lines += [(s.at_ns, "relay", f'◄── end {name} "{s.detail}"') for s in message.ends]
    lines += [(s.at_ns, "relay", f'◄── error {name} "{s.detail}"') for s in message.errors]
    stop = message.stop
    if stop is not None:
        lines.append((stop.at_ns, "client", f"STOP {name} ({stop.phase.value}) ──►"))
        how = "cap, PONG late" if stop.is_fence_late else "PONG"
        lines.append((stop.effective_ns, "relay", f"effective fence ({how})"))
    if message.left_ns is not None:
        lines.append((message.left_ns, "client", f"leaves ({message.left_how})"))
    if message.lost_ns is not None:
        lines.append((message.lost_ns, "relay", "connection gone"))
    return lines + _audio(message)


def _audio(message: MessageView) -> list[tuple[int, str, str]]:
    """Return the first frame, the last of each stretch without a signal, and how much it was."""
    cuts = sorted(
        [s.at_ns for s in (*message.starts, *message.ends, *message.errors)]
        + ([message.stop.at_ns, message.stop.effective_ns] if message.stop else [])
    )
    stretches: dict[int, list[tuple[int, int, Run | None]]] = {}
    for audio in message.audio:
        place = sum(1 for cut in cuts if cut < audio.at_ns)
        run = audio.runs[0] if audio.runs else None
        stretches.setdefault(place, []).append((audio.at_ns, audio.bytes // 2, run))
    lines = []
    for frames in stretches.values():
        total = audio_ms(sum(samples for _, samples, _ in frames))
        run = frames[0][2]
        where = f" from sample {run[1]}" if run else ""
        text = f"◄── audio {message.message}{where}: {len(frames)} frames, {total:.0f} ms"
        lines.append((frames[0][0], "relay", text))
        if len(frames) > 1:
            lines.append((frames[-1][0], "relay", f"◄── last of these {len(frames)} frames"))
    return lines


def _upstream(message: MessageView) -> list[tuple[int, str, str]]:
    lines = []
    for stream in message.streams:
        name = f"stream {stream.exchange}"
        lines.append((stream.opened_ns, "upstream", f"{name} opened for {message.message}"))
        if stream.first_sent_ns:
            lines.append((stream.first_sent_ns, "upstream", f"{name} first audio"))
        if stream.last_sent_ns and stream.last_sent_ns != stream.first_sent_ns:
            text = f"{name} last audio, {audio_ms(stream.sent_samples):.0f} ms in all"
            lines.append((stream.last_sent_ns, "upstream", text))
        if stream.ended_ns:
            lines.append((stream.ended_ns, "upstream", f"{name} end marker {stream.marker or ''}"))
        if stream.failed_ns:
            lines.append((stream.failed_ns, "upstream", f"{name} fails: {stream.failed_how}"))
        if stream.released_ns:
            how = f"{stream.released_by}, {stream.released_how}"
            lines.append((stream.released_ns, "upstream", f"{name} released ({how})"))
        if stream.socket_closed_ns:
            lines.append((stream.socket_closed_ns, "upstream", f"{name} socket closed"))
    return lines
