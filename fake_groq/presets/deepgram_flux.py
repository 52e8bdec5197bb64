"""Deepgram Flux (`/v2/speak`): turns of bare PCM between `SpeechStarted` and `SpeechMetadata`."""

from typing import Any, Final

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
)

MS_PER_CHARACTER: Final = 20
_NO_CONTROLS: Final = {
    "pronunciations_applied": 0,
    "breaks_applied": 0,
    "pronunciation_warnings": 0,
}


@preset
class DeepgramFlux(JsonPreset):
    """`Connected` greets; `Speak` gathers a turn, `Flush` completes it, `SpeechMetadata` ends it.

    `Flushed` trails behind that, so a client that reuses the socket meets it in its next turn. The
    audio has no ids, but all of a turn comes between `SpeechStarted` and its end. `Interrupt` drops
    the turn and those behind it. `Close` waits for the turns, then `SessionMetadata` and a close
    with 1000. Errors close too. Speech begins with `Flush` only; durations are those of the fake's
    usual pace, and the text that was heard before an interrupt is left out.
    """

    path = "/v2/speak"
    source = "https://developers.deepgram.com/docs/flux-tts/server-messages"

    def __init__(self, opening: Opening) -> None:
        super().__init__(opening)
        self._turns: list[tuple[str, str]] = []
        self._count = 0
        self._characters = 0

    def welcome(self) -> Actions:
        """Say which model it is."""
        query = self.opening.query
        require("encoding", query.get("encoding"), "linear16")
        require("sample_rate", query.get("sample_rate"), str(SAMPLE_RATE))
        connected = {
            "type": "Connected",
            "request_id": identifier(self.opening),
            "model_name": query.get("model", "flux-alexis-en"),
            "model_version": "2026.06.01",
            "model_uuids": [identifier(self.opening, "model")],
        }
        return (Say(frames=(said(connected),)),)

    def answer(self, message: dict[str, Any]) -> Actions:
        """Take text, or what is to be done with it."""
        match message.get("type"):
            case "Speak":
                self.texts.add(_text_of(message))
                return ()
            case "Flush":
                return self._flush()
            case "Interrupt":
                return self._interrupt(object_in(message, "playback_offset").get("value"))
            case "Configure":
                applied = {key: message[key] for key in ("speed",) if key in message}
                return (Say(frames=(said({"type": "ConfigureSuccess", "applied": applied}),)),)
            case "Close":
                return (Leave(frames=(said(self._session()),)),)
        raise Trouble(f"unknown message type {message.get('type')!r:.60}", code="MESSAGE-0000")

    def tell(self, trouble: Trouble) -> Actions:
        """Say it and close."""
        code = trouble.code or ("DATA-0000" if trouble.is_misuse else "NET-0000")
        error = {"type": "Error", "code": code, "description": str(trouble)}
        return thrown_out(trouble, said(error), reason=code)

    def over(self, context: str) -> None:
        """Forget the turn."""
        self._turns = [turn for turn in self._turns if turn[0] != context]

    def _flush(self) -> Actions:
        text = self.texts.take()
        if not text.strip():
            return _warned("NO_ACTIVE_SPEECH", "There is no active speech to flush.")
        self._count += 1
        speech = f"dg_sp_{identifier(self.opening, self._count).replace('-', '')[:12]}"
        self._turns.append((speech, text))
        self._characters += len(text)
        started = said({"type": "SpeechStarted", "speech_id": speech})
        ends = ({"type": "SpeechMetadata", **_metadata(speech, text)}, _flushed(speech))
        return (Speak(text=text, ending=marker(*ends), context=speech, before=(started,)),)

    def _interrupt(self, played_ms: object) -> Actions:
        self.texts.take()
        if not self._turns:
            return _warned("NO_AUDIO_GENERATED", "There is nothing to interrupt.")
        speech, text = self._turns[0]
        self._turns.clear()
        interrupted = {
            "type": "SpeechInterrupted",
            "audio_played_ms": played_ms if isinstance(played_ms, int) else 0,
            "metadata": _metadata(speech, text),
        }
        return (Cancel(frames=(said(interrupted),)),)

    def _session(self) -> dict[str, Any]:
        return {
            "type": "SessionMetadata",
            "total_audio_duration_ms": MS_PER_CHARACTER * self._characters,
            "total_input_character_count": self._characters,
            "total_billable_character_count": self._characters,
        }


def _text_of(message: dict[str, Any]) -> str:
    text = text_in(message, "text")
    if text is None:
        raise Trouble("text is required", code="MESSAGE-0000")
    return text


def _warned(code: str, sentence: str) -> Actions:
    warning = {"type": "Warning", "code": code, "description": sentence}
    return (Say(frames=(said(warning),), waits=True),)


def _flushed(speech: str) -> dict[str, Any]:
    return {"type": "Flushed", "speech_id": speech}


def _metadata(speech: str, text: str) -> dict[str, Any]:
    return {
        "speech_id": speech,
        "audio_duration_ms": MS_PER_CHARACTER * len(text),
        "input_character_count": len(text),
        "billable_character_count": len(text),
        "controls_applied": _NO_CONTROLS,
    }
