"""EOS-2. Nothing of a message follows its end signal (pipecat #2484)."""

from collections.abc import Iterator

from harness.checks.base import Limits, check
from harness.model.target import Behaviour
from harness.model.units import audio_ms, ms
from harness.model.verdict import Exposure, Finding, Minimum, Outcome, Scope
from harness.model.views import AudioReceived, MessageView, Signal


def _is_end_final(behaviour: Behaviour) -> bool:
    """Tell whether the end signal also ends the audio: with ``synthesis`` audio may follow it."""
    return behaviour.end_signal != "synthesis"


def _signal_after_end(message: MessageView, signal: Signal) -> Iterator[Finding]:
    if signal.kind in ("start", "error") and message.ends and signal.seq > message.ends[0].seq:
        end = message.ends[0]
        yield Finding(
            sentence=f"{message.id} got a {signal.kind} signal"
            f" {ms(signal.at_ns - end.at_ns):.0f} ms after its end signal"
            f' "{end.detail}". Allowed: none.',
            at_ns=signal.at_ns,
            category=message.ending,
        )


@check(
    "EOS-2",
    "no audio, start signal or error of a message after its end signal",
    scope=Scope.MESSAGE,
    vantages="C",
    standard=Minimum(total=100),
    smoke=Minimum(total=20),
    late=_signal_after_end,
    observable=_is_end_final,
)
def silence_after_end(message: MessageView, _limits: Limits) -> Iterator[Outcome]:
    """Look behind the first end signal, in the order of arrival, for anything of the message."""
    if not message.ends:
        return
    end = message.ends[0]
    late = [audio for audio in message.audio if audio.seq > end.seq and _is_of(message, audio)]
    if late:
        samples = sum(message.own_samples(audio) or audio.bytes // 2 for audio in late)
        yield Finding(
            sentence=f"{len(late)} audio frames ({audio_ms(samples):.0f} ms) of {message.id} came"
            f" {ms(late[0].at_ns - end.at_ns):.0f} to {ms(late[-1].at_ns - end.at_ns):.0f} ms after"
            f' its end signal "{end.detail}". Allowed: 0.',
            at_ns=late[0].at_ns,
            category=message.ending,
        )
    for signal in (*message.starts, *message.errors):
        yield from _signal_after_end(message, signal)
    yield Exposure(category=message.ending)


def _is_of(message: MessageView, audio: AudioReceived) -> bool:
    """Tell whose the frame is: by its marks, else by its label, less what is declared as extra."""
    if audio.runs:
        return message.own_samples(audio) > 0
    behaviour = message.behaviour
    samples = audio.foreign if behaviour.extra_audio == "none" else 0
    samples += audio.zeros if behaviour.silence != "insert" else 0
    return audio.label == message.message and samples > 0
