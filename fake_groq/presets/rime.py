"""Rime's plain WebSocket: bare text in, bare PCM out, and no marker at all."""

from typing import Final

from fake_groq.end_markers import NORMAL_CLOSURE
from fake_groq.presets.base import (
    SAMPLE_RATE,
    Actions,
    Cancel,
    TextPreset,
    Trouble,
    preset,
    require,
    spoken,
)

SENTENCE_ENDS: Final = (".", "?", "!")


@preset
class Rime(TextPreset):
    """Text is spoken when it ends a sentence, or at `<FLUSH>`; nothing says that it was.

    A client can only tell the end by the time in which nothing comes. `<CLEAR>` forgets the text
    and what is being spoken, without an answer, and `<EOS>` speaks what is left and closes with
    1000. Errors are told by the close code and its reason.
    """

    path = "/ws"
    source = "https://docs.rime.ai/api-reference/arcana/websockets"

    def welcome(self) -> Actions:
        """Say nothing, where PCM of 24 kHz is wanted."""
        query = self.opening.query
        require("audioFormat", query.get("audioFormat", "mp3"), "pcm")
        require("samplingRate", query.get("samplingRate"), str(SAMPLE_RATE))
        return ()

    def take(self, message: str | bytes) -> Actions:
        """Take text or a command."""
        match message:
            case bytes():
                raise Trouble("text messages only")
            case "<CLEAR>":
                self.texts.take()
                return (Cancel(),)
            case "<FLUSH>":
                return spoken(self.texts.take())
            case "<EOS>":
                return spoken(self.texts.take(), close_code=NORMAL_CLOSURE)
        self.texts.add(message)
        has_ended = message.rstrip().endswith(SENTENCE_ENDS)
        return spoken(self.texts.take()) if has_ended else ()
