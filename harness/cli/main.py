"""The entry point: runs the command line and turns every error into one sentence and a code."""

import importlib
import os
import pkgutil
import sys
import tempfile
import traceback

import typer
from typer.exceptions import TyperException

import harness.cli
from harness.cli.base import app, console
from harness.model.errors import HarnessError

EXIT_USAGE = 64
EXIT_INTERRUPTED = 130


def main() -> None:
    """Run `voicecert` and exit with its code."""
    sys.exit(_run())


def _run() -> int:
    try:
        _load_commands()
        code = app(standalone_mode=False)
    except TyperException as error:
        return _tell(f"usage: {error.format_message()}", EXIT_USAGE)
    except HarnessError as error:
        return _tell(f"voicecert: {error}", error.exit_code)
    except (KeyboardInterrupt, typer.Abort):
        return _tell("interrupted.", EXIT_INTERRUPTED)
    except typer.Exit as stop:
        return stop.exit_code
    except OSError as error:
        return _tell(f"voicecert: {error}.", HarnessError.exit_code)
    except Exception:  # noqa: BLE001 - our crash is ERROR, never the SUT's FAIL (which is exit 1)
        return _tell(_crash(), HarnessError.exit_code)
    return code if isinstance(code, int) else 0


def _load_commands() -> None:
    for found in pkgutil.iter_modules(harness.cli.__path__, "harness.cli."):
        if not found.name.endswith("__main__"):
            importlib.import_module(found.name)


def _tell(text: str, code: int) -> int:
    console().print(text, soft_wrap=True, markup=False)
    return code


def _crash() -> str:
    """Keep the traceback in a file, and say where it is and that the fault is ours."""
    descriptor, name = tempfile.mkstemp(prefix="voicecert-crash-", suffix=".txt", text=True)
    with os.fdopen(descriptor, "w") as file:
        traceback.print_exc(file=file)
    last = traceback.format_exc().strip().splitlines()[-1]
    return f"voicecert: a fault of our own, and no word about the platform: {last} (see {name})"
