import pytest

from suites.selftest.fake_groq.raw import TOTAL, WHOLE, Profile, http, told, ws
from suites.selftest.fake_groq.staging import fake

pytestmark = pytest.mark.io


@pytest.mark.parametrize("profile", [ws, http])
async def test_bytes_that_are_no_audio_come_behind_it(profile: Profile) -> None:
    async with fake(faults=["extra_trailing_bytes"]) as server:
        seen = await profile(server)
        assert seen.pieces[-1].payload == b"\x01" * 5
        assert (len(seen.pcm), seen.runs) == (2 * TOTAL + 5, WHOLE)
        story = await told(server)
        assert (story.runs, bool(story.ended)) == ([[0, TOTAL]], True)
        assert server.events("stream_sent")[-1]["data"]["bytes"] == 5
