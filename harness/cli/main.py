"""The entry point: runs the command line and turns every error into one sentence and a code."""

import importlib
import pkgutil
import sys

import typer
from typer.exceptions import TyperException

import harness.cli
from harness.cli.base import app, console
from harness.model.errors import HarnessError

EXIT_USAGE = 64
EXIT_INTERRUPTED = 130


def main() -> None:
    """Run `voicecert` and exit with its code."""
    for found in pkgutil.iter_modules(harness.cli.__path__, "harness.cli."):
        if not found.name.endswith("__main__"):
            importlib.import_module(found.name)
    sys.exit(_run())


def _run() -> int:
    try:
        code = app(standalone_mode=False)
    except TyperException as error:
        console().print(f"[bold red]usage:[/] {_escape(str(error.format_message()))}")
        return EXIT_USAGE
    except HarnessError as error:
        console().print(f"[bold red]voicecert:[/] {_escape(str(error))}", soft_wrap=True)
        return error.exit_code
    except (KeyboardInterrupt, typer.Abort):
        console().print("interrupted.")
        return EXIT_INTERRUPTED
    except typer.Exit as stop:
        return stop.exit_code
    return code if isinstance(code, int) else 0


def _escape(text: str) -> str:
    return text.replace("[", "\\[")
