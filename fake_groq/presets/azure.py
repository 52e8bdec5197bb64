"""Azure's and Edge's speech service: messages with headers, PCM behind binary ones."""

import html
import re
from typing import Final

from fake_groq.end_markers import INTERNAL_ERROR, Ending, Unit
from fake_groq.presets.base import (
    INPUT_CHARACTERS_MAX,
    Actions,
    Frame,
    Opening,
    Speak,
    TextPreset,
    Trouble,
    identifier,
    object_in,
    preset,
    read_json,
    require,
    text_in,
    thrown_out,
)

PCM: Final = "raw-24khz-16bit-mono-pcm"
ID_CHARACTERS_MAX: Final = 64
INVALID_DATA: Final = 1007  # what the service closes with where a message is wrong

_TAG: Final = re.compile(r"<[^<>]*>")
_BLANKS: Final = " \t\r\n"


@preset
class Azure(TextPreset):
    """A `speech.config`, and where need be a `synthesis.context`, then `ssml` for each turn.

    A turn is `turn.start`, `response`, audio, an empty audio message without Content-Type, and
    `turn.end`, all with the client's X-RequestId. A binary message begins with two bytes, the
    length of its headers. Only the text of the SSML counts; voices, breaks and metadata are left
    out. The format has to be raw PCM of 24 kHz, which Edge's own clients never ask for. Errors are
    told by the close code 1007 and its reason; a close is also the only cancel.
    """

    path = (
        r"(/tts)?/cognitiveservices/websocket/v[12]"
        r"|/consumer/speech/synthesize/readaloud/edge/v1|/edge/v1"
    )
    source = "https://learn.microsoft.com/azure/ai-services/speech-service/rest-text-to-speech"

    def __init__(self, opening: Opening) -> None:
        super().__init__(opening)
        self._turns = 0

    def take(self, message: str | bytes) -> Actions:
        """Take a message by its path."""
        if isinstance(message, bytes):
            raise Trouble("Unsupported binary message.")
        headers, body = _parted(message)
        match headers.get("path"):
            case "speech.config" | "synthesis.context":
                _require_pcm(body)
                return ()
            case "ssml":
                return self._speak(headers.get("x-requestid", "")[:ID_CHARACTERS_MAX], body)
        raise Trouble(f"Unsupported message path {headers.get('path')!r:.60}.")

    def wrap(self, pcm: bytes, context: str) -> Frame:
        """Return audio behind its headers."""
        return Frame(kind="binary", data=_audio(context, pcm))

    def tell(self, trouble: Trouble) -> Actions:
        """Close with the service's own code, unless it is the service that has failed."""
        code = trouble.close_code if trouble.close_code == INTERNAL_ERROR else INVALID_DATA
        return thrown_out(trouble, code=code, reason=str(trouble))

    def _speak(self, request: str, ssml: str) -> Actions:
        text = html.unescape(_TAG.sub("", ssml)).strip(_BLANKS)
        if not text or len(text) > INPUT_CHARACTERS_MAX:
            raise Trouble(f"SSML must hold 1 to {INPUT_CHARACTERS_MAX} characters of text.")
        self._turns += 1
        turn = request or identifier(self.opening, self._turns).replace("-", "")
        begin = (_text(turn, "turn.start", '{"context":{}}'), _text(turn, "response", "{}"))
        units = (
            Unit(how="binary", data=_audio(turn, b"")),
            Unit(how="text", data=_text(turn, "turn.end", "{}")),
        )
        before = tuple(Frame(kind="text", data=data) for data in begin)
        return (Speak(text=text, ending=Ending(units=units), context=turn, before=before),)


def _parted(message: str) -> tuple[dict[str, str], str]:
    """Return the headers, with names in lower case, and the body."""
    head, _, body = message.partition("\r\n\r\n")
    pairs = (line.partition(":") for line in head.split("\r\n"))
    return {name.strip().lower(): value.strip() for name, _, value in pairs}, body


def _require_pcm(body: str) -> None:
    """Refuse another format than PCM, if the body names one."""
    found = read_json(body)
    if found is None:
        raise Trouble("The body of the message is not JSON.")
    synthesis = object_in(object_in(found, "context"), "synthesis") or object_in(found, "synthesis")
    require("outputFormat", text_in(object_in(synthesis, "audio"), "outputFormat"), PCM)


def _text(turn: str, path: str, body: str) -> bytes:
    kind = "application/json; charset=utf-8"
    return f"X-RequestId:{turn}\r\nContent-Type:{kind}\r\nPath:{path}\r\n\r\n{body}".encode()


def _audio(turn: str, pcm: bytes) -> bytes:
    kind = "Content-Type:audio/pcm\r\n" if pcm else ""
    head = f"X-RequestId:{turn}\r\n{kind}Path:audio\r\n".encode()
    return len(head).to_bytes(2, "big") + head + pcm
