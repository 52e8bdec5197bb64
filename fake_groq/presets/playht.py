"""Play.ht: a request as JSON, bare PCM between `start` and `end`."""

from typing import Any

from fake_groq.presets.base import (
    INPUT_CHARACTERS_MAX,
    SAMPLE_RATE,
    Actions,
    JsonPreset,
    Speak,
    Trouble,
    marker,
    preset,
    require,
    said,
    text_in,
    told,
)


@preset
class Playht(JsonPreset):
    """Each message is a request with its whole `text`; requests are spoken in their order.

    `start` and `end` carry the `request_id`, where there is one, and the audio does not. The
    `output_format` has to be `raw`, of 24 kHz. Nothing cancels but a close. The socket outlives
    errors. The address that clients get over HTTP has to be given to them another way.
    """

    path = "/playht-fal/playht-tts(-ldm)?/stream"
    source = "https://docs.play.ht/reference/playht-tts-websocket-api"

    def answer(self, message: dict[str, Any]) -> Actions:
        """Take a request."""
        text = text_in(message, "text") or ""
        request = text_in(message, "request_id") or ""
        if not text.strip() or len(text) > INPUT_CHARACTERS_MAX:
            sentence = f"text must have 1 to {INPUT_CHARACTERS_MAX} characters"
            raise Trouble(sentence, context=request)
        require("output_format", message.get("output_format", "mp3"), "raw")
        require("sample_rate", message.get("sample_rate"), SAMPLE_RATE)
        start, end = _message("start", request), _message("end", request)
        return (Speak(text=text, ending=marker(end), context=request, before=(said(start),)),)

    def tell(self, trouble: Trouble) -> Actions:
        """Say it and stay."""
        return told(trouble, said({**_message("error", trouble.context), "message": str(trouble)}))


def _message(kind: str, request: str) -> dict[str, Any]:
    return {"type": kind, "request_id": request} if request else {"type": kind}
