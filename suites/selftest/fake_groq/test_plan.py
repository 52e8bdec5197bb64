from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fake_groq.behaviour import DEFAULT_BEHAVIOUR, Behaviour, read_behaviour
from fake_groq.plan import SpeechRequest, make_plan
from fake_groq.steps import Close, Head, Marker, Plan, Profile, Send, Wait
from fake_groq.watermark import encode, stream_key
from suites.selftest.fake_groq.hashing import plan_sha256
from suites.selftest.fake_groq.staging import text_of

TEXT = text_of(3, 2)


def plan(
    behaviour: Behaviour = DEFAULT_BEHAVIOUR,
    *,
    text: str = TEXT,
    profile: Profile = "ws",
    count: int = 0,
    seed: int = 1,
) -> Plan:
    request = SpeechRequest(text=text, profile=profile, count=count)
    return make_plan(request, behaviour, seed=seed, nonce=9)


def pcm_of(made: Plan) -> bytes:
    return b"".join(made.payload(s) for s in made.steps if isinstance(s, Send) and s.spans)


def due_ms(made: Plan) -> list[float]:
    """When each frame is due."""
    at, due = 0.0, []
    for step in made.steps:
        if isinstance(step, Wait):
            at += step.ms
        elif isinstance(step, Send) and step.spans:
            due.append(at)
    return due


def test_the_audio_is_the_watermark_of_the_text_and_attempt() -> None:
    made = plan(count=2)
    assert made.key == stream_key(3, 2, 0, 2)
    assert made.total_samples == 1920 * -(-20 * len(TEXT) // 80)
    assert pcm_of(made) == encode(made.key, 9, 0, made.total_samples, made.total_samples)


def test_a_text_without_identity_has_the_key_of_its_count() -> None:
    assert (plan(text="Hello there", count=1).key, plan(text="Hello there").key) == (1, 0)


def test_a_text_of_two_messages_is_mixed_and_belongs_to_the_first() -> None:
    made = plan(text=f"{text_of(3, 2)} {text_of(4, 1)}")
    assert made.is_mixed
    assert made.key == stream_key(3, 2, 0, 0)
    assert [(i.session, i.message) for i in made.identities] == [(3, 2), (4, 1)]


def test_pauses_are_zeros_by_place_and_counted_in_the_total() -> None:
    made = plan(read_behaviour({"pauses": [[80, 160]]}, DEFAULT_BEHAVIOUR))
    pcm = pcm_of(made)
    frames = -(-20 * len(TEXT) // 80)
    assert len(pcm) == 3840 * frames
    assert made.total_samples == 1920 * frames
    assert not any(pcm[3840:11520])
    marked = encode(made.key, 9, 0, made.total_samples, made.total_samples)
    assert pcm[:3840] + pcm[11520:] == marked[:3840] + marked[11520:]


@pytest.mark.parametrize(
    ("partial", "expected"),
    [
        ({}, [120, 200, 280]),
        ({"pace": "8x"}, [120, 130, 140]),
        ({"pace": "max"}, [120, 120, 120]),
        ({"lead_ms": 160}, [120, 120, 120, 200]),
        ({"first_audio_ms": 0}, [0, 80, 160]),
    ],
)
def test_frames_are_due_at_their_pace(partial: dict[str, object], expected: list[float]) -> None:
    assert due_ms(plan(read_behaviour(partial, DEFAULT_BEHAVIOUR)))[: len(expected)] == expected


def test_http_sends_headers_and_the_wav_header_first() -> None:
    made = plan(profile="http")
    wait, head, header, wait_for_audio = made.steps[:4]
    assert (wait, head, wait_for_audio) == (Wait(ms=60), Head(), Wait(ms=60))
    assert isinstance(header, Send)
    assert made.payload(header)[:4] == b"RIFF"
    assert isinstance(made.steps[-1], Marker)


def test_audio_never_comes_before_the_headers() -> None:
    late = read_behaviour({"header_ms": 500}, DEFAULT_BEHAVIOUR)
    assert due_ms(plan(late, profile="http"))[0] == 500


@pytest.mark.parametrize(
    ("marker", "after", "endings"),
    [
        ("text:__END__", "close", ["text", "close"]),
        ("text:__END__", "stay", ["text"]),
        ("close", "close", ["close"]),
        ("close", "stay", ["close"]),
        ("none", "close", ["nothing", "close"]),
        ("silence:160", "stay", ["binary", "binary"]),
    ],
)
def test_a_websocket_ends_by_marker_and_close(marker: str, after: str, endings: list[str]) -> None:
    behaviour = read_behaviour({"end_marker": marker, "after_marker": after}, DEFAULT_BEHAVIOUR)
    steps = [step for step in plan(behaviour).steps if isinstance(step, Marker | Close)]
    assert ["close" if isinstance(s, Close) else s.unit.how for s in steps] == endings
    lasts = [step.is_last for step in steps if isinstance(step, Marker)]
    assert lasts == [False] * (len(lasts) - 1) + [True]


@given(st.integers(0, 1 << 32), st.sampled_from(["http", "ws"]))
def test_the_same_seed_gives_the_same_plan_and_another_another(seed: int, profile: Profile) -> None:
    jittery = replace(DEFAULT_BEHAVIOUR, jitter_ms=30.0)
    made = plan(jittery, profile=profile, seed=seed)
    assert made == plan(jittery, profile=profile, seed=seed)
    assert plan_sha256((made,)) != plan_sha256((plan(jittery, profile=profile, seed=seed + 1),))
    due = due_ms(made)
    assert due == sorted(due)
    assert all(0 <= at - (120 + 80 * n) <= 30 for n, at in enumerate(due))


def test_the_faults_are_named_in_their_order() -> None:
    partial = {"faults": [{"name": "stall_mid_stream", "after_ms": 80}, "missing_marker"]}
    assert (
        plan(read_behaviour(partial, DEFAULT_BEHAVIOUR)).fault == "stall_mid_stream+missing_marker"
    )
    assert plan().fault is None
