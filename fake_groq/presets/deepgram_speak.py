"""Deepgram's first streaming protocol (`/v1/speak`): JSON in, bare PCM out, `Flushed`."""

from typing import Any

from fake_groq.presets.base import (
    SAMPLE_RATE,
    Actions,
    Cancel,
    JsonPreset,
    Leave,
    Opening,
    Say,
    Trouble,
    identifier,
    preset,
    require,
    said,
    spoken,
    text_in,
    thrown_out,
    told,
)


@preset
class DeepgramSpeak(JsonPreset):
    """`Metadata` greets; `Speak` gathers text until `Flush`, and `Flushed` ends its audio.

    The audio has no ids, so what comes behind a `Clear` cannot be told from the next utterance but
    by `Cleared`. `Close` closes at once with 1000, whatever is left to say. What is no message of
    the protocol is told by `Warning`; what is no JSON, or wants another encoding, by `Error` and a
    close with 1008. The limit of 20 flushes a minute is left out.
    """

    path = "/v1/speak"
    source = "https://developers.deepgram.com/reference/text-to-speech/speak-streaming"

    def __init__(self, opening: Opening) -> None:
        super().__init__(opening)
        self._sequence = 0

    def welcome(self) -> Actions:
        """Say which model it is."""
        query = self.opening.query
        require("encoding", query.get("encoding"), "linear16")
        require("sample_rate", query.get("sample_rate"), str(SAMPLE_RATE))
        require("container", query.get("container"), "none")
        metadata = {
            "type": "Metadata",
            "request_id": identifier(self.opening),
            "model_name": query.get("model", "aura-2-thalia-en"),
            "model_version": "2025-04-07.0",
            "model_uuid": identifier(self.opening, "model"),
        }
        return (Say(frames=(said(metadata),)),)

    def answer(self, message: dict[str, Any]) -> Actions:
        """Take text, or what is to be done with it."""
        match message.get("type"):
            case "Speak":
                self.texts.add(_text_of(message))
                return ()
            case "Flush":
                return self._flush()
            case "Clear":
                self.texts.take()
                cleared = (said(self._numbered("Cleared")),)
                return (Cancel(frames=cleared, idle_frames=cleared),)
            case "Close":
                return (Leave(is_urgent=True),)
        raise Trouble(f"unknown message type {message.get('type')!r:.60}", code="UNKNOWN_TYPE")

    def tell(self, trouble: Trouble) -> Actions:
        """Warn of what has a code of its own, and throw out for the rest."""
        if trouble.code:
            warning = {"type": "Warning", "description": str(trouble), "code": trouble.code}
            return told(trouble, said(warning))
        code = "DATA-0000" if trouble.is_misuse else "NET-0000"
        error = {"type": "Error", "description": str(trouble), "code": code}
        return thrown_out(trouble, said(error), reason=code)

    def _flush(self) -> Actions:
        return spoken(self.texts.take(), self._numbered("Flushed"))

    def _numbered(self, kind: str) -> dict[str, Any]:
        self._sequence += 1
        return {"type": kind, "sequence_id": self._sequence - 1}


def _text_of(message: dict[str, Any]) -> str:
    text = text_in(message, "text")
    if not text:
        raise Trouble("text is required", code="NO_TEXT")
    return text
