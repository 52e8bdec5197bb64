"""Baseten's Orpheus: a JSON configuration, bare text, `__END__`; then PCM and the close."""

from typing import Final

from fake_groq.end_markers import NORMAL_CLOSURE
from fake_groq.presets.base import (
    Actions,
    Opening,
    TextPreset,
    Trouble,
    preset,
    read_json,
    spoken,
)

END: Final = "__END__"


@preset
class BasetenOrpheus(TextPreset):
    """The first message is JSON, each other one is text, up to `__END__` of the client.

    One socket is one utterance. The close with 1000 is the only end marker: no text is ever sent,
    and the usual client takes any close, and even none, for the end. So errors are told by
    the close code and its reason alone.
    """

    path = "/environments/[^/]+/websocket"
    source = "https://docs.baseten.co/examples/models/text-to-speech/orpheus"

    def __init__(self, opening: Opening) -> None:
        super().__init__(opening)
        self._is_configured = False
        self._has_ended = False

    def take(self, message: str | bytes) -> Actions:
        """Take the configuration, text, or the end of it."""
        if isinstance(message, bytes):
            raise Trouble("text messages only")
        if self._has_ended:
            return ()
        if not self._is_configured:
            if read_json(message) is None:
                raise Trouble("the first message is not a JSON object")
            self._is_configured = True
            return ()
        if message == END:
            self._has_ended = True
            return spoken(self.texts.take(), close_code=NORMAL_CLOSURE)
        self.texts.add(message)
        return ()
