"""`voicecert certify`: run, judge and report in one go."""

import sys

import typer

from harness.cli import operate
from harness.cli.base import (
    AsJson,
    Out,
    ScenarioNames,
    Seed,
    TargetName,
    Tier,
    app,
    console,
    many,
    out_folder,
    scenarios_of,
    seed_of,
    target_of,
    tier_of,
)
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
    loaded, chosen = target_of(target), scenarios_of(scenario, target_of(target))
    number, level = seed_of(seed), tier_of(tier)
    screen = console()
    place = out_folder(out, name=loaded.name)
    screen.print(f"certifying {loaded.name}: {many(len(chosen))}, {level}, seed {number}")
    folder = operate.run_target(
        loaded,
        given=target,
        scenarios=chosen,
        seed=number,
        tier=level,
        folder=place,
        screen=screen,
    )
    manifest, judgement = operate.judge_folder(folder)
    made, paths = operate.write_documents(folder, manifest, judgement)
    if as_json:
        sys.stdout.write(paths["json"].read_text(encoding="utf-8"))
    else:
        terminal.render(made, terminal.output())
        sys.stdout.write(f"{paths['html']}\n")
    raise typer.Exit(judgement.exit_code)
