import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import pytest_asyncio

from harness.engine.canary import BULK_BYTES, running_canary_server, watch_link
from harness.engine.guardian import Guardian
from harness.engine.links import ProxiedLink, proxied_link
from harness.faults.network_armed import network_armed
from harness.faults.network_bandwidth import network_bandwidth
from harness.faults.network_reset import network_reset
from harness.model.clock import MonotonicClock
from harness.toxiproxy.client import ToxiproxyClient
from suites.selftest.harness.hearing import Hearing, hearing
from suites.selftest.harness.toxiproxy.wires import NUMBERS

pytestmark = [pytest.mark.io, pytest.mark.asyncio(loop_scope="module")]


@dataclass
class Watched:
    """A link whose twin leads to the canary, and what the watch over it has recorded."""

    link: ProxiedLink
    events: Hearing

    async def comes_back(self, *, count: int = 1) -> None:
        """Wait for so many further round trips of each size."""
        kinds = ("canary_rtt", "canary_bulk_rtt")
        wanted = {kind: len(self.events.of(kind)) + count for kind in kinds}
        await self.events.until(
            lambda: all(len(self.events.of(kind)) >= number for kind, number in wanted.items())
        )


@pytest_asyncio.fixture(loop_scope="module")
async def watched(client: ToxiproxyClient, tmp_path: Path) -> AsyncIterator[Watched]:
    name = f"canary-{next(NUMBERS)}"
    async with (
        Guardian.open(tmp_path) as guardian,
        running_canary_server(guardian, tmp_path) as address,
        proxied_link(client, name=name, upstream=address, canary=address) as link,
    ):
        with hearing(tmp_path) as events:
            watch = watch_link(
                lane="lane",
                link="client",
                port=link.twin.listen_port,
                recorder=events,
                clock=MonotonicClock(),
            )
            async with asyncio.TaskGroup() as tasks:
                task = tasks.create_task(watch, name="watch")
                yield Watched(link, events)
                task.cancel()


async def test_small_and_large_pings_come_back_and_say_their_size(watched: Watched) -> None:
    await watched.comes_back()
    sizes = {kind: data["size_bytes"] for kind, data in watched.events.heard}
    assert sizes == {"canary_rtt": 8, "canary_bulk_rtt": BULK_BYTES}


async def test_a_narrow_link_holds_the_large_pings_only(watched: Watched) -> None:
    await watched.comes_back()
    async with network_bandwidth(watched.link, {"rate_kb_per_s": 48}):
        await watched.comes_back(count=2)
    _, bulk = watched.events.of("canary_bulk_rtt")[-1]
    assert bulk["rtt_ms"] >= 120  # 80 each way, less what late timers are owed
    assert min(data["rtt_ms"] for _, data in watched.events.of("canary_rtt")) < 50


async def test_a_reset_is_seen_at_both_ends_and_the_watch_goes_on(watched: Watched) -> None:
    await watched.comes_back()
    async with network_armed(watched.link, {}):
        async with network_reset(watched.link, {}):
            await watched.events.until(
                lambda: any(data["how"] == "rst" for _, data in watched.events.of("canary_lost"))
            )
        await watched.events.until(
            lambda: any(data["how"] == "rst" for _, data in watched.events.of("canary_back"))
        )
        await watched.comes_back()


async def test_connections_that_began_before_the_arming_end_by_fin(watched: Watched) -> None:
    await watched.comes_back()
    async with network_armed(watched.link, {}), network_reset(watched.link, {}):
        await watched.events.until(lambda: bool(watched.events.of("canary_lost")))
    assert watched.events.of("canary_lost")[0][1] == {
        "lane": "lane",
        "link": "client",
        "how": "fin",
    }


async def test_a_canary_that_is_gone_is_given_up_after_a_bounded_number_of_tries(
    watched: Watched, monkeypatch: pytest.MonkeyPatch
) -> None:
    await watched.comes_back()
    monkeypatch.setattr("harness.engine.canary.TRIES_MAX", 3)
    await asyncio.to_thread(watched.link.client.set_enabled, watched.link.twin, False)
    await watched.events.until(
        lambda: sum(data["how"] == "refused" for _, data in watched.events.of("canary_lost")) == 4
    )
