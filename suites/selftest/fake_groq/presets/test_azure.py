import pytest

from fake_groq.presets.azure import Azure
from suites.selftest.fake_groq.presets.scripts import SCRIPTS, azure_config, azure_message
from suites.selftest.fake_groq.presets.talk import (
    Closed,
    Message,
    answers,
    opened,
    talking,
    texts,
    wrapped,
)

SCRIPT = SCRIPTS["azure"]


def ssml(inside: str) -> str:
    return azure_message("ssml", f"<speak version='1.0'>\r\n  {inside}\r\n</speak>")


def test_the_text_of_the_ssml_is_spoken() -> None:
    found = answers(opened(Azure), ssml("<voice name='x'>One &lt; <b>two</b> &amp; 3.</voice>"))
    assert texts(found) == ["One < two & 3."]


def test_audio_stands_behind_headers_whose_length_comes_first() -> None:
    head = b"X-RequestId:abc\r\nContent-Type:audio/pcm\r\nPath:audio\r\n"
    assert wrapped(opened(Azure), context="abc") == bytes((0, len(head))) + head + b"\1\0"


def test_the_older_place_of_the_format_counts_too() -> None:
    body = '{"context":{"synthesis":{"audio":{"outputFormat":"audio-24khz-48kbitrate-mono-mp3"}}}}'
    (closed,) = answers(opened(Azure), azure_message("speech.config", body))
    assert isinstance(closed, Closed)
    assert (closed.code, "outputFormat must be raw-24khz" in closed.reason) == (1007, True)


@pytest.mark.parametrize(
    "message",
    [
        "hello",
        b"bytes",
        azure_message("sing", ""),
        azure_message("speech.config", "{"),
        ssml(" "),
        ssml("x" * 10_001),
        azure_config({"audio": {"outputFormat": "riff-8khz-8bit-mono-mulaw"}}),
    ],
)
def test_errors_close_with_1007(message: str | bytes) -> None:
    (closed,) = answers(opened(Azure), message)
    assert isinstance(closed, Closed)
    assert closed.code == 1007


@pytest.mark.io
@pytest.mark.parametrize(
    "path", [SCRIPT.path, "/consumer/speech/synthesize/readaloud/edge/v1?TrustedClientToken=x"]
)
async def test_on_the_wire_an_empty_audio_message_comes_before_the_end_of_the_turn(
    path: str,
) -> None:
    async with talking(path) as (_, client):
        for _ in range(2):
            await client.say(*SCRIPT.says)
            *begin, empty, end = await client.hear(SCRIPT.is_last)
            assert list(map(name_of, begin))[:3] == ["turn.start", "response", "audio"]
            assert (name_of(end), empty) == ("turn.end", b"\0\x1dX-RequestId:abc\r\nPath:audio\r\n")
            assert isinstance(begin[-1], bytes)
            assert b"Content-Type:" in begin[-1]


def name_of(message: Message) -> str:
    """Return the path in the headers of a message."""
    assert isinstance(message, str | bytes)
    text = message if isinstance(message, str) else message[2:].decode("latin-1")
    return text.partition("Path:")[2].partition("\r\n")[0]
