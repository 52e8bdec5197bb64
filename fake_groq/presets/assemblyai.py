"""AssemblyAI: JSON frames both ways, audio as base64, and `FlushDone`."""

from typing import Any, Final

from fake_groq.presets.base import (
    SAMPLE_RATE,
    Actions,
    Cancel,
    Frame,
    JsonPreset,
    Leave,
    Opening,
    Say,
    Trouble,
    audio_text,
    identifier,
    preset,
    require,
    said,
    seconds_in,
    spoken,
    text_in,
    thrown_out,
)

GENERATE_CHARACTERS_MAX: Final = 2000
WRONG_FRAME: Final = 3006
SESSION_OVER: Final = 3008
EXPIRES_AT: Final = 4_102_444_800  # the year 2100: no session ends by its age here


@preset
class Assemblyai(JsonPreset):
    """`Begin` greets; `Generate` gathers text until `Flush`, and `FlushDone` ends its audio.

    Audio and its end have the `flush_id`, which counts the flushes of the session. `Cancel` drops
    all of them and is answered by `Cancelled`, always. `Terminate` waits for what is flushed, then
    comes `Termination` and a close with 1000. Every `Error` is followed by a close with its own
    code: 3006 for wrong frames and for more than 2000 characters in one, 3008 after two minutes
    without a word. Speech begins with `Flush` only.
    """

    path = "/v1/ws"
    source = "https://www.assemblyai.com/docs/tts/message-frames"

    def __init__(self, opening: Opening) -> None:
        super().__init__(opening)
        self._flushes = 0

    def welcome(self) -> Actions:
        """Say which session it is, or that its parameters are wrong."""
        query = self.opening.query
        require("encoding", query.get("encoding"), "pcm_s16le")
        require("sample_rate", query.get("sample_rate"), str(SAMPLE_RATE))
        begin = {
            "type": "Begin",
            "session_id": identifier(self.opening),
            "expires_at": EXPIRES_AT,
            "configuration": {
                "encoding": "pcm_s16le",
                "sample_rate": SAMPLE_RATE,
                "word_boundaries": False,
            },
        }
        return (Say(frames=(said(begin),)),)

    def answer(self, message: dict[str, Any]) -> Actions:
        """Take text, or what is to be done with it."""
        match message.get("type"):
            case "Generate":
                self.texts.add(_text_of(message))
                return ()
            case "Flush":
                return self._flush()
            case "Cancel":
                self.texts.take()
                cancelled = (said({"type": "Cancelled"}),)
                return (Cancel(frames=cancelled, idle_frames=cancelled),)
            case "Terminate":
                return (Leave(frames=(said({"type": "Termination"}),)),)
        raise Trouble(f"unknown frame type {message.get('type')!r:.60}")

    def wrap(self, pcm: bytes, context: str) -> Frame:
        """Return audio of a flush."""
        return said({"type": "Audio", "audio": audio_text(pcm), "flush_id": int(context)})

    def tell(self, trouble: Trouble) -> Actions:
        """Say it and close with the same code."""
        code = WRONG_FRAME if trouble.is_misuse else trouble.close_code
        return _failed(trouble, code, trouble.code or "invalid_message")

    def idle_s(self) -> float:
        """Return what the query says, at most two minutes."""
        return seconds_in(self.opening.query, "inactivity_timeout", default_s=120.0, max_s=120.0)

    def idle(self) -> Actions:
        """Say that the session is over."""
        return _failed(Trouble("session was idle for too long"), SESSION_OVER, "inactivity_timeout")

    def _flush(self) -> Actions:
        self._flushes += 1
        number = self._flushes
        done = {"type": "FlushDone", "flush_id": number}
        return spoken(self.texts.take(), done, context=str(number))


def _text_of(message: dict[str, Any]) -> str:
    text = text_in(message, "text")
    if text is None or len(text) > GENERATE_CHARACTERS_MAX:
        raise Trouble(f"Generate.text must be at most {GENERATE_CHARACTERS_MAX} characters")
    return text


def _failed(trouble: Trouble, code: int, kind: str) -> Actions:
    error = {"type": "Error", "error_code": code, "error_type": kind, "error": str(trouble)}
    frame = said({**error, "retryable": not trouble.is_misuse})
    return thrown_out(trouble, frame, code=code, reason="See Error message for details")
