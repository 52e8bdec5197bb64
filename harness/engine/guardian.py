"""The guardian's side in the harness: starts children that die with the harness.

``guardian_process.py`` says how. The control socket is the only thing the two share; its end in the
harness is close-on-exec, so it closes when the harness ends, also after ``kill -9``.
"""

import asyncio
import contextlib
import errno
import itertools
import json
import os
import socket
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, Protocol

import harness
from harness.engine.guardian_process import END_S_MAX, descendants
from harness.model.errors import HarnessError

OUR_PACKAGES = ("harness", "fake_groq", "reference_impl", "suites", "reports")
START_S_MAX = 20.0
GONE_S_MAX = 10.0  # after SIGKILL
GUARDIAN_PROCESS = Path(__file__).with_name("guardian_process.py")


class GuardianError(HarnessError):
    """The guardian itself failed; its children are dead or about to be."""


class ChildStartError(HarnessError):
    """A program could not be started."""


class Child:
    """One child process and all its descendants; made by ``Guardian.spawn``."""

    def __init__(self, guardian: "_Control", number: int, name: str) -> None:
        self.name = name
        self.pid = 0
        self.exit_code: int | None = None
        """None while it runs; negative: ended by that signal."""
        self._guardian = guardian
        self._number = number
        self._keeper = 0
        self._failure: str | None = None
        self._started = asyncio.Event()
        self._exited = asyncio.Event()
        self._gone = asyncio.Event()

    @property
    def is_gone(self) -> bool:
        """Return whether the child and all its descendants have ended."""
        return self._gone.is_set()

    def tree(self) -> list[int]:
        """Return the pids of the child and of its descendants that live now.

        Those that double-forked and called ``setsid`` are among them, and those that have ended but
        were not collected by their parent. Costs a walk through ``/proc`` (about 1 ms).
        """
        return [] if self.is_gone else descendants(self._keeper)

    async def wait(self) -> int:
        """Return the child's exit code once it has ended; its descendants may live on.

        Raises:
            GuardianError: the guardian ended before it could say.
        """
        await self._exited.wait()
        if self.exit_code is None:
            raise GuardianError(f"the guardian ended and took {self.name} with it.")
        return self.exit_code

    async def terminate(self, *, grace_s: float = 2.0) -> None:
        """End the child and all its descendants: SIGTERM, ``grace_s`` later SIGKILL.

        Returns when none is left. A second call waits for the same end.

        Raises:
            GuardianError: a process outlived SIGKILL.
        """
        if self.is_gone:
            return
        self._guardian.send(
            {"op": "terminate", "id": self._number, "grace_ms": round(grace_s * 1000)}
        )
        try:
            async with asyncio.timeout(grace_s + GONE_S_MAX):
                await self._gone.wait()
        except TimeoutError:
            raise GuardianError(
                f"{self.name} has processes that outlive SIGKILL: {self.tree()}; "
                "they wait for a device or a disk."
            ) from None

    async def _has_started(self) -> None:
        try:
            async with asyncio.timeout(START_S_MAX):
                await self._started.wait()
        except BaseException as error:  # nobody will own it
            self._guardian.send({"op": "terminate", "id": self._number, "grace_ms": 0})
            if isinstance(error, TimeoutError):
                raise ChildStartError(
                    f"{self.name} was not started within {START_S_MAX:.0f} s."
                ) from None
            raise
        if self._failure is not None:
            raise ChildStartError(self._failure)

    def _learn(self, event: dict[str, Any], request: dict[str, Any]) -> None:
        """Take in one report of the guardian."""
        match event["event"]:
            case "spawned":
                self.pid, self._keeper = event["pid"], event["keeper"]
                self._started.set()
            case "failed":
                self._failure = _start_failure(self.name, request, event["step"], event["errno"])
                self._started.set()
            case "exit":
                self.exit_code = event["code"]
                self._exited.set()
            case "gone":
                self._lose("its keeper was killed")

    def _lose(self, why: str) -> None:
        """Settle whatever somebody may still be waiting for."""
        if not self._started.is_set():
            self._failure = f"could not start {self.name}: {why}."
        for event in (self._started, self._exited, self._gone):
            event.set()


