import pytest

from suites.selftest.fake_groq.raw import WHOLE, error_of, http, ws
from suites.selftest.fake_groq.staging import UPGRADE, fake

pytestmark = pytest.mark.io

NAME = "rate_limited"


@pytest.mark.parametrize("seconds", [1, 30336])
async def test_http_answers_429_and_when_to_come_again(seconds: int) -> None:
    async with fake(faults=[{"name": NAME, "retry_after_s": seconds}]) as server:
        seen = await http(server)
        assert seen.head.startswith("HTTP/1.1 429")
        assert f"retry-after: {seconds}\r\n" in seen.head.lower()
        assert error_of(seen.rest)["code"] == "rate_limit_exceeded"
        await server.wait_for("stream_failed", how="status 429")


async def test_a_default_refuses_the_upgrade() -> None:
    async with fake(faults=[{"name": NAME, "retry_after_s": 7}]) as server:
        peer = await server.connected()
        peer.writer.write(UPGRADE)
        head = (await peer.reader.readuntil(b"\r\n\r\n")).decode()
        assert head.startswith("HTTP/1.1 429")
        assert "retry-after: 7\r\n" in head.lower()


async def test_after_so_many_attempts_it_is_over() -> None:
    async with fake(faults=[{"name": NAME, "attempts": 2}]) as server:
        heads = [(await http(server)).head.split("\r\n")[0] for _ in range(3)]
        assert [head.split()[1] for head in heads] == ["429", "429", "200"]
        seen = await ws(server)  # the fourth attempt: neither upgrade nor message is refused
        assert seen.runs == WHOLE
