"""One Toxiproxy server for as long as a block lasts: started, proven to be ours, ended.

A real server and the stand-in are supervised alike; one that runs already (``TOXIPROXY_URL``) is
used as it is.
"""

import asyncio
import json
import os
import secrets
import sys
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, Protocol
from urllib.parse import urlsplit

from harness.toxiproxy.binary import STAND_IN, Binary
from harness.toxiproxy.client import ToxiproxyClient, ToxiproxyError

READY_S_MAX = 15.0
POLL_PERIOD_S = 0.005
GRACE_S = 2.0  # between SIGTERM and SIGKILL; a hanging API call would hold the server for 25 s
HOST = "127.0.0.1"
DISCARD = "127.0.0.1:9"  # RFC 863; nobody is ever sent there


class Child(Protocol):
    """A process that somebody supervises."""

    exit_code: int | None

    async def terminate(self, *, grace_s: float = ...) -> None:
        """End it with all its descendants."""


class Spawner(Protocol):
    """Whoever starts processes: the guardian."""

    async def spawn(
        self,
        *,
        name: str,
        argv: Sequence[str],
        env: Mapping[str, str] | None = ...,
        stdout: Path | None = ...,
        stderr: Path | None = ...,
        own: bool = ...,
    ) -> Child:
        """Start a process and return it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ToxiproxyServer:
    """A server that answers. ``kind`` and ``version`` belong on the certificate."""

    host: str
    port: int
    kind: Literal["real", "stand-in"]
    version: str

    def client(self) -> ToxiproxyClient:
        """Return a client of its own for this server."""
        return ToxiproxyClient(self.host, self.port)


@asynccontextmanager
async def running(
    guardian: Spawner, work_folder: Path, *, binary: Binary | None, port: int
) -> AsyncIterator[ToxiproxyServer]:
    """Hold a server whose API listens on ``port`` of 127.0.0.1; ``binary`` None: the stand-in.

    ``port`` must be reserved for us; it is not used for a server that runs already. Configuration
    and log go to ``work_folder``.

    Raises:
        ToxiproxyError: no answer in time, it ended, or a stranger holds the port.
    """
    if binary is not None and binary.url is not None:
        yield await _remote(binary.url)
        return
    name = f"toxiproxy-{port}"
    proof = f"proof-{secrets.token_hex(8)}"
    config = work_folder / f"{name}.json"
    config.write_text(json.dumps([_proof_proxy(proof)]))
    log = work_folder / f"{name}.log"
    options = ["-host", HOST, "-port", str(port), "-config", str(config)]
    child = await guardian.spawn(
        name=name,
        argv=[*_program(binary), *options],
        env=dict(os.environ) | {"LOG_LEVEL": "error"},
        stdout=log,  # never a pipe: unread, it would stop the server
        stderr=log,
        own=binary is None,
    )
    try:
        yield await _answering(child, port, proof=proof, log=log)
    finally:
        await child.terminate(grace_s=GRACE_S)


def _program(binary: Binary | None) -> list[str]:
    if binary is None or binary.path is None:
        return [sys.executable, "-P", "-m", "harness.toxiproxy.stand_in"]
    return [str(binary.path)]


def _proof_proxy(name: str) -> dict[str, object]:
    """Return a proxy that only our server can know.

    A server whose API port is taken lives on without an API, and questions reach the stranger.
    """
    return {"name": name, "listen": f"{HOST}:0", "upstream": DISCARD, "enabled": False}


async def _answering(child: Child, port: int, *, proof: str, log: Path) -> ToxiproxyServer:
    try:
        async with asyncio.timeout(READY_S_MAX):
            while not await _is_open(port):
                if child.exit_code is not None:
                    raise ToxiproxyError(
                        f"Toxiproxy ended at once with {child.exit_code}: {_last_line(log)}"
                    )
                await asyncio.sleep(POLL_PERIOD_S)
    except TimeoutError:
        raise ToxiproxyError(
            f"Toxiproxy did not listen within {READY_S_MAX:.0f} s: {_last_line(log)}"
        ) from None
    return await asyncio.to_thread(_prove, port, proof, log)


def _prove(port: int, proof: str, log: Path) -> ToxiproxyServer:
    """Ask for the proxy that was in our server's configuration."""
    client = ToxiproxyClient(HOST, port)
    try:
        is_ours = client.delete(proof)
        if not is_ours:
            raise ToxiproxyError(
                f"port {port} is held by another program, not by our Toxiproxy: {_last_line(log)}"
            )
        return _described(HOST, port, client.version())
    finally:
        client.close()


async def _remote(url: str) -> ToxiproxyServer:
    parts = urlsplit(url)
    assert parts.hostname is not None
    assert parts.port is not None
    client = ToxiproxyClient(parts.hostname, parts.port)
    try:
        version = await asyncio.to_thread(client.version)
    except ToxiproxyError as error:
        raise ToxiproxyError(
            f"TOXIPROXY_URL names {url}, but no Toxiproxy answers there; start it or unset the "
            f"variable ({error})."
        ) from error
    finally:
        client.close()
    return _described(parts.hostname, parts.port, version)


def _described(host: str, port: int, version: str) -> ToxiproxyServer:
    kind: Literal["real", "stand-in"] = "stand-in" if version.endswith(STAND_IN) else "real"
    return ToxiproxyServer(host=host, port=port, kind=kind, version=version)


async def _is_open(port: int) -> bool:
    try:
        _, writer = await asyncio.open_connection(HOST, port)
    except OSError:
        return False
    writer.close()
    return True


def _last_line(log: Path) -> str:
    try:
        lines = log.read_text(errors="replace").strip().splitlines()
    except OSError:
        lines = []
    return f"{lines[-1][:300]} (see {log})" if lines else f"it said nothing in {log}."
