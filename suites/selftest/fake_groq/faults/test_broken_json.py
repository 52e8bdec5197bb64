import json

import pytest

from suites.selftest.fake_groq.raw import WHOLE, http, told, ws
from suites.selftest.fake_groq.staging import fake

pytestmark = pytest.mark.io


async def test_half_a_document_comes_in_the_middle() -> None:
    async with fake(faults=["broken_json"]) as server:
        seen = await ws(server)
        assert (seen.order, seen.runs) == ("btbtc", WHOLE)
        with pytest.raises(ValueError, match="Unterminated string"):
            json.loads(seen.texts[0])
        assert (await told(server)).ended == ["text:__END__"]


async def test_over_http_an_error_has_half_a_body() -> None:
    async with fake(faults=["broken_json"]) as server:
        seen = await http(server)
        assert seen.head.startswith("HTTP/1.1 500")
        with pytest.raises(ValueError, match="Unterminated"):
            json.loads(seen.rest)
        await server.wait_for("stream_failed", how="status 500")
