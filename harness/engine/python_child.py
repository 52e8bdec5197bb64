"""How our own Python children are started: with -P, so that no folder shadows our packages."""

import sys


def python_argv(module: str, *arguments: str) -> list[str]:
    """Return the command that runs one of our modules in this interpreter."""
    return [sys.executable, "-P", "-m", module, *arguments]
