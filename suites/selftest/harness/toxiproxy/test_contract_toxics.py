"""One contract for the real server and the stand-in: what our faults rely on, as measured."""

import asyncio
import os
import time

import pytest

from suites.selftest.harness.toxiproxy.wires import (
    CHUNK,
    SLACK_S,
    Wire,
)

pytestmark = [pytest.mark.io, pytest.mark.asyncio(loop_scope="module")]


async def test_latency_is_added_to_a_live_stream_and_keeps_the_order(wire: Wire) -> None:
    near, far = await wire.join()
    await wire.add("latency", latency=200)
    began = time.monotonic()
    for number in range(5):
        await far.send(bytes([number]) * 100)
    await near.send(b"up")
    assert await far.receive(2) == b"up"
    assert time.monotonic() - began < 0.2  # the other direction is free
    got = await near.receive(500)
    assert 0.2 <= time.monotonic() - began < 0.2 + SLACK_S
    assert got == b"".join(bytes([number]) * 100 for number in range(5))


async def test_less_latency_and_none_at_all_let_the_held_bytes_go_at_once(wire: Wire) -> None:
    near, far = await wire.join()
    await wire.add("latency", latency=60_000)
    await far.send(b"one")
    assert await near.hears_nothing()
    await wire.call(wire.api.update_toxic, "latency", {"latency": 50_000})
    assert await near.receive(3) == b"one"  # an update frees the one chunk that is being held
    await far.send(b"two")
    assert await near.hears_nothing()
    await wire.remove("latency")
    assert await near.receive(3) == b"two"
    await far.send(b"three")
    assert await near.receive(5) == b"three"


async def test_jitter_spreads_and_keeps_the_order(wire: Wire) -> None:
    near, far = await wire.join()
    await wire.add("latency", latency=30, jitter=30)
    async with asyncio.TaskGroup() as tasks:
        got = tasks.create_task(near.receive(20 * 100))
        for number in range(20):
            await far.send(bytes([number]) * 100)
    assert got.result() == b"".join(bytes([number]) * 100 for number in range(20))


async def test_bandwidth_holds_its_rate_and_stores_before_it_forwards(wire: Wire) -> None:
    near, far = await wire.join()
    await wire.add("bandwidth", rate=48)
    began = time.monotonic()
    await far.send(CHUNK)
    await near.receive(1)
    assert 0.079 <= time.monotonic() - began < 0.08 + SLACK_S  # 3840 B at 48 B/ms
    await near.receive(len(CHUNK) - 1)
    began = time.monotonic()
    await far.send(CHUNK * 6)
    await near.receive(len(CHUNK) * 6)
    assert 0.44 <= time.monotonic() - began < 0.48 + SLACK_S


async def test_bandwidth_0_holds_everything_and_its_end_delivers_everything(wire: Wire) -> None:
    near, far = await wire.join()
    await far.send(b"before")
    assert await near.receive(6) == b"before"
    await wire.add("bandwidth", rate=0)
    data = os.urandom(100_000)
    await far.send(data)
    await near.send(b"up")
    assert await far.receive(2) == b"up"
    assert await near.hears_nothing(0.3)  # neither bytes nor an end
    await wire.remove("bandwidth")
    assert await near.receive(len(data)) == data
    await far.send(CHUNK)
    assert await near.receive(len(CHUNK)) == CHUNK


async def test_bandwidth_0_holds_a_sender_back(wire: Wire) -> None:
    near, far = await wire.join()
    await wire.add("bandwidth", rate=0)
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.5):
            await asyncio.get_running_loop().sock_sendall(far.socket, bytes(64_000_000))
    far.reset()
    await wire.remove("bandwidth")
    data, how = await near.receive_all()
    assert how == "FIN"
    assert 0 < len(data) < 64_000_000


async def test_a_client_that_leaves_a_stalled_stream_is_seen_at_once(wire: Wire) -> None:
    near, far = await wire.join()
    await wire.add("bandwidth", rate=0)
    await far.send(CHUNK)
    near.close()
    assert await far.receive_all() == (b"", "FIN")


async def test_the_end_of_the_server_waits_behind_the_bytes_that_are_held(wire: Wire) -> None:
    near, far = await wire.join()
    await wire.add("bandwidth", rate=0)
    await far.send(CHUNK)
    far.close()
    assert await near.hears_nothing()
    await wire.remove("bandwidth")
    assert await near.receive_all() == (CHUNK, "FIN")


