"""Port numbers that must be known before anybody listens.

Our own servers and proxies bind port 0 and report. Some programs cannot: the Toxiproxy API, a SUT.
Their number is taken below the ephemeral range, where no outgoing connection can land on it
(polling a closed *ephemeral* loopback port can connect to itself), and is held by a lock file, so
that no other lane, pytest worker or run of this user takes it meanwhile.
"""

import fcntl
import itertools
import os
import socket
import stat
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from harness.model.errors import HarnessError

LOW, HIGH = 20_000, 32_767
LOWEST, HIGHEST = 1_024, 65_535
EPHEMERAL = Path("/proc/sys/net/ipv4/ip_local_port_range")
EPHEMERAL_DEFAULT = (32_768, 60_999)  # Linux, Documentation/networking/ip-sysctl.rst

_attempts = itertools.count()  # a port is not given out again at once: its last user may linger


@contextmanager
def reserved_port() -> Iterator[int]:
    """Hold one free TCP port of 127.0.0.1 against every other user of this function.

    The reservation ends with the block, or with the process however it ends. It does not bind the
    port, so a program started meanwhile can; a stranger who asks nobody can too.

    Raises:
        HarnessError: no port is free, or the folder of the locks is not ours.
    """
    folder = _lock_folder()
    candidates = _candidates(*_ephemeral_range())
    start = os.getpid() * 251  # two processes begin at different places
    for _ in candidates:
        port = candidates[(start + next(_attempts)) % len(candidates)]
        with ExitStack() as held:
            if _lock(folder / f"{port}.lock", held) and _is_free(port):
                yield port
                return
    raise HarnessError(
        f"all {len(candidates)} ports from {candidates[0]} to {candidates[-1]} are taken; "
        f"end what holds them (ss -ltnp), or delete {folder} if nothing does."
    )


def _candidates(ephemeral_low: int, ephemeral_high: int) -> list[int]:
    """Return the ports outside the ephemeral range; the usual ones if there are any."""
    outside = [
        port for port in range(LOWEST, HIGHEST + 1) if not ephemeral_low <= port <= ephemeral_high
    ]
    if not outside:
        raise HarnessError(
            f"{EPHEMERAL} covers every port, so no number is safe from outgoing connections; "
            "set it to 32768 60999."
        )
    return [port for port in outside if LOW <= port <= HIGH] or outside


def _ephemeral_range() -> tuple[int, int]:
    try:
        low, high = map(int, EPHEMERAL.read_text().split())
    except (OSError, ValueError):  # not Linux, or hidden by a container
        return EPHEMERAL_DEFAULT
    return low, high


def _lock_folder() -> Path:
    """Return this user's folder of lock files.

    The files stay: deleting a lock file lets two processes hold "the same" one.
    """
    folder = Path(tempfile.gettempdir()) / f"voicecert-ports-{os.getuid()}"
    folder.mkdir(mode=0o700, exist_ok=True)
    found = folder.lstat()
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != os.getuid():
        raise HarnessError(f"{folder} belongs to somebody else; delete it or set TMPDIR.")
    return folder


def _lock(path: Path, held: ExitStack) -> bool:
    file = held.enter_context(path.open("w"))
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _is_free(port: int) -> bool:
    """Return whether a server could listen now, even one that does not set SO_REUSEADDR."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        try:
            probe.bind(("127.0.0.1", port))
            probe.listen(1)
        except OSError:
            return False
    return True
