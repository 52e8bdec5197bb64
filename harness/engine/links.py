"""The two links of a lane: a proxy between driver and SUT, one between SUT and upstream.

Each has a twin through which the canary goes, so that a toxic meets both at the same moment.
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass

from harness.toxiproxy.client import Proxy, ToxiproxyClient, ToxiproxyError

LEAVING_S = 0.5
NOT_FOUND = 404


@dataclass(frozen=True, slots=True, kw_only=True)
class ProxiedLink:
    """One link and its twin; toxics go to both at once."""

    client: ToxiproxyClient
    proxy: Proxy
    twin: Proxy

    async def add_toxic(
        self,
        name: str,
        kind: str,
        stream: str,
        attributes: Mapping[str, int],
        *,
        toxicity: float = 1.0,
    ) -> None:
        """Add a toxic to the link and to its twin; it bites that share of the connections."""

        def add(proxy: Proxy) -> None:
            self.client.add_toxic(proxy, name, kind, stream, dict(attributes), toxicity=toxicity)

        await self._on_both(add)

    async def set_toxicity(self, name: str, toxicity: float) -> bool:
        """Let the toxic bite that share of all connections, live ones too; False if it is gone."""
        gone = []

        def change(proxy: Proxy) -> None:
            try:
                self.client.update_toxic(proxy, name, toxicity=toxicity)
            except ToxiproxyError as error:
                if error.status != NOT_FOUND:
                    raise
                gone.append(proxy)

        await self._on_both(change)
        return not gone

    async def renew_canary(self) -> None:
        """Cut the canary's connections, so that it makes new ones under what is in force now."""
        is_leaving = _is_leaving()
        for is_enabled in (False, True):
            change = _setter(self.client, is_enabled)
            await _call(change, self.twin, is_leaving=is_leaving)

    async def remove_toxic(self, name: str) -> None:
        """Remove the toxic from both; harmless when it is gone."""
        await self._on_both(lambda proxy: self.client.remove_toxic(proxy, name))

    async def _on_both(self, call: Callable[[Proxy], object]) -> None:
        """Call for link and twin at once, so that the canary meets what the SUT meets."""
        is_leaving = _is_leaving()
        async with asyncio.TaskGroup() as tasks:
            for proxy in (self.proxy, self.twin):
                task = _call(call, proxy, is_leaving=is_leaving)
                tasks.create_task(task, name=f"toxic-{proxy.name}")


@asynccontextmanager
async def proxied_link(
    client: ToxiproxyClient, *, name: str, upstream: str, canary: str, listen: str = "127.0.0.1:0"
) -> AsyncIterator[ProxiedLink]:
    """Create a link to ``upstream`` and its twin to the canary; delete both on leaving.

    A proxy that stands at the same fixed address was left by a run that was killed, and goes.
    """
    if not listen.endswith(":0"):
        await asyncio.to_thread(_clear, client, listen)
    proxy = await asyncio.to_thread(client.create, name, upstream, listen)
    try:
        twin = await asyncio.to_thread(client.create, f"{name}-twin", canary)
        try:
            yield ProxiedLink(client=client, proxy=proxy, twin=twin)
        finally:
            await _call(client.delete, twin, is_leaving=_is_leaving())
    finally:
        await _call(client.delete, proxy, is_leaving=_is_leaving())


def _clear(client: ToxiproxyClient, listen: str) -> None:
    port = int(listen.rpartition(":")[2])
    for proxy in client.list():
        if proxy.listen_port == port:
            client.delete(proxy)


def _setter(client: ToxiproxyClient, is_enabled: bool) -> Callable[[Proxy], object]:  # noqa: FBT001 - as the client's own
    return lambda proxy: client.set_enabled(proxy, is_enabled)


def _is_leaving() -> bool:
    """Tell whether the run is being given up: the proxy server will be ended with all it holds."""
    task = asyncio.current_task()
    return task is not None and task.cancelling() > 0


async def _call(call: Callable[[Proxy], object], proxy: Proxy, *, is_leaving: bool) -> None:
    """Call the proxy's API; while leaving, for a moment only, and whatever it answers.

    A proxy whose clients have just gone may take seconds to answer (measured on 2.12), and its
    complaint must not replace the reason for leaving.

    Raises:
        ToxiproxyError: the call failed, and nobody is leaving.
    """
    try:
        async with asyncio.timeout(LEAVING_S if is_leaving else None):
            await asyncio.to_thread(call, proxy)
    except (TimeoutError, ToxiproxyError):
        if not is_leaving:
            raise
