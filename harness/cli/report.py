"""`voicecert report`: documents from verdicts."""

import sys

import typer

from harness.cli import operate
from harness.cli.base import RunPath, app, manifest_of
from harness.model.record import RunFolder


@app.command()
def report(run: RunPath) -> None:
    """Write the certificate of RUN again, from the verdicts that lie there."""
    folder = RunFolder(run)
    manifest = manifest_of(folder)
    judgement = folder.read_judgement()
    _, paths = operate.write_documents(folder, manifest, judgement)
    for path in paths.values():
        sys.stdout.write(f"{path}\n")
    raise typer.Exit(0)