async def test_timeout_0_drops_one_direction_and_its_removal_ends_the_stream(wire: Wire) -> None:
    near, far = await wire.join()
    await wire.add("timeout", timeout=0)
    await far.send(CHUNK)
    await near.send(b"up")
    assert await far.receive(2) == b"up"
    assert await near.hears_nothing()
    await wire.remove("timeout")
    assert await near.receive_all() == (b"", "FIN")
    assert await far.receive_all() == (b"", "FIN")


async def test_timeout_is_healed_by_toxicity_0_with_a_hole(wire: Wire) -> None:
    near, far = await wire.join()
    await wire.add("timeout", timeout=0)
    await far.send(b"lost")
    assert await near.hears_nothing()
    await wire.call(wire.api.update_toxic, "timeout", toxicity=0)
    await far.send(b"kept")
    assert await near.receive(4) == b"kept"


async def test_timeout_counts_from_the_last_chunk(wire: Wire) -> None:
    near, far = await wire.join()
    await wire.add("timeout", timeout=250)
    began = time.monotonic()
    for _ in range(5):
        await far.send(b"x")
        assert await near.hears_nothing(0.1)  # paced: 100 ms each, so 500 ms in all
    last = time.monotonic()
    assert await near.receive_all() == (b"", "FIN")
    assert await far.receive_all() == (b"", "FIN")
    assert time.monotonic() - began >= 0.5
    assert 0.1 <= time.monotonic() - last < 0.25 + SLACK_S


async def test_reset_peer_before_connect_resets_both_at_the_first_byte(wire: Wire) -> None:
    await wire.add("reset_peer", timeout=50)
    near, far = await wire.join()
    assert await near.hears_nothing()
    began = time.monotonic()
    await far.send(CHUNK)
    assert await near.receive_all() == (b"", "RST")
    assert (await far.receive_all())[1] == "RST"
    assert 0.049 <= time.monotonic() - began < 0.05 + SLACK_S


async def test_reset_peer_in_mid_stream_is_a_clean_end(wire: Wire) -> None:
    near, far = await wire.join()
    await wire.add("reset_peer", timeout=0)
    await far.send(CHUNK)
    assert await near.receive_all() == (b"", "FIN")
    assert await far.receive_all() == (b"", "FIN")


async def test_an_armed_link_resets_when_it_is_cut_even_after_the_toxic_is_gone(
    wire: Wire,
) -> None:
    await wire.call(
        wire.api.add_toxic, "armed", "reset_peer", "downstream", {"timeout": 0}, toxicity=0
    )
    near, far = await wire.join()
    await far.send(CHUNK)
    assert await near.receive(len(CHUNK)) == CHUNK
    await wire.remove("armed")
    await far.send(CHUNK)
    assert await near.receive(len(CHUNK)) == CHUNK
    await wire.call(wire.api.set_enabled, False)
    assert await near.receive_all() == (b"", "RST")
    assert await far.receive_all() == (b"", "RST")


async def test_limit_data_ends_after_exactly_its_bytes_counted_from_connect(wire: Wire) -> None:
    await wire.add("limit_data", bytes=5000)
    near, far = await wire.join()
    await far.send(CHUNK)
    assert await near.receive(len(CHUNK)) == CHUNK
    await wire.call(wire.api.update_toxic, "limit_data", {"bytes": 6000})
    await far.send(CHUNK)
    assert await near.receive_all() == (CHUNK[: 6000 - len(CHUNK)], "FIN")


async def test_limit_data_counts_from_its_addition_and_a_lowered_limit_ends_at_the_next_chunk(
    wire: Wire,
) -> None:
    near, far = await wire.join()
    await far.send(CHUNK)
    assert await near.receive(len(CHUNK)) == CHUNK
    await wire.add("limit_data", bytes=5000)
    await far.send(CHUNK)
    assert await near.receive(len(CHUNK)) == CHUNK
    await wire.call(wire.api.update_toxic, "limit_data", {"bytes": 100})
    assert await near.hears_nothing()
    await far.send(CHUNK)
    assert await near.receive_all() == (b"", "FIN")


