"""The one clock of a run: monotonic nanoseconds, shared by all processes of one machine."""

import time
from pathlib import Path
from typing import Protocol


class Clock(Protocol):
    """Answers what time it is; tests pass one that is moved by hand."""

    def now_ns(self) -> int:
        """Return monotonic nanoseconds."""
        ...

    def cpu_ns(self) -> int:
        """Return nanoseconds that this process has spent on a core."""
        ...

    def date(self) -> str:
        """Return the wall date and time in ISO 8601, UTC; for the manifest only."""
        ...


class MonotonicClock:
    """CLOCK_MONOTONIC, the same for every process since the machine started."""

    def now_ns(self) -> int:
        """Return monotonic nanoseconds."""
        return time.monotonic_ns()

    def cpu_ns(self) -> int:
        """Return nanoseconds that this process has spent on a core."""
        return time.process_time_ns()

    def date(self) -> str:
        """Return the wall date and time in ISO 8601, UTC; for the manifest only."""
        return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())


def clock_name() -> str:
    """Return a name that two processes share if and only if their clocks can be compared."""
    try:
        boot = Path("/proc/sys/kernel/random/boot_id").read_text(encoding="ascii").strip()[:8]
    except OSError:
        boot = "local"
    return f"{boot}-mono"
