"""The guardian process: every child of the harness is its descendant and dies with the harness.

It is started by file path with ``python -I -S`` and uses the standard library only, so that it is
up in milliseconds and nothing in the environment can change it. It is single-threaded: a death
signal fires when the *thread* that forked ends.

    harness ── control (socket) ──► guardian ── orders (pipe) ──► keeper ──► child ──► …
            ◄─────────────────────           ◄── reports (pipe) ──

One *keeper* is forked for every child. Guardian and keepers are sub-reapers: whoever double-forks
and calls ``setsid`` below a keeper stays that keeper's descendant, so "the tree of this child" is
exact. End of file on the control socket (the harness ended, in whatever way) ends the guardian,
end of file on its orders ends a keeper, and each kills its descendants before it goes.

Control, one JSON object per line:
    in   {"op": "spawn", "id", "argv", "env", "cwd", "stdout", "stderr"}
         {"op": "terminate", "id", "grace_ms"}
    out  {"event": "ready"}
         {"event": "spawned", "id", "pid", "keeper"}
         {"event": "failed", "id", "step", "errno"}      instead of spawned
         {"event": "exit", "id", "code"}                 the child itself; negative: by that signal
         {"event": "gone", "id"}                         the child and all its descendants
"""

import contextlib
import ctypes
import json
import os
import select
import signal
import sys
import time
from collections.abc import Iterable
from typing import Any, NoReturn

GRACE_AT_END_S = 0.5  # between SIGTERM and SIGKILL when the harness is gone
SWEEP_PERIOD_S = 0.01
END_S_MAX = 30.0  # a process that not even SIGKILL ends (a dead disk) is not waited for longer
READ_BYTES = 65536

PR_SET_PDEATHSIG = 1  # linux/prctl.h
PR_SET_CHILD_SUBREAPER = 36


def descendants(root: int) -> list[int]:
    """Return the pids below ``root``, parents before children; ``root`` itself is not among them.

    A process that starts or ends meanwhile may be missing or gone: whoever must miss none asks
    again.
    """
    return _below((root,), _children_by_parent())


def main(control: int, harness: int) -> None:
    """Serve ``control`` until it ends or process ``harness`` does; then end all descendants."""
    _become_reaper()
    for number in (signal.SIGINT, signal.SIGHUP, signal.SIGQUIT):
        signal.signal(number, signal.SIG_IGN)  # Ctrl-C is the harness's matter
    _Guardian(control, harness).run()


class _Guardian:
    """Passes orders down to the keepers and reports up to the harness."""

    def __init__(self, control: int, harness: int) -> None:
        self._control = control
        self._harness = harness
        self._signals = _signals_as_bytes()
        self._reports, self._reports_in = os.pipe()
        os.set_blocking(self._reports, False)
        self._orders: dict[int, int] = {}  # child id -> write end of its keeper's orders
        self._keepers: dict[int, int] = {}  # keeper pid -> child id
        self._buffer = b""
        self._is_ending = False

    def run(self) -> None:
        poll = select.poll()
        watched = [self._control, self._signals, self._reports]
        harness = _pidfd(self._harness)
        if harness is not None:
            watched.append(harness)
        for descriptor in watched:
            poll.register(descriptor, select.POLLIN)
        self._tell({"event": "ready"})
        while not self._is_ending:
            ready = {descriptor for descriptor, _ in poll.poll()}
            if self._reports in ready:
                self._forward()
            if self._signals in ready:
                self._heed_signals()
            if self._control in ready:
                self._read_control()
            if harness in ready:  # a fork of the harness may still hold the control socket
                self._is_ending = True
        self._end()

    def _read_control(self) -> None:
        try:
            received = os.read(self._control, READ_BYTES)
        except OSError:
            received = b""
        if not received:
            self._is_ending = True
            return
        *lines, self._buffer = (self._buffer + received).split(b"\n")
        for line in lines:
            order = json.loads(line)
            if order["op"] == "spawn":
                self._spawn(order)
            else:
                self._pass_on(order)

    def _spawn(self, order: dict[str, Any]) -> None:
        orders, orders_in = os.pipe()
        pid = os.fork()
        if pid == 0:
            _keep(order, orders, self._reports_in)
        os.close(orders)
        self._orders[order["id"]] = orders_in
        self._keepers[pid] = order["id"]

    def _pass_on(self, order: dict[str, Any]) -> None:
        orders = self._orders.get(order["id"])
        if orders is not None:
            with contextlib.suppress(BrokenPipeError):  # the keeper has just finished
                os.write(orders, b"%d\n" % order["grace_ms"])

    def _heed_signals(self) -> None:
        if signal.SIGTERM in os.read(self._signals, READ_BYTES):
            self._is_ending = True
        self._reap()

    def _reap(self) -> bool:
        """Collect who has ended; return whether any child of the guardian is left."""
        ended = _ended()
        for pid, _ in ended:
            child = self._keepers.pop(pid, None)
            if child is not None:
                os.close(self._orders.pop(child))
                self._forward()  # its last words come first
                self._tell({"event": "gone", "id": child})
        if ended:
            self._kill_orphans()
        return _has_children()

    def _kill_orphans(self) -> None:
        """Kill what a killed keeper has left behind: children of ours that are no keepers."""
        children = _children_by_parent()
        orphans = [pid for pid in children.get(os.getpid(), ()) if pid not in self._keepers]
        for pid in orphans + _below(orphans, children):
            _kill(pid, signal.SIGKILL)

    def _forward(self) -> None:
        with contextlib.suppress(BlockingIOError):
            while reports := os.read(self._reports, READ_BYTES):
                self._write(reports)

    def _tell(self, event: dict[str, Any]) -> None:
        self._write(json.dumps(event).encode() + b"\n")

    def _write(self, data: bytes) -> None:
        try:
            while data:
                data = data[os.write(self._control, data) :]
        except OSError:
            self._is_ending = True

    def _end(self) -> None:
        for orders in self._orders.values():
            with contextlib.suppress(OSError):
                os.write(orders, b"%d\n" % (GRACE_AT_END_S * 1000))
        deadline = time.monotonic() + END_S_MAX
        while self._reap() and time.monotonic() < deadline:
            select.select([self._signals, self._reports], [], [], SWEEP_PERIOD_S)
            self._forward()
        for pid in descendants(os.getpid()):
            _kill(pid, signal.SIGKILL)


