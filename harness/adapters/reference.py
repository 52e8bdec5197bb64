"""The reference protocol: JSON control frames and binary PCM over one WebSocket.

Message ids on the wire hold session and message, ``s17-m3``, so that a signal that strays into
another session is seen as such.
"""

import json
import re
from collections import deque
from urllib.parse import urlencode

from harness.adapters.base import (
    ADAPTERS,
    Abilities,
    AudioSeen,
    EndSeen,
    ErrorSeen,
    Frame,
    InvalidSeen,
    OtherSeen,
    Seen,
    StartSeen,
    StraySeen,
)

_ID = re.compile(r"s(\d{1,5})-m(\d{1,5})")
SHOWN = 80


class ReferenceAdapter:
    """The adapter of one session; remembers which message started last."""

    abilities = Abilities()

    def __init__(self, session: int) -> None:
        self.session_id = f"s{session}"
        self.forbidden = forbidden_frames(f"s{session}-m65000")
        self._session = session
        self._started: int | None = None

    @staticmethod
    def numbers_of(session: str, message: str | None) -> tuple[int | None, int | None]:
        """Return the numbers in ``s17`` and ``s17-m3``."""
        found = re.fullmatch(r"s(\d{1,5})", session)
        named = _ID.fullmatch(message or "")
        return (int(found[1]) if found else None, int(named[2]) if named else None)

    def url(self, base: str, *, user: str | None = None) -> str:
        """Return the URL with this session's own id."""
        mark = "&" if "?" in base else "?"
        query = {"session": self.session_id} | ({"user": user} if user else {})
        return f"{base}{mark}{urlencode(query)}"

    def speak(self, message: int, text: str) -> tuple[Frame, ...]:
        """Return the one frame that asks for speech."""
        body = {"type": "speak", "message_id": f"s{self._session}-m{message}", "text": text}
        return (Frame(payload=json.dumps(body, ensure_ascii=False).encode()),)

    def stop(self) -> tuple[Frame, ...]:
        """Return the one frame that commands silence."""
        return (Frame(payload=b'{"type":"stop"}'),)

    def receive(self, frame: Frame) -> tuple[Seen, ...]:
        """Return what one frame says; what is not of the protocol is an InvalidSeen."""
        if not frame.is_text:
            return (AudioSeen(pcm=frame.payload, message=self._started),)
        try:
            body = json.loads(frame.payload.decode("utf-8"))
        except (ValueError, RecursionError):
            return (InvalidSeen(text=f"no JSON: {frame.payload[:SHOWN]!r}"),)
        if not isinstance(body, dict) or not isinstance(body.get("type"), str):
            return (InvalidSeen(text=f"no object with a type: {frame.payload[:SHOWN]!r}"),)
        return (self._control(body),)

    def _control(self, body: dict[str, object]) -> Seen:
        kind = str(body["type"])
        if kind not in {"stream.start", "stream.end", "error"}:
            return OtherSeen(kind=kind)
        name = body.get("message_id")
        found = _ID.fullmatch(name) if isinstance(name, str) else None
        if kind == "error" and found is None:
            name = None  # it quotes what we sent, and that was no name
        if kind == "error" and name is None:
            return ErrorSeen(
                message=None, code=str(body.get("code")), text=str(body.get("message"))
            )
        if found is None or int(found[1]) != self._session:
            return StraySeen(text=f"{kind} of {str(name)[:SHOWN]}")
        message = int(found[2])
        if kind == "stream.start":
            self._started = message
            return _start(message, body)
        if kind == "stream.end":
            return EndSeen(message=message, reason=str(body.get("reason", "")))
        return ErrorSeen(message=message, code=str(body.get("code")), text=str(body.get("message")))


