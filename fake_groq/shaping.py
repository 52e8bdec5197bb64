"""What faults have in common: where a plan ends, its marker, its pace. Pure."""

from collections.abc import Iterable
from dataclasses import replace
from itertools import takewhile
from typing import TypeGuard

from fake_groq.end_markers import Unit
from fake_groq.steps import (
    ALL_MS,
    SAMPLES_PER_MS,
    Close,
    Head,
    Manners,
    Marker,
    Plan,
    Raw,
    Refuse,
    Send,
    Stall,
    Step,
    Wait,
    cut,
    split_spans,
)

LAST_CHUNK = b"0\r\n\r\n"
CODE_BYTES = 2
NOTHING = Unit(how="nothing")


def divided(plan: Plan) -> tuple[tuple[Step, ...], tuple[Step, ...], tuple[Step, ...]]:
    """Return the steps up to the last audio, those of the end marker, and those behind it."""
    before, end = cut(plan.steps, ALL_MS)
    behind = 1 + max((at for at, step in enumerate(end) if isinstance(step, Marker)), default=-1)
    return before, end[:behind], end[behind:]


def units(plan: Plan) -> tuple[Unit, ...]:
    """Return what its end marker consists of."""
    return tuple(step.unit for step in plan.steps if isinstance(step, Marker))


def has_marker(plan: Plan, how: str) -> bool:
    """Tell whether its marker is a text, a binary message, a close frame, or nothing."""
    return any(unit.how == how for unit in units(plan))


def open_marker(marker: tuple[Step, ...]) -> tuple[Step, ...]:
    """Return a marker that more can follow: a close frame is one like any other."""
    steps: list[Step] = []
    for step in marker:
        if isinstance(step, Marker) and step.unit.how == "close":
            code = step.unit.code.to_bytes(CODE_BYTES, "big")
            steps += [Send(data=code, frame="close"), Marker(unit=NOTHING)]
        else:
            steps.append(step)
    return tuple(steps)


def hung_up(plan: Plan, rest: tuple[Step, ...]) -> tuple[Step, ...]:
    """Return what comes behind all: a FIN where bytes followed the end of body or socket."""
    is_over = plan.profile == "http" or has_marker(plan, "close")
    return (Close(code=None),) if is_over else rest


def audio_ms(steps: tuple[Step, ...]) -> float:
    """Return how long the audio of some steps sounds."""
    return sum(step.samples for step in steps if isinstance(step, Send)) / SAMPLES_PER_MS


def last_audio(plan: Plan, length_ms: float) -> tuple[tuple[Step, ...], tuple[Step, ...]]:
    """Divide the steps up to the last audio before its last so many ms."""
    before, _, _ = divided(plan)
    return cut(before, max(0.0, audio_ms(before) - length_ms))


def paced(plan: Plan, length_ms: float) -> Wait:
    """Return how long audio of so many ms takes at the pace of a plan."""
    return Wait(ms=length_ms / plan.speed if plan.speed else 0.0)


def refused(plan: Plan, refuse: Refuse) -> Plan:
    """Return a plan of which only the waits before its first piece are left, and a refusal."""
    before = takewhile(lambda step: not isinstance(step, Send), plan.steps)
    kept = (step for step in before if not isinstance(step, Head))
    return replace(plan, total_samples=0, steps=(*kept, refuse))


def timed(steps: tuple[Step, ...]) -> list[tuple[float, Step]]:
    """Return the steps with the ms after which each is due; waits are in these."""
    at_ms, due = 0.0, list[tuple[float, Step]]()
    for step in steps:
        if not isinstance(step, Wait):
            due.append((at_ms, step))
        if isinstance(step, Wait | Stall):
            at_ms += step.ms
    return due


def untimed(due: Iterable[tuple[float, Step]]) -> tuple[Step, ...]:
    """Return steps that are due at these ms, or behind the step before where that is later."""
    at_ms, steps = 0.0, list[Step]()
    for due_ms, step in due:
        if due_ms > at_ms:
            steps.append(Wait(ms=due_ms - at_ms))
            at_ms = due_ms
        if isinstance(step, Stall):
            at_ms += step.ms
        steps.append(step)
    return tuple(steps)


def is_audio(step: Step) -> TypeGuard[Send]:
    """Tell whether a step holds samples."""
    return isinstance(step, Send) and bool(step.spans)


def sliced(send: Send, samples: int) -> list[Send]:
    """Divide a piece into pieces of so many samples; the last may have fewer."""
    slices = []
    spans = send.spans
    while spans:
        part, spans = split_spans(spans, samples)
        slices.append(Send(spans=part))
    slices[0] = replace(slices[0], data=send.data, skip_bytes=send.skip_bytes)
    slices[-1] = replace(slices[-1], tail=send.tail, lack_bytes=send.lack_bytes)
    return slices


def inserted(plan: Plan, after_ms: float, *steps: Step) -> Plan:
    """Return a plan with more steps behind so much of its audio."""
    before, after = cut(plan.steps, after_ms)
    return replace(plan, steps=(*before, *steps, *after))


def behaved(plan: Plan, manners: Manners) -> Plan:
    """Return a plan whose WebSocket has such manners from the acceptance on."""
    at = plan.steps.index(Head()) + 1 if Head() in plan.steps else 0
    return replace(plan, steps=(*plan.steps[:at], manners, *plan.steps[at:]))


def closed(plan: Plan, code: int) -> Close:
    """Return the close of a WebSocket with this code; a body has only its FIN."""
    return Close(code=code if plan.profile == "ws" else None)


def marker_first(plan: Plan, audio_ms: float) -> Plan:
    """Return a plan whose marker comes before the last so many ms of its audio."""
    _, marker, rest = divided(plan)
    if not marker:
        return plan
    before, late = last_audio(plan, audio_ms)
    return replace(plan, steps=(*before, *open_marker(marker), *late, *hung_up(plan, rest)))


def marker_again(plan: Plan, apart_ms: float) -> Plan:
    """Return a plan whose marker comes twice; one that is nothing stays as it is."""
    before, marker, rest = divided(plan)
    if not marker or has_marker(plan, "nothing"):
        return plan
    first = (*open_marker(marker), Wait(ms=apart_ms))
    second = (Raw(data=LAST_CHUNK),) if plan.profile == "http" else marker
    return replace(plan, steps=(*before, *first, *second, *hung_up(plan, rest)))


def audio_again(plan: Plan, audio_ms: float) -> Plan:
    """Return a plan whose last so many ms of audio come again behind its marker."""
    before, marker, rest = divided(plan)
    if not marker or has_marker(plan, "nothing"):
        return plan
    _, again = last_audio(plan, audio_ms)
    return replace(plan, steps=(*before, *open_marker(marker), *again, *hung_up(plan, rest)))
