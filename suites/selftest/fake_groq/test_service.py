import pytest

from fake_groq.service import COUNT_MAX
from suites.selftest.fake_groq.staging import fake, heard, text_of

pytestmark = pytest.mark.io


async def test_the_first_plan_of_a_text_is_no_attempt() -> None:
    async with fake() as server:
        service = server.running.service
        assert service.first_plan("ws", "hello").count == 0
        assert service.first_plan("ws", "hello").count == 0
        async with server.speaking("hello") as client:
            await heard(client)
        assert server.events("stream_opened")[0]["data"]["count"] == 0


async def test_attempts_beyond_the_last_count_share_it() -> None:
    async with fake(ms_per_character=0) as server:
        wire = type("Wire", (), {"number": 1})()
        for _ in range(COUNT_MAX + 2):
            server.running.service.exchange(wire, "ws", "hello")
        async with server.speaking("hello") as client:
            await heard(client)
        opened = await server.wait_for("stream_opened")
        assert (opened["data"]["count"], opened["stream"]) == (COUNT_MAX, COUNT_MAX)


async def test_each_text_is_counted_on_its_own() -> None:
    async with fake(ms_per_character=0) as server:
        for text in (text_of(1, 1), text_of(1, 2), text_of(1, 1) + " "):
            async with server.speaking(text) as client:
                await heard(client)
        assert [e["data"]["count"] for e in server.events("stream_opened")] == [0, 0, 0]
