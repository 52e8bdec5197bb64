"""The limiter agrees with the figures of messages and headers that were seen."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fake_groq.answers import rate_limited
from fake_groq.limits import DAY_S, TIERS, UNLIMITED, Exceeded, Limiter

MODEL = "canopylabs/orpheus-v1-english"


def test_of_3600_tokens_a_day_3498_used_and_146_wanted_is_a_wait_of_17m36s() -> None:
    per_day = next(limit for limit in TIERS["free"] if limit.short == "TPD")
    wait_s = per_day.drained_s(3498 + 146 - 3600)
    exceeded = Exceeded(limit=per_day, used=3498, requested=146, wait_s=wait_s)
    assert exceeded.retry_after_s == 17 * 60 + 36
    assert (
        "on tokens per day (TPD): Limit 3600, Used 3498, Requested 146. Please try again in 17m36s."
        in rate_limited(MODEL, exceeded).message
    )


def test_two_requests_of_1000_a_day_reset_in_2m52_8s() -> None:
    limiter = Limiter("free")  # 100 a day: a request drains in 864 s
    for _ in range(2):
        limiter.ask(MODEL, 1, 0.0)
    limit, remaining, reset_s = limiter.state(MODEL, 0.0)["requests"]
    assert (limit, remaining, reset_s) == (100, 98, 2 * 864)
    assert pytest.approx(172.8) == 2 * DAY_S / 1000  # the figures of the example: 1000 a day


def test_73_of_8000_tokens_a_minute_reset_in_547_ms() -> None:
    assert pytest.approx(0.547, abs=1e-3) == 73 * 60 / 8000
    limiter = Limiter("free")
    limiter.ask(MODEL, 73, 5.0)
    limit, remaining, reset_s = limiter.state(MODEL, 5.0)["tokens"]
    assert (limit, remaining) == (1200, 1127)
    assert reset_s == pytest.approx(73 * 60 / 1200)


def test_the_eleventh_request_of_a_minute_has_to_wait() -> None:
    limiter = Limiter("free")
    for _ in range(10):
        assert limiter.ask(MODEL, 1, 0.0) is None
    exceeded = limiter.ask(MODEL, 1, 0.0)
    assert exceeded is not None
    assert (exceeded.limit.short, exceeded.retry_after_s) == ("RPM", 6)
    assert limiter.ask(MODEL, 1, 6.0) is None
    assert limiter.ask("canopylabs/orpheus-arabic-saudi", 1, 6.0) is None  # counted by itself


def test_an_unlimited_tier_never_refuses_and_its_headers_stay_within_the_limit() -> None:
    limiter = Limiter(UNLIMITED)
    assert all(limiter.ask(MODEL, 200, 0.0) is None for _ in range(1000))
    limit, remaining, _ = limiter.state(MODEL, 0.0)["tokens"]
    assert (limit, remaining) == (50_000, 0)


@given(
    st.sampled_from(sorted(TIERS)),
    st.lists(st.tuples(st.integers(1, 400), st.floats(0, 500)), max_size=60),
)
def test_what_is_used_is_never_less_than_nothing_nor_more_than_the_limit(
    tier: str, asked: list[tuple[int, float]]
) -> None:
    limiter, now_s = Limiter(tier), 0.0
    for tokens, apart_s in asked:
        now_s += apart_s
        exceeded = limiter.ask(MODEL, tokens, now_s)
        if exceeded is not None:
            assert exceeded.wait_s > 0
            assert limiter.ask(MODEL, tokens, now_s) == exceeded  # it does not count
        for limit, remaining, reset_s in limiter.state(MODEL, now_s).values():
            assert 0 <= remaining <= limit
            assert reset_s >= 0


def test_names_of_models_that_nobody_has_do_not_pile_up() -> None:
    limiter = Limiter(UNLIMITED)
    for number in range(1000):
        limiter.state(f"model-{number}", 0.0)
    assert len(limiter._buckets) == 2
