"""From request, behaviour and seed to the plan of one upstream stream. Pure.

The same three give the same plan: equal bytes, waits and endings.
"""

import random
from collections.abc import Iterator
from dataclasses import dataclass, replace

from fake_groq.audio import frames_of, in_frames, speech
from fake_groq.behaviour import Behaviour
from fake_groq.end_markers import BODY_ENDING, Ending
from fake_groq.faults.base import Fault
from fake_groq.identity import identities, mixed
from fake_groq.shaping import audio_again, marker_again, marker_first
from fake_groq.steps import (
    SAMPLE_BYTES,
    SAMPLES_PER_MS,
    Close,
    Head,
    Marker,
    Plan,
    Profile,
    Reset,
    Send,
    Span,
    Step,
    Wait,
)
from fake_groq.watermark import stream_key
from fake_groq.wav import wav_header

MISPLACED_AUDIO_MS = 160.0  # so much comes behind a marker that is out of order


@dataclass(frozen=True, slots=True, kw_only=True)
class SpeechRequest:
    """What is asked for: the text, over which profile, and for which time (0, 1, ...).

    `number` counts all streams, from 1; `faults` are those that the request itself asks for, and
    `ending` is that of the protocol where it has one of its own.
    """

    text: str
    profile: Profile
    count: int = 0
    number: int = 1
    ending: Ending | None = None
    faults: tuple[Fault, ...] = ()


def make_plan(request: SpeechRequest, behaviour: Behaviour, *, seed: int, nonce: int) -> Plan:
    """Return the plan of one stream; its faults are applied in their order."""
    found = identities(request.text)
    first = found[0] if found else None
    numbers = (first.session, first.message, first.sentence) if first else (0, 0, 0)
    key = stream_key(*numbers, request.count)
    frame_samples = behaviour.frame_samples
    frames = frames_of(len(request.text), behaviour.ms_per_character, frame_samples)
    spans = speech(frames, behaviour.pauses, frame_samples)
    seeded = f"{seed} {key} {request.text}"
    ending = BODY_ENDING if request.profile == "http" else request.ending or behaviour.ending
    plan = Plan(
        profile=request.profile,
        key=key,
        nonce=nonce,
        count=request.count,
        identities=found,
        is_mixed=mixed(request.text),
        total_samples=sum(span.samples for span in spans),
        steps=(
            *_speech(request.profile, behaviour, spans, random.Random(seeded)),
            *_ending(ending, behaviour.speed),
        ),
        marker=ending.label,
        mark=behaviour.mark,
        speed=behaviour.speed,
        seed=seeded,
    )
    return _bent(_ordered(plan, ending), request.number, (*behaviour.faults, *request.faults))


def _bent(plan: Plan, number: int, faults: tuple[Fault, ...]) -> Plan:
    """Apply the faults that meet it in their order; one that changes nothing is not named."""
    names = []
    for place, fault in enumerate(faults):
        is_met = fault.meets(number, f"{plan.seed} {place} {fault.name}")
        bent = fault.bend(plan) if is_met else plan
        if bent != plan:
            names.append(fault.name)
            plan = replace(bent, is_harmless=plan.is_harmless and fault.is_harmless)
    return replace(plan, fault="+".join(names) or None)


def _ordered(plan: Plan, ending: Ending) -> Plan:
    """Put the marker, and audio behind it, where the ending wants them."""
    if ending.order == "twice":
        plan = marker_again(plan, 0.0)
    elif ending.order == "before":
        plan = replace(marker_first(plan, MISPLACED_AUDIO_MS), is_harmless=False)
    if ending.follow == "audio":
        plan = replace(audio_again(plan, MISPLACED_AUDIO_MS), is_harmless=False)
    return replace(plan, is_harmless=False) if ending.follow == "reset" else plan


def _speech(
    profile: Profile, behaviour: Behaviour, spans: tuple[Span, ...], chance: random.Random
) -> Iterator[Step]:
    at_ms = behaviour.header_ms if profile == "http" else 0.0
    yield from (Wait(ms=at_ms), Head()) if profile == "http" else (Head(),)
    header = _header(behaviour, spans) if profile == "http" else b""
    if header and behaviour.header_alone:
        yield Send(data=header)
        header = b""
    begun_ms = max(at_ms, behaviour.first_audio_ms)
    yield Wait(ms=begun_ms - at_ms)
    at_ms = begun_ms
    pacer = _Pacer(behaviour, begun_ms)
    for frame in in_frames(spans, behaviour.frame_samples):
        late_ms = chance.uniform(0.0, behaviour.jitter_ms) if behaviour.jitter_ms else 0.0
        due_ms = max(at_ms, pacer.due_ms() + late_ms)
        pacer.take(behaviour.frame_samples / SAMPLES_PER_MS)
        if due_ms > at_ms:
            yield Wait(ms=due_ms - at_ms)
            at_ms = due_ms
        yield Send(data=header, spans=frame)
        header = b""


def _header(behaviour: Behaviour, spans: tuple[Span, ...]) -> bytes:
    samples = sum(span.samples for span in spans)
    return wav_header(behaviour.wav_header, pcm_bytes=samples * SAMPLE_BYTES)


class _Pacer:
    """Says when the next audio is due, in ms after the request."""

    def __init__(self, behaviour: Behaviour, begun_ms: float) -> None:
        self._begun_ms = begun_ms
        self._speed = behaviour.speed
        self._lead_ms = behaviour.lead_ms
        self._sent_ms = 0.0

    def due_ms(self) -> float:
        if self._speed is None:
            return self._begun_ms
        return self._begun_ms + max(0.0, self._sent_ms - self._lead_ms) / self._speed

    def take(self, audio_ms: float) -> None:
        self._sent_ms += audio_ms


def _ending(ending: Ending, speed: float | None) -> Iterator[Step]:
    """Yield the steps behind the last audio: the marker, and what follows it."""
    last = ending.units[-1]
    for unit in ending.units:
        if unit.lasts_ms and speed is not None:
            yield Wait(ms=unit.lasts_ms / speed)
        yield Marker(unit=unit, is_last=unit is last)
    if ending.follow == "close" and last.how != "close":
        yield Close(code=ending.close_code)
    elif ending.follow == "reset":
        yield Reset()
