"""`voicecert judge`: verdicts of a record, as often as one likes."""

import sys

import typer

from harness.cli import operate
from harness.cli.base import AsJson, RunPath, app, manifest_of
from harness.model.record import RunFolder
from reports import certificate
from reports.formats import terminal
from reports.trust import load_proof


@app.command()
def judge(run: RunPath, as_json: AsJson = False) -> None:  # noqa: FBT002 - a flag of the command line
    """Judge the record in RUN and write verdicts.json beside it."""
    folder = RunFolder(run)
    manifest_of(folder)
    manifest, judgement = operate.judge_folder(folder)
    if as_json:
        sys.stdout.write(folder.verdicts_file.read_text(encoding="utf-8"))
    else:
        terminal.render(
            certificate.make(manifest, judgement, proof=load_proof()), terminal.output()
        )
        sys.stdout.write(f"{folder.verdicts_file}\n")
    raise typer.Exit(judgement.exit_code)
