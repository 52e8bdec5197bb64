from pathlib import Path

import pytest

from harness.engine.nemesis import disturbed
from harness.model.errors import UnknownNameError
from harness.model.operations import FaultPlan
from suites.selftest.harness.hearing import Heard, Hearing, hearing
from suites.selftest.harness.linked import Linked
from suites.selftest.harness.toxiproxy.wires import CHUNK

pytestmark = [pytest.mark.io, pytest.mark.asyncio(loop_scope="module")]


def planned(
    fault: str, start_ms: float, duration_ms: float | None, **parameters: float
) -> FaultPlan:
    return FaultPlan(
        fault=fault,
        link="client",
        start_ms=start_ms,
        duration_ms=duration_ms,
        parameters=parameters,
    )


def told(events: Hearing) -> list[str]:
    def words(heard: Heard) -> str:
        return f"{heard[0].removeprefix('fault_')} {heard[1]['fault'].removeprefix('network_')}"

    return [words(heard) for heard in events.of("fault_started", "fault_healed")]


async def test_windows_open_on_a_link_that_is_armed_from_before_the_first_connection(
    link: Linked, tmp_path: Path
) -> None:
    plans = (planned("network_reset", 200, 60_000), planned("network_armed", 0, None))
    with hearing(tmp_path) as events:
        async with disturbed(
            plans, links={"client": link.handle}, lane="lane", run="run", recorder=events
        ):
            assert told(events) == ["started armed"]
            near, far = await link.wire.join()
            await far.send(CHUNK)
            assert await near.receive(len(CHUNK)) == CHUNK
            await events.until(lambda: len(told(events)) == 2)
            await link.until_bites("reset-downstream")
            await far.send(CHUNK)
            assert await near.receive_all() == (b"", "RST")
        assert told(events) == ["started armed", "started reset", "healed reset", "healed armed"]
        assert all(data["can_lose_bytes"] for _, data in events.heard)
    assert await link.toxics() == {}


async def test_a_window_that_has_not_begun_when_the_sessions_are_over_never_does(
    link: Linked, tmp_path: Path
) -> None:
    plans = (planned("network_stall", 60_000, 100),)
    with hearing(tmp_path) as events:
        async with disturbed(
            plans, links={"client": link.handle}, lane="lane", run="run", recorder=events
        ):
            pass
        assert events.heard == []


async def test_a_parameter_that_the_fault_does_not_take_is_refused_before_it_is_told(
    link: Linked, tmp_path: Path
) -> None:
    plans = (planned("network_bandwidth", 0, None, rate=64),)
    with hearing(tmp_path) as events:
        with pytest.raises(ExceptionGroup) as raised:
            async with disturbed(
                plans, links={"client": link.handle}, lane="lane", run="run", recorder=events
            ):
                pass
        assert raised.group_contains(UnknownNameError, match="rate_kb_per_s")
        assert events.heard == []
