"""OpenAI Realtime as a speaker: a response is the text of the client, spoken."""

from collections.abc import Iterator
from typing import Any, ClassVar, Final

from fake_groq.presets.base import (
    INPUT_CHARACTERS_MAX,
    SAMPLE_RATE,
    Actions,
    Cancel,
    Frame,
    JsonPreset,
    Opening,
    Say,
    Speak,
    Trouble,
    audio_text,
    identifier,
    marker,
    object_in,
    preset,
    require,
    said,
    text_in,
    told,
)

_FORMAT: Final = {"type": "audio/pcm", "rate": SAMPLE_RATE}


@preset
class OpenaiRealtime(JsonPreset):
    """`session.created` greets; `response.create` speaks, and `response.done` ends the response.

    No model thinks here: what is spoken is the text of the response's own `input`, else that of
    the user's items since the last response, else the response's `instructions`. There is one
    response at a time. A cancelled one has `response.output_audio.done` too: only the status of
    `response.done` tells. The socket outlives all errors. Sound that is sent is not heard; turn
    detection, tools and deltas of the transcript are left out.
    """

    path = "/v1/realtime"
    source = "https://platform.openai.com/docs/api-reference/realtime-server-events"
    subprotocols: ClassVar[tuple[str, ...]] = ("realtime",)

    def __init__(self, opening: Opening) -> None:
        super().__init__(opening)
        self._events = 0
        self._responses = 0
        self._response: str | None = None

    def welcome(self) -> Actions:
        """Say which session it is."""
        return (self._say("session.created", session=self._session()),)

    def answer(self, message: dict[str, Any]) -> Actions:
        """Take an event of the client."""
        match message.get("type"):
            case "session.update":
                _require_pcm(object_in(message, "session"))
                return (self._say("session.updated", session=self._session()),)
            case "conversation.item.create":
                return self._take(object_in(message, "item"))
            case "response.create":
                return self._respond(object_in(message, "response"))
            case "response.cancel":
                return self._cancel()
            case "input_audio_buffer.append" | "output_audio_buffer.clear":
                return ()
            case "input_audio_buffer.clear":
                return (self._say("input_audio_buffer.cleared"),)
        raise Trouble(f"Invalid value: {message.get('type')!r:.60}.", code="invalid_value")

    def wrap(self, pcm: bytes, context: str) -> Frame:
        """Return a delta of the response's only part."""
        delta = self._message("response.output_audio.delta", **self._part(context))
        return said({**delta, "delta": audio_text(pcm)})

    def tell(self, trouble: Trouble) -> Actions:
        """Say it and stay; a response that failed is done."""
        kind = "invalid_request_error" if trouble.is_misuse else "server_error"
        error = {"type": kind, "code": trouble.code or None, "message": str(trouble), "param": None}
        if not trouble.is_misuse and trouble.context:
            done = self._answer(trouble.context, "failed", None, {"type": "failed", "error": error})
            return (Say(frames=(said(self._message("response.done", response=done)),)),)
        return told(trouble, said(self._message("error", error=error)))

    def over(self, context: str) -> None:
        """Allow the next response."""
        if context == self._response:
            self._response = None

    def _take(self, item: dict[str, Any]) -> Actions:
        self.texts.add(_text_of(item))
        id_ = text_in(item, "id") or self._name("item", self._events)
        known = {**item, "id": id_, "object": "realtime.item", "status": "completed"}
        return (
            self._say("conversation.item.added", previous_item_id=None, item=known),
            self._say("conversation.item.done", previous_item_id=None, item=known),
        )

    def _respond(self, asked: dict[str, Any]) -> Actions:
        if self._response is not None:
            raise Trouble(
                "Conversation already has an active response in progress: "
                f"{self._response}. Wait until the response is finished before creating a new one.",
                code="conversation_already_has_active_response",
            )
        _require_pcm(asked)
        text = _input_of(asked) or self.texts.take() or text_in(asked, "instructions") or ""
        if not text.strip() or len(text) > INPUT_CHARACTERS_MAX:
            sentence = f"There must be 1 to {INPUT_CHARACTERS_MAX} characters to speak."
            raise Trouble(sentence, code="invalid_value")
        self._responses += 1
        self._response = response = self._name("resp", self._responses)
        ending = marker(*self._ends(response, "completed", transcript=text))
        before = tuple(map(said, self._begins(response)))
        return (Speak(text=text, ending=ending, context=response, before=before),)

    def _cancel(self) -> Actions:
        response, self._response = self._response, None
        if response is None:
            raise Trouble(
                "Cancellation failed: no active response found", code="response_cancel_not_active"
            )
        ends = self._ends(response, "cancelled", reason="client_cancelled")
        return (Cancel(context=response, frames=tuple(map(said, ends))),)

    def _begins(self, response: str) -> Iterator[dict[str, Any]]:
        """Yield what comes before the audio."""
        item = self._item(response, "in_progress")
        yield self._message("response.created", response=self._answer(response, "in_progress"))
        yield self._message("response.output_item.added", item=item, **_place(response))
        yield self._message("conversation.item.added", item=item, previous_item_id=None)
        part = {"type": "audio", "transcript": ""}
        yield self._message("response.content_part.added", part=part, **self._part(response))

    def _ends(
        self, response: str, status: str, *, transcript: str = "", reason: str | None = None
    ) -> Iterator[dict[str, Any]]:
        """Yield what comes behind the audio."""
        item = self._item(response, "completed" if reason is None else "incomplete", transcript)
        place, part = _place(response), self._part(response)
        yield self._message("response.output_audio.done", **part)
        yield self._message("response.output_audio_transcript.done", transcript=transcript, **part)
        said_part = {"type": "audio", "transcript": transcript}
        yield self._message("response.content_part.done", part=said_part, **part)
        yield self._message("conversation.item.done", item=item, previous_item_id=None)
        yield self._message("response.output_item.done", item=item, **place)
        done = self._answer(response, status, item, {"type": status, "reason": reason})
        yield self._message("response.done", response=done)

    def _answer(
        self,
        response: str,
        status: str,
        item: dict[str, Any] | None = None,
        details: dict[str, Any] | None = None,
    ) -> dict[str, Any]:
        return {
            "object": "realtime.response",
            "id": response,
            "status": status,
            "status_details": details,
            "output": [item] if item else [],
            "conversation_id": self._name("conv"),
            "output_modalities": ["audio"],
            "audio": {"output": {"format": _FORMAT, "voice": "marin"}},
        }

    def _item(self, response: str, status: str, transcript: str = "") -> dict[str, Any]:
        content = [{"type": "output_audio", "transcript": transcript}] if transcript else []
        return {
            "id": self._name("item", response),
            "object": "realtime.item",
            "type": "message",
            "role": "assistant",
            "status": status,
            "content": content,
        }

    def _part(self, response: str) -> dict[str, Any]:
        return {**_place(response), "item_id": self._name("item", response), "content_index": 0}

    def _session(self) -> dict[str, Any]:
        return {
            "type": "realtime",
            "object": "realtime.session",
            "id": self._name("sess"),
            "model": self.opening.query.get("model", "gpt-realtime"),
            "output_modalities": ["audio"],
            "audio": {"output": {"format": _FORMAT, "voice": "marin", "speed": 1.0}},
        }

    def _say(self, kind: str, **more: object) -> Say:
        return Say(frames=(said(self._message(kind, **more)),))

    def _message(self, kind: str, **more: object) -> dict[str, Any]:
        self._events += 1
        return {"type": kind, "event_id": self._name("event", self._events), **more}

    def _name(self, kind: str, *parts: object) -> str:
        return f"{kind}_{identifier(self.opening, kind, *parts).replace('-', '')[:21]}"


def _require_pcm(asked: dict[str, Any]) -> None:
    wanted = object_in(object_in(object_in(asked, "audio"), "output"), "format")
    require("audio.output.format.type", wanted.get("type"), _FORMAT["type"])
    require("audio.output.format.rate", wanted.get("rate"), _FORMAT["rate"])
    for key in ("output_modalities", "modalities"):
        wishes = asked.get(key)
        if isinstance(wishes, list) and "audio" not in wishes:
            raise Trouble(f"{key} must hold 'audio'", code="invalid_value")


def _input_of(asked: dict[str, Any]) -> str:
    items = asked.get("input")
    items = items if isinstance(items, list) else []
    return "".join(_text_of(item) for item in items if isinstance(item, dict))


def _text_of(item: dict[str, Any]) -> str:
    content = item.get("content")
    parts = (
        [part for part in content if isinstance(part, dict)] if isinstance(content, list) else []
    )
    return "".join(text_in(part, "text") or "" for part in parts)


def _place(response: str) -> dict[str, Any]:
    return {"response_id": response, "output_index": 0}