class _Control(asyncio.Protocol):
    """Speaks JSON lines with the guardian process."""

    def __init__(self) -> None:
        self.is_ready = asyncio.Event()
        self.is_lost = asyncio.Event()
        self.children: dict[int, tuple[Child, dict[str, Any]]] = {}
        self._transport: asyncio.WriteTransport | None = None
        self._buffer = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.WriteTransport)
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        *lines, self._buffer = (self._buffer + data).split(b"\n")
        for line in lines:
            event = json.loads(line)
            if event["event"] == "ready":
                self.is_ready.set()
                continue
            child, request = self.children[event["id"]]
            child._learn(event, request)  # noqa: SLF001 - the other half of the same object
            if child.is_gone:
                del self.children[event["id"]]

    def connection_lost(self, exc: Exception | None) -> None:
        del exc  # whatever the cause, nobody is there any more
        self.is_lost.set()
        self.is_ready.set()
        for child, _ in self.children.values():
            child._lose("the guardian has ended")  # noqa: SLF001 - as above
        self.children.clear()

    def send(self, order: dict[str, Any]) -> None:
        if self._transport is not None and not self.is_lost.is_set():
            self._transport.write(json.dumps(order).encode() + b"\n")

    def hang_up(self) -> None:
        """Let the guardian see the end of file; its last reports still arrive."""
        if self._transport is not None and not self._transport.is_closing():
            self._transport.write_eof()

    def close(self) -> None:
        if self._transport is not None:
            self._transport.abort()


class Spawner(Protocol):
    """Whoever starts children: the guardian, or one who remembers what it started."""

    async def spawn(
        self,
        *,
        name: str,
        argv: Sequence[str],
        env: Mapping[str, str] | None = ...,
        cwd: Path | None = ...,
        stdout: Path | None = ...,
        stderr: Path | None = ...,
        own: bool = ...,
    ) -> Child:
        """Start a child and return it once it has been executed."""
        ...


class Guardian:
    """Starts processes, each of which ends at the latest with the harness."""

    def __init__(self, control: _Control, log_folder: Path | None) -> None:
        self._control = control
        self._log_folder = log_folder
        self._numbers = itertools.count(1)

    @classmethod
    @asynccontextmanager
    async def open(cls, log_folder: Path | None = None) -> AsyncIterator["Guardian"]:
        """Start the guardian process; on leaving, all children still there are ended.

        Its own log and the output of children without a path of their own go to ``log_folder``;
        without one they are dropped.

        Raises:
            GuardianError: it did not start, or a child outlived SIGKILL.
        """
        if not sys.platform.startswith("linux"):
            raise GuardianError("the guardian needs Linux: only there can it adopt orphans.")
        async with _control(log_folder) as control:
            yield cls(control, log_folder)

    async def spawn(
        self,
        *,
        name: str,
        argv: Sequence[str],
        env: Mapping[str, str] | None = None,
        cwd: Path | None = None,
        stdout: Path | None = None,
        stderr: Path | None = None,
        own: bool = False,
    ) -> Child:
        """Start ``argv`` in a session of its own and return once it has been executed.

        ``env`` is the whole environment, None the harness's. ``own`` marks a program of ours: its
        PYTHONPATH loses the entries that hold a package named like one of ours. Output is appended.

        Raises:
            ChildStartError: the program, its folder or an output file cannot be used.
            GuardianError: the guardian has ended.
        """
        if self._control.is_lost.is_set():
            raise GuardianError(f"the guardian has ended; {name} cannot be started.")
        environment = dict(os.environ if env is None else env)
        number = next(self._numbers)
        request = {
            "op": "spawn",
            "id": number,
            "argv": [os.fspath(word) for word in argv],
            "env": _without_namesakes(environment) if own else environment,
            "cwd": None if cwd is None else os.fspath(cwd),
            "stdout": self._output(stdout, f"{name}.out"),
            "stderr": self._output(stderr, f"{name}.err"),
        }
        child = Child(self._control, number, name)
        self._control.children[number] = (child, request)
        self._control.send(request)
        await child._has_started()  # noqa: SLF001 - the other half of the same object
        return child

    def _output(self, path: Path | None, name: str) -> str:
        if path is not None:
            return os.fspath(path.absolute())
        return os.devnull if self._log_folder is None else str(self._log_folder.absolute() / name)