class _Keeper:
    """Owns one child and everything below it, until none is left."""

    def __init__(self, order: dict[str, Any], orders: int, reports: int) -> None:
        self._order = order
        self._orders = orders
        self._reports = reports
        self._signals = _signals_as_bytes()
        self._child = 0
        self._kill_at: float | None = None  # monotonic seconds; None: may live

    def run(self) -> None:
        failure = self._start()
        if failure is not None:
            step, number = failure
            self._report({"event": "failed", "step": step, "errno": number})
            return
        self._report({"event": "spawned", "pid": self._child, "keeper": os.getpid()})
        while self._reap():
            self._wait()
            if self._kill_at is not None and time.monotonic() >= self._kill_at:
                _sweep()

    def _start(self) -> tuple[str, int] | None:
        """Fork the child; return the step that failed with its error number, None if it runs."""
        outcome, outcome_in = os.pipe()  # close-on-exec: end of file means that exec has worked
        self._child = os.fork()
        if self._child == 0:
            _become(self._order, outcome_in)
        os.close(outcome_in)
        said = os.read(outcome, READ_BYTES)
        os.close(outcome)
        if not said:
            return None
        os.waitpid(self._child, 0)
        step, _, number = said.decode().partition(" ")
        return step, int(number)

    def _reap(self) -> bool:
        for pid, code in _ended():
            if pid == self._child:
                self._report({"event": "exit", "code": code})
        return _has_children()

    def _wait(self) -> None:
        watched = [self._signals] if self._orders < 0 else [self._signals, self._orders]
        ready, _, _ = select.select(watched, [], [], self._patience_s())
        if self._signals in ready and signal.SIGTERM in os.read(self._signals, READ_BYTES):
            self._terminate(GRACE_AT_END_S)
        if self._orders in ready:
            self._heed(os.read(self._orders, READ_BYTES))

    def _patience_s(self) -> float | None:
        if self._kill_at is None:
            return None
        return max(self._kill_at - time.monotonic(), SWEEP_PERIOD_S)

    def _heed(self, orders: bytes) -> None:
        if orders:
            self._terminate(min(map(int, orders.split())) / 1000)
            return
        os.close(self._orders)
        self._orders = -1
        self._terminate(GRACE_AT_END_S)

    def _terminate(self, grace_s: float) -> None:
        """Ask all to end, once; a later order can only shorten the grace."""
        kill_at = time.monotonic() + grace_s
        if self._kill_at is None:
            for pid in descendants(os.getpid()):
                _kill(pid, signal.SIGTERM)
                _kill(pid, signal.SIGCONT)  # a stopped process would not see it
            self._kill_at = kill_at
        self._kill_at = min(self._kill_at, kill_at)

    def _report(self, event: dict[str, Any]) -> None:
        """Write one line; whole among those of other keepers, being shorter than PIPE_BUF."""
        with contextlib.suppress(BrokenPipeError):  # the guardian was killed
            os.write(self._reports, json.dumps(event | {"id": self._order["id"]}).encode() + b"\n")


