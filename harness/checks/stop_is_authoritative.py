"""STOP-1. No audio of a stopped message once STOP has reached the SUT (pipecat #754, #3986)."""

from collections.abc import Iterator

from harness.checks.base import Limits, check, late
from harness.model.target import Behaviour
from harness.model.units import NS_PER_S, audio_ms, ms
from harness.model.verdict import Deadline, Exposure, Finding, Minimum, Outcome, Scope, Unjudged
from harness.model.views import AudioReceived, Command, MessageView

PACE_MAX = 1.5


def _is_observable(behaviour: Behaviour) -> bool:
    return behaviour.end_signal != "synthesis"


@check(
    "STOP-1",
    "no audio of a stopped message after STOP has reached the SUT",
    scope=Scope.MESSAGE,
    vantages="C",
    standard=Minimum(total=60, by_category={"requested": 10, "streaming": 10, "draining": 10}),
    smoke=Minimum(total=8, by_category={"requested": 1, "streaming": 3}),
    limits={"late_ms": 150.0, "audio_ms": 200.0},
    observable=_is_observable,
)
def stop_is_authoritative(message: MessageView, limits: Limits) -> Iterator[Outcome]:
    """Look at audio between the effective fence of STOP and the end signal: how late, how much."""
    stop = message.stop
    if stop is None:
        return
    end_seq = message.ends[0].seq if message.ends else None
    behind = [
        audio
        for audio in message.audio
        if audio.at_ns > stop.effective_ns and (end_seq is None or audio.seq < end_seq)
        if message.is_heard_in(audio)
    ]
    if behind and _is_in_flight(message, stop, behind[-1].at_ns):
        yield Unjudged(why="in_flight")
        return
    phase = stop.phase.value
    pace = _pace(message, stop, behind)
    if behind:
        last_ns = behind[-1].at_ns
        late_ms = ms(last_ns - stop.effective_ns)
        amount_ms = audio_ms(sum(audio.bytes // 2 for audio in behind))
        sentence = (
            f"{message.id} was stopped while {phase}; {len(behind)} audio frames"
            f" ({amount_ms:.0f} ms) arrived up to {late_ms:.0f} ms after STOP had reached the SUT."
        )
        held_ms = message.origin.conditions.stalled_ms(stop.effective_ns, last_ns)
        limit_ms = limits["late_ms"] + held_ms
        if late_ms > limit_ms:
            yield late(
                f"{sentence} Limit: {limit_ms:.0f} ms.",
                from_ns=stop.effective_ns,
                acted_ns=last_ns,
                limit_ms=limit_ms,
                category=phase,
            )
        elif amount_ms > limits["audio_ms"] and pace <= PACE_MAX:
            yield Finding(
                sentence=f"{sentence} Limit: {limits['audio_ms']:.0f} ms of audio.",
                at_ns=last_ns,
                category=phase,
                deadline=Deadline(
                    from_ns=stop.effective_ns,
                    until_ns=last_ns,
                    measured_ms=amount_ms,
                    limit_ms=limits["audio_ms"],
                    pace=max(1.0, pace),
                ),
            )
    if message.is_cut and not message.ends:
        yield Unjudged(why="cut")
    else:
        yield Exposure(category=phase)


def _is_in_flight(message: MessageView, stop: Command, until_ns: int) -> bool:
    """Tell whether nobody knows what was under way: a narrow link, and no PONG in time.

    What a narrow link has taken is behind each other in its queue, and the PONG is among it.
    """
    conditions = message.origin.conditions
    is_narrow = conditions.has_fault("network_bandwidth", "client", stop.at_ns, until_ns)
    return is_narrow and stop.is_fence_late


def _pace(message: MessageView, stop: Command, behind: list[AudioReceived]) -> float:
    """Return seconds of audio per second that arrived in the second before STOP.

    Where none had come by then, of what came behind it: a fast upstream leaves nobody a choice.
    """
    until_ns = stop.at_ns
    near = [a for a in message.audio if until_ns - NS_PER_S <= a.at_ns <= until_ns]
    if not near and behind:
        span_ms = max(ms(behind[-1].at_ns - behind[0].at_ns), 1.0)
        return audio_ms(sum(audio.bytes // 2 for audio in behind[:-1])) / span_ms
    if not near:
        return 0.0
    span_ms = max(ms(until_ns - near[0].at_ns), 80.0)
    return audio_ms(sum(audio.bytes // 2 for audio in near)) / (span_ms + 80.0)
