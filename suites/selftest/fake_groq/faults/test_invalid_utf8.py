import pytest

from suites.selftest.fake_groq.raw import TEXT, WHOLE, http, told, ws
from suites.selftest.fake_groq.staging import fake, heard

pytestmark = pytest.mark.io


async def test_a_text_that_is_none_comes_in_the_middle() -> None:
    async with fake(faults=["invalid_utf8"]) as server:
        seen = await ws(server)
        assert (seen.order, seen.runs) == ("btbtc", WHOLE)
        with pytest.raises(UnicodeDecodeError):
            seen.texts[0].decode()
        assert len(seen.pieces[:5]) == 5
        sent = [e["data"].get("frame") for e in server.events("stream_sent")]
        assert sent.index("text") == 5


async def test_a_client_by_the_protocol_fails_the_connection() -> None:
    async with fake(faults=["invalid_utf8"], pace="8x") as server:
        async with server.speaking(TEXT) as client:
            await heard(client)
        assert (await told(server)).released == "peer close 1007"


async def test_it_means_nothing_over_http() -> None:
    async with fake(faults=["invalid_utf8"]) as server:
        assert (await http(server)).runs == WHOLE
        assert (await told(server)).fault is None
