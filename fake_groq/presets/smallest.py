"""Smallest: requests that may be continued, audio as base64, and a `status` on all answers."""

from typing import Any, Final

from fake_groq.presets.base import (
    SAMPLE_RATE,
    Actions,
    Frame,
    JsonPreset,
    Trouble,
    audio_text,
    preset,
    require,
    said,
    seconds_in,
    spoken,
    text_in,
    told,
)

IDLE_S_MAX: Final = 60.0


@preset
class Smallest(JsonPreset):
    """Each message is a request with `text`; with `continue` it waits for the last of its context.

    The end has the status `complete`, and the `request_id` that is the `context_id` here. A blank
    alone keeps the socket alive, which is closed after 20 s without a word. Contexts are spoken one
    after the other; nothing cancels but a close. The socket outlives errors. Timestamps are left
    out.
    """

    path = "/waves/v1/(tts/live|[^/]+/get_speech/stream)"
    source = "https://waves-docs.smallest.ai/content/api-references/websocket"

    def answer(self, message: dict[str, Any]) -> Actions:
        """Take a request."""
        context = text_in(message, "context_id") or "default"
        text = text_in(message, "text")
        if text is None:
            raise Trouble("text is required", context=context)
        require("output_format", message.get("output_format"), "pcm")
        require("sample_rate", message.get("sample_rate"), SAMPLE_RATE)
        if context not in self.texts and not text.strip():
            return ()
        self.texts.add(text, context)
        if message.get("continue") is True:
            return ()
        return spoken(self.texts.take(context), _answer(context, "complete"), context=context)

    def wrap(self, pcm: bytes, context: str) -> Frame:
        """Return a chunk of a request."""
        return said({**_answer(context, "chunk"), "data": {"audio": audio_text(pcm)}})

    def tell(self, trouble: Trouble) -> Actions:
        """Say it and stay."""
        error = {"message": str(trouble), "code": trouble.status}
        return told(trouble, said({**_answer(trouble.context, "error"), "error": error}))

    def idle_s(self) -> float:
        """Return what the query says, at most a minute."""
        return seconds_in(self.opening.query, "timeout", default_s=20.0, max_s=IDLE_S_MAX)


def _answer(context: str, status: str) -> dict[str, Any]:
    return {"request_id": context or None, "status": status}
