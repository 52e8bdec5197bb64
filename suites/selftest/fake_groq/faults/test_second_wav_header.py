import pytest

from fake_groq.wav import wav_header
from suites.selftest.fake_groq.raw import WHOLE, Profile, http, told, ws
from suites.selftest.fake_groq.staging import fake

pytestmark = pytest.mark.io


@pytest.mark.parametrize("profile", [ws, http])
async def test_a_header_comes_in_the_middle(profile: Profile) -> None:
    async with fake(faults=["second_wav_header"]) as server:
        seen = await profile(server)
        assert seen.pieces[5].payload == wav_header()
        assert seen.runs == WHOLE
        story = await told(server)
        assert (story.fault, bool(story.ended)) == ("second_wav_header", True)
