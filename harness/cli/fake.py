"""`voicecert fake`: the fake provider by itself, in the place of this process."""

import os

import typer

from harness.cli.base import app
from harness.engine.python_child import python_argv


@app.command(
    context_settings={"allow_extra_args": True, "ignore_unknown_options": True},
    add_help_option=False,
)
def fake(context: typer.Context) -> None:
    """Run the fake provider alone; --help tells its options."""
    argv = python_argv("fake_groq", *context.args)
    os.execv(argv[0], argv)  # noqa: S606 - ours, and no shell: signals reach the fake itself
