import pytest

from fake_groq.behaviour import DEFAULT_BEHAVIOUR, read_behaviour
from fake_groq.plan import SpeechRequest, make_plan
from suites.selftest.fake_groq.raw import TEXT, WHOLE, Profile, http, told, ws
from suites.selftest.fake_groq.staging import fake

pytestmark = pytest.mark.io


@pytest.mark.parametrize("profile", [ws, http])
async def test_each_piece_is_late_by_chance_and_none_overtakes(profile: Profile) -> None:
    async with fake(faults=[{"name": "jitter", "late_ms": 100}]) as server:
        seen = await profile(server)
        assert (seen.runs, seen.end) == (WHOLE, "fin")
        assert seen.gap_ms() > 1  # at the pace "max" there is none
        assert (await told(server)).is_harmless


def test_chance_comes_from_the_seed() -> None:
    behaviour = read_behaviour({"faults": ["jitter"]}, DEFAULT_BEHAVIOUR)
    request = SpeechRequest(text=TEXT, profile="ws")
    one, same, other = (make_plan(request, behaviour, seed=n, nonce=1) for n in (1, 1, 2))
    assert one == same
    assert one != other
