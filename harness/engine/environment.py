"""Brings up what a run needs, and takes it down in reverse: one exit stack, one order to read."""

import asyncio
import os
import platform
import secrets
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from harness.engine.canary import running_canary_server
from harness.engine.guardian import Child, Guardian
from harness.engine.ports import reserved_port
from harness.engine.upstream import UpstreamServer, running_upstream
from harness.model import record
from harness.model.target import Target
from harness.toxiproxy.binary import Say, find_or_build
from harness.toxiproxy.client import ToxiproxyClient
from harness.toxiproxy.server import ToxiproxyServer, running

REPORTED = ("aiohttp", "websockets", "numpy", "msgspec", "toxiproxy-python")


@dataclass(slots=True, kw_only=True)
class Environment:
    """The processes that all lanes share, and the owner of every child.

    ``vital`` are those without which the record proves nothing more; ``token`` sets this run's
    proxies apart from those of others on the same server.
    """

    guardian: Guardian
    toxiproxy: ToxiproxyServer
    proxies: ToxiproxyClient
    upstream: UpstreamServer
    canary: str
    vital: tuple[Child, ...]
    token: str

    def facts(self) -> record.Environment:
        """Return what the manifest says of the machine and the proxy."""
        kind, version_text = self.toxiproxy.kind, self.toxiproxy.version
        return machine_facts(record.Toxiproxy(kind=kind, version=version_text))


def machine_facts(toxiproxy: record.Toxiproxy) -> record.Environment:
    """Return what a verdict may depend on of this machine."""
    return record.Environment(
        python=platform.python_version(),
        platform=f"{platform.system()} {platform.release().split('-')[0]} {platform.machine()}",
        cpu_count=os.cpu_count() or 1,
        toxiproxy=toxiproxy,
        versions={name: _version(name) for name in REPORTED},
    )


class _Remembering:
    """Spawns as the guardian does, and remembers what it spawned."""

    def __init__(self, guardian: Guardian) -> None:
        self._guardian = guardian
        self.children: list[Child] = []

    async def spawn(self, **request: Any) -> Child:  # noqa: ANN401 - passed on as it is
        """Start a child through the guardian."""
        child = await self._guardian.spawn(**request)
        self.children.append(child)
        return child


@asynccontextmanager
async def environment(
    *, target: Target, folder: record.RunFolder, seed: int, nonce: int, cache: Path, say: Say
) -> AsyncIterator[Environment]:
    """Start guardian, proxy server, fake upstream and canary, in this order."""
    async with AsyncExitStack() as stack:
        guardian = await stack.enter_async_context(Guardian.open(folder.logs))
        vital = _Remembering(guardian)
        binary = await asyncio.to_thread(find_or_build, cache, say=say)
        port = stack.enter_context(reserved_port())
        toxiproxy = await stack.enter_async_context(
            running(vital, folder.logs, binary=binary, port=port)
        )
        upstream = await stack.enter_async_context(
            running_upstream(
                vital,
                upstream=target.upstream,
                seed=seed,
                nonce=nonce,
                ledger=folder.parts / "upstream.jsonl",
                logs=folder.logs,
            )
        )
        canary = await stack.enter_async_context(running_canary_server(vital, folder.logs))
        yield Environment(
            guardian=guardian,
            toxiproxy=toxiproxy,
            proxies=ToxiproxyClient(toxiproxy.host, toxiproxy.port),
            upstream=upstream,
            canary=canary,
            vital=tuple(vital.children),
            token=secrets.token_hex(4),
        )


def _version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return "unknown"
