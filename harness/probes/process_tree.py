"""What /proc says of the SUT's process tree: sockets, descriptors, threads, memory, waiting."""

import os
from dataclasses import dataclass, field
from pathlib import Path

from harness.model.events import ProcessData
from harness.model.units import NS_PER_MS

PROC = Path("/proc")


@dataclass(slots=True)
class ProcessTreeProbe:
    """Samples one tree; run delay and CPU are counted from the sample before."""

    lane: str
    upstream_port: int
    _run_delay_ns: dict[int, int] = field(default_factory=dict)
    _cpu_ns: dict[int, int] = field(default_factory=dict)
    _last_ns: int = 0

    def sample(self, root_pid: int, now_ns: int) -> ProcessData:
        """Return one look at the tree; a process that has just ended counts for nothing."""
        pids = tree_of(root_pid)
        descriptors = threads = rss_bytes = 0
        inodes: set[str] = set()
        delay_ns = cpu_ns = 0
        for pid in pids:
            count, sockets = _descriptors(pid)
            descriptors += count
            inodes |= sockets
            threads += len(_entries(PROC / str(pid) / "task"))
            rss_bytes += _rss_bytes(pid)
            ran_ns, waited_ns = _schedule(pid)
            delay_ns += max(0, waited_ns - self._run_delay_ns.get(pid, waited_ns))
            cpu_ns += max(0, ran_ns - self._cpu_ns.get(pid, ran_ns))
            self._run_delay_ns[pid], self._cpu_ns[pid] = waited_ns, ran_ns
        window_ns = now_ns - self._last_ns if self._last_ns else 0
        self._last_ns = now_ns
        return ProcessData(
            lane=self.lane,
            sockets=len(inodes),
            upstream_sockets=_sockets_to(self.upstream_port, inodes),
            descriptors=descriptors,
            threads=threads,
            rss_bytes=rss_bytes,
            run_delay_ms=round(delay_ns / NS_PER_MS, 3),
            cpu_ms=round(cpu_ns / NS_PER_MS, 3),
            window_ms=round(window_ns / NS_PER_MS, 3),
        )


def tree_of(root_pid: int) -> list[int]:
    """Return the pid and those of its descendants, as the kernel lists children."""
    found = [root_pid]
    for pid in found:
        for thread in _entries(PROC / str(pid) / "task"):
            try:
                text = (PROC / str(pid) / "task" / thread / "children").read_text("ascii")
            except OSError:
                continue
            found += [int(word) for word in text.split()]
    return found


def _entries(folder: Path) -> list[str]:
    try:
        return [entry.name for entry in folder.iterdir()]
    except OSError:
        return []


def _descriptors(pid: int) -> tuple[int, set[str]]:
    folder = PROC / str(pid) / "fd"
    names = _entries(folder)
    sockets = set()
    for name in names:
        try:
            link = str((folder / name).readlink())
        except OSError:
            continue
        if link.startswith("socket:["):
            sockets.add(link[8:-1])
    return len(names), sockets


def _rss_bytes(pid: int) -> int:
    try:
        pages = (PROC / str(pid) / "statm").read_text(encoding="ascii").split()[1]
    except (OSError, IndexError):
        return 0
    return int(pages) * os.sysconf("SC_PAGE_SIZE")


def _schedule(pid: int) -> tuple[int, int]:
    """Return (ns on a core, ns waiting for one), over all threads; zeros where unknown."""
    ran = waited = 0
    folder = PROC / str(pid) / "task"
    for thread in _entries(folder):
        try:
            fields = (folder / thread / "schedstat").read_text(encoding="ascii").split()
        except OSError:
            continue
        ran += int(fields[0])
        waited += int(fields[1])
    return ran, waited


def _sockets_to(port: int, inodes: set[str]) -> int:
    """Return how many of the sockets are connected to the port at the other end."""
    wanted = f":{port:04X}"
    count = 0
    for table in ("tcp", "tcp6"):
        try:
            lines = (PROC / "net" / table).read_text(encoding="ascii").splitlines()[1:]
        except OSError:
            continue
        for line in lines:
            fields = line.split()
            if fields[2].endswith(wanted) and fields[9] in inodes:
                count += 1
    return count
