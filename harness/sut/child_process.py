"""A SUT that is started as a child process and polled until it is ready."""

import asyncio
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from urllib.parse import urlsplit

from harness.model.errors import HarnessError
from harness.sut.base import SUTS, Child, RunningSut, SutContext, fill, last_words, running_sut

POLL_S = 0.02
STOP_GRACE_S = 3.0


@asynccontextmanager
async def child_process(context: SutContext) -> AsyncIterator[RunningSut]:
    """Start the command on a reserved port; end it and all its descendants on leaving.

    Raises:
        HarnessError: it ended before it was ready, or was not ready in time.
    """
    sut = context.target.sut
    with context.reserve_port() as port:
        places = {**context.placeholders, "port": str(port)}
        argv = [fill(word, places, where="sut.command") for word in sut.argv]
        own = {
            name: fill(value, places, where=f"sut.environment.{name}")
            for name, value in sut.environment.items()
        }
        log = context.logs / f"sut-{context.lane}.log"
        child = await context.spawn(
            name=f"sut-{context.lane}",
            argv=argv,
            env={**os.environ, **own},
            cwd=Path(sut.working_folder or ".").absolute(),
            stdout=log,
            stderr=log,
        )
        try:
            url = urlsplit(fill(sut.url, places, where="sut.url"))
            ready = fill(sut.ready, places, where="sut.ready") if sut.ready else None
            host, port_number = url.hostname or "127.0.0.1", url.port or 80
            await _await_ready(child, log, ready, host, port_number, sut.ready_timeout_ms / 1000)
            yield running_sut(context, places, url, child=child, log=log)
        finally:
            await child.terminate(grace_s=STOP_GRACE_S)


async def _await_ready(
    child: Child, log: Path, ready: str | None, host: str, port: int, timeout_s: float
) -> None:
    try:
        async with asyncio.timeout(timeout_s):
            while not await is_answering(ready, host, port):
                if child.exit_code is not None:
                    raise HarnessError(
                        f"the SUT ended at its start with exit code {child.exit_code};"
                        f" its last words: {last_words(log)}"
                    )
                await asyncio.sleep(POLL_S)
    except TimeoutError:
        where = ready or f"{host}:{port}"
        raise HarnessError(
            f"the SUT did not answer at {where} within {timeout_s:.0f} s (sut.ready_timeout_ms);"
            f" its last words: {last_words(log)}"
        ) from None


async def is_answering(ready: str | None, host: str, port: int) -> bool:
    """Tell whether the readiness URL answers 2xx, or, without one, the port accepts."""
    url = urlsplit(ready) if ready else None
    try:
        reader, writer = await asyncio.open_connection(
            url.hostname if url else host, (url.port or 80) if url else port
        )
    except OSError:
        return False
    try:
        if url is None:
            return True
        path = url.path or "/"
        request = f"GET {path} HTTP/1.1\r\nHost: {url.netloc}\r\nConnection: close\r\n\r\n"
        writer.write(request.encode())
        await writer.drain()
        async with asyncio.timeout(2.0):
            line = await reader.readline()
        return line[:9].startswith(b"HTTP/1.") and line[9:10] == b"2"
    except (OSError, TimeoutError, ValueError):  # ValueError: a line without an end
        return False
    finally:
        writer.close()


SUTS.register("child_process", child_process, module=__name__)
