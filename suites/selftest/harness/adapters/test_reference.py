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
