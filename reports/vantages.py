"""The places from which evidence is seen, and what a run without one of them cannot show."""

from dataclasses import dataclass

from reports.parts import Seen


@dataclass(frozen=True, slots=True)
class Vantage:
    """A vantage: its letter, what it is, what it shows, and why a run may lack it."""

    letter: str
    name: str
    shows: str
    why_missing: str


NOT_YET = "no run of this version has it"

VANTAGES = (
    Vantage(
        "C",
        "the client's socket",
        "every signal and every sample that reached the client, and when",
        "the run had no client",
    ),
    Vantage(
        "U",
        "the upstream's ledger",
        "which upstream streams were opened, what was sent on them, and who let go of them when",
        "the upstream was not ours",
    ),
    Vantage(
        "P",
        "the process tree of the SUT",
        "sockets, descriptors, threads and memory of the SUT's processes over the run: sockets"
        " towards the upstream that stay open, descriptors that are never given back, and the time"
        " that its processes waited for a core, which may excuse a late answer",
        "the SUT was reached by its URL, so its processes could not be looked into",
    ),
    Vantage(
        "L",
        "the SUT's log",
        "each cleanup call with its session and message",
        "the target says neither which line of its log is a cleanup, nor where the log is",
    ),
    Vantage(
        "H",
        "the SUT's test hooks",
        "what a second and a third cleanup does; tasks, timers and listeners that stay",
        "the target names no hook that calls its cleanup",
    ),
    Vantage(
        "B",
        "a browser with the SUT's page",
        "what is scheduled and heard: overlaps, gaps, completion without the browser's own event",
        NOT_YET,
    ),
)


def vantages_of(grade: str) -> tuple[Seen, ...]:
    """Return every vantage, and whether a run of this grade had it."""
    return tuple(
        Seen(
            vantage=item.letter,
            name=item.name,
            is_seen=item.letter in grade,
            shows=item.shows,
            why_missing="" if item.letter in grade else item.why_missing,
        )
        for item in VANTAGES
    )
