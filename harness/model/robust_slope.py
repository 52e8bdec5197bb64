"""The slope of a cloud of points that a few wild ones do not bend, and how sure it is.

Theil and Sen: the median of the slopes of all pairs of points. Its interval is Sen's, by Kendall's
S: free of any assumption on how the values are spread around the line.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

Z_95 = 1.959964  # of the normal distribution, two-sided 95 %
POINTS_MIN = 6  # with five points the interval is all there is


@dataclass(frozen=True, slots=True, kw_only=True)
class Slope:
    """The slope in y per x, and the lower and upper end of its 95 % interval."""

    value: float
    low: float
    high: float


def robust_slope(points: Sequence[tuple[float, float]]) -> Slope | None:
    """Return the slope of the points (x, y); None where they are too few, or all at one x."""
    slopes = sorted(
        (y2 - y1) / (x2 - x1)
        for index, (x1, y1) in enumerate(points)
        for x2, y2 in points[index + 1 :]
        if x1 != x2
    )
    if len(points) < POINTS_MIN or not slopes:
        return None
    aside = Z_95 * math.sqrt(_variance_of_s(points))
    low = math.floor((len(slopes) - aside) / 2)
    high = math.ceil((len(slopes) + aside) / 2)
    return Slope(
        value=_median(slopes),
        low=slopes[max(0, low - 1)],
        high=slopes[min(len(slopes) - 1, high)],
    )


def _variance_of_s(points: Sequence[tuple[float, float]]) -> float:
    """Return the variance of Kendall's S; ties in y are not deducted, so that it is never less."""
    count = len(points)
    same_x: dict[float, int] = {}
    for x, _ in points:
        same_x[x] = same_x.get(x, 0) + 1
    tied = sum(many * (many - 1) * (2 * many + 5) for many in same_x.values())
    return (count * (count - 1) * (2 * count + 5) - tied) / 18


def _median(ordered: Sequence[float]) -> float:
    middle = len(ordered) // 2
    if len(ordered) % 2:
        return ordered[middle]
    return (ordered[middle - 1] + ordered[middle]) / 2
