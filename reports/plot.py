"""A count over time as people see it: block characters for a terminal, points for an SVG. Pure."""

from collections.abc import Sequence
from math import ceil, floor, log10

BLOCKS = " ▁▂▃▄▅▆▇█"
EIGHTHS = 8
STEPS = (1, 2, 5, 10)

Series = Sequence[tuple[float, int]]
"""(seconds, count), in the order of time."""


def blocks(series: Series, *, width: int, height: int, most: int) -> list[str]:
    """Return the lines of a chart, the highest first; what is not 0 is at least one eighth high.

    Each column shows the highest count of its time, so that no peak falls between two columns.
    """
    columns = [_eighths(amount, height, most) for amount in _by_column(series, width)]
    return [
        "".join(BLOCKS[min(EIGHTHS, max(0, filled - row * EIGHTHS))] for filled in columns)
        for row in reversed(range(height))
    ]


def points(series: Series, *, width: float, height: float, until: float, most: int) -> str:
    """Return the points of an SVG polyline in a box with its origin at the top left."""
    across, up = width / (until or 1), height / (most or 1)
    return " ".join(f"{at * across:.1f},{height - amount * up:.1f}" for at, amount in series)


def ticks(most: float, *, about: int = 4) -> list[float]:
    """Return round numbers from 0 up to at least ``most``, about so many steps."""
    if most <= 0:
        return [0.0, 1.0]
    rough = most / about
    power = 10.0 ** floor(log10(rough))
    step = next(power * factor for factor in STEPS if power * factor >= rough)
    step = max(step, 1.0)
    return [step * number for number in range(ceil(most / step) + 1)]


def _by_column(series: Series, width: int) -> list[int]:
    if not series:
        return [0] * width
    until = series[-1][0] or 1.0
    columns: list[int | None] = [None] * width
    for at, amount in series:
        place = min(width - 1, int(at / until * width))
        columns[place] = max(amount, columns[place] or 0)
    last = 0
    filled = []
    for column in columns:
        last = last if column is None else column
        filled.append(last)
    return filled


def _eighths(amount: int, height: int, most: int) -> int:
    if amount <= 0 or most <= 0:
        return 0
    return max(1, round(amount / most * height * EIGHTHS))
