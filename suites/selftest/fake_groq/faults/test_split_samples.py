import pytest

from suites.selftest.fake_groq.raw import FRAMES, TOTAL, WHOLE, Profile, http, told, ws
from suites.selftest.fake_groq.staging import fake

pytestmark = pytest.mark.io


@pytest.mark.parametrize("profile", [ws, http])
async def test_all_borders_are_odd_and_no_byte_is_lost(profile: Profile) -> None:
    async with fake(faults=["split_samples"]) as server:
        seen = await profile(server)
        sizes = [len(piece.payload) for piece in seen.pieces]
        assert sizes == [3841, *[3840] * (FRAMES - 2), 3839]
        assert seen.runs == WHOLE
        story = await told(server)
        assert (story.runs, story.is_harmless) == ([[0, TOTAL]], True)
        assert server.events("stream_sent")[-1]["data"]["runs"][0][2] == 1920
