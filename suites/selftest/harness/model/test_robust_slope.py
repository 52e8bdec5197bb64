"""Theil and Sen against their definition, and against what is known."""

import itertools
import random
import statistics

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.model.robust_slope import POINTS_MIN, robust_slope

Point = tuple[float, float]
whole = st.integers(min_value=-1000, max_value=1000).map(float)
clouds = st.lists(st.tuples(whole, whole), min_size=POINTS_MIN, max_size=25)
distinct = st.lists(
    st.tuples(whole, whole), min_size=POINTS_MIN, max_size=25, unique_by=lambda point: point[0]
)


def slopes_of_pairs(points: list[Point]) -> list[float]:
    pairs = itertools.combinations(points, 2)
    return [(y2 - y1) / (x2 - x1) for (x1, y1), (x2, y2) in pairs if x1 != x2]


@given(clouds)
def test_the_slope_is_the_median_of_all_pairs(points: list[Point]) -> None:
    slope, pairs = robust_slope(points), slopes_of_pairs(points)
    if not pairs:
        assert slope is None
        return
    assert slope is not None
    assert slope.value == pytest.approx(statistics.median(pairs))
    assert min(pairs) <= slope.low <= slope.value <= slope.high <= max(pairs)


@given(distinct, whole, whole)
def test_a_line_that_is_added_tilts_slope_and_interval_by_its_own(
    points: list[Point], tilt: float, lift: float
) -> None:
    before, after = (
        robust_slope(points),
        robust_slope([(x, y + tilt * x + lift) for x, y in points]),
    )
    assert before is not None
    assert after is not None
    for name in ("value", "low", "high"):
        assert getattr(after, name) == pytest.approx(getattr(before, name) + tilt, abs=1e-6)


def test_the_interval_is_that_of_kendalls_table() -> None:
    """With 10 points S must reach 23, so that 11 of the 45 slopes are cut on each side."""
    points = [(float(x), float(x * x)) for x in range(10)]
    ordered = sorted(slopes_of_pairs(points))
    slope = robust_slope(points)
    assert slope is not None
    assert (slope.low, slope.high) == (ordered[10], ordered[34])


def test_a_third_of_wild_points_bends_nothing() -> None:
    points = [(float(x), 2.0 * x + (500.0 if x % 4 == 0 else 0.0)) for x in range(24)]
    slope = robust_slope(points)
    assert slope is not None
    assert slope.value == pytest.approx(2.0)


def test_what_is_level_has_no_slope_and_no_doubt() -> None:
    slope = robust_slope([(float(x), 7.0) for x in range(10)])
    assert slope is not None
    assert (slope.value, slope.low, slope.high) == (0.0, 0.0, 0.0)


def test_the_true_slope_lies_in_the_interval_about_as_often_as_is_said() -> None:
    chance = random.Random(4)
    hits = 0
    for _ in range(400):
        slope = robust_slope([(x, 3.0 * x + chance.gauss(0, 10)) for x in map(float, range(15))])
        assert slope is not None
        hits += slope.low <= 3.0 <= slope.high
    assert 370 <= hits <= 396


@pytest.mark.parametrize(
    "points", [[], [(float(x), 1.0) for x in range(POINTS_MIN - 1)], [(1.0, 2.0)] * 9]
)
def test_too_few_points_and_points_above_each_other_have_no_slope(points: list[Point]) -> None:
    assert robust_slope(points) is None
