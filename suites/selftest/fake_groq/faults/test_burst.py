import pytest

from suites.selftest.fake_groq.raw import Profile, http, told, ws
from suites.selftest.fake_groq.staging import fake

pytestmark = pytest.mark.io


@pytest.mark.parametrize("profile", [ws, http])
async def test_what_is_due_comes_at_once_when_the_window_ends(profile: Profile) -> None:
    fault = {"name": "burst", "window_ms": 320}
    async with fake(faults=[fault], pace="real-time", ms_per_character=10) as server:
        seen = await profile(server)
        assert seen.gap_ms() > 150
        sent = [e["at_ns"] / 1e6 for e in server.events("stream_sent") if e["data"]["runs"]]
        assert sent[1] - sent[0] > 200
        assert sent[4] - sent[1] < 250  # the four of one window
        story = await told(server)
        assert (len(story.runs), story.failed, story.is_harmless) == (1, [], True)
