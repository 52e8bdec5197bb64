from collections.abc import Awaitable, Callable

import pytest

from suites.selftest.fake_groq.raw import WHOLE, Seen, http, told, ws
from suites.selftest.fake_groq.staging import Fake, fake

pytestmark = pytest.mark.io

PAUSE = {"name": "pause_mid_stream", "after_ms": 400, "pause_ms": 250}


@pytest.mark.parametrize("profile", [ws, http])
async def test_no_byte_comes_for_a_while_and_then_the_rest(
    profile: Callable[[Fake], Awaitable[Seen]],
) -> None:
    async with fake(faults=[PAUSE]) as server:
        seen = await profile(server)
        assert seen.gap_ms() > 150
        assert (seen.runs, seen.end) == (WHOLE, "fin")
        assert seen.has_last_chunk or seen.texts == [b"__END__"]
        story = await told(server)
        assert (story.stalled, story.failed, story.is_harmless) == (["pause_mid_stream"], [], True)
