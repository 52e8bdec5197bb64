"""STOP-5. Every STOP ends things in one order (pipecat #3986: speech went on behind the stop).

The order of three things counts: the release of the upstream, the last audio that came when STOP
had reached the SUT, and the end signal. Two that lie closer together than 20 ms, and twice what
the world around the SUT may have shifted them by, are a tie.
"""

from collections.abc import Iterator, Sequence
from itertools import combinations

from harness.checks.base import Limits, check
from harness.model.run_view import RunView, StopTimes
from harness.model.units import ms
from harness.model.verdict import Exposure, Finding, Level, Minimum, Outcome, Scope

SHARE_MIN = 0.1  # of the STOPs with an order: fewer in the other one may be chance
COUNT_MIN = 2
WORDS = {
    "released_ns": "the release of the upstream",
    "audio_ns": "the last audio",
    "end_ns": "the end signal",
}


@check(
    "STOP-5",
    "every STOP ends things in the same order",
    scope=Scope.RUN,
    vantages="CU",
    standard=Minimum(total=20, by_category={"streaming": 10}),
    smoke=Minimum(total=2),
    level=Level.SHOULD,
    limits={"tie_ms": 20.0},
)
def stop_order(run: RunView, limits: Limits) -> Iterator[Outcome]:
    """Compare the STOPs of each phase pair by pair: never one order here and the other there."""
    by_phase: dict[str, list[StopTimes]] = {}
    for stop in run.stops:
        by_phase.setdefault(stop.phase.value, []).append(stop)
        yield Exposure(category=stop.phase.value)
    for phase, stops in by_phase.items():
        for one, other in combinations(WORDS, 2):
            yield from _judge_pair(stops, one, other, phase, limits["tie_ms"])


def _judge_pair(
    stops: Sequence[StopTimes], one: str, other: str, phase: str, tie_ms: float
) -> Iterator[Finding]:
    apart = [(stop, _apart_ms(stop, one, other, tie_ms)) for stop in stops]
    first = [(stop, by_ms) for stop, by_ms in apart if by_ms > 0]
    second = [(stop, by_ms) for stop, by_ms in apart if by_ms < 0]
    usual, rare = sorted((first, second), key=len, reverse=True)
    if len(rare) < COUNT_MIN or len(rare) < SHARE_MIN * (len(usual) + len(rare)):
        return
    (stop, by_ms), (odd, odd_ms) = usual[0], rare[0]
    sooner, later = (one, other) if by_ms > 0 else (other, one)
    yield Finding(
        sentence=f"while {phase}, STOP of message {stop.message} of {stop.session} had"
        f" {WORDS[sooner]} {abs(by_ms):.0f} ms before {WORDS[later]}, and STOP of message"
        f" {odd.message} of {odd.session} had it {abs(odd_ms):.0f} ms behind; so did {len(rare)}"
        f" of {len(usual) + len(rare)}. Limit: one order, ties within {tie_ms:.0f} ms.",
        at_ns=odd.end_ns,
        category=phase,
        session=odd.session,
        message=odd.message,
    )


def _apart_ms(stop: StopTimes, one: str, other: str, tie_ms: float) -> float:
    """Return by how much ``one`` came before ``other``, in ms; 0 for a tie or a lack."""
    one_ns, other_ns = getattr(stop, one), getattr(stop, other)
    if one_ns is None or other_ns is None:
        return 0.0
    by_ms = ms(other_ns - one_ns)
    return by_ms if abs(by_ms) >= tie_ms + 2 * stop.excuse_ms else 0.0
