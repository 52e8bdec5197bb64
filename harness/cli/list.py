"""`voicecert list`: what there is of each family."""

import sys
from collections.abc import Callable
from typing import Annotated

import msgspec
import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

from harness.adapters.base import ADAPTERS
from harness.checks.base import CHECKS
from harness.cli.base import AsJson, app, root
from harness.faults.base import FAULTS
from harness.model.errors import UnknownNameError
from harness.model.matrix import Proof
from harness.model.target import load_target, shipped_targets
from harness.model.verdict import Minimum
from harness.scenarios.base import SCENARIOS
from reports.figures import wilson
from reports.trust import load_proof

Row = dict[str, str]


def _rules() -> list[Row]:
    return [
        {
            "id": check.id,
            "level": check.level.value,
            "the SUT must …": check.title,
            "vantages": "+".join(check.vantages),
            "limits": ", ".join(f"{k} {v:g}" for k, v in check.limits.items()) or "0",
            **{tier: _least(minimum) for tier, minimum in check.minimum.items()},
        }
        for check in CHECKS
    ]


def _least(minimum: Minimum) -> str:
    by = ", ".join(f"{count} {name}" for name, count in minimum.by_category.items())
    return f"{minimum.total}" + (f" ({by})" if by else "")


def _scenarios() -> list[Row]:
    return [
        {"name": item.name, "isolation": item.isolation, "what happens": item.summary}
        for item in SCENARIOS
    ]


def _faults() -> list[Row]:
    return [{"name": item.name, "what happens": item.summary} for item in FAULTS]


def _adapters() -> list[Row]:
    return [{"name": name} for name in ADAPTERS.names()]


def _targets() -> list[Row]:
    shipped = shipped_targets(root())
    targets = [load_target(name, shipped=shipped) for name in sorted(shipped)]
    return [{"name": item.name, "what it is": item.title} for item in targets]


def _kills() -> list[Row]:
    proof = load_proof()
    return [] if proof is None else kill_rows(proof)


FAMILIES: dict[str, Callable[[], list[Row]]] = {
    "rules": _rules,
    "scenarios": _scenarios,
    "faults": _faults,
    "adapters": _adapters,
    "targets": _targets,
    "kills": _kills,
}


@app.command("list")
def list_family(
    family: Annotated[
        str, typer.Argument(help="rules, scenarios, faults, adapters, targets or kills.")
    ],
    markdown: Annotated[bool, typer.Option(help="Print a Markdown table.")] = False,  # noqa: FBT002
    as_json: AsJson = False,  # noqa: FBT002
) -> None:
    """Print every member of FAMILY."""
    if family not in FAMILIES:
        raise UnknownNameError("family", family, FAMILIES)
    rows = FAMILIES[family]()
    if as_json:
        sys.stdout.write(msgspec.json.encode(rows).decode() + "\n")
    elif markdown:
        sys.stdout.write(markdown_table(rows))
    else:
        Console(file=sys.stdout, highlight=False).print(plain_table(rows))


def kill_rows(proof: Proof) -> list[Row]:
    """Return for each rule its known-bads, its rate of detection, and what each grade kills."""
    rows = []
    for rule in proof.rules:
        interval = wilson(rule.killed, rule.runs)
        row = {
            "rule": rule.rule,
            "known-bads": str(rule.known_bads),
            "only by it": str(rule.alone),
            "killed in": f"{rule.killed} of {rule.runs}",
            "95 % interval": "" if interval is None else f"{interval[0]:.0%} to {interval[1]:.0%}",
        }
        rows.append(row | {grade: str(n) for grade, n in rule.by_grade.items()})
    return rows


def plain_table(rows: list[Row]) -> Table:
    """Return the rows as a table for people: no borders, long cells go on below themselves."""
    heads = list(rows[0]) if rows else []
    table = Table(box=None, pad_edge=False, padding=(0, 1), header_style="bold")
    for place, head in enumerate(heads):
        table.add_column(head, overflow="fold", no_wrap=place == 0)
    for row in rows:
        table.add_row(*map(Text, row.values()))
    return table


def markdown_table(rows: list[Row]) -> str:
    """Return the rows as a Markdown table."""
    heads = list(rows[0]) if rows else []
    lines = ["| " + " | ".join(heads) + " |", "|" + " --- |" * len(heads)]
    lines += ["| " + " | ".join(row.values()) + " |" for row in rows]
    return "\n".join(lines) + "\n"
