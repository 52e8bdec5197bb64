"""`voicecert certify`: run, judge and report in one go."""

import sys

import typer

from harness.cli import operate
from harness.cli.base import AsJson, Out, ScenarioNames, Seed, TargetName, Tier, app, console
from reports.formats import terminal


@app.command()
def certify(
    target: TargetName,
    seed: Seed = None,
    tier: Tier = "standard",
    scenario: ScenarioNames = None,
    out: Out = None,
    as_json: AsJson = False,  # noqa: FBT002 - a flag of the command line
) -> None:
    """Run every scenario against TARGET, judge the record, and write the certificate."""
    options = operate.options_of(target, scenarios=scenario, seed=seed, tier=tier, out=out)
    folder = operate.run_target(options, screen=console())
    manifest, judgement = operate.judge_folder(folder)
    made, paths = operate.write_documents(folder, manifest, judgement)
    if as_json:
        sys.stdout.write(paths["json"].read_text(encoding="utf-8"))
    else:
        terminal.render(made, terminal.output())
        sys.stdout.write(f"{paths['html']}\n")
    raise typer.Exit(judgement.exit_code)
