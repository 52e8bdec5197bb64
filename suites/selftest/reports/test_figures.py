"""Numbers as people read them, and what a count can show."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reports.figures import (
    bound,
    count,
    named,
    number,
    percent,
    quantity,
    unit_of,
    wilson,
    words_of,
)


@pytest.mark.parametrize(
    ("value", "text"),
    [(0, "0"), (0.1234, "0.123"), (3.14, "3.1"), (250.0, "250"), (48213, "48,213"), (-2.5, "-2.5")],
)
def test_a_number_has_no_needless_decimals(value: float, text: str) -> None:
    assert number(value) == text


@pytest.mark.parametrize(
    ("share", "text"),
    [(0.0, "0 %"), (0.0004, "0.04 %"), (0.0125, "1.2 %"), (0.05, "5.0 %"), (1.0, "100 %")],
)
def test_a_share_keeps_two_significant_digits(share: float, text: str) -> None:
    assert percent(share) == text


def test_no_rate_above_zero_is_printed_as_zero() -> None:
    assert percent(1e-9) != "0 %"


def test_a_noun_follows_its_number() -> None:
    assert [count(1, "breach", "breaches"), count(2, "breach", "breaches"), count(0, "rule")] == [
        "1 breach",
        "2 breaches",
        "0 rules",
    ]


def test_zero_in_three_hundred_shows_only_a_rate_below_one_per_cent() -> None:
    assert bound(300) == "zero in 300 shows only a rate below about 1.0 %"


def test_too_few_occasions_bound_nothing() -> None:
    assert bound(0) == bound(3) == ""


def test_the_interval_of_one_breach_in_a_hundred_is_wilsons() -> None:
    assert wilson(1, 100) == pytest.approx((0.001767, 0.054486), abs=1e-5)


def test_counts_that_make_no_rate_have_no_interval() -> None:
    assert wilson(0, 0) is wilson(5, 3) is None


@settings(deadline=None)  # the first call loads the library
@given(st.integers(1, 5000).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_the_interval_holds_the_rate(counts: tuple[int, int]) -> None:
    breaches, occasions = counts
    interval = wilson(breaches, occasions)
    assert interval is not None
    assert 0 <= interval[0] <= breaches / occasions + 1e-6
    assert breaches / occasions - 1e-6 <= interval[1] <= 1


def test_the_name_of_a_figure_carries_its_unit() -> None:
    assert [unit_of(name) for name in ("release_ms", "rss_bytes_max", "sockets")] == [
        "ms",
        "bytes",
        "",
    ]


def test_a_figure_is_said_in_words() -> None:
    assert named("release_ms", 250.0) == "release 250 ms"
    assert words_of("harness_loop_lag_ms_max") == "worst harness loop lag"


def test_many_bytes_are_said_in_mebibytes() -> None:
    assert quantity(41_943_040, "bytes") == "40 MiB"
    assert quantity(12, "bytes") == "12 bytes"
