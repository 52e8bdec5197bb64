"""The client's side of the protocol: text frames to inputs, commands to text frames. Pure."""

import json
from collections.abc import Mapping

from reference_impl.vocabulary import EndReason, Failure, Rejected, Speak, Stop

ID_CHARACTERS_MAX = 64
TEXT_CHARACTERS_MAX = 4096
DEFAULT_VOICE = "fahad"


class _Illegal(Exception):
    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.failure = Failure(code=code, message=message)


def read_text_frame(text: str) -> Speak | Stop | Rejected:
    """Return what the client wants; unknown keys are ignored, everything else is told back."""
    message_id: str | None = None
    try:
        document = _read_document(text)
        message_id = _optional_id(document)
        return _read_operation(document, message_id)
    except _Illegal as illegal:
        return Rejected(message_id=message_id, failure=illegal.failure)


def unexpected_binary() -> Rejected:
    """Return the answer to a binary frame: the client has none to send."""
    failure = Failure(
        code="unexpected_binary", message="This protocol has no binary frames from the client."
    )
    return Rejected(message_id=None, failure=failure)


def start_frame(message_id: str) -> str:
    """Return the `stream.start` of a message."""
    return json.dumps(
        {
            "type": "stream.start",
            "message_id": message_id,
            "format": "pcm_s16le",
            "sample_rate": 24_000,
            "channels": 1,
        }
    )


def end_frame(message_id: str, reason: EndReason) -> str:
    """Return the `stream.end` of a message."""
    return json.dumps({"type": "stream.end", "message_id": message_id, "reason": reason.value})


def error_frame(message_id: str | None, failure: Failure) -> str:
    """Return an `error`; its message id is null where the error is about no message."""
    return json.dumps(
        {
            "type": "error",
            "message_id": message_id,
            "code": failure.code,
            "message": failure.message,
        }
    )


def _read_document(text: str) -> Mapping[str, object]:
    try:
        document = json.loads(text)
    except (ValueError, RecursionError):
        raise _Illegal("invalid_json", "A text frame must hold one JSON object.") from None
    if not isinstance(document, dict):
        raise _Illegal("invalid_json", "A text frame must hold one JSON object.")
    return document


def _optional_id(document: Mapping[str, object]) -> str | None:
    message_id = document.get("message_id")
    if message_id is None:
        return None
    if not isinstance(message_id, str) or not 0 < len(message_id) <= ID_CHARACTERS_MAX:
        raise _Illegal(
            "invalid_message_id",
            f'"message_id" must be a string of 1 to {ID_CHARACTERS_MAX} characters.',
        )
    return message_id


def _read_operation(document: Mapping[str, object], message_id: str | None) -> Speak | Stop:
    operation = document.get("type")
    if operation == "stop":
        return Stop(message_id=message_id)
    if operation == "speak":
        return _read_speak(document, message_id)
    raise _Illegal("unknown_type", 'Expected "type" to be "speak" or "stop".')


def _read_speak(document: Mapping[str, object], message_id: str | None) -> Speak:
    text = document.get("text")
    voice = document.get("voice", DEFAULT_VOICE)
    if message_id is None:
        raise _Illegal("invalid_message_id", 'A speak needs a "message_id".')
    if not isinstance(text, str) or not text.strip():
        raise _Illegal("invalid_text", 'A speak needs a "text" that is not blank.')
    if len(text) > TEXT_CHARACTERS_MAX:
        raise _Illegal(
            "invalid_text", f'The "text" is longer than {TEXT_CHARACTERS_MAX} characters.'
        )
    if not isinstance(voice, str) or not 0 < len(voice) <= ID_CHARACTERS_MAX:
        raise _Illegal(
            "invalid_voice", f'"voice" must be a string of 1 to {ID_CHARACTERS_MAX} characters.'
        )
    return Speak(message_id=message_id, text=text, voice=voice)