def _keep(order: dict[str, Any], orders: int, reports: int) -> NoReturn:
    """Be the keeper of one child; runs in a fork and never returns."""
    status = 1
    try:
        _close_all_but(orders, reports)
        _become_reaper()
        _Keeper(order, orders, reports).run()
        status = 0
    except BaseException:  # noqa: BLE001 - a fork must not return into its parent's code
        sys.excepthook(*sys.exc_info())
    finally:
        os._exit(status)


def _become(order: dict[str, Any], outcome: int) -> NoReturn:
    """Become the child: runs in a fork; says on ``outcome`` which step failed."""
    step = "start"
    try:
        keeper = os.getppid()
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
        if os.getppid() != keeper:  # it died before the line above
            os._exit(1)
        os.setsid()
        _reset_signals()
        os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
        for descriptor, step in ((1, "stdout"), (2, "stderr")):
            append = os.O_WRONLY | os.O_CREAT | os.O_APPEND
            os.dup2(os.open(order[step], append, 0o644), descriptor)
        step = "cwd"
        if order["cwd"] is not None:
            os.chdir(order["cwd"])
        step = "exec"
        os.execvpe(order["argv"][0], order["argv"], order["env"])  # noqa: S606
    except OSError as error:
        os.write(outcome, f"{step} {error.errno}".encode())
    finally:
        os._exit(127)


def _reset_signals() -> None:
    """Undo what Python and the guardian have set: an exec keeps ignored signals ignored."""
    signal.set_wakeup_fd(-1)
    for number in signal.valid_signals():
        with contextlib.suppress(OSError, ValueError):  # SIGKILL and SIGSTOP
            signal.signal(number, signal.SIG_DFL)
    signal.pthread_sigmask(signal.SIG_SETMASK, ())


def _signals_as_bytes() -> int:
    """Make SIGCHLD and SIGTERM arrive as bytes on a pipe; return its read end."""
    read, write = os.pipe()
    os.set_blocking(read, False)
    os.set_blocking(write, False)
    for number in (signal.SIGCHLD, signal.SIGTERM):
        signal.signal(number, lambda _number, _frame: None)
    signal.set_wakeup_fd(write, warn_on_full_buffer=False)
    return read


def _become_reaper() -> None:
    """Make orphaned descendants children of this process instead of init's."""
    ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)


def _ended() -> list[tuple[int, int]]:
    """Collect all children that have ended: (pid, exit code, negative for a signal)."""
    ended = []
    with contextlib.suppress(ChildProcessError):
        while (found := os.waitpid(-1, os.WNOHANG)) != (0, 0):
            ended.append((found[0], os.waitstatus_to_exitcode(found[1])))
    return ended


def _has_children() -> bool:
    """Return whether a child is left; for a sub-reaper this means: any descendant."""
    try:
        os.waitid(os.P_ALL, 0, os.WEXITED | os.WNOHANG | os.WNOWAIT)
    except ChildProcessError:
        return False
    return True


def _sweep() -> None:
    """Kill all descendants that are seen now; stopped first, so that none forks meanwhile."""
    found = descendants(os.getpid())
    for number in (signal.SIGSTOP, signal.SIGKILL):
        for pid in found:
            _kill(pid, number)


def _kill(pid: int, number: int) -> None:
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.kill(pid, number)


def _children_by_parent() -> dict[int, list[int]]:
    children: dict[int, list[int]] = {}
    for entry in os.listdir("/proc"):  # noqa: PTH208 - pathlib costs milliseconds of start-up
        if entry.isdigit():
            parent = _parent_of(entry)
            if parent is not None:
                children.setdefault(parent, []).append(int(entry))
    return children


def _below(roots: Iterable[int], children: dict[int, list[int]]) -> list[int]:
    found = [pid for root in roots for pid in children.get(root, ())]
    for pid in found:  # grows while it is walked
        found.extend(children.get(pid, ()))
    return found


def _parent_of(pid: str) -> int | None:
    try:
        with open(f"/proc/{pid}/stat", "rb") as file:  # noqa: PTH123 - as above
            stat = file.read()
    except OSError:
        return None
    return int(stat[stat.rindex(b")") + 4 :].split(b" ", 1)[0])  # the name may hold anything


def _pidfd(pid: int) -> int | None:
    """Return a descriptor that is readable once ``pid`` has ended; None on an old kernel."""
    try:
        return os.pidfd_open(pid)
    except OSError:
        return None


def _close_all_but(*kept: int) -> None:
    """Close what a fork inherited, so that an end of file is seen where it should be."""
    for entry in os.listdir("/proc/self/fd"):  # noqa: PTH208 - as above
        descriptor = int(entry)
        if descriptor > 2 and descriptor not in kept:
            with contextlib.suppress(OSError):  # the descriptor of the listing itself
                os.close(descriptor)


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]))
