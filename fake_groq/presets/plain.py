"""The fake's own protocol: a JSON request, binary PCM, and the end marker of the behaviour."""

from fake_groq.answers import GroqError
from fake_groq.end_markers import INTERNAL_ERROR, POLICY_VIOLATION
from fake_groq.presets.base import (
    INPUT_CHARACTERS_MAX,
    Actions,
    Leave,
    Preset,
    Speak,
    preset,
    read_json,
    said,
)


@preset
class Plain(Preset):
    """`{"model", "input", "voice"}` is answered by PCM; several requests one after the other.

    Kind, order and consequence of its end marker are free: `end_marker`, `marker_order` and
    `after_marker` of the behaviour.
    """

    path = "/v1/audio/speech/stream"

    def hear(self, message: str | bytes) -> Actions:
        """Take a request; model and voice may be anything."""
        if isinstance(message, bytes):
            return (Leave(code=POLICY_VIOLATION, is_urgent=True),)
        request = read_json(message)
        if request is None:
            return _wrong("invalid JSON")
        text = request.get("input")
        if not isinstance(text, str) or not text:
            return _wrong("input is required")
        if len(text) > INPUT_CHARACTERS_MAX:
            return _wrong(f"input must be at most {INPUT_CHARACTERS_MAX} characters")
        return (Speak(text=text),)

    def refuse(self, error: GroqError, context: str) -> Actions:
        """Send Groq's JSON and close; for a status it is too late."""
        code = INTERNAL_ERROR if error.status >= 500 else POLICY_VIOLATION
        return (Leave(code=code, frames=(said(error.body()),), is_urgent=True),)


def _wrong(sentence: str) -> Actions:
    error = GroqError(status=400, message=sentence)
    frames = (said(error.body()),)
    return (Leave(code=POLICY_VIOLATION, frames=frames, complaint=sentence),)
