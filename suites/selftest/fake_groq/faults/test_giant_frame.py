import pytest

from suites.selftest.fake_groq.raw import TOTAL, Profile, http, told, ws
from suites.selftest.fake_groq.staging import fake

pytestmark = pytest.mark.io


@pytest.mark.parametrize("profile", [ws, http])
async def test_all_audio_is_one_piece_of_more_than_a_mebibyte(profile: Profile) -> None:
    async with fake(faults=["giant_frame"], ms_per_character=400) as server:
        seen = await profile(server)
        assert [len(piece.payload) > 1 << 20 for piece in seen.pieces] == [True]
        story = await told(server)
        assert story.runs == [[0, len(seen.pcm) // 2]]
        assert story.is_harmless


async def test_the_first_of_it_may_come_as_usual() -> None:
    async with fake(faults=[{"name": "giant_frame", "after_ms": 160}]) as server:
        seen = await ws(server)
        sizes = [len(piece.payload) for piece in seen.pieces]
        assert sizes == [3840, 3840, 2 * TOTAL - 7680]
