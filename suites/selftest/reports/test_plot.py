"""A count over time in block characters and as points."""

import pytest

from reports.plot import blocks, points, ticks


def test_a_rising_count_rises_to_the_top() -> None:
    lines = blocks([(0, 0), (1, 8), (2, 16)], width=3, height=2, most=16)
    assert lines == ["  █", " ██"]


def test_what_is_not_zero_is_seen_beside_what_is_much_more() -> None:
    assert blocks([(0, 0), (1, 1)], width=2, height=1, most=1000) == [" ▁"]


def test_a_column_shows_its_peak_and_one_without_a_sample_the_one_before() -> None:
    peaked = blocks([(0, 8), (0.1, 1), (4, 8)], width=4, height=1, most=8)
    assert peaked == ["████"]


def test_nothing_is_an_empty_plot() -> None:
    assert blocks([], width=3, height=2, most=0) == ["   ", "   "]


def test_points_have_their_origin_at_the_bottom_left() -> None:
    assert (
        points([(0, 0), (10, 5)], width=100, height=50, until=10, most=10) == "0.0,50.0 100.0,25.0"
    )


@pytest.mark.parametrize(
    ("most", "expected"),
    [
        (0, [0, 1]),
        (3, [0, 1, 2, 3]),
        (24, [0, 10, 20, 30]),
        (800, [0, 200, 400, 600, 800]),
    ],
)
def test_ticks_are_round_numbers_that_cover_the_most(most: float, expected: list[float]) -> None:
    assert ticks(most) == expected
