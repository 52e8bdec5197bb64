"""The reference protocol: JSON control frames and binary PCM over one WebSocket.

Message ids on the wire hold session and message, ``s17-m3``, so that a signal that strays into
another session is seen as such.
"""

import json
import re
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
        self._session = session
        self._started: int | None = None

    def url(self, base: str) -> str:
        """Return the URL with this session's own id."""
        mark = "&" if "?" in base else "?"
        return f"{base}{mark}{urlencode({'session': f's{self._session}'})}"

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
        if kind == "error" and name is None:
            return ErrorSeen(
                message=None, code=str(body.get("code")), text=str(body.get("message"))
            )
        found = _ID.fullmatch(name) if isinstance(name, str) else None
        if found is None or int(found[1]) != self._session:
            return StraySeen(text=f"{kind} of {str(name)[:SHOWN]}")
        message = int(found[2])
        if kind == "stream.start":
            self._started = message
            return StartSeen(message=message)
        if kind == "stream.end":
            return EndSeen(message=message, reason=str(body.get("reason", "")))
        return ErrorSeen(message=message, code=str(body.get("code")), text=str(body.get("message")))


ADAPTERS.register("reference", ReferenceAdapter, module=__name__)
