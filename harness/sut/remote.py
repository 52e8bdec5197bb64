"""A SUT that runs already: a URL, dialled and never touched otherwise."""

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from urllib.parse import urlsplit

from harness.model.errors import HarnessError, UsageError
from harness.sut.base import SUTS, RunningSut, SutContext, fill, running_sut

REACH_DEADLINE_S = 5.0


@asynccontextmanager
async def remote(context: SutContext) -> AsyncIterator[RunningSut]:
    """Check that something listens there; leave it alone on leaving.

    Raises:
        UsageError: the URL is no plain ws:// URL with a host.
        HarnessError: nothing listens there.
    """
    sut = context.target.sut
    url = urlsplit(fill(sut.url, context.placeholders, where="sut.url"))
    if not url.hostname:
        raise UsageError(f"sut.url {sut.url!r}: expected ws://HOST:PORT/PATH.")
    host, port = url.hostname, url.port or 80
    try:
        async with asyncio.timeout(REACH_DEADLINE_S):
            _, writer = await asyncio.open_connection(host, port, family=socket.AF_INET)
    except (OSError, TimeoutError) as error:
        upstream = context.placeholders.get("upstream.http", "the fake")
        raise HarnessError(
            f"nothing answers at {host}:{port} ({str(error) or 'no answer in time'});"
            f" start the platform first, with its upstream at {upstream}."
        ) from error
    writer.close()
    yield running_sut(context, {**context.placeholders, "port": str(port)}, url)


SUTS.register("remote", remote, module=__name__)
