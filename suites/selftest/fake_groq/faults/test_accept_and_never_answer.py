import pytest

from suites.selftest.fake_groq.raw import Profile, http, read_body, told, ws
from suites.selftest.fake_groq.staging import UPGRADE, fake

pytestmark = pytest.mark.io

NAME = "accept_and_never_answer"
SHORT = {"name": NAME, "stall_ms": 150}


@pytest.mark.parametrize("profile", [ws, http])
async def test_not_a_byte_comes_and_then_a_fin(profile: Profile) -> None:
    rule = {"match": {"session": 1}, "behaviour": {"faults": [SHORT]}}
    async with fake() as server:
        server.running.service.rulebook.update({"rules": [rule]})
        seen = await profile(server)
        assert (seen.head, seen.frames, seen.rest, seen.end) == ("", [], b"", "fin")
        story = await told(server)
        assert (story.stalled, story.failed, story.runs) == ([NAME], ["fin"], [])


async def test_a_default_meets_the_upgrade() -> None:
    async with fake(faults=[SHORT]) as server:
        peer = await server.connected()
        peer.writer.write(UPGRADE)
        seen = await read_body(peer)
        assert (seen.head, seen.end) == ("", "fin")
        refusal = await server.wait_for("stream_refused")
        assert (refusal["data"]["status"], refusal["data"]["code"]) == (0, NAME)
