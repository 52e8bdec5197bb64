"""A comparison as HTML: one file that needs no network, with one plot and no script."""

from dataclasses import dataclass
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from reports.comparison import Comparison
from reports.figures import number
from reports.plot import points, ticks

ROOT = Path(__file__).resolve().parent
WIDTH, HEIGHT = 720.0, 260.0
LABEL_APART = 16.0  # two labels at the ends of two lines that end at the same height


@dataclass(frozen=True, slots=True, kw_only=True)
class Curve:
    """The line of one side: its points, and where its name stands at the right."""

    name: str
    points: str
    label: str
    label_y: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Plot:
    """Open upstream connections over time; places are (position, words) on the axes."""

    width: float
    height: float
    curves: tuple[Curve, ...]
    seconds: tuple[tuple[float, str], ...]
    counts: tuple[tuple[float, str], ...]


def render(comparison: Comparison) -> str:
    """Return the document; style and plot are inside it."""
    style = (ROOT / "assets" / "style.css").read_text(encoding="utf-8")
    made = Environment(
        loader=FileSystemLoader(ROOT / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters["number"] = number
    page = made.get_template("comparison.html.jinja")
    return page.render(c=comparison, plot=plot_of(comparison), style=style)


def plot_of(comparison: Comparison) -> Plot:
    """Return the one plot, both sides on the same axes."""
    until = max(side.lasted_s for side in comparison.sides) or 1.0  # the names stand at its right
    times = [at for at in ticks(until, about=6) if at <= until]
    amounts = ticks(max(side.connections_most for side in comparison.sides))
    most = int(amounts[-1])
    curves: list[Curve] = []
    for side in sorted(comparison.sides, key=lambda side: -side.connections_last):
        label_y = HEIGHT - HEIGHT * side.connections_last / most
        if curves:  # the higher one is there already
            label_y = max(label_y, curves[-1].label_y + LABEL_APART)
        curves.append(
            Curve(
                name=side.target,
                points=points(side.connections, width=WIDTH, height=HEIGHT, until=until, most=most),
                label=f"{side.target}: {number(side.connections_last)}",
                label_y=round(label_y, 1),
            )
        )
    return Plot(
        width=WIDTH,
        height=HEIGHT,
        curves=tuple(curves),
        seconds=tuple((round(WIDTH * at / until, 1), number(at)) for at in times),
        counts=tuple((round(HEIGHT - HEIGHT * n / most, 1), number(n)) for n in amounts),
    )
