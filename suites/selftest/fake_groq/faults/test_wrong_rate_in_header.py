import pytest

from fake_groq.wav import wav_header
from suites.selftest.fake_groq.raw import TOTAL, WHOLE, http, told, ws
from suites.selftest.fake_groq.staging import fake

pytestmark = pytest.mark.io

NAME = "wrong_rate_in_header"


async def test_the_header_says_another_rate() -> None:
    async with fake(faults=[NAME]) as server:
        seen = await http(server)
        header = seen.chunks[0].payload
        assert (header, header[24:28]) == (wav_header(rate=48_000), (48_000).to_bytes(4, "little"))
        assert (seen.runs, seen.has_last_chunk) == (WHOLE, True)


async def test_a_websocket_sends_the_header_first() -> None:
    async with fake(faults=[{"name": NAME, "rate": 8000}]) as server:
        seen = await ws(server)
        assert seen.frames[0].payload == wav_header(rate=8000)
        assert (await told(server)).runs == [[0, TOTAL]]
