import pytest

from suites.selftest.fake_groq.raw import Profile, http, read_body, told, ws
from suites.selftest.fake_groq.staging import UPGRADE, Fake, fake

pytestmark = pytest.mark.io

NAME = "refused_connection"
AWAY = {"name": NAME, "down_ms": 60_000}


async def refused(server: Fake) -> bool:
    try:
        await server.connected()
    except ConnectionRefusedError:
        return True
    return False


@pytest.mark.parametrize("profile", [ws, http])
async def test_the_connection_is_reset_and_nobody_listens(profile: Profile) -> None:
    rule = {"match": {"session": 1}, "behaviour": {"faults": [AWAY]}}
    async with fake() as server:
        server.running.service.rulebook.update({"rules": [rule]})
        seen = await profile(server)
        assert (seen.frames, seen.head, seen.end) == ([], "", "rst")
        story = await told(server)
        assert (story.failed, story.released) == (["rst"], "own rst")
        await server.wait_for("listener_closed")
        assert await refused(server)


async def test_after_a_while_somebody_listens_again() -> None:
    async with fake(faults=[{"name": NAME, "down_ms": 50}]) as server:
        assert (await http(server)).end == "rst"
        await server.wait_for("listener_opened")
        assert not await refused(server)


async def test_a_default_meets_the_upgrade() -> None:
    async with fake(faults=[{"name": NAME, "down_ms": 0}]) as server:
        peer = await server.connected()
        peer.writer.write(UPGRADE)
        assert (await read_body(peer)).end == "rst"
        refusal = await server.wait_for("stream_refused")
        assert (refusal["data"]["status"], refusal["data"]["code"]) == (0, NAME)
