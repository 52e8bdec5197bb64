"""`voicecert compare`: two platforms on the same scenario and seed, side by side."""

import sys
from pathlib import Path
from typing import Annotated

import msgspec
import typer

from harness.cli import operate
from harness.cli.base import AsJson, Out, Seed, Tier, app, console, out_folder, seed_of
from harness.cli.tally import tally
from harness.engine.runner import RunOptions
from harness.model.errors import UsageError
from harness.model.record import RunFolder
from reports import comparison_html, comparison_terminal
from reports.comparison import COMPARISON_SCHEMA, Comparison, Side, side_of
from reports.formats.terminal import output

SideName = Annotated[str, typer.Argument(help="A target, or the folder of a run.")]
SCENARIO = "production"


@app.command()
def compare(
    one: SideName,
    other: SideName,
    scenario: Annotated[str, typer.Option(help="What both are played on.")] = SCENARIO,
    seed: Seed = None,
    tier: Tier = "standard",
    out: Out = None,
    as_json: AsJson = False,  # noqa: FBT002 - a flag of the command line
) -> None:
    """Play a scenario against ONE and OTHER and show symptoms, rules and connections of both."""
    place = out_folder(out, name="compare")
    number = seed_of(seed)
    chosen = [  # both, so that a wrong word is told before anything is played
        _chosen(name, place / f"{at}-{Path(name).stem}", scenario=scenario, seed=number, tier=tier)
        for at, name in enumerate((one, other), start=1)
    ]
    mine, theirs = (_side(side, scenario=scenario) for side in chosen)
    made = Comparison(schema=COMPARISON_SCHEMA, scenario=scenario, sides=(mine, theirs))
    document = msgspec.json.format(msgspec.json.encode(made), indent=1).decode() + "\n"
    page = place / "comparison.html"
    _write(place / "comparison.json", document)
    _write(page, comparison_html.render(made))
    if as_json:
        sys.stdout.write(document)
    else:
        comparison_terminal.render(made, output())
        sys.stdout.write(f"{page}\n")


def _chosen(
    name: str, place: Path, *, scenario: str, seed: int, tier: str
) -> RunFolder | RunOptions:
    """Return the run folder that is named, or how the target is to be run."""
    folder = RunFolder(Path(name))
    if folder.manifest_file.is_file():
        return folder
    return operate.options_of(name, scenarios=[scenario], seed=seed, tier=tier, out=place)


def _side(chosen: RunFolder | RunOptions, *, scenario: str) -> Side:
    """Return one side, which is played first where it was not."""
    if isinstance(chosen, RunOptions):
        chosen = operate.run_target(chosen, screen=console())
    return side_of(*tally(chosen, scenario=scenario))


def _write(path: Path, text: str) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        raise UsageError(f"{path} cannot be written: {error.strerror}.") from error
