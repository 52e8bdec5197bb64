"""xAI: text as deltas, audio as deltas, and `audio.done`."""

from typing import Any, Final

from fake_groq.presets.base import (
    SAMPLE_RATE,
    Actions,
    Cancel,
    Frame,
    JsonPreset,
    Trouble,
    audio_text,
    preset,
    require,
    said,
    spoken,
    text_in,
    told,
)

_CLEARED: Final = {"type": "audio.clear"}


@preset
class Xai(JsonPreset):
    """`text.delta` until `text.done`; `audio.done` ends the audio, and the socket stays.

    No message has an id, so a client must not ask for the next utterance before that end.
    `text.clear` stops and forgets all, and is answered by `audio.clear`. Codec and rate stand in
    the query; the codec has to be `pcm`. Speech begins with `text.done` only.
    """

    path = "/v1/tts"
    source = "https://docs.x.ai/docs/guides/voice"

    def welcome(self) -> Actions:
        """Say nothing, where PCM of 24 kHz is wanted."""
        require("codec", self.opening.query.get("codec", "mp3"), "pcm")
        require("sample_rate", self.opening.query.get("sample_rate"), str(SAMPLE_RATE))
        return ()

    def answer(self, message: dict[str, Any]) -> Actions:
        """Take text, or what is to be done with it."""
        match message.get("type"):
            case "text.delta":
                self.texts.add(text_in(message, "delta") or "")
                return ()
            case "text.done":
                return spoken(self.texts.take(), {"type": "audio.done"})
            case "text.clear":
                self.texts.take()
                cleared = (said(_CLEARED),)
                return (Cancel(frames=cleared, idle_frames=cleared),)
        raise Trouble(f"unknown message type {message.get('type')!r:.60}")

    def wrap(self, pcm: bytes, context: str) -> Frame:
        """Return a delta."""
        return said({"type": "audio.delta", "delta": audio_text(pcm)})

    def tell(self, trouble: Trouble) -> Actions:
        """Say it and stay."""
        return told(trouble, said({"type": "error", "message": str(trouble)}))
