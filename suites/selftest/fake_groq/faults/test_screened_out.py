import pytest

from suites.selftest.fake_groq.raw import upgrade_refused
from suites.selftest.fake_groq.staging import fake, text_of

pytestmark = pytest.mark.io


async def test_http_answers_with_a_number_and_no_json() -> None:
    async with fake(faults=["screened_out"]) as server:
        head, body = await (await server.posted(text_of(1, 1))).answer()
        assert head.startswith("HTTP/1.1 403 ")
        assert body == b"error code: 1010"
        refused = await server.wait_for("stream_refused")
        assert (refused["data"]["status"], refused["data"]["code"]) == (403, "screened_out")


async def test_the_upgrade_of_a_websocket_meets_it_too() -> None:
    async with fake(faults=["screened_out"]) as server:
        assert await upgrade_refused(server, 403) == b"error code: 1010"
