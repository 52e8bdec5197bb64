"""ElevenLabs: text as JSON, audio as base64, `isFinal`; with one utterance a socket, or several."""

from itertools import chain
from typing import Any, Final

from fake_groq.end_markers import NORMAL_CLOSURE
from fake_groq.presets.base import (
    Actions,
    Frame,
    JsonPreset,
    Leave,
    Opening,
    Trouble,
    audio_text,
    preset,
    require,
    said,
    seconds_in,
    spoken,
    text_in,
    thrown_out,
)

CONTEXTS_MAX: Final = 5

_FINAL: Final = {"audio": None, "isFinal": True}
_NO_ALIGNMENTS: Final = {"normalizedAlignment": None, "alignment": None}


class _ElevenLabs(JsonPreset):
    """What both protocols have in common."""

    def __init__(self, opening: Opening) -> None:
        super().__init__(opening)
        self.is_auto = opening.query.get("auto_mode") == "true"

    def welcome(self) -> Actions:
        """Say nothing, where PCM of 24 kHz is wanted."""
        require(
            "output_format", self.opening.query.get("output_format", "mp3_44100_128"), "pcm_24000"
        )
        return ()

    def tell(self, trouble: Trouble) -> Actions:
        """Say it and close."""
        code, sentence = trouble.close_code, str(trouble)
        message = {"message": sentence, "error": trouble.code or "invalid_request", "code": code}
        return thrown_out(trouble, said(message), reason=sentence)

    def idle_s(self) -> float:
        """Return what the query says, at most 180 s."""
        return seconds_in(self.opening.query, "inactivity_timeout", default_s=20.0, max_s=180.0)

    def idle(self) -> Actions:
        """Throw the client out."""
        sentence = (
            f"Have not received a new text input within the timeout of {self.idle_s()} seconds."
        )
        return self.tell(Trouble(sentence, code="input_timeout_exceeded"))


@preset
class Elevenlabs(_ElevenLabs):
    """`{"text": " "}` begins, pieces of text follow, and `{"text": ""}` ends.

    Behind the last audio come `isFinal` without audio, and a close with 1000: the maker's own
    client waits for that and not for the flag. `flush` gives audio without a word about its end.
    Only these, and any text with `auto_mode`, begin speech: the schedule by lengths of text is left
    out, and alignments are null. A client is thrown out with 1008 when it sends no JSON, changes
    the settings of the voice, or says nothing for 20 s.
    """

    path = r"/v1/text-to-speech/[^/]+/stream-input"
    source = "https://elevenlabs.io/docs/api-reference/text-to-speech/v-1-text-to-speech-voice-id-stream-input"

    def __init__(self, opening: Opening) -> None:
        super().__init__(opening)
        self._settings: object = None
        self._has_begun = False
        self._has_ended = False

    def answer(self, message: dict[str, Any]) -> Actions:
        """Take a piece of text; what comes behind the last is ignored."""
        if self._has_ended:
            return ()
        self._require_same_voice(message)
        text = text_in(message, "text")
        if text is None:
            raise Trouble("text is required", code="invalid_message")
        has_to_flush = message.get("flush") is True
        if not text and not has_to_flush:
            return self._end()
        if self._has_begun or text != " ":
            self.texts.add(text)
        self._has_begun = True
        if has_to_flush or self.is_auto:
            return self._flush()
        return ()

    def wrap(self, pcm: bytes, context: str) -> Frame:
        """Return audio with the alignments that are left out."""
        return said({"audio": audio_text(pcm), "isFinal": None, **_NO_ALIGNMENTS})

    def _require_same_voice(self, message: dict[str, Any]) -> None:
        settings = message.get("voice_settings")
        if settings is not None and self._has_begun and settings != self._settings:
            raise Trouble("voice_settings can only be given in the first message")
        self._settings = settings or self._settings

    def _flush(self) -> Actions:
        return spoken(self.texts.take())

    def _end(self) -> Actions:
        self._has_ended = True
        return spoken(self.texts.take(), _FINAL, close_code=NORMAL_CLOSURE)


@preset
class ElevenlabsMulti(_ElevenLabs):
    """The first message with a `context_id` opens that context; `close_context` ends it.

    What was flushed is still spoken, then comes `isFinal` with the `contextId`; text that was not
    is forgotten. `close_socket` flushes all, and closes with 1000. Contexts are spoken one after
    the other. The sixth that is open at once throws the client out with 1008, as do words that
    are no JSON and 20 s without any. Empty text keeps the socket alive. Speech begins with
    `flush`, or with any text in `auto_mode`.
    """

    path = r"/v1/text-to-speech/[^/]+/multi-stream-input"
    source = "https://elevenlabs.io/docs/api-reference/text-to-speech/v-1-text-to-speech-voice-id-multi-stream-input"

    def answer(self, message: dict[str, Any]) -> Actions:
        """Take text for a context, or what is to be done with it."""
        context = text_in(message, "context_id") or text_in(message, "contextId") or "default"
        if message.get("close_socket") is True:
            return self._close_all()
        if message.get("close_context") is True:
            return self._close(context)
        text = text_in(message, "text") or ""
        if text:
            self._add(text, context)
        has_to_flush = message.get("flush") is True or (self.is_auto and bool(text))
        return self._flush(context) if has_to_flush and context in self.texts else ()

    def wrap(self, pcm: bytes, context: str) -> Frame:
        """Return audio of a context, with the alignments that are left out."""
        return said({"audio": audio_text(pcm), **_NO_ALIGNMENTS, "contextId": context})

    def _add(self, text: str, context: str) -> None:
        is_new = context not in self.texts
        if is_new and len(self.texts) >= CONTEXTS_MAX:
            raise Trouble(
                "Maximum simultaneous contexts per WebSocket connection exceeded"
                f" ({CONTEXTS_MAX}). Please close an existing context before opening a new one.",
                code="max_active_conversations",
            )
        self.texts.add("" if is_new and text == " " else text, context)

    def _flush(self, context: str) -> Actions:
        text = self.texts.take(context)
        self.texts.add("", context)
        return spoken(text, context=context)

    def _close(self, context: str) -> Actions:
        if context not in self.texts:
            return ()
        self.texts.take(context)
        return spoken("", _final(context), context=context)

    def _close_all(self) -> Actions:
        """Flush all contexts."""
        ends = (spoken(self.texts.take(c), _final(c), context=c) for c in tuple(self.texts))
        return (*chain.from_iterable(ends), Leave())


def _final(context: str) -> dict[str, Any]:
    return {**_FINAL, "contextId": context}
