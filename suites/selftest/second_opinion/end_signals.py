"""EOS-1: exactly one end signal per accepted message."""

from collections.abc import Iterator

from harness.model.units import NS_PER_MS, SAMPLE_RATE_HZ, ns
from suites.selftest.second_opinion.commands import (
    effective_ns,
    first_end,
    met,
    rejected,
    superseding_ns,
)
from suites.selftest.second_opinion.sheets import NEVER_NS, Sheet, Stream
from suites.selftest.second_opinion.words import Said, breach, unsure

GRACE_MS = 1000  # within which an end signal is owed after its cause
CONTENT = ("start_received", "audio_received", "error_received")


def opinions(sheet: Sheet) -> Iterator[Said]:
    """Count the end signals of each message, and ask of a missing one whether it was due."""
    refused = rejected(sheet)
    for message in sheet.spoken:
        count = len(sheet.of("end_received", message))
        if 1 < count <= len(sheet.of("speak_sent", message)):
            yield unsure(message, f"{count} end signals, and asked for as often")
        elif count > 1:
            yield breach(message, f"{count} end signals")
        elif count == 0 and message not in refused:
            yield from _missing(sheet, message)


def _missing(sheet: Sheet, message: int) -> Iterator[Said]:
    if sheet.gone_how == "connection_lost":
        yield from _hung_up(sheet, message)
        return
    if _is_waiting(sheet, message):
        return
    due_ns, watched_ns = _due_ns(sheet, message), sheet.watched_ns
    patience_ns = ns(sheet.target.behaviour.quiet_ms) + _stalled_ns(sheet, due_ns, watched_ns)
    if watched_ns > due_ns + patience_ns:
        yield breach(message, f"no end signal, {(watched_ns - due_ns) / NS_PER_MS:.0f} ms overdue")
    elif watched_ns >= due_ns - ns(GRACE_MS - sheet.target.behaviour.quiet_ms):
        yield unsure(message, "no end signal, and left at the limit")


def _hung_up(sheet: Sheet, message: int) -> Iterator[Said]:
    """Judge a connection that the SUT closed, where it had not been ended by us."""
    if sheet.world.closing_ns.get(sheet.lane, NEVER_NS) <= sheet.gone_ns:
        return
    if not _is_waiting(sheet, message) or not _is_after_stop(sheet, message):
        yield breach(message, "the SUT hung up and never said that it was over")
    elif sheet.target.behaviour.on_stop != "all":
        yield unsure(message, "the SUT hung up after a STOP that may have cleared it")


def _is_after_stop(sheet: Sheet, message: int) -> bool:
    asked = sheet.requests[message].place
    return any(row.place > asked for row in sheet.of("stop_sent"))


def _is_waiting(sheet: Sheet, message: int) -> bool:
    """Tell whether it may stand in a queue: an earlier one is open, or a STOP cleared it."""
    if sheet.target.behaviour.on_new_message != "queue" or sheet.streams.get(message):
        return False
    if any(sheet.of(kind, message) for kind in CONTENT):
        return False
    spoken = sheet.spoken
    earlier = spoken[: spoken.index(message)]
    return _is_after_stop(sheet, message) or any(
        first_end(sheet, number) is None for number in earlier
    )


def _stalled_ns(sheet: Sheet, due_ns: int, watched_ns: int) -> int:
    """Return how long links that were disturbed may have held the end signal back."""
    from_ns = due_ns - ns(GRACE_MS)
    near = [f for f in sheet.world.faults if f[0] == sheet.lane and f[3] <= watched_ns]
    return sum(min(end, watched_ns) - begin for *_, begin, end in near if end >= from_ns)


def _due_ns(sheet: Sheet, message: int) -> int:
    """Return when the end signal was due, by whichever cause came first."""
    explicit = [effective_ns(sheet, m.stop) for m in met(sheet) if m.message == message and m[2]]
    explicit.append(superseding_ns(sheet, message))
    streams = _final(sheet.streams.get(message, []))
    heard_ns = _heard_ns(sheet, message)
    if streams and all(stream.is_over for stream in streams):
        explicit.append(max(*(_over_ns(stream) for stream in streams), heard_ns))
    return min(min(explicit) + ns(GRACE_MS), _silent_ns(sheet, message, heard_ns))


def _final(streams: list[Stream]) -> list[Stream]:
    last: dict[tuple[int, ...], Stream] = {}
    for stream in streams:
        last.pop((), None)
        last[stream.sentences] = stream
    return list(last.values())


def _over_ns(stream: Stream) -> int:
    return stream.said.get("stream_failed", stream.said.get("stream_ended", 0))


def _silent_ns(sheet: Sheet, message: int, heard_ns: int) -> int:
    """Return when a message had to be given up of which nothing more was seen."""
    behaviour, asked = sheet.target.behaviour, sheet.of("speak_sent", message)[0]
    streams = sheet.streams.get(message, [])
    seen_ns = (
        effective_ns(sheet, asked),
        heard_ns,
        *(row.at_ns for kind in CONTENT for row in sheet.of(kind, message)),
        *(at_ns for s in streams for at_ns in (s.opened_ns, s.last_sent_ns, *s.said.values())),
        *(row.at_ns for row in sheet.of("end_received") if behaviour.on_new_message == "queue"),
    )
    last_ns = max(at for at in seen_ns if at <= sheet.watched_ns or at == seen_ns[0])
    idle_ms = max(behaviour.completion_idle_ms, behaviour.silence_budget_ms)
    return last_ns + ns(idle_ms + GRACE_MS)


def _heard_ns(sheet: Sheet, message: int) -> int:
    """Return when its last audio had come, or had been played where that is declared."""
    behaviour = sheet.target.behaviour
    mine = sheet.number << 16 | message
    frames = [
        row
        for row in sheet.of("audio_received")
        if row.message == message or any(key >> 16 == mine for key, _, _ in row.data["runs"])
    ]
    if not frames or behaviour.end_signal != "playback":
        return frames[-1].at_ns if frames else 0
    clock_ns = frames[0].at_ns + ns(behaviour.jitter_buffer_ms)
    for row in frames:
        sound_ms = row.data["bytes"] // 2 * 1000 / SAMPLE_RATE_HZ
        clock_ns = max(clock_ns, row.at_ns) + ns(sound_ms)
    return clock_ns
