import json

from harness.adapters.base import (
    AudioSeen,
    EndSeen,
    ErrorSeen,
    Frame,
    InvalidSeen,
    OtherSeen,
    StartSeen,
    StraySeen,
)
from harness.adapters.reference import ReferenceAdapter
from harness.model.broken_frames import BROKEN_FRAMES


def text(**body: object) -> Frame:
    return Frame(payload=json.dumps(body).encode())


def test_audio_belongs_to_the_message_that_started_last() -> None:
    adapter = ReferenceAdapter(17)
    pcm = Frame(payload=b"\1\0", is_text=False)
    assert adapter.receive(pcm) == (AudioSeen(pcm=b"\1\0", message=None),)
    assert adapter.receive(text(type="stream.start", message_id="s17-m3")) == (
        StartSeen(message=3),
    )
    assert adapter.receive(pcm) == (AudioSeen(pcm=b"\1\0", message=3),)


def test_an_end_signal_carries_its_reason() -> None:
    frame = text(type="stream.end", message_id="s1-m2", reason="stopped")
    assert ReferenceAdapter(1).receive(frame) == (EndSeen(message=2, reason="stopped"),)


def test_a_signal_of_another_session_is_stray() -> None:
    (seen,) = ReferenceAdapter(1).receive(text(type="stream.end", message_id="s2-m2"))
    assert seen == StraySeen(text="stream.end of s2-m2")


def test_an_error_may_name_no_message() -> None:
    (seen,) = ReferenceAdapter(1).receive(text(type="error", code="bad_json", message="no"))
    assert seen == ErrorSeen(message=None, code="bad_json", text="no")


def test_unknown_frames_are_free_and_broken_ones_are_seen() -> None:
    adapter = ReferenceAdapter(1)
    assert adapter.receive(text(type="metrics")) == (OtherSeen(kind="metrics"),)
    for payload in (b"{", b"[]", b'{"type":5}', b"\xff\xfe"):
        (seen,) = adapter.receive(Frame(payload=payload))
        assert isinstance(seen, InvalidSeen)


def test_what_is_sent_names_session_and_message() -> None:
    adapter = ReferenceAdapter(5)
    assert adapter.url("ws://h/v1?x=1") == "ws://h/v1?x=1&session=s5"
    (speak,) = adapter.speak(2, "hello")
    assert json.loads(speak.payload) == {"type": "speak", "message_id": "s5-m2", "text": "hello"}
    (stop,) = adapter.stop()
    assert json.loads(stop.payload) == {"type": "stop"}


def test_the_url_names_the_user_where_there_is_one() -> None:
    assert ReferenceAdapter(5).url("ws://h/", user="u1") == "ws://h/?session=s5&user=u1"


def test_a_start_signal_says_what_audio_follows() -> None:
    frame = text(
        type="stream.start",
        message_id="s1-m2",
        format="pcm_s16le",
        sample_rate=24_000,
        channels="one",
    )
    (seen,) = ReferenceAdapter(1).receive(frame)
    assert seen == StartSeen(message=2, format="pcm_s16le", sample_rate=24_000)


def test_an_error_that_quotes_a_name_which_is_none_belongs_to_no_message() -> None:
    (seen,) = ReferenceAdapter(1).receive(text(type="error", message_id="x", code="c", message="m"))
    assert seen == ErrorSeen(message=None, code="c", text="m")


def test_the_platforms_names_are_read_back_to_numbers() -> None:
    assert ReferenceAdapter.numbers_of("s17", "s17-m3") == (17, 3)
    assert ReferenceAdapter.numbers_of("s17", None) == (17, None)
    assert ReferenceAdapter.numbers_of("somebody", "else") == (None, None)


def test_there_are_fifty_kinds_of_forbidden_input_with_the_broken_frames() -> None:
    forbidden = ReferenceAdapter(1).forbidden
    assert len(forbidden) + len(BROKEN_FRAMES) >= 50
    assert not set(forbidden) & set(BROKEN_FRAMES)
    assert all(frames for frames in forbidden.values())
