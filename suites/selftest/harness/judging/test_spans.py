"""Audio of one origin without a signal in between."""

from harness.judging.spans import Spans
from harness.model.session_view import AudioSpan


def spans_of(*runs: tuple[int, int, int] | str) -> list[AudioSpan]:
    """Return the spans of runs (session, message, samples), cut where a word stands."""
    made: list[AudioSpan] = []
    spans = Spans(1, made)
    for at_ns, run in enumerate(runs):
        if isinstance(run, str):
            spans.cut(("m1",))
            if run != "cut":
                spans.start(run)
            continue
        session, message, samples = run
        key = session << 16 | message
        spans.add(key, samples, at_ns, f"m{message}", ("m1",))
    spans.cut(("m1",))
    return made


def test_runs_of_one_origin_grow_together() -> None:
    (span,) = spans_of((1, 1, 10), (1, 1, 20), (1, 1, 30))
    assert (span.samples, span.first_ns, span.last_ns) == (60, 0, 2)
    assert (span.session, span.message, span.open_messages) == (1, 1, ("m1",))


def test_another_origin_and_a_signal_begin_a_new_one() -> None:
    told = [(s.session, s.message) for s in spans_of((1, 1, 5), (2, 1, 5), (1, 1, 5), "cut")]
    assert told == [(1, 1), (2, 1), (1, 1)]
    assert len(spans_of((1, 1, 5), "cut", (1, 1, 5))) == 2


def test_without_audio_there_is_no_span() -> None:
    assert spans_of("cut", "m1", "cut") == []


def test_the_message_that_started_last_is_known() -> None:
    told = [span.started for span in spans_of("m1", (1, 1, 5), "m2", (1, 1, 5), (1, 2, 5))]
    assert told == ["m1", "m2", "m2"]


def test_without_start_signals_a_message_starts_with_its_first_audio() -> None:
    told = [span.started for span in spans_of((1, 1, 5), (1, 2, 5), (1, 1, 5), (9, 7, 5))]
    assert told == [None, "m1", "m2", "m2"]


def test_what_was_heard_last_is_known_while_it_still_grows() -> None:
    spans = Spans(1, [])
    assert spans.heard is None
    spans.add(1 << 16 | 3, 5, 0, None, ())
    assert spans.heard == "m3"
    spans.cut(())
    spans.add(2 << 16 | 4, 5, 0, None, ())
    assert spans.heard == "m3"
