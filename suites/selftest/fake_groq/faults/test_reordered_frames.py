import pytest

from suites.selftest.fake_groq.raw import TOTAL, Profile, http, told, ws
from suites.selftest.fake_groq.staging import fake

pytestmark = pytest.mark.io

SWAPPED = [(0, 5760), (7680, 1920), (5760, 1920), (9600, 3840)]


@pytest.mark.parametrize("profile", [ws, http])
async def test_the_fourth_and_the_fifth_change_places(profile: Profile) -> None:
    async with fake(faults=["reordered_frames"]) as server:
        seen = await profile(server)
        assert seen.runs[:3] == SWAPPED[:3]
        assert len(seen.pcm) == 2 * TOTAL
        story = await told(server)
        assert [tuple(run) for run in story.runs] == seen.runs
        assert story.fault == "reordered_frames"


async def test_it_means_nothing_to_a_speech_of_one_frame() -> None:
    async with fake(faults=["reordered_frames"], ms_per_character=0) as server:
        assert (await ws(server)).runs == [(0, 1920)]
        assert (await told(server)).fault is None