async def test_slicer_loses_nothing_and_takes_its_time(wire: Wire) -> None:
    near, far = await wire.join()
    await wire.add("slicer", average_size=64, size_variation=0, delay=2000)
    began = time.monotonic()
    await far.send(CHUNK)
    assert await near.receive(len(CHUNK)) == CHUNK
    assert time.monotonic() - began >= 0.12  # 64 slices of 60 B, 2 ms apart
    await far.send(CHUNK)
    await near.receive(100)
    await wire.remove("slicer")
    assert await near.receive(len(CHUNK) - 100) == CHUNK[100:]


async def test_slow_close_delays_the_end_and_its_removal_lets_it_through(wire: Wire) -> None:
    near, far = await wire.join()
    await wire.add("slow_close", delay=200)
    await far.send(CHUNK)
    far.close()
    began = time.monotonic()
    assert await near.receive_all() == (CHUNK, "FIN")
    assert 0.19 <= time.monotonic() - began < 0.2 + SLACK_S
    await wire.call(wire.api.update_toxic, "slow_close", {"delay": 60_000})
    near, far = await wire.join()
    far.close()
    assert await near.hears_nothing()
    await wire.remove("slow_close")
    assert await near.receive_all() == (b"", "FIN")


async def test_half_open_the_server_has_gone_and_the_client_does_not_see_it(wire: Wire) -> None:
    await wire.add("timeout", timeout=0)
    await wire.call(wire.api.add_toxic, "slow", "slow_close", "downstream", {"delay": 3_600_000})
    await wire.call(wire.api.add_toxic, "slow-up", "slow_close", "upstream", {"delay": 3_600_000})
    near, far = await wire.join()
    far.close()
    assert await near.hears_nothing()
    await near.send(b"anybody?")
    assert await near.hears_nothing()


async def test_toxics_work_in_the_order_of_their_addition(wire: Wire) -> None:
    near, far = await wire.join()
    await wire.add("limit_data", bytes=3)
    await wire.add("bandwidth", rate=0)
    await far.send(CHUNK)  # cut to 3 bytes, then held
    assert await near.hears_nothing()
    await wire.remove("bandwidth")
    assert await near.receive_all() == (CHUNK[:3], "FIN")


async def test_a_middle_toxic_can_be_taken_out_without_loss(wire: Wire) -> None:
    near, far = await wire.join()
    await wire.add("latency", latency=20)
    await wire.add("bandwidth", rate=0)
    await wire.add("slicer", average_size=1000, size_variation=100, delay=10)
    data = os.urandom(200_000)
    async with asyncio.TaskGroup() as tasks:
        got = tasks.create_task(near.receive(len(data)))
        tasks.create_task(far.send(data))
        # The stall comes out first: behind it, the real server hangs on changes in front.
        await wire.remove("bandwidth")
        await wire.remove("latency")
        await wire.remove("slicer")
    assert got.result() == data


async def test_toxicity_0_spares_a_stream_until_it_is_raised(wire: Wire) -> None:
    near, far = await wire.join()
    await wire.call(wire.api.add_toxic, "maybe", "bandwidth", "downstream", {"rate": 0}, toxicity=0)
    await far.send(CHUNK)
    assert await near.receive(len(CHUNK)) == CHUNK
    await wire.call(wire.api.update_toxic, "maybe", toxicity=1)
    await far.send(CHUNK)
    assert await near.hears_nothing()
    await wire.remove("maybe")
    assert await near.receive(len(CHUNK)) == CHUNK


async def test_a_toxic_upstream_bites_only_that_direction(wire: Wire) -> None:
    near, far = await wire.join()
    await wire.add("bandwidth", "upstream", rate=0)
    await near.send(b"up")
    await far.send(b"down")
    assert await near.receive(4) == b"down"
    assert await far.hears_nothing()
    await wire.remove("bandwidth")
    assert await far.receive(2) == b"up"


async def test_a_change_bites_every_live_stream(wire: Wire) -> None:
    pairs = [await wire.join() for _ in range(20)]
    await wire.add("bandwidth", rate=0)
    for near, far in pairs:
        await far.send(CHUNK)
        assert await near.hears_nothing(0.005)
    await wire.remove("bandwidth")
    for near, _ in pairs:
        assert await near.receive(len(CHUNK)) == CHUNK
