"""Together: a text buffer that is committed to items, audio as base64 deltas."""

from typing import Any

from fake_groq.presets.base import (
    SAMPLE_RATE,
    Actions,
    Cancel,
    Frame,
    JsonPreset,
    Opening,
    Say,
    Trouble,
    audio_text,
    identifier,
    preset,
    require,
    said,
    spoken,
    text_in,
    told,
)


@preset
class Together(JsonPreset):
    """`session.created` greets; text is appended, and a commit makes it an item that is spoken.

    `conversation.item.audio_output.done` with its `item_id` ends the item. A `clear` stops what is
    spoken as well as the buffer. A speech that fails has `conversation.item.tts.failed`; the socket
    outlives errors. Speech begins with a commit only, and word timestamps are left out.
    """

    path = "/v1/audio/speech/websocket"
    source = "https://docs.together.ai/docs/inference/text-to-speech/websocket"

    def __init__(self, opening: Opening) -> None:
        super().__init__(opening)
        self._items = 0

    def welcome(self) -> Actions:
        """Say which session it is."""
        query = self.opening.query
        require("response_format", query.get("response_format"), "raw", "pcm")
        require("response_encoding", query.get("response_encoding"), "pcm_s16le")
        require("sample_rate", query.get("sample_rate"), str(SAMPLE_RATE))
        return (self._session("session.created"),)

    def answer(self, message: dict[str, Any]) -> Actions:
        """Take text, or what is to be done with it."""
        match message.get("type"):
            case "tts_session.updated" | "session.update":
                return (self._session("session.updated"),)
            case "input_text_buffer.append":
                text = text_in(message, "text") or ""
                self.texts.add(text)
                received = {"type": "conversation.item.input_text.received", "text": text}
                return (Say(frames=(said(received),)),)
            case "input_text_buffer.commit":
                return self._commit()
            case "input_text_buffer.clear":
                self.texts.take()
                cleared = (said({"type": "input_text_buffer.cleared"}),)
                return (Cancel(frames=cleared, idle_frames=cleared),)
        raise Trouble(f"unknown event type {message.get('type')!r:.60}", code="invalid_event")

    def wrap(self, pcm: bytes, context: str) -> Frame:
        """Return a delta of an item."""
        return said({**_output("delta", context), "delta": audio_text(pcm)})

    def tell(self, trouble: Trouble) -> Actions:
        """Say it and stay."""
        error = {"message": str(trouble), "code": trouble.code or "invalid_request_error"}
        if trouble.is_misuse:
            return told(trouble, said({"type": "error", "error": error}))
        failed = {"type": "conversation.item.tts.failed", "item_id": trouble.context}
        return told(trouble, said({**failed, "error": {**error, "code": "tts_failed"}}))

    def _commit(self) -> Actions:
        text = self.texts.take()
        if not text.strip():
            return ()
        self._items += 1
        item = identifier(self.opening, self._items)
        return spoken(text, _output("done", item), context=item)

    def _session(self, kind: str) -> Say:
        session = {
            "id": identifier(self.opening),
            "object": "realtime.tts.session",
            "model": self.opening.query.get("model", "canopylabs/orpheus-3b-0.1-ft"),
            "voice": self.opening.query.get("voice", "tara"),
        }
        return Say(frames=(said({"type": kind, "session": session}),))


def _output(kind: str, item: str) -> dict[str, Any]:
    return {"type": f"conversation.item.audio_output.{kind}", "item_id": item}
