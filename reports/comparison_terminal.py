"""A comparison on a terminal: a table of the symptoms, and one small plot for each side."""

from rich.console import Console, Group
from rich.table import Table
from rich.text import Text

from reports.comparison import Comparison, Rate, Side
from reports.figures import number
from reports.plot import blocks

WIDTH_MAX = 110  # wider, and the eye loses the row
PLOT_ROWS = 6
QUIET = "dim"
SEEN, NOT_SEEN = "bold red", "green"


def render(comparison: Comparison, console: Console) -> None:
    """Print what was compared, the symptoms, the rules that fail, and the connections."""
    width = min(console.width, WIDTH_MAX)
    console.print(Text(comparison.sentence, style="bold"))
    console.print()
    console.print(_symptoms(comparison, width))
    console.print()
    most = max(side.connections_most for side in comparison.sides)
    for side in comparison.sides:
        console.print(_plot(side, width, most))
    for side in comparison.sides:
        for problem in side.problems:
            console.print(Text(f"{side.target}: {problem}", style="yellow"))


def _symptoms(comparison: Comparison, width: int) -> Table:
    table = Table(box=None, pad_edge=False, padding=(0, 1), header_style="bold", width=width)
    table.add_column("symptom", ratio=4)
    for side in comparison.sides:
        table.add_column(side.target, ratio=5)
    for words, one, other in comparison.rows:
        name = Text(words)
        name.append(f"\n{', '.join(one.rules)}", style=QUIET)
        table.add_row(name, _cell(one), _cell(other))
    table.add_row("rules that fail", *map(_failed, comparison.sides))
    return table


def _cell(rate: Rate) -> Text:
    text = Text(rate.counts, style=SEEN if rate.sessions else NOT_SEEN)
    return text.append(f"\n{rate.share}", style=f"not bold {QUIET}")


def _failed(side: Side) -> Text:
    if not side.failed:
        return Text("none", style=NOT_SEEN)
    return Text(", ".join(f"{rule.id} ({number(rule.breaches)})" for rule in side.failed))


def _plot(side: Side, width: int, most: int) -> Group:
    scale = number(most)
    lines = blocks(side.connections, width=width - len(scale) - 4, height=PLOT_ROWS, most=most)
    labels = [scale, *[""] * (PLOT_ROWS - 2), "0"]
    chart = Table.grid(padding=(0, 1))
    chart.add_column(justify="right", style=QUIET, no_wrap=True, width=len(scale))
    chart.add_column(no_wrap=True)
    for label, line in zip(labels, lines, strict=True):
        chart.add_row(label, Text(f"┤{line}", style=SEEN if side.failed else NOT_SEEN))
    head = Text.assemble(
        (side.target, "bold"),
        f": open upstream connections over {number(side.lasted_s)} s; at most"
        f" {number(side.connections_most)}, {number(side.connections_last)} at the end",
    )
    return Group(head, chart, Text(""))
