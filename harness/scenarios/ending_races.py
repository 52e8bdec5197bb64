"""Two ways to end a message at the same moment: a client's against an upstream's, both orders."""

import math
from collections.abc import Iterator
from itertools import product

from harness.model.operations import SessionPlan
from harness.scenarios.base import FRAME_MS, Draft, Script, Spoken, scenario, sessions

AUDIO_MS = 480
UPSTREAM: tuple[dict[str, object] | None, ...] = (
    None,  # its own end marker
    {"name": "close_without_marker"},
    {"name": "close_with_error", "after_ms": AUDIO_MS},
    {"name": "error_message", "after_ms": AUDIO_MS, "close_code": 1011},
    {"name": "abrupt_reset", "after_ms": AUDIO_MS},
    {"name": "body_cut_short", "after_ms": AUDIO_MS},
    {"name": "missing_marker"},  # so its idle time runs out
)
STAYING = ("stop", "supersede", "cleanup")
LEAVING = ("close", "fin", "rst")
CLOSEST_MS, FARTHEST_MS = 0.02, 40.0
SMOKE_PAIRS = 10
OWN_MARKER, OFTEN = 0, 3  # the commonest of all races has the most ways to go wrong
EVERY_MS = 60.0


@scenario("ending_races")
def ending_races(draft: Draft) -> Iterator[SessionPlan]:
    """STOP, a new message, cleanup or leaving, 20 us to 40 ms before or after the upstream ends."""
    pairs = list(product(range(len(UPSTREAM)), range(len(STAYING)), (-1, 1)))
    pairs += OFTEN * [pair for pair in pairs if pair[0] == OWN_MARKER]
    draft.chance.shuffle(pairs)
    chosen = pairs[: draft.many(standard=len(pairs), smoke=SMOKE_PAIRS)]

    def story(draft: Draft, script: Script, index: int) -> None:
        way, staying, sign = chosen[index]
        script.connect_after(index * EVERY_MS)
        spoken = _ends_soon(draft, script, way, sign)
        _act(script, STAYING[staying], spoken)
        two_at_once(draft, script)
        spoken = _ends_soon(draft, script, way, -sign)
        script.disconnect(LEAVING[staying])

    yield from sessions(draft, len(chosen), story)


def two_at_once(draft: Draft, script: Script) -> None:
    """Let two of the client's own ways come right behind each other, in mid-stream."""
    spoken = script.speak(audio_ms=AUDIO_MS)
    script.await_audio(spoken)
    first, second = draft.chance.sample(("stop", "supersede", "cleanup"), 2)
    _act(script, first, None)
    if draft.chance.random() < 0.5:
        script.pause(_apart_ms(draft))
    _act(script, second, spoken if "supersede" not in (first, second) else None)
    script.pause(120)
    script.stop()


def _ends_soon(draft: Draft, script: Script, way: int, sign: int) -> Spoken:
    """Ask for a message and wait until its upstream is about to end, or just has."""
    fault = UPSTREAM[way]
    spoken = script.speak(audio_ms=AUDIO_MS, fault=None if fault is None else dict(fault))
    script.await_audio(spoken, audio_ms=spoken.audio_ms - FRAME_MS)
    is_idle = fault is not None and fault["name"] == "missing_marker"
    patience_ms = draft.behaviour.completion_idle_ms if is_idle else 0
    script.pause(FRAME_MS + patience_ms + sign * _apart_ms(draft))
    return spoken


def _apart_ms(draft: Draft) -> float:
    """Return a time from microseconds to tens of ms; each power of ten is as likely."""
    return math.exp(draft.chance.uniform(math.log(CLOSEST_MS), math.log(FARTHEST_MS)))


def _act(script: Script, how: str, spoken: Spoken | None) -> None:
    match how:
        case "stop":
            script.stop()
        case "cleanup":
            script.call_cleanup()
        case _:
            spoken = script.speak(audio_ms=160)
    if spoken is not None:
        script.await_end(spoken)
