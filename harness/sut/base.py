"""The contract of a way to reach a SUT, and the placeholders of a target file."""

import string
from collections.abc import Callable, Mapping
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol
from urllib.parse import SplitResult

from harness.model.errors import UsageError
from harness.model.registry import Registry
from harness.model.target import Hooks, Target


class Child(Protocol):
    """A child process, as far as a SUT needs it."""

    pid: int

    @property
    def exit_code(self) -> int | None:
        """Return how it ended; None while it runs, negative for a signal."""
        ...

    async def terminate(self, *, grace_s: float = ...) -> None:
        """End it and its descendants; harmless when it has ended."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class RunningSut:
    """A SUT that answers: as the client dials it, and ``child`` if it is a process of ours.

    ``hooks`` are filled in but for {session}; ``log`` is the file that its log can be read from.
    """

    host: str
    port: int
    path: str
    child: Child | None
    hooks: Hooks = field(default_factory=Hooks)
    log: Path | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SutContext:
    """What a SUT is started with."""

    target: Target
    lane: str
    placeholders: Mapping[str, str]
    logs: Path
    spawn: Callable[..., Any]
    reserve_port: Callable[[], Any]


Starter = Callable[[SutContext], AbstractAsyncContextManager[RunningSut]]

SUTS: Registry[Starter] = Registry("harness.sut", "way to start a SUT")


TAIL_CHARACTERS = 600
PLACEHOLDERS = ("python", "port", "upstream.ws", "upstream.http", "end_marker", "seed")


class _Template(string.Template):
    """Placeholders in braces with dots, ``{upstream.ws}``; ``{{port}`` stands for ``{port}``.

    No other brace is touched.
    """

    delimiter = "{"
    pattern = r"""
        (?:
            (?P<escaped>\{\{)(?=[a-z][a-z_.]*\})
            |\{(?P<named>[a-z][a-z_.]*)\}
            |(?P<braced>(?!))
            |(?P<invalid>(?!))
        )
    """  # type: ignore[assignment]


def fill(text: str, placeholders: Mapping[str, str], *, where: str) -> str:
    """Return the text with its placeholders filled.

    Raises:
        UsageError: a placeholder that does not exist here.
    """
    try:
        return _Template(text).substitute(placeholders)
    except KeyError as error:
        known = ", ".join(f"{{{name}}}" for name in sorted(placeholders))
        raise UsageError(
            f"{where}: unknown placeholder {{{error.args[0]}}}; known: {known}."
        ) from None


def fill_hooks(hooks: Hooks, placeholders: Mapping[str, str]) -> Hooks:
    """Return the addresses of the hooks with all placeholders filled but {session}."""
    places = {**placeholders, "session": "{session}"}
    filled = {
        name: None if url is None else fill(url, places, where=f"hooks.{name}")
        for name, url in (("cleanup", hooks.cleanup), ("resources", hooks.resources))
    }
    return Hooks(**filled)


def running_sut(
    context: SutContext,
    places: Mapping[str, str],
    url: SplitResult,
    *,
    child: Child | None = None,
    log: Path | None = None,
) -> RunningSut:
    """Return the SUT that answers at the URL; ``log`` is what it prints, if we can see that."""
    own_log = context.target.log.path
    return RunningSut(
        host=url.hostname or "127.0.0.1",
        port=url.port or 80,
        path=url.path + (f"?{url.query}" if url.query else ""),
        child=child,
        hooks=fill_hooks(context.target.hooks, places),
        log=log if own_log is None else Path(fill(own_log, places, where="log.path")),
    )


def last_words(log: Path) -> str:
    """Return the end of what a process printed, for a sentence; it may have printed nothing."""
    try:
        text = log.read_text(encoding="utf-8", errors="replace").strip()
    except OSError:
        text = ""
    cut = f"…{text[-TAIL_CHARACTERS:]}" if len(text) > TAIL_CHARACTERS else text
    return cut or "none."


def check_placeholders(target: Target) -> None:
    """Refuse placeholders that nothing will fill, before anything is started.

    Raises:
        UsageError: names the first of them, and those that exist.
    """
    sut = target.sut
    places = dict.fromkeys(PLACEHOLDERS, "0")
    texts = {"sut.url": sut.url, "sut.ready": sut.ready or "", "log.path": target.log.path or ""}
    texts |= {f"sut.command[{place}]": word for place, word in enumerate(sut.argv)}
    texts |= {f"sut.environment.{name}": value for name, value in sut.environment.items()}
    for where, text in texts.items():
        fill(text, places, where=where)
    fill_hooks(target.hooks, places)
