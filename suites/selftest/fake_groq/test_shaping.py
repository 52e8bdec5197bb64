import pytest

from fake_groq.behaviour import DEFAULT_BEHAVIOUR, read_behaviour
from fake_groq.plan import SpeechRequest, make_plan
from fake_groq.shaping import (
    audio_ms,
    closed,
    divided,
    has_marker,
    hung_up,
    last_audio,
    open_marker,
)
from fake_groq.steps import Close, Marker, Plan, Profile, Send

TEXT = "Good morning, how are you?"  # 520 ms in 7 frames
FRAMES_MS = 7 * 80


def a_plan(profile: Profile = "ws", **behaviour: object) -> Plan:
    settings = read_behaviour(behaviour, DEFAULT_BEHAVIOUR)
    return make_plan(SpeechRequest(text=TEXT, profile=profile), settings, seed=1, nonce=2)


@pytest.mark.parametrize("marker", ["text:__END__", "close", "empty", "silence:200", "none"])
def test_audio_marker_and_rest_are_the_whole_plan(marker: str) -> None:
    plan = a_plan(end_marker=marker)
    before, units, rest = divided(plan)
    assert (*before, *units, *rest) == plan.steps
    assert audio_ms(before) == FRAMES_MS
    assert isinstance(units[-1], Marker)
    assert all(isinstance(step, Close) for step in rest)


def test_the_last_audio_is_cut_from_the_rest_of_it() -> None:
    plan = a_plan()
    before, late = last_audio(plan, 100)
    assert (audio_ms(before), audio_ms(late)) == (FRAMES_MS - 100, 100)
    assert last_audio(plan, 9_999)[0] + last_audio(plan, 9_999)[1] == divided(plan)[0]


def test_more_can_follow_a_close_frame_that_is_one_like_any_other() -> None:
    frame, end = open_marker(divided(a_plan(end_marker="close:1001"))[1])
    assert frame == Send(data=b"\x03\xe9", frame="close")
    assert isinstance(end, Marker)
    assert (end.unit.how, end.is_last) == ("nothing", True)
    text = divided(a_plan())[1]
    assert open_marker(text) == text


def test_where_bytes_follow_the_end_a_fin_comes_behind_them() -> None:
    fin = (Close(code=None),)
    assert hung_up(a_plan("http"), ()) == fin
    assert hung_up(a_plan(end_marker="close"), ()) == fin
    assert hung_up(a_plan(), (Close(code=1000),)) == (Close(code=1000),)


def test_a_body_cannot_be_closed_with_a_code() -> None:
    assert closed(a_plan("http"), 1011) == Close(code=None)
    assert closed(a_plan(), 1011) == Close(code=1011)
    assert has_marker(a_plan(), "text")
