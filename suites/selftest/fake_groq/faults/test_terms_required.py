import json

import pytest

from suites.selftest.fake_groq.raw import upgrade_refused
from suites.selftest.fake_groq.staging import ENGLISH, fake, text_of

pytestmark = pytest.mark.io


async def test_http_says_where_to_accept_the_terms() -> None:
    async with fake(faults=["terms_required"]) as server:
        head, body = await (await server.posted(text_of(1, 1))).answer()
        assert head.startswith("HTTP/1.1 400 ")
        error = json.loads(body)["error"]
        assert error["code"] == "model_terms_required"
        assert error["message"] == (
            f"The model `{ENGLISH}` requires terms acceptance. Please have the org admin accept"
            " the terms at"
            " https://console.groq.com/playground?model=canopylabs%2Forpheus-v1-english"
        )
        refused = await server.wait_for("stream_refused")
        assert refused["data"]["code"] == "terms_required"


async def test_the_upgrade_of_a_websocket_meets_it_too() -> None:
    async with fake(faults=["terms_required"]) as server:
        assert b"model_terms_required" in await upgrade_refused(server, 400)
