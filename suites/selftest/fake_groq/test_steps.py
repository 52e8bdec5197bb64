from hypothesis import given
from hypothesis import strategies as st

from fake_groq.end_markers import Unit
from fake_groq.steps import (
    Head,
    Marker,
    Plan,
    Send,
    Span,
    Step,
    Wait,
    cut,
    split_spans,
)
from suites.selftest.fake_groq.hashing import plan_sha256

FRAME = 1920


def frame(first: int, samples: int = FRAME) -> Send:
    return Send(spans=(Span(first=first, samples=samples),))


def a_plan(*steps: Step) -> Plan:
    return Plan(
        profile="ws",
        key=1 << 32 | 1 << 16,
        nonce=7,
        count=0,
        identities=(),
        is_mixed=False,
        total_samples=2 * FRAME,
        steps=steps,
    )


STEPS = (Head(), Wait(ms=100), frame(0), Wait(ms=80), frame(FRAME), Marker(unit=Unit(how="binary")))


def test_a_cut_between_two_pieces_leaves_them_whole() -> None:
    before, after = cut(STEPS, 80)
    assert before == STEPS[:3]
    assert after == STEPS[3:]


def test_a_cut_inside_a_piece_divides_it() -> None:
    before, after = cut(STEPS, 100)
    assert before == (*STEPS[:4], frame(FRAME, 480))
    assert after == (frame(FRAME + 480, FRAME - 480), STEPS[5])


def test_a_cut_at_0_comes_behind_the_wait_for_the_first_audio() -> None:
    assert cut(STEPS, 0) == (STEPS[:2], STEPS[2:])


def test_a_cut_behind_the_last_audio_comes_before_the_marker() -> None:
    assert cut(STEPS, 160) == (STEPS[:5], STEPS[5:])
    assert cut(STEPS, 99_999) == (STEPS[:5], STEPS[5:])


def test_a_cut_keeps_what_precedes_the_samples_of_a_piece_once() -> None:
    step = Send(data=b"RIFF", spans=(Span(first=0, samples=FRAME),))
    before, after = cut((step,), 10)
    assert before == (Send(data=b"RIFF", spans=(Span(first=0, samples=240),)),)
    assert after == (frame(240, FRAME - 240),)


@given(st.integers(0, 4000))
def test_a_cut_loses_no_byte(after_samples: int) -> None:
    plan = a_plan(*STEPS)
    before, after = cut(STEPS, after_samples / 24)
    pieces = [plan.payload(step) for step in (*before, *after) if isinstance(step, Send)]
    assert b"".join(pieces) == plan.payload(frame(0, 2 * FRAME))
    heard = sum(step.samples for step in before if isinstance(step, Send))
    assert heard == min(after_samples, 2 * FRAME)


def test_zeros_are_split_as_zeros() -> None:
    spans = (Span(first=None, samples=10), Span(first=5, samples=10))
    assert split_spans(spans, 12) == (
        (Span(first=None, samples=10), Span(first=5, samples=2)),
        (Span(first=7, samples=8),),
    )
    assert split_spans(spans, 4)[1][0] == Span(first=None, samples=6)


def test_the_hash_sees_bytes_waits_and_endings_and_nothing_else() -> None:
    original = plan_sha256((a_plan(*STEPS),))
    same = a_plan(Head(), Wait(ms=60), Wait(ms=40), *STEPS[2:], Wait(ms=0))
    assert plan_sha256((same,)) == original
    assert plan_sha256((a_plan(Head(), Wait(ms=99), *STEPS[2:]),)) != original
    assert plan_sha256((a_plan(*STEPS[:-1]),)) != original
    assert plan_sha256((a_plan(*STEPS[:4], frame(FRAME, 100), STEPS[5]),)) != original
