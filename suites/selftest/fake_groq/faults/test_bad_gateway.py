import pytest

from suites.selftest.fake_groq.raw import upgrade_refused
from suites.selftest.fake_groq.staging import fake, text_of

pytestmark = pytest.mark.io


async def test_http_answers_with_a_page() -> None:
    async with fake(faults=["bad_gateway"]) as server:
        head, body = await (await server.posted(text_of(1, 1))).answer()
        assert head.startswith("HTTP/1.1 502 ")
        assert "text/html" in head
        assert body.startswith(b"<html>")
        refused = await server.wait_for("stream_refused")
        assert (refused["data"]["status"], refused["data"]["code"]) == (502, "bad_gateway")


async def test_the_upgrade_of_a_websocket_meets_it_too() -> None:
    async with fake(faults=["bad_gateway"]) as server:
        assert b"cloudflare" in await upgrade_refused(server, 502)
