"""The hooks against a real HTTP server that answers, refuses, hangs up, or talks nonsense."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from aiohttp import web

from harness.engine import hooks as hooks_module
from harness.engine.hooks import open_hooks
from harness.model.events import CleanupData
from harness.model.operations import CallCleanup

pytestmark = pytest.mark.io

Seen = list[tuple[str, CleanupData]]


@asynccontextmanager
async def serving(application: web.Application) -> AsyncIterator[str]:
    runner = web.AppRunner(application)
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        yield f"http://127.0.0.1:{runner.addresses[0][1]}"
    finally:
        await runner.cleanup()


def cleaner(statuses: list[int], paths: list[str]) -> web.Application:
    async def clean(request: web.Request) -> web.Response:
        paths.append(request.path)
        return web.json_response({"call": len(paths)}, status=statuses[len(paths) - 1])

    application = web.Application()
    application.router.add_post("/clean/{session}", clean)
    return application


async def called(
    operation: CallCleanup, statuses: list[int], *, path: str = "/clean/{session}"
) -> tuple[Seen, list[str]]:
    seen: Seen = []
    paths: list[str] = []

    def record(kind: str, data: CleanupData) -> int:
        seen.append((kind, data))
        return len(seen)

    async with (
        serving(cleaner(statuses, paths)) as base,
        open_hooks(cleanup=base + path, resources=None) as hooks,
    ):
        await hooks.call_cleanup(operation, session="s7", record=record)
    return seen, paths


async def test_three_calls_follow_each_other_and_name_the_session() -> None:
    seen, paths = await called(CallCleanup(times=3), [200, 200, 409])
    assert [kind for kind, _ in seen] == ["cleanup_called", "cleanup_answered"] * 3
    assert [data.status for kind, data in seen if kind == "cleanup_answered"] == [200, 200, 409]
    assert paths == ["/clean/s7"] * 3


async def test_three_calls_at_once_are_all_made_before_the_first_answer() -> None:
    seen, _ = await called(CallCleanup(times=3, at_once=True), [200, 200, 200])
    assert [kind for kind, _ in seen][:3] == ["cleanup_called"] * 3
    assert all(data.at_once for _, data in seen)


async def test_a_hook_that_cannot_be_reached_is_an_answer_of_status_0() -> None:
    seen: Seen = []

    def record(kind: str, data: CleanupData) -> int:
        seen.append((kind, data))
        return 0

    async with open_hooks(cleanup="http://127.0.0.1:9/{session}", resources=None) as hooks:
        await hooks.call_cleanup(CallCleanup(times=1), session="s1", record=record)
    assert [data.status for _, data in seen] == [0, 0]
    assert seen[-1][1].text


async def test_without_a_hook_nothing_is_recorded() -> None:
    seen: Seen = []

    def record(kind: str, data: CleanupData) -> int:
        seen.append((kind, data))
        return 0

    async with open_hooks(cleanup=None, resources=None) as hooks:
        await hooks.call_cleanup(CallCleanup(), session="s1", record=record)
        assert await hooks.held() is None
    assert not seen


@pytest.mark.parametrize(
    ("body", "held"),
    [
        ('{"tasks": 3, "timers": 0.5, "name": "x", "open": true}', {"tasks": 3.0, "timers": 0.5}),
        ("[1, 2]", None),
        ("no JSON", None),
    ],
)
async def test_what_is_held_are_the_numbers_of_one_object(
    body: str, held: dict[str, float] | None
) -> None:
    async def tell(_: web.Request) -> web.Response:
        return web.Response(text=body)

    application = web.Application()
    application.router.add_get("/held", tell)
    async with (
        serving(application) as base,
        open_hooks(cleanup=None, resources=f"{base}/held") as hooks,
    ):
        assert await hooks.held() == held


async def test_a_cancel_in_the_turn_of_the_timeout_ends_who_asks(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The loop is late: deadline and cancel are due in one turn, as when a lane closes."""
    monkeypatch.setattr(hooks_module, "ANSWER_DEADLINE_S", 0.2)
    asked, is_over = asyncio.Event(), asyncio.Event()

    async def held(_: web.Request) -> web.Response:
        asked.set()
        await is_over.wait()
        return web.json_response({})

    application = web.Application()
    application.router.add_get("/held", held)
    async with (
        asyncio.timeout(30),
        serving(application) as base,
        open_hooks(cleanup=None, resources=f"{base}/held") as hooks,
    ):

        async def watch() -> None:
            while True:
                await hooks.held()
                await asyncio.sleep(0.01)

        loop = asyncio.get_running_loop()
        begun = loop.time()
        task = loop.create_task(watch())
        await asked.wait()
        loop.call_soon(lambda: time.sleep(max(0.0, begun + 0.6 - loop.time())))
        loop.call_at(begun + 0.5, task.cancel)
        await asyncio.wait((task,), timeout=5)
        is_lost = not task.done()
        task.cancel()
        await asyncio.wait((task,))
        is_over.set()
    assert not is_lost
