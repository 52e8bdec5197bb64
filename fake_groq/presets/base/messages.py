"""JSON messages: how they are read and made, and the ids in them."""

import base64
import json
from collections.abc import Mapping
from hashlib import blake2b
from typing import Any
from uuid import UUID

from fake_groq.end_markers import Ending, Unit
from fake_groq.presets.base.actions import Frame, Opening

BRACKETS_MAX = 400  # a protocol has a dozen; Python's JSON gives up at a thousand inside each other


def said(message: Mapping[str, Any]) -> Frame:
    """Return a JSON message."""
    return Frame(kind="text", data=_json(message))


def marker(*messages: Mapping[str, Any], close_code: int | None = None) -> Ending:
    """Return the ending that consists of these JSON messages, and of a close if there is a code.

    A close without messages is the marker itself; where there is neither, nothing is.
    """
    units = tuple(Unit(how="text", data=_json(message)) for message in messages)
    if close_code is None:
        return Ending(units=units or (Unit(how="nothing"),))
    if not units:
        return Ending(units=(Unit(how="close", code=close_code),))
    return Ending(units=units, follow="close", close_code=close_code)


def audio_text(pcm: bytes) -> str:
    """Return audio as it stands in JSON: base64."""
    return base64.b64encode(pcm).decode("ascii")


def read_json(message: str | bytes) -> dict[str, Any] | None:
    """Return the JSON object of a message; None where it holds none.

    A lone surrogate is no character, so what holds one is no JSON either (RFC 8259, 8.2); nor is
    what is nested deeper than anybody means it.
    """
    openings = ("[", "{") if isinstance(message, str) else (b"[", b"{")
    if sum(map(message.count, openings)) > BRACKETS_MAX:  # type: ignore[arg-type] # of its own kind
        return None
    try:
        found = json.loads(message)
        if "\\u" in str(message):
            json.dumps(found, ensure_ascii=False).encode()
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) else None


def text_in(message: Mapping[str, Any], key: str) -> str | None:
    """Return the string under a key; None where there is none."""
    found = message.get(key)
    return found if isinstance(found, str) else None


def object_in(message: Mapping[str, Any], key: str) -> dict[str, Any]:
    """Return the object under a key; an empty one where there is none."""
    found = message.get(key)
    return found if isinstance(found, dict) else {}


def seconds_in(query: Mapping[str, str], key: str, *, default_s: float, max_s: float) -> float:
    """Return the seconds under a key of a query, as far as they are possible."""
    try:
        asked_s = float(query.get(key, ""))
    except ValueError:
        return default_s
    return min(asked_s, max_s) if asked_s > 0 else default_s


def identifier(opening: Opening, *parts: object) -> str:
    """Return an id in the shape of a UUID: the same for the same socket and parts."""
    digest = blake2b(repr((opening.number, *parts)).encode(), digest_size=16).hexdigest()
    return str(UUID(digest))


def _json(message: Mapping[str, Any]) -> bytes:
    return json.dumps(message, ensure_ascii=False, separators=(",", ":")).encode()
