"""Baseten's Qwen3: JSON around bare PCM, `audio.done` and `session.done`."""

from typing import Any, Final

from fake_groq.presets.base import (
    SAMPLE_RATE,
    Actions,
    JsonPreset,
    Leave,
    Opening,
    Say,
    Speak,
    Trouble,
    marker,
    preset,
    require,
    said,
    text_in,
    thrown_out,
    told,
)

CONFIG_S: Final = 10.0
IDLE_S: Final = 30.0


@preset
class BasetenQwen3(JsonPreset):
    """`session.config`, then `input.text` until `input.done`; `session.done` ends the turn.

    All text of a turn is one sentence here: its PCM stands between `audio.start` and `audio.done`.
    The socket stays for the next turn; an empty one keeps it alive, and is answered by
    `session.done` at once. Nothing cancels but a close. It is closed when the configuration does
    not come within 10 s, or nothing for 30 s. The address is that of Baseten's other models, so
    clients are sent to `/presets/baseten_qwen3`.
    """

    source = "https://github.com/vllm-project/vllm-omni"

    def __init__(self, opening: Opening) -> None:
        super().__init__(opening)
        self._is_configured = False

    def answer(self, message: dict[str, Any]) -> Actions:
        """Take the configuration, text, or the end of a turn."""
        kind = message.get("type")
        if kind == "session.config":
            require("response_format", message.get("response_format"), "pcm")
            self._is_configured = True
            return ()
        if kind == "session.close":
            return (Leave(is_urgent=True),)
        if not self._is_configured:
            raise Trouble("session.config must come first")
        if kind == "input.text":
            self.texts.add(text_in(message, "text") or "")
            return ()
        if kind == "input.done":
            return self._speak(self.texts.take())
        raise Trouble(f"unknown message type {kind!r:.60}")

    def tell(self, trouble: Trouble) -> Actions:
        """Say it and stay."""
        return told(trouble, said({"type": "error", "message": str(trouble)}))

    def idle_s(self) -> float:
        """Return the time for the configuration, then that for anything."""
        return IDLE_S if self._is_configured else CONFIG_S

    def idle(self) -> Actions:
        """Say that time is up and close."""
        trouble = Trouble("timed out waiting for a message")
        return thrown_out(trouble, said({"type": "error", "message": str(trouble)}))

    def _speak(self, text: str) -> Actions:
        if not text.strip():
            return (Say(frames=(said(_done(0)),), waits=True),)
        sentence = {"sentence_index": 0, "sentence_text": text}
        start = {"type": "audio.start", **sentence, "format": "pcm", "sample_rate": SAMPLE_RATE}
        end = {"type": "audio.done", "sentence_index": 0, "error": False}
        return (Speak(text=text, before=(said(start),), ending=marker(end, _done(1))),)


def _done(sentences: int) -> dict[str, Any]:
    return {"type": "session.done", "total_sentences": sentences}
