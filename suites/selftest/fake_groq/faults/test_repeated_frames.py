import pytest

from fake_groq.faults.base import FaultError, parse_fault
from suites.selftest.fake_groq.raw import Profile, http, told, ws
from suites.selftest.fake_groq.staging import fake

pytestmark = pytest.mark.io


@pytest.mark.parametrize("profile", [ws, http])
async def test_the_fourth_frame_comes_twice(profile: Profile) -> None:
    async with fake(faults=["repeated_frames"]) as server:
        seen = await profile(server)
        assert seen.pieces[3].payload == seen.pieces[4].payload
        assert seen.runs[:2] == [(0, 7680), (5760, 9600)]
        story = await told(server)
        assert [tuple(run) for run in story.runs] == seen.runs
        assert story.ended


def test_each_is_a_count() -> None:
    with pytest.raises(FaultError):
        parse_fault({"name": "repeated_frames", "each": 0})
