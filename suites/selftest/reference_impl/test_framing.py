"""From what an upstream sends to samples and endings."""

from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reference_impl.framing import (
    FRAME_BYTES_MAX,
    Chunk,
    Chunker,
    EndMarkers,
    Finish,
    Framing,
    HttpFraming,
    Lull,
    Part,
    SampleAligner,
    SilenceGate,
    Text,
    WebSocketFraming,
)
from reference_impl.vocabulary import EndReason
from suites.selftest.reference_impl.test_wav import a_header

PCM = bytes(range(1, 241)) * 16
CUTS = st.lists(st.integers(0, 400), max_size=12)


def pieces(data: bytes, cuts: list[int]) -> list[bytes]:
    edges = [0, *sorted(min(cut, len(data)) for cut in cuts), len(data)]
    return [data[start:end] for start, end in pairwise(edges)]


def outcome(framing: Framing, *parts: Part) -> tuple[bytes, EndReason | None, str | None]:
    """The samples, the reason of the end, and the code of the failure."""
    pcm = b""
    for part in parts:
        framed = framing.take(part)
        pcm += framed.pcm
        if framed.ending is not None:
            failure = framed.ending.failure
            return pcm, framed.ending.reason, None if failure is None else failure.code
    return pcm, None, None


def a_websocket(*markers: str) -> WebSocketFraming:
    return WebSocketFraming(EndMarkers.parse(markers))


