"""Bland's second WebSocket: turns of bare PCM between `utterance_start` and `utterance_end`."""

from typing import Any, Final

from fake_groq.end_markers import NORMAL_CLOSURE
from fake_groq.presets.base import (
    SAMPLE_RATE,
    Actions,
    Cancel,
    JsonPreset,
    Leave,
    Opening,
    Say,
    Speak,
    Trouble,
    identifier,
    marker,
    object_in,
    preset,
    require,
    said,
    text_in,
    thrown_out,
    told,
)

IDLE_S: Final = 60.0
DEFAULT_RATE: Final = 48_000


@preset
class Bland(JsonPreset):
    """`init` is answered by `ready`; `speak` gathers the text of a turn until `end_of_turn`.

    The brackets of a turn have its `context_id`, and its end a reason; the audio has neither. There
    is one turn: `cancel` stops it, and so does a `speak` for another one, which is told by the
    reason. `close` waits for what is spoken, then come `done` and a close with 1000. After a minute
    without a word the error `idle_timeout` comes, and a close. Speech begins with `end_of_turn`
    only.
    """

    path = "/v2/tts/ws"
    source = "https://docs.bland.ai/tts/websocket"

    def __init__(self, opening: Opening) -> None:
        super().__init__(opening)
        self._is_ready = False
        self._turn = ""

    def answer(self, message: dict[str, Any]) -> Actions:
        """Take the configuration, text, or what is to be done with it."""
        kind = message.get("type")
        if kind == "init":
            return self._begin(object_in(message, "audio"))
        if not self._is_ready:
            raise Trouble("init must be the first message", code="init_required")
        context = text_in(message, "context_id") or "default"
        match kind:
            case "speak":
                dropped = self._drop("preempted") if context != self._turn else ()
                self._turn = context
                self.texts.add(text_in(message, "text") or "", context)
                return dropped
            case "end_of_turn":
                return self._speak(context)
            case "cancel":
                return self._drop("cancelled") if context == self._turn else ()
            case "close":
                done = said({"type": "done", "session_id": identifier(self.opening)})
                return (Leave(code=NORMAL_CLOSURE, frames=(done,)),)
        raise Trouble(f"unknown message type {kind!r:.60}", code="invalid_message")

    def tell(self, trouble: Trouble) -> Actions:
        """Say it and stay."""
        return told(trouble, said(_error(trouble)))

    def idle_s(self) -> float:
        """Return one minute."""
        return IDLE_S

    def idle(self) -> Actions:
        """Say that time is up and close."""
        trouble = Trouble("no message for 60 seconds", code="idle_timeout")
        return thrown_out(trouble, said(_error(trouble)), code=NORMAL_CLOSURE)

    def _begin(self, audio: dict[str, Any]) -> Actions:
        require("audio.encoding", audio.get("encoding"), "pcm_s16le")
        require("audio.sample_rate", audio.get("sample_rate", DEFAULT_RATE), SAMPLE_RATE)
        self._is_ready = True
        ready = {"type": "ready", "session_id": identifier(self.opening), "encoding": "pcm_s16le"}
        return (Say(frames=(said({**ready, "sample_rate": SAMPLE_RATE}),)),)

    def _speak(self, context: str) -> Actions:
        text = self.texts.take(context)
        if not text.strip():
            return ()
        start = said({"type": "utterance_start", "context_id": context})
        ending = marker(_end(context, "completed"))
        return (Speak(text=text, ending=ending, context=context, before=(start,)),)

    def _drop(self, reason: str) -> Actions:
        turn, self._turn = self._turn, ""
        self.texts.take(turn)
        return (Cancel(context=turn, frames=(said(_end(turn, reason)),)),) if turn else ()


def _end(context: str, reason: str) -> dict[str, Any]:
    return {"type": "utterance_end", "context_id": context, "reason": reason}


def _error(trouble: Trouble) -> dict[str, Any]:
    error = {"type": "error", "code": trouble.code or "invalid_request", "message": str(trouble)}
    return {**error, "context_id": trouble.context} if trouble.context else error
