"""What a client of each protocol says so that a text is spoken, and how it knows the end."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from suites.selftest.fake_groq.presets.talk import TEXT, Closed, Message, Words, kind, pcm

TOTAL_BYTES: Final = 2 * 1920 * -(-20 * len(TEXT) // 80)
CARTESIA_FORMAT: Final = {"container": "raw", "encoding": "pcm_s16le", "sample_rate": 24000}
SSML: Final = (
    f"<speak version='1.0'><voice name='x'><prosody rate='+0%'>{TEXT}</prosody></voice></speak>"
)
INWORLD_FORMAT: Final = {"audioEncoding": "PCM", "sampleRateHertz": 24000}
AZURE_FORMAT: Final = {"audio": {"outputFormat": "raw-24khz-16bit-mono-pcm"}}


@dataclass(frozen=True, slots=True, kw_only=True)
class Script:
    """A client that has one text spoken.

    Attributes:
        path: where the protocol is served by its maker.
        keys: under which keys audio stands in its JSON; none for bare audio.
        has_marker: whether anything but the close, or silence, tells the end.
    """

    path: str
    says: tuple[Words, ...]
    is_last: Callable[[Message], bool]
    keys: tuple[str, ...] = ()
    has_marker: bool = True

    def audio(self, heard: list[Message]) -> bytes:
        return pcm(list(map(_without_headers, heard)), *self.keys)


def is_close(message: Message) -> bool:
    return isinstance(message, Closed)


def is_turn_end(message: Message) -> bool:
    return isinstance(message, str) and "Path:turn.end" in message


def azure_message(path: str, body: str) -> str:
    return f"X-RequestId:abc\r\nContent-Type:application/json\r\nPath:{path}\r\n\r\n{body}"


def azure_config(synthesis: object = AZURE_FORMAT) -> str:
    return azure_message("synthesis.context", json.dumps({"synthesis": synthesis}))


def _without_headers(message: Message) -> Message:
    """Return the audio of Azure's binary messages, and all else as it is."""
    if isinstance(message, bytes) and b"Path:audio\r\n" in message:
        return message[2 + int.from_bytes(message[:2], "big") :]
    return message


SCRIPTS: Final[dict[str, Script]] = {
    "assemblyai": Script(
        path="/v1/ws?encoding=pcm_s16le&sample_rate=24000",
        says=({"type": "Generate", "text": TEXT}, {"type": "Flush"}),
        is_last=kind("FlushDone"),
        keys=("audio",),
    ),
    "azure": Script(
        path="/cognitiveservices/websocket/v1",
        says=(
            azure_message("speech.config", '{"context":{"system":{"name":"x"}}}'),
            azure_config(),
            azure_message("ssml", SSML),
        ),
        is_last=is_turn_end,
    ),
    "baseten_orpheus": Script(
        path="/environments/production/websocket",
        says=({"voice": "tara", "max_tokens": 2000, "buffer_size": 10}, TEXT, "__END__"),
        is_last=is_close,
        has_marker=False,
    ),
    "baseten_qwen3": Script(
        path="/presets/baseten_qwen3",
        says=(
            {"type": "session.config"},
            {"type": "input.text", "text": TEXT},
            {"type": "input.done"},
        ),
        is_last=kind("session.done"),
    ),
    "bland": Script(
        path="/v2/tts/ws",
        says=(
            {"type": "init", "audio": {"sample_rate": 24000}},
            {"type": "speak", "context_id": "a", "text": TEXT},
            {"type": "end_of_turn", "context_id": "a"},
        ),
        is_last=kind("utterance_end"),
    ),
    "cartesia": Script(
        path="/tts/websocket",
        says=({"transcript": TEXT, "context_id": "a", "output_format": CARTESIA_FORMAT},),
        is_last=kind("done"),
        keys=("data",),
    ),
    "deepgram_flux": Script(
        path="/v2/speak?model=flux-alexis-en",
        says=({"type": "Speak", "text": TEXT}, {"type": "Flush"}),
        is_last=kind("Flushed"),
    ),
    "deepgram_speak": Script(
        path="/v1/speak?encoding=linear16&sample_rate=24000",
        says=({"type": "Speak", "text": TEXT}, {"type": "Flush"}),
        is_last=kind("Flushed"),
    ),
    "elevenlabs": Script(
        path="/v1/text-to-speech/x/stream-input?output_format=pcm_24000",
        says=({"text": " "}, {"text": f"{TEXT} "}, {"text": ""}),
        is_last=is_close,
        keys=("audio",),
    ),
    "elevenlabs_multi": Script(
        path="/v1/text-to-speech/x/multi-stream-input?output_format=pcm_24000",
        says=(
            {"text": f"{TEXT} ", "context_id": "a"},
            {"context_id": "a", "flush": True},
            {"context_id": "a", "close_context": True},
        ),
        is_last=lambda message: isinstance(message, dict) and message.get("isFinal") is True,
        keys=("audio",),
    ),
    "hume": Script(
        path="/v0/tts/stream/input?format_type=pcm",
        says=({"text": TEXT}, {"close": True}),
        is_last=is_close,
        has_marker=False,
    ),
    "inworld": Script(
        path="/tts/v1/voice:streamBidirectional",
        says=(
            {"create": {"audioConfig": INWORLD_FORMAT}, "contextId": "a"},
            {"send_text": {"text": TEXT}, "contextId": "a"},
            {"close_context": {}, "contextId": "a"},
        ),
        is_last=lambda message: "contextClosed" in str(message),
        keys=("result", "audioChunk", "audioContent"),
    ),
    "openai_realtime": Script(
        path="/v1/realtime?model=gpt-realtime",
        says=({"type": "response.create", "response": {"instructions": TEXT}},),
        is_last=kind("response.done"),
        keys=("delta",),
    ),
    "plain": Script(
        path="/v1/audio/speech/stream",
        says=({"input": TEXT},),
        is_last=is_close,
    ),
    "playht": Script(
        path="/playht-fal/playht-tts/stream",
        says=({"text": TEXT, "output_format": "raw", "sample_rate": 24000, "request_id": "a"},),
        is_last=kind("end"),
    ),
    "rime": Script(
        path="/ws?audioFormat=pcm&samplingRate=24000",
        says=(TEXT, "<EOS>"),
        is_last=is_close,
        has_marker=False,
    ),
    "rime_ws3": Script(
        path="/ws3?audioFormat=pcm&samplingRate=24000",
        says=({"text": f"{TEXT} ", "contextId": "a"}, {"operation": "flush"}),
        is_last=kind("done"),
        keys=("data",),
    ),
    "smallest": Script(
        path="/waves/v1/tts/live",
        says=({"text": TEXT, "context_id": "a", "output_format": "pcm", "sample_rate": 24000},),
        is_last=lambda message: isinstance(message, dict) and message["status"] == "complete",
        keys=("data", "audio"),
    ),
    "together": Script(
        path="/v1/audio/speech/websocket?model=x",
        says=(
            {"type": "input_text_buffer.append", "text": TEXT},
            {"type": "input_text_buffer.commit"},
        ),
        is_last=kind("conversation.item.audio_output.done"),
        keys=("delta",),
    ),
    "xai": Script(
        path="/v1/tts?codec=pcm&sample_rate=24000",
        says=({"type": "text.delta", "delta": TEXT}, {"type": "text.done"}),
        is_last=kind("audio.done"),
        keys=("delta",),
    ),
}
