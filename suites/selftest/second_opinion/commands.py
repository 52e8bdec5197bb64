"""When our commands had reached the SUT, and which open message each one met."""

from typing import NamedTuple

from harness.judging.fences import CAP_NS
from harness.model.units import ns
from suites.selftest.second_opinion.sheets import NEVER_NS, Row, Sheet


class Met(NamedTuple):
    """A STOP and a message that was open when it was sent; unsure where two may be meant."""

    stop: Row
    message: int
    is_sure: bool


def effective_ns(sheet: Sheet, command: Row) -> int:
    """Return the effective fence: the PONG, at most the round trip and 150 ms behind the command.

    The fence is the next one that was sent; a later fence's PONG passes it too.
    """
    later = [row for row in sheet.rows if row.place > command.place]
    fences = [row.data["fence"] for row in later if row.kind == "fence_sent"]
    pongs = [r.at_ns for r in later if r.kind == "fence_passed" and r.data["fence"] in fences]
    cap_ns = command.at_ns + round_trip_ns(sheet, command.at_ns) + CAP_NS
    return min([cap_ns, *pongs])


def round_trip_ns(sheet: Sheet, at_ns: int) -> int:
    """Return R: the worse of the canary's trips around a moment, else the session's idle ping."""
    trips = [t[2:] for t in sheet.world.trips if t[:2] == (sheet.lane, "client")]
    before = [trip for sent, trip in trips if sent <= at_ns][-1:]
    after = [trip for sent, trip in trips if sent > at_ns][:1]
    return max([*before, *after], default=ns(sheet.idle_ms))


def rejected(sheet: Sheet) -> set[int]:
    """Return the messages that were answered by an error and nothing else."""
    begun = {r.message for r in sheet.rows if r.kind in {"start_received", "end_received"}}
    begun |= {key >> 16 & 0xFFFF for row in sheet.rows for key in _own_keys(sheet, row)}
    begun |= {r.message for r in sheet.rows if r.kind == "audio_received"}
    failed = {row.message for row in sheet.of("error_received") if row.message is not None}
    return failed - begun - set(sheet.streams)


def _own_keys(sheet: Sheet, row: Row) -> list[int]:
    keys = [key for key, _, _ in row.data.get("runs", ())]
    return [key for key in keys if key >> 32 == sheet.number]


def first_end(sheet: Sheet, message: int) -> Row | None:
    """Return the first end signal of a message."""
    ends = sheet.of("end_received", message)
    return ends[0] if ends else None


def met(sheet: Sheet) -> list[Met]:
    """Replay the session and return which messages each STOP met."""
    refused, open_now, meetings = rejected(sheet), [], []
    asked = {row.place for row in sheet.requests.values() if row.message not in refused}
    for row in sheet.rows:
        if row.place in asked:
            open_now.append(row.message or 0)
        elif row.kind == "end_received" and row.message in open_now:
            open_now.remove(row.message)
        elif row.kind == "stop_sent":
            meetings += [
                Met(row, message, message in _meant(sheet, row, open_now)) for message in open_now
            ]
    return meetings


def _meant(sheet: Sheet, stop: Row, open_now: list[int]) -> list[int]:
    behaviour = sheet.target.behaviour
    if behaviour.on_stop == "all":
        return open_now
    if behaviour.on_new_message == "supersede":
        spoken = [row.message for row in sheet.requests.values() if row.place < stop.place]
        last = spoken[-1:]
        return [message for message in open_now if [message] == last]
    return open_now[:1]


def superseding_ns(sheet: Sheet, message: int) -> int:
    """Return when the message that supersedes this one had reached the SUT; NEVER_NS if none."""
    if sheet.target.behaviour.on_new_message != "supersede":
        return NEVER_NS
    refused, end = rejected(sheet), first_end(sheet, message)
    spoken = [row for message, row in sheet.requests.items() if message not in refused]
    own = next((row.place for row in spoken if row.message == message), 0)
    until = end.place if end is not None else NEVER_NS
    later = [row for row in spoken if own < row.place < until and row.message != message]
    return effective_ns(sheet, later[0]) if later else NEVER_NS
