"""STOP-1: no audio of a stopped message after STOP has reached it."""

from collections.abc import Iterator

from harness.model.units import NS_PER_MS, NS_PER_S, audio_ms
from suites.selftest.second_opinion.commands import Met, effective_ns, first_end, met
from suites.selftest.second_opinion.sheets import NEVER_NS, Row, Sheet
from suites.selftest.second_opinion.words import Said, breach, unsure

LATE_MS, AUDIO_MS, PACE = 150.0, 200.0, 1.5


def opinions(sheet: Sheet) -> Iterator[Said]:
    """Say of each stopped message what the first STOP that met it found afterwards."""
    seen: set[int] = set()
    for meeting in met(sheet):
        if meeting.message not in seen:
            if meeting.is_sure:
                seen.add(meeting.message)
            yield from _after(sheet, meeting)


def _after(sheet: Sheet, meeting: Met) -> Iterator[Said]:
    message, fence_ns = meeting.message, effective_ns(sheet, meeting.stop)
    frames = _frames_after(sheet, message, fence_ns)
    heard = [row for row in frames if own_samples(sheet, row, message)]
    late_ms = max([(row.at_ns - fence_ns) / NS_PER_MS for row in heard], default=0.0)
    amount_ms = audio_ms(sum(own_samples(sheet, row, message) for row in heard))
    until_ns = heard[-1].at_ns if heard else fence_ns
    excuse_ms = _excuse_ms(sheet, meeting.stop.at_ns, until_ns)
    over_late = late_ms - _limit(sheet, "late_ms", LATE_MS)
    over_amount = amount_ms - _limit(sheet, "audio_ms", AUDIO_MS)
    paces = _paces(sheet, meeting.stop, message, fence_ns)
    if not paces[0] and heard:  # nothing had come before, so what follows shows its own pace
        paces = [0.0, 2 * PACE]  # which of the readings of that is right, nobody can say
    if over_late <= 0 and (over_amount <= 0 or min(paces) > PACE):
        if len(frames) > len(heard):
            yield unsure(message, "unmarked samples under its label after STOP")
        return
    counts = over_amount > 2 * excuse_ms * max(paces) and max(paces) <= PACE
    if meeting.is_sure and (over_late > 2 * excuse_ms or counts):
        yield breach(message, f"{amount_ms:.0f} ms of audio up to {late_ms:.0f} ms after STOP")
    else:
        yield unsure(message, f"{late_ms:.0f} ms late, an excuse of {excuse_ms:.0f} ms")


def _limit(sheet: Sheet, name: str, usual: float) -> float:
    own = sheet.target.limits.get("STOP-1", {})
    return float(own.get(name, usual)) if isinstance(own, dict) else usual


def _frames_after(sheet: Sheet, message: int, fence_ns: int) -> list[Row]:
    """Return the frames of the message behind the fence and before its end signal."""
    end = first_end(sheet, message)
    until = end.place if end is not None else NEVER_NS
    return [
        row
        for row in sheet.of("audio_received")
        if fence_ns < row.at_ns <= sheet.gone_ns
        and row.place < until
        and (row.message == message or own_samples(sheet, row, message))
    ]


def own_samples(sheet: Sheet, row: Row, message: int) -> int:
    """Return how many samples of the message a frame holds, by their watermark."""
    mine = sheet.number << 16 | message
    return sum(count for key, _, count in row.data["runs"] if key >> 16 == mine)


def _paces(sheet: Sheet, stop: Row, message: int, fence_ns: int) -> list[float]:
    """Return how fast the second before STOP ran, by each reading of "the second before"."""
    paces = []
    for until_ns in (stop.at_ns, fence_ns):
        near = [
            row
            for row in sheet.of("audio_received")
            if until_ns - NS_PER_S <= row.at_ns <= until_ns
        ]
        samples = [own_samples(sheet, row, message) for row in near]
        heard = [row.at_ns for row, count in zip(near, samples, strict=True) if count]
        paces.append(audio_ms(sum(samples)) / 1000)
        if heard:
            since_ms = max((until_ns - heard[0]) / NS_PER_MS, 80.0)
            paces.append(audio_ms(sum(samples)) / since_ms)
    return paces


def _excuse_ms(sheet: Sheet, from_ns: int, until_ns: int) -> float:
    """Return an upper bound of E: what the world may have been late by in the window."""
    world = sheet.world
    total = sum(
        late_ms
        for lane, begin, end, late_ms in world.delays
        if lane in ("", sheet.lane) and begin <= until_ns and end >= from_ns
    )
    for link in ("client", "upstream"):
        trips = [t[2:] for t in world.trips if t[:2] == (sheet.lane, link)]
        near = [t for sent, t in trips if sent <= until_ns and sent + t >= from_ns]
        usual = sorted(t for _, t in trips)[len(trips) // 2] if trips else 0
        total += max(0, max(near, default=0) - usual) / NS_PER_MS
    stalls = [f for f in world.faults if f[0] == sheet.lane and f[2] != "network_latency"]
    stalled = sum(1 for *_, begin, end in stalls if begin <= until_ns and end >= from_ns)
    return total + 10_000.0 * stalled