class WithoutIdsAdapter(ReferenceAdapter):
    """The same protocol without message ids: a signal means the message whose turn it is.

    Every accepted speak gets one start signal, in the order of asking, so the n-th start belongs
    to the n-th message that was asked for. A speak sent twice would be a message of its own.
    """

    abilities = Abilities(message_ids=False)

    def __init__(self, session: int) -> None:
        super().__init__(session)
        self._asked: deque[int] = deque()

    def speak(self, message: int, text: str) -> tuple[Frame, ...]:
        """Return the one frame that asks for speech, and remember that it did."""
        self._asked.append(message)
        return super().speak(message, text)

    def _control(self, body: dict[str, object]) -> Seen:
        message = self._asked.popleft() if self._is_start(body) else self._started
        if message is not None and body.get("type") != "error":
            body = {**body, "message_id": f"{self.session_id}-m{message}"}
        return super()._control(body)

    def _is_start(self, body: dict[str, object]) -> bool:
        return body.get("type") == "stream.start" and bool(self._asked)


def _start(message: int, body: dict[str, object]) -> StartSeen:
    """Return the start signal with what it says of the audio; nonsense is left out."""
    sample_format, rate, channels = (body.get(k) for k in ("format", "sample_rate", "channels"))
    return StartSeen(
        message=message,
        format=sample_format[:SHOWN] if isinstance(sample_format, str) else None,
        sample_rate=rate if type(rate) is int else None,
        channels=channels if type(channels) is int else None,
    )


def forbidden_frames(name: str) -> dict[str, tuple[Frame, ...]]:
    """Return what a client may not send, by name; ``name`` is a message id that nobody uses."""
    forbidden: dict[str, tuple[Frame, ...]]
    forbidden = {
        kind: (Frame(payload=wire.replace(b"ID", name.encode())),)
        for kind, wire in _FORBIDDEN_TEXTS.items()
    }
    for kind, change in _FORBIDDEN_SPEAKS.items():
        forbidden[f"speak_{kind}"] = (_speak_with(name, change),)
    for kind, wire in _FORBIDDEN_BINARIES.items():
        forbidden[f"binary_{kind}"] = (Frame(payload=wire, is_text=False),)
    return forbidden


def _speak_with(name: str, change: dict[str, object]) -> Frame:
    body = {"type": "speak", "message_id": name, "text": "never to be heard", **change}
    kept = {key: value for key, value in body.items() if value is not _LEFT_OUT}
    return Frame(payload=json.dumps(kept).encode())


_LEFT_OUT = object()
_FORBIDDEN_TEXTS = {
    "nothing": b"",
    "a_blank": b" ",
    "no_json": b"hello",
    "half_an_object": b'{"type":"speak"',
    "two_objects": b'{"type":"stop"}{"type":"stop"}',
    "an_array": b"[]",
    "a_string": b'"stop"',
    "a_number": b"17",
    "null": b"null",
    "an_empty_object": b"{}",
    "a_nested_bomb": b"[" * 20_000,
    "no_type": b'{"message_id":"ID"}',
    "type_null": b'{"type":null}',
    "type_number": b'{"type":1}',
    "type_array": b'{"type":["stop"]}',
    "type_unknown": b'{"type":"sing"}',
    "type_in_capitals": b'{"type":"STOP"}',
    "type_of_the_server": b'{"type":"stream.end","message_id":"ID","reason":"completed"}',
    "stop_of_a_number": b'{"type":"stop","message_id":7}',
}
_FORBIDDEN_SPEAKS: dict[str, dict[str, object]] = {
    "without_id": {"message_id": _LEFT_OUT},
    "id_null": {"message_id": None},
    "id_empty": {"message_id": ""},
    "id_number": {"message_id": 1},
    "id_object": {"message_id": {}},
    "id_too_long": {"message_id": "x" * 4096},
    "without_text": {"text": _LEFT_OUT},
    "text_null": {"text": None},
    "text_empty": {"text": ""},
    "text_blank": {"text": " \n\t"},
    "text_number": {"text": 5},
    "text_array": {"text": ["hello"]},
    "text_too_long": {"text": "long " * 4000},
    "voice_number": {"voice": 3},
    "voice_empty": {"voice": ""},
}
_FORBIDDEN_BINARIES = {"of_nothing": b"", "of_a_byte": b"\x00", "of_audio": bytes(3840)}


ADAPTERS.register("reference", ReferenceAdapter, module=__name__)
ADAPTERS.register("reference_without_ids", WithoutIdsAdapter, module=__name__)
