"""Cartesia: contexts that are continued, audio as base64, and `done`."""

from typing import Any, Final

from fake_groq.presets.base import (
    SAMPLE_RATE,
    Actions,
    Cancel,
    Frame,
    JsonPreset,
    Opening,
    Trouble,
    audio_text,
    identifier,
    object_in,
    preset,
    require,
    said,
    spoken,
    text_in,
    told,
)

IDLE_S: Final = 300.0


@preset
class Cartesia(JsonPreset):
    """A `transcript` for a `context_id` is spoken at once, unless it is to `continue`.

    What continues waits for the last of its context, which may be empty, or for a `flush`; with a
    `max_buffer_delay_ms` of 0 it does not wait. The end is `done`; that of a flush `flush_done`
    with the number of the flush. A cancel gives nothing more, not even `done`. Contexts are spoken
    one after the other, and timestamps left out. The socket outlives all errors; after five
    minutes without a word it is closed. A client that reuses it has to know what belongs to a
    context that it has given up.
    """

    path = "/tts/websocket"
    source = "https://docs.cartesia.ai/api-reference/tts/websocket"

    def __init__(self, opening: Opening) -> None:
        super().__init__(opening)
        self._flushes: dict[str, int] = {}

    def answer(self, message: dict[str, Any]) -> Actions:
        """Take a request for a context, or its cancel."""
        context = text_in(message, "context_id")
        if not context:
            raise Trouble("context_id is required", code="context_id_missing")
        if message.get("cancel") is True:
            self.texts.take(context)
            self._flushes.pop(context, None)
            return (Cancel(context=context),)
        self._take(message, context)
        if message.get("continue") is not True:
            return self._end(context)
        if message.get("flush") is True or message.get("max_buffer_delay_ms") == 0:
            return self._flush(context)
        return ()

    def wrap(self, pcm: bytes, context: str) -> Frame:
        """Return a chunk of a context."""
        return said(_message("chunk", context, data=audio_text(pcm), step_time=0.0))

    def tell(self, trouble: Trouble) -> Actions:
        """Say it and stay."""
        message = {
            **_message("error", trouble.context, is_done=True, status=trouble.status),
            "title": "Invalid request" if trouble.is_misuse else "Generation failed",
            "message": str(trouble),
            "error_code": trouble.code or "invalid_request",
            "request_id": identifier(self.opening),
        }
        return told(trouble, said(message))

    def idle_s(self) -> float:
        """Return five minutes."""
        return IDLE_S

    def _take(self, message: dict[str, Any], context: str) -> None:
        transcript = text_in(message, "transcript")
        if transcript is None:
            raise Trouble("transcript is required", context=context)
        wanted = object_in(message, "output_format")
        for key, had in (
            ("container", "raw"),
            ("encoding", "pcm_s16le"),
            ("sample_rate", SAMPLE_RATE),
        ):
            require(f"output_format.{key}", wanted.get(key), had)
        if context not in self.texts and not transcript.strip():
            raise Trouble("transcript is empty", code="transcript_empty", context=context)
        self.texts.add(transcript, context)

    def _flush(self, context: str) -> Actions:
        text = self.texts.take(context)
        self.texts.add("", context)
        number = self._flushes[context] = self._flushes.get(context, 0) + 1
        done = _message("flush_done", context, flush_id=number, flush_done=True)
        return spoken(text, done, context=context)

    def _end(self, context: str) -> Actions:
        self._flushes.pop(context, None)
        done = _message("done", context, is_done=True)
        return spoken(self.texts.take(context), done, context=context)


def _message(
    kind: str, context: str, *, is_done: bool = False, status: int = 200, **more: object
) -> dict[str, Any]:
    message = {"type": kind, "done": is_done, "status_code": status, **more}
    return {**message, "context_id": context} if context else message
