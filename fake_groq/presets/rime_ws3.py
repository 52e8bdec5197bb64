"""Rime's JSON WebSocket: text and operations, audio as base64, and `done`."""

from typing import Any

from fake_groq.end_markers import NORMAL_CLOSURE
from fake_groq.presets.base import (
    SAMPLE_RATE,
    Actions,
    Cancel,
    Frame,
    JsonPreset,
    Opening,
    Trouble,
    audio_text,
    preset,
    require,
    said,
    spoken,
    text_in,
    told,
)


@preset
class RimeWs3(JsonPreset):
    """`text`, with a `contextId` if one likes, until the operation `flush`; `done` ends its audio.

    The socket has one buffer: the `contextId` of its latest text is that of all the audio.
    `clear` forgets the text and what is being spoken, without an answer; `eos` speaks what is left
    and closes with 1000. Speech begins with these alone, not at the ends of sentences, and
    timestamps are left out.
    """

    path = "/ws[23]"
    source = "https://docs.rime.ai/api-reference/arcana/websockets-json"

    def __init__(self, opening: Opening) -> None:
        super().__init__(opening)
        self._context = ""

    def welcome(self) -> Actions:
        """Say nothing, where PCM of 24 kHz is wanted."""
        query = self.opening.query
        require("audioFormat", query.get("audioFormat", "mp3"), "pcm")
        require("samplingRate", query.get("samplingRate"), str(SAMPLE_RATE))
        return ()

    def answer(self, message: dict[str, Any]) -> Actions:
        """Take text or an operation."""
        text = text_in(message, "text")
        if text is not None:
            self.texts.add(text)
            self._context = text_in(message, "contextId") or ""
            return ()
        match message.get("operation"):
            case "flush":
                return self._speak()
            case "clear":
                self.texts.take()
                return (Cancel(),)
            case "eos":
                return self._speak(close_code=NORMAL_CLOSURE)
        raise Trouble("a message has text, or the operation flush, clear or eos")

    def wrap(self, pcm: bytes, context: str) -> Frame:
        """Return a chunk of a context."""
        chunk = {"type": "chunk", "data": audio_text(pcm), "contextId": context or None}
        return said(chunk)

    def tell(self, trouble: Trouble) -> Actions:
        """Say it and stay."""
        return told(trouble, said({"type": "error", "message": str(trouble)}))

    def _speak(self, close_code: int | None = None) -> Actions:
        done = {"type": "done", "done": True, "contextId": self._context or None}
        return spoken(self.texts.take(), done, context=self._context, close_code=close_code)
