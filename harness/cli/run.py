"""`voicecert run`: play scenarios and leave a record."""

import sys

from harness.cli import operate
from harness.cli.base import Out, ScenarioNames, Seed, TargetName, Tier, app, console


@app.command()
def run(
    target: TargetName,
    seed: Seed = None,
    tier: Tier = "standard",
    scenario: ScenarioNames = None,
    out: Out = None,
) -> None:
    """Play scenarios against TARGET and print the run folder; judging comes later."""
    options = operate.options_of(target, scenarios=scenario, seed=seed, tier=tier, out=out)
    folder = operate.run_target(options, screen=console())
    sys.stdout.write(f"{folder.path}\n")
