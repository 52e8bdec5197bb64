"""Inworld: contexts that are created, flushed and closed; audio as base64 in `result`."""

from typing import Any, Final

from fake_groq.presets.base import (
    SAMPLE_RATE,
    Actions,
    Cancel,
    Frame,
    JsonPreset,
    Say,
    Trouble,
    audio_text,
    object_in,
    preset,
    require,
    said,
    spoken,
    text_in,
    told,
)

INVALID_ARGUMENT: Final = 3
NOT_FOUND: Final = 5
INTERNAL: Final = 13


@preset
class Inworld(JsonPreset):
    """`create` opens a context, `send_text` fills it; all answers stand in `result`.

    `flush_context` ends with `flushCompleted`, and `close_context`, which speaks what is left, with
    `contextClosed`; so does `cancel_context`, which drops it. The audio has no WAV header: a client
    that asks for `LINEAR16` gets what `PCM` is. Contexts are spoken one after the other. Errors are
    a `status` whose code is not 0, and the socket outlives them. Speech begins with a flush or a
    close only, and timestamps are left out.
    """

    path = "/tts/v1/voice:streamBidirectional"
    source = "https://docs.inworld.ai/api-reference/ttsAPI/texttospeech/synthesize-speech-websocket"

    def answer(self, message: dict[str, Any]) -> Actions:
        """Take what is to be done with a context."""
        context = text_in(message, "contextId") or text_in(message, "context_id") or ""
        if "create" in message:
            return self._create(object_in(message, "create"), context)
        if context not in self.texts:
            raise Trouble(f"Context {context!r:.60} not found", status=404, context=context)
        if "send_text" in message:
            send = object_in(message, "send_text")
            self.texts.add(text_in(send, "text") or "", context)
            return self._flush(context) if "flush_context" in send else ()
        if "flush_context" in message:
            return self._flush(context)
        if "close_context" in message:
            return spoken(self.texts.take(context), _closed(context), context=context)
        if "cancel_context" in message:
            self.texts.take(context)
            closed = (said(_closed(context)),)
            return (Cancel(context=context, frames=closed, idle_frames=closed),)
        raise Trouble("unknown message", context=context)

    def wrap(self, pcm: bytes, context: str) -> Frame:
        """Return a chunk of a context."""
        return said(_result(context, audioChunk={"audioContent": audio_text(pcm)}))

    def tell(self, trouble: Trouble) -> Actions:
        """Say it and stay."""
        code = {404: NOT_FOUND, 400: INVALID_ARGUMENT}.get(trouble.status, INTERNAL)
        failed = _result(trouble.context, code=code, sentence=str(trouble))
        return told(trouble, said(failed))

    def _create(self, create: dict[str, Any], context: str) -> Actions:
        audio = object_in(create, "audioConfig")
        require("audioEncoding", audio.get("audioEncoding", "MP3"), "PCM", "LINEAR16")
        require("sampleRateHertz", audio.get("sampleRateHertz"), SAMPLE_RATE)
        self.texts.add("", context)
        return (Say(frames=(said(_result(context, contextCreated={})),)),)

    def _flush(self, context: str) -> Actions:
        text = self.texts.take(context)
        self.texts.add("", context)
        return spoken(text, _result(context, flushCompleted={}), context=context)


def _closed(context: str) -> dict[str, Any]:
    return _result(context, contextClosed={})


def _result(context: str, *, code: int = 0, sentence: str = "", **more: object) -> dict[str, Any]:
    status = {"code": code, "message": sentence, "details": []}
    return {"result": {"contextId": context, **more, "status": status}}