@asynccontextmanager
async def _control(log_folder: Path | None) -> AsyncIterator[_Control]:
    """Hold a guardian process and the line to it."""
    ours, process = _start_guardian(log_folder)
    try:
        _, control = await asyncio.get_running_loop().create_connection(_Control, sock=ours)
    except BaseException:
        ours.close()
        process.wait()
        raise
    try:
        await _until_ready(control, log_folder)
        yield control
    finally:
        control.hang_up()
        try:
            await _until_lost(control)
        finally:
            control.close()
            await _reap(process)


async def _until_ready(control: _Control, log_folder: Path | None) -> None:
    try:
        async with asyncio.timeout(START_S_MAX):
            await control.is_ready.wait()
    except TimeoutError:
        raise GuardianError("the guardian process said nothing; is the machine stuck?") from None
    if control.is_lost.is_set():
        where = "" if log_folder is None else f"; see {log_folder / 'guardian.log'}"
        raise GuardianError(f"the guardian process did not start{where}.")


async def _until_lost(control: _Control) -> None:
    try:
        async with asyncio.timeout(END_S_MAX + GONE_S_MAX):
            await control.is_lost.wait()
    except TimeoutError:
        raise GuardianError("the guardian cannot end its children, even by SIGKILL.") from None


def _start_guardian(log_folder: Path | None) -> tuple[socket.socket, subprocess.Popen[bytes]]:
    ours, theirs = socket.socketpair()  # both ends are close-on-exec; one is passed on by number
    with theirs, _log(log_folder) as log:
        argv = [sys.executable, "-I", "-S", os.fspath(GUARDIAN_PROCESS)]
        try:
            process = subprocess.Popen(
                [*argv, str(theirs.fileno()), str(os.getpid())],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=log,
                pass_fds=(theirs.fileno(),),
                start_new_session=True,
                cwd="/",
            )
        except OSError as error:
            ours.close()
            raise GuardianError(f"Python did not start ({error}); is {argv[0]} whole?") from error
    ours.setblocking(False)  # noqa: FBT003 - the library's own signature
    return ours, process


@contextlib.contextmanager
def _log(log_folder: Path | None) -> Iterator[int]:
    path = Path(os.devnull) if log_folder is None else log_folder / "guardian.log"
    with path.open("ab") as file:
        yield file.fileno()


async def _reap(process: subprocess.Popen[bytes]) -> None:
    """Collect the guardian, which is ending: it has closed its end of the line."""
    if process.poll() is not None:
        return
    loop = asyncio.get_running_loop()
    ended = asyncio.Event()
    descriptor = os.pidfd_open(process.pid)
    loop.add_reader(descriptor, ended.set)
    try:
        async with asyncio.timeout(GONE_S_MAX):
            await ended.wait()
    finally:
        loop.remove_reader(descriptor)
        os.close(descriptor)
        process.poll()


def _without_namesakes(environment: dict[str, str]) -> dict[str, str]:
    """Take PYTHONPATH entries away in which a foreign package has one of our names."""
    path = environment.get("PYTHONPATH")
    if path is None:
        return environment
    ours = Path(harness.__file__ or "").resolve().parent.parent
    kept = [entry for entry in path.split(os.pathsep) if not _holds_namesake(Path(entry), ours)]
    cleaned = {name: value for name, value in environment.items() if name != "PYTHONPATH"}
    return cleaned | ({"PYTHONPATH": os.pathsep.join(kept)} if kept else {})


def _holds_namesake(folder: Path, ours: Path) -> bool:
    if folder.resolve() == ours:
        return False
    return any(
        (folder / name).is_dir() or (folder / f"{name}.py").is_file() for name in OUR_PACKAGES
    )


def _start_failure(name: str, request: dict[str, Any], step: str, number: int) -> str:
    """Return one sentence on why a child did not start and what to do."""
    program, said = request["argv"][0], os.strerror(number)
    if step == "cwd":
        return (
            f"could not start {name}: its working folder {request['cwd']} cannot be used: {said}."
        )
    if step != "exec":
        where = request.get(step, step)
        return f"could not start {name}: {where} cannot be opened for its {step}: {said}."
    reason = {
        "ENOENT": f"there is no program {program!r}; check the spelling and PATH",
        "EACCES": f"{program!r} may not be executed; is it a program, with chmod +x?",
        "ENOEXEC": f"{program!r} is no program; a script needs a first line like #!/bin/sh",
    }.get(errno.errorcode.get(number, ""), f"{program!r} could not be executed: {said}")
    return f"could not start {name}: {reason}."
