"""What a request for speech must be, and what Groq says where it is not. Pure."""

import json
from dataclasses import dataclass
from typing import Any, Final

from fake_groq.answers import GroqError, error_of
from fake_groq.policy import INPUT_CHARACTERS_MAX, Policy
from fake_groq.voices import MODELS, voices_of

_FORMATS: Final = ("wav",)
_FIELDS: Final = frozenset({"model", "input", "voice", "response_format", "sample_rate", "speed"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """A valid request: what is to be spoken, by which model."""

    model: str
    text: str


class Refused(Exception):
    """A request that is answered with this error; what it wanted to hear, and from which model."""

    def __init__(self, error: GroqError, *, text: str = "", model: str = "") -> None:
        super().__init__(error.message)
        self.error = error
        self.text = text
        self.model = model


def wish_of(data: bytes, policy: Policy) -> Wish:
    """Return what the body of a request asks for.

    Raises:
        Refused: it is wrong; the first thing that is wrong is told.
    """
    body = document(data)
    found = body.get("input")
    text = found if isinstance(found, str) else ""
    error = _wrong(body, text, policy)
    if error is not None:
        raise Refused(error, text=text, model=str(body.get("model") or ""))
    if policy.over_length == "truncate":
        text = policy.shortened(text)
    return Wish(model=body["model"], text=whole_characters(text))


def whole_characters(text: str) -> str:
    """Return a text whose lone halves of characters are U+FFFD, as Go reads them in JSON."""
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")


def no_such_model(name: str) -> GroqError:
    """Return what Groq says of a model that it does not have."""
    return GroqError(
        status=404,
        message=f"The model `{name}` does not exist or you do not have access to it.",
        code="model_not_found",
    )


def document(data: bytes) -> dict[str, Any]:
    """Return the JSON object of a body.

    Raises:
        Refused: it is none.
    """
    try:
        body = json.loads(data)
    except (ValueError, RecursionError):
        body = None
    if not isinstance(body, dict):
        raise Refused(invalid("request body is not a JSON object"))
    return body


def _wrong(body: dict[str, Any], text: str, policy: Policy) -> GroqError | None:
    """Return the first thing that is wrong with a request."""
    model = body.get("model")
    if not model:
        return invalid("model is required")
    if not isinstance(model, str) or model not in MODELS:
        return no_such_model(str(model))
    if model in policy.terms_required:
        return error_of(400, model, cause="terms")
    return _wrong_text(text, policy) or _wrong_voice(body, model, policy) or _unknown(body, policy)


def _wrong_text(text: str, policy: Policy) -> GroqError | None:
    if not text:
        return invalid("input is required")
    limit = policy.length_max
    if policy.over_length == "refuse" and policy.length(text) > limit:
        return invalid(f"input must be at most {limit} characters")
    if len(text) > INPUT_CHARACTERS_MAX and policy.over_length != "truncate":
        return invalid(f"input must be at most {INPUT_CHARACTERS_MAX} characters")
    return None


def _wrong_voice(body: dict[str, Any], model: str, policy: Policy) -> GroqError | None:
    if not body.get("voice"):
        return invalid("voice is required")
    voices = voices_of(model, policy.voices)
    if body["voice"] not in voices:
        return invalid(f"voice must be one of the following voices: [{' '.join(voices)}]")
    if body.get("response_format") not in _FORMATS:  # also where it is absent, as the service does
        return invalid(f"response_format must be one of [{' '.join(_FORMATS)}]")
    return None


def _unknown(body: dict[str, Any], policy: Policy) -> GroqError | None:
    unknown = sorted(set(body) - _FIELDS) if policy.unknown_fields == "refuse" else []
    return invalid(f"property '{unknown[0]}' is unsupported") if unknown else None


def invalid(message: str) -> GroqError:
    """Return a plain validation error."""
    return GroqError(status=400, message=message)