@settings(deadline=None)  # the machine may be busy
@given(st.binary(max_size=400), CUTS)
def test_no_sample_is_split_and_no_byte_is_lost(data: bytes, cuts: list[int]) -> None:
    aligner = SampleAligner()
    aligned = [aligner.feed(piece) for piece in pieces(data, cuts)]
    assert all(len(samples) % 2 == 0 for samples in aligned)
    assert b"".join(aligned) == data[: len(data) // 2 * 2]


@pytest.mark.parametrize(
    ("marker", "part"),
    [
        ("text:__END__", Text(text="__END__")),
        ("json:type=done", Text(text='{"type": "done", "n": 1}')),
        ("json:done=true", Text(text='{"done": true}')),
        ("empty", Chunk(payload=b"")),
        ("close", Finish(is_clean=True, how="close 1000")),
    ],
)
def test_a_declared_marker_completes(marker: str, part: Part) -> None:
    parts = (Chunk(payload=PCM), part)
    assert outcome(a_websocket(marker), *parts) == (PCM, EndReason.COMPLETED, None)
    assert outcome(a_websocket(marker, "silence:500"), *parts)[1] is EndReason.COMPLETED


def test_silence_is_an_end_only_where_none_is_declared_and_audio_came() -> None:
    parts = (Chunk(payload=PCM), Lull())
    assert outcome(a_websocket("none"), *parts) == (PCM, EndReason.COMPLETED, None)
    assert outcome(a_websocket("none"), Lull())[1] is EndReason.TIMEOUT
    assert outcome(a_websocket("close", "silence:500"), *parts)[1] is EndReason.TIMEOUT
    assert outcome(HttpFraming(), Lull())[1] is EndReason.TIMEOUT


@pytest.mark.parametrize(
    "part",
    [
        Text(text="__end__"),
        Text(text='{"type": "metrics"}'),
        Text(text="{broken"),
        Text(text="{" * 100_000),
        Chunk(payload=b""),
        Chunk(payload=bytes(96_000)),
    ],
)
def test_what_is_not_declared_ends_nothing(part: Part) -> None:
    assert outcome(a_websocket("text:__END__"), part)[1] is None


@pytest.mark.parametrize(
    ("part", "code"),
    [
        (Finish(is_clean=True, how="close 1000"), "upstream_closed"),
        (Finish(is_clean=False, how="close 1011"), "upstream_closed"),
        (Text(text='{"type":"error","message":"no"}'), "upstream_error"),
        (Text(text='{"error":{"message":"no"}}'), "upstream_error"),
    ],
)
def test_a_failure_of_the_upstream_is_no_completion(part: Part, code: str) -> None:
    parts = (Chunk(payload=PCM), part)
    assert outcome(a_websocket("text:__END__"), *parts) == (PCM, EndReason.UPSTREAM_ERROR, code)


def test_an_unclean_close_is_no_marker() -> None:
    part = Finish(is_clean=False, how="close 1011")
    assert outcome(a_websocket("close"), part)[1] is EndReason.UPSTREAM_ERROR


def test_a_success_without_sound_says_so() -> None:
    parts = (Chunk(payload=bytes(3840)), Text(text="__END__"))
    pcm, reason, code = outcome(a_websocket("text:__END__"), *parts)
    assert (len(pcm), reason, code) == (3840, EndReason.COMPLETED, "upstream_silent")


def test_an_unknown_marker_is_refused_in_a_sentence() -> None:
    with pytest.raises(ValueError, match=r"is not known\. Expected text:TOKEN"):
        EndMarkers.parse(["silence:soon"])


@settings(deadline=None)  # the machine may be busy
@given(CUTS, st.integers(0, 40))
def test_binary_silence_ends_the_stream_and_is_no_audio_of_it(cuts: list[int], pause: int) -> None:
    speech = b"\1\0\0\1" + bytes(2 * pause) + b"\1\0"  # a sample whose high byte is 0 at the end
    stream = speech + bytes(2 * 48) + b"\7\7"
    gate, passed, has_ended = SilenceGate(silence_ms=2), b"", False
    aligner = SampleAligner()
    for piece in pieces(stream, cuts):
        if not has_ended:
            pcm, has_ended = gate.feed(aligner.feed(piece))
            passed += pcm
    assert (passed, has_ended) == (speech, True)


def test_a_pause_that_is_no_marker_is_passed_on_in_full() -> None:
    speech = b"\1\1" + bytes(94) + b"\1\1"
    gate = SilenceGate(silence_ms=2)
    assert gate.feed(speech[:50]) == (b"\1\1", False)
    assert gate.feed(speech[50:]) == (speech[2:], False)
    assert gate.feed(bytes(10)) == (b"", False)
    assert gate.flush() == bytes(10)
    assert gate.flush() == b""


def test_the_high_byte_of_the_last_sample_is_no_silence() -> None:
    gate = SilenceGate(silence_ms=1)
    almost = b"\1\0" + bytes(47) + b"\1"  # 48 zero bytes, but only 23 whole zero samples
    assert gate.feed(almost) == (almost, False)
    assert gate.feed(b"\1\0" + bytes(48)) == (b"\1\0", True)


@settings(deadline=None)  # the machine may be busy
@given(CUTS)
def test_a_wav_body_in_any_pieces_gives_its_samples(cuts: list[int]) -> None:
    body = a_header(extra=b"LIST\4\0\0\0INFO") + PCM
    parts = [Chunk(payload=piece) for piece in pieces(body, cuts) if piece]
    end = Finish(is_clean=True, how="end of body")
    assert outcome(HttpFraming(), *parts, end) == (PCM, EndReason.COMPLETED, None)


@pytest.mark.parametrize("body", [b"", b"RIFF", b'{"error": 1}', a_header()[:30]])
def test_a_body_that_is_no_wav_has_failed(body: bytes) -> None:
    parts = [Chunk(payload=body)] if body else []
    end = Finish(is_clean=True, how="end of body")
    assert outcome(HttpFraming(), *parts, end)[1:] == (
        EndReason.UPSTREAM_ERROR,
        "upstream_format",
    )


def test_a_chunker_cuts_and_never_merges() -> None:
    frames = list(Chunker().feed(PCM * 2 + b"\1\0"))
    assert [len(frame) for frame in frames] == [FRAME_BYTES_MAX, FRAME_BYTES_MAX, 2]
    assert list(Chunker().feed(b"")) == []
    assert list(Chunker().flush()) == []
