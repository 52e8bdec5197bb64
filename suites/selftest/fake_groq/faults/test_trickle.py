import pytest

from suites.selftest.fake_groq.raw import Profile, http, told, ws
from suites.selftest.fake_groq.staging import fake

pytestmark = pytest.mark.io


@pytest.mark.parametrize("profile", [ws, http])
async def test_the_audio_comes_in_small_pieces_with_a_wait_between(profile: Profile) -> None:
    fault = {"name": "trickle", "piece_ms": 40, "wait_ms": 30}
    async with fake(faults=[fault], ms_per_character=4) as server:
        seen = await profile(server)
        assert {len(piece.payload) for piece in seen.pieces} == {40 * 48}
        assert seen.end == "fin"
        sent = [e["at_ns"] for e in server.events("stream_sent") if e["data"]["runs"]]
        assert sent[-1] - sent[0] > 15e6 * (len(sent) - 1)
        story = await told(server)
        assert (story.runs, story.is_harmless) == ([[0, sum(r for _, r in story.runs)]], True)
