"""`voicecert run`: play scenarios and leave a record."""

import sys

from harness.cli import operate
from harness.cli.base import (
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


@app.command()
def run(
    target: TargetName,
    seed: Seed = None,
    tier: Tier = "standard",
    scenario: ScenarioNames = None,
    out: Out = None,
) -> None:
    """Play scenarios against TARGET and print the run folder; judging comes later."""
    loaded, chosen = target_of(target), scenarios_of(scenario, target_of(target))
    number, level = seed_of(seed), tier_of(tier)
    screen = console()
    place = out_folder(out, name=loaded.name)
    screen.print(f"running {loaded.name}: {many(len(chosen))}, {level}, seed {number}")
    folder = operate.run_target(
        loaded,
        given=target,
        scenarios=chosen,
        seed=number,
        tier=level,
        folder=place,
        screen=screen,
    )
    sys.stdout.write(f"{folder.path}\n")
