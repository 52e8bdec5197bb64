"""The client's frames: what is read, and what is written."""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reference_impl.client_frames import (
    DEFAULT_VOICE,
    TEXT_CHARACTERS_MAX,
    end_frame,
    error_frame,
    read_text_frame,
    start_frame,
    unexpected_binary,
)
from reference_impl.vocabulary import EndReason, Failure, Rejected, Speak, Stop


def test_a_speak_is_read_and_unknown_keys_are_ignored() -> None:
    frame = {"type": "speak", "message_id": "m1", "text": "Hello.", "mood": "calm"}
    assert read_text_frame(json.dumps(frame)) == Speak(
        message_id="m1", text="Hello.", voice=DEFAULT_VOICE
    )


def test_a_stop_may_name_its_message() -> None:
    assert read_text_frame('{"type":"stop"}') == Stop()
    assert read_text_frame('{"type":"stop","message_id":null}') == Stop()
    assert read_text_frame('{"type":"stop","message_id":"m1"}') == Stop(message_id="m1")


@pytest.mark.parametrize(
    ("frame", "code", "message_id"),
    [
        ("", "invalid_json", None),
        ("[]", "invalid_json", None),
        ("9" * 5000, "invalid_json", None),
        ('{"type":"stop","message_id":""}', "invalid_message_id", None),
        ('{"type":"pause","message_id":"m1"}', "unknown_type", "m1"),
        ('{"type":"speak","message_id":"m1"}', "invalid_text", "m1"),
        ('{"type":"speak","message_id":"m1","text":"a","voice":""}', "invalid_voice", "m1"),
    ],
)
def test_what_is_not_legal_is_told(frame: str, code: str, message_id: str | None) -> None:
    rejected = read_text_frame(frame)
    assert isinstance(rejected, Rejected)
    assert (rejected.failure.code, rejected.message_id) == (code, message_id)


def test_a_text_has_a_limit() -> None:
    frame = {"type": "speak", "message_id": "m1", "text": "a" * (TEXT_CHARACTERS_MAX + 1)}
    rejected = read_text_frame(json.dumps(frame))
    assert isinstance(rejected, Rejected)
    assert rejected.failure.code == "invalid_text"


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.dictionaries(
        st.sampled_from(["type", "message_id", "text", "voice"]) | st.text(max_size=3),
        inner,
        max_size=4,
    ),
    max_leaves=6,
)


@settings(deadline=None)  # the machine may be busy
@given(JSON.map(json.dumps) | st.text())
def test_nothing_that_a_client_sends_breaks_the_reader(frame: str) -> None:
    assert isinstance(read_text_frame(frame), Speak | Stop | Rejected)


def test_the_frames_have_the_shape_of_the_protocol() -> None:
    assert json.loads(start_frame("m1")) == {
        "type": "stream.start",
        "message_id": "m1",
        "format": "pcm_s16le",
        "sample_rate": 24000,
        "channels": 1,
    }
    assert json.loads(end_frame("m1", EndReason.SUPERSEDED)) == {
        "type": "stream.end",
        "message_id": "m1",
        "reason": "superseded",
    }
    assert json.loads(error_frame(None, Failure(code="c", message="A sentence."))) == {
        "type": "error",
        "message_id": None,
        "code": "c",
        "message": "A sentence.",
    }
    assert unexpected_binary().failure.code == "unexpected_binary"
