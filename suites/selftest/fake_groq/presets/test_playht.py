import pytest

from fake_groq.presets.playht import Playht
from suites.selftest.fake_groq.presets.scripts import SCRIPTS
from suites.selftest.fake_groq.presets.talk import answers, ends, kinds, opened, talking, texts

REQUEST = {"text": "One.", "output_format": "raw", "request_id": "a"}


def test_a_request_is_spoken_as_a_whole() -> None:
    found = answers(opened(Playht), REQUEST)
    assert texts(found) == ["One."]
    assert ends(found[0]) == [{"type": "end", "request_id": "a"}]


@pytest.mark.parametrize(
    "message",
    [
        "{",
        b"",
        {"output_format": "raw"},
        {**REQUEST, "text": " "},
        {**REQUEST, "text": "x" * 10_001},
        {"text": "One."},
        {**REQUEST, "sample_rate": 44100},
    ],
)
def test_errors_leave_the_socket_open(message: dict[str, object] | str | bytes) -> None:
    assert kinds(answers(opened(Playht), message)) == ["error"]


@pytest.mark.io
async def test_on_the_wire_each_request_has_its_brackets() -> None:
    script = SCRIPTS["playht"]
    async with talking(script.path) as (_, client):
        await client.say(*script.says, *script.says)
        for _ in range(2):
            heard = await client.hear(script.is_last)
            assert kinds(heard) == ["start", "pcm", "end"]
            assert [m["request_id"] for m in heard if isinstance(m, dict)] == ["a", "a"]
