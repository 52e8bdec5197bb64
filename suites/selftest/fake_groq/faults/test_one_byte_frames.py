import pytest

from suites.selftest.fake_groq.raw import TOTAL, WHOLE, Profile, http, told, ws
from suites.selftest.fake_groq.staging import fake, runs_of

pytestmark = pytest.mark.io


@pytest.mark.parametrize("profile", [ws, http])
async def test_the_first_audio_comes_byte_by_byte(profile: Profile) -> None:
    async with fake(faults=["one_byte_frames"]) as server:
        seen = await profile(server)
        header = 78 if seen.chunks else 0
        pieces = [frame.payload for frame in seen.frames or seen.chunks]
        assert {len(piece) for piece in pieces[: header + 96]} == {1}
        assert len(pieces[header + 96]) == 3840 - 96
        whole = b"".join(p.payload for p in seen.chunks) or bytes(0) + seen.pcm
        assert [(f, c) for _, f, c in runs_of(whole[header:])] == WHOLE
        story = await told(server)
        assert (story.runs, story.is_harmless) == ([[0, TOTAL]], True)
