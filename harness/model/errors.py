"""The few exceptions that are raised on purpose, each with its exit code.

HarnessError              the world or our own tool failed; says nothing about the SUT (exit 3)
├── InterruptedRun        the user ended a run; what was recorded is kept (exit 130)
└── UsageError            the caller gave something that cannot work (exit 64)
    └── UnknownNameError  a name that no family or table knows, with the nearest one
"""

import difflib
from collections.abc import Iterable


class HarnessError(Exception):
    """Say what was wrong, what was expected and what to do, in one sentence."""

    exit_code = 3


class InterruptedRun(HarnessError):
    """The user ended a run before its end; its record can be judged."""

    exit_code = 130


class UsageError(HarnessError):
    """The caller's words cannot be carried out."""

    exit_code = 64


class UnknownNameError(UsageError):
    """A name is not in its table; the text names the nearest one that is."""

    def __init__(self, what: str, name: str, known: Iterable[str]) -> None:
        names = sorted(known)
        near = difflib.get_close_matches(name, names, n=1, cutoff=0.5)
        hint = f"did you mean {near[0]!r}?" if near else f"known are: {', '.join(names) or 'none'}."
        super().__init__(f"unknown {what} {name!r}; {hint}")
        self.name = name
