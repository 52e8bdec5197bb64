"""Hume's streamed input: text until a flush, and PCM bare or as base64."""

from typing import Any

from fake_groq.end_markers import NORMAL_CLOSURE
from fake_groq.presets.base import (
    Actions,
    Frame,
    JsonPreset,
    Opening,
    Trouble,
    audio_text,
    identifier,
    preset,
    require,
    said,
    spoken,
    text_in,
    thrown_out,
)


@preset
class Hume(JsonPreset):
    """`text` until `flush`, and `close` behind the last, which is answered by a close with 1000.

    With `no_binary=true` the audio is JSON, and the last of a flush has `is_last_chunk`; else it is
    bare, and only the close tells its end. Here the last chunk is empty, with the index -1. The
    real one makes 48 kHz, which no client can change: this one makes 24. Cancelling is closing.
    """

    path = "/v0/tts/stream/input"
    source = "https://dev.hume.ai/reference/text-to-speech-tts/stream-input"

    def __init__(self, opening: Opening) -> None:
        super().__init__(opening)
        self._is_json = opening.query.get("no_binary") == "true"
        self._snippets = 0
        self._chunks: dict[str, int] = {}

    def welcome(self) -> Actions:
        """Say nothing, where PCM is wanted."""
        require("format_type", self.opening.query.get("format_type", "mp3"), "pcm")
        return ()

    def answer(self, message: dict[str, Any]) -> Actions:
        """Take text, which may be followed by a flush or the end in the same message."""
        if text := text_in(message, "text"):
            self.texts.add(text)
        if message.get("close") is True:
            return self._speak(close_code=NORMAL_CLOSURE)
        return self._speak() if message.get("flush") is True else ()

    def wrap(self, pcm: bytes, context: str) -> Frame:
        """Return bare audio, or the next chunk of a snippet."""
        if not self._is_json:
            return super().wrap(pcm, context)
        index = self._chunks[context] = self._chunks.get(context, -1) + 1
        return said(self._chunk(context, index, audio_text(pcm)))

    def tell(self, trouble: Trouble) -> Actions:
        """Say it and close."""
        error = {"type": "error", "code": trouble.code or "invalid_request", "error": "TTS error"}
        return thrown_out(trouble, said({**error, "message": str(trouble)}))

    def over(self, context: str) -> None:
        """Forget the count of its chunks."""
        self._chunks.pop(context, None)

    def _speak(self, close_code: int | None = None) -> Actions:
        text = self.texts.take()
        self._snippets += 1
        snippet = identifier(self.opening, self._snippets)
        ends = (self._chunk(snippet, -1, ""),) if self._is_json and text.strip() else ()
        return spoken(text, *ends, context=snippet, close_code=close_code)

    def _chunk(self, snippet: str, index: int, audio: str) -> dict[str, Any]:
        return {
            "type": "audio",
            "audio": audio,
            "audio_format": "pcm",
            "chunk_index": index,
            "is_last_chunk": index < 0,
            "generation_id": identifier(self.opening, "generation"),
            "request_id": identifier(self.opening, "request"),
            "snippet_id": snippet,
            "text": "",
        }
