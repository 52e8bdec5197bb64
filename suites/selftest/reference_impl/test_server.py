"""What sessions have to do with each other, the hooks, and the process."""

import asyncio
import json
import socket
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import aiohttp
import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import InvalidStatus

from reference_impl.server import running
from suites.selftest.reference_impl.staging import (
    DEADLINE_S,
    Client,
    FakeUpstream,
    a_config,
    a_stage,
    real_time,
    whole,
)

pytestmark = pytest.mark.io


async def test_cleanup_called_again_and_at_once_changes_nothing_more(tmp_path: Path) -> None:
    async with a_stage(real_time, tmp_path) as stage:
        client = await stage.client()
        await client.speak("m1")
        await client.until("audio")
        path = "/_test/sessions/a/cleanup"
        async with asyncio.TaskGroup() as tasks:
            calls = [tasks.create_task(stage.call("POST", path)) for _ in range(3)]
        answers = sorted(call.result()[1]["call"] for call in calls)
        effects = sorted(call.result()[1]["effective"] for call in calls)
        assert (answers, effects) == ([1, 2, 3], [False, False, True])
        assert await client.until("stream.end") == ("stream.end", "m1", "cleanup")
        await client.assert_quiet()
        await client.speak("m2")
        await client.until("audio")
        assert stage.cleanups()[-1] == ("m1", "speak", 4, False)


async def test_a_user_who_connects_again_replaces_the_old_session(tmp_path: Path) -> None:
    async with a_stage(real_time, tmp_path) as stage:
        old = await stage.client("a", "&user=u1")
        await old.speak("m1")
        await old.until("audio")
        new = await stage.client("b", "&user=u1")
        assert await old.until("stream.end") == ("stream.end", "m1", "cleanup")
        await old.socket.wait_closed()
        assert old.socket.close_code == 4001
        await new.speak("m1")
        await new.until("audio")
        assert stage.upstream.log.at("close frame 1") < stage.upstream.log.at("request 2")


async def test_the_hooks_are_there_only_when_asked_for(tmp_path: Path) -> None:
    async with FakeUpstream(whole) as upstream:
        config = replace(a_config(upstream, tmp_path / "log"), test_hooks=False)
        async with running(config) as (_, port), aiohttp.ClientSession() as http:
            url = f"http://127.0.0.1:{port}"
            async with http.get(f"{url}/_test/resources") as answer:
                assert answer.status == 404
            async with http.get(f"{url}/healthz") as answer:
                assert (answer.status, await answer.json()) == (200, {"status": "ready"})


async def test_a_cleanup_of_an_unknown_session_is_refused(tmp_path: Path) -> None:
    async with a_stage(whole, tmp_path) as stage:
        assert (await stage.call("POST", "/_test/sessions/nobody/cleanup"))[0] == 404


async def test_an_id_that_is_too_long_is_refused(tmp_path: Path) -> None:
    async with a_stage(whole, tmp_path) as stage:
        with pytest.raises(InvalidStatus) as refused:
            await stage.client("x" * 65)
        assert refused.value.response.status_code == 400


async def test_sessions_leave_nothing_behind(tmp_path: Path) -> None:
    async with a_stage(real_time, tmp_path) as stage:
        for number in range(10):
            client = await stage.client(f"s{number}")
            await client.speak("m1")
            await client.until("audio")
            await client.socket.close()
        async with asyncio.timeout(DEADLINE_S):
            while (held := await stage.resources())["sessions"]:
                await asyncio.sleep(0.01)
        kinds = ("sessions", "client_sockets", "upstream_streams", "upstream_sockets")
        assert [held[kind] for kind in (*kinds, "buffered_bytes", "listeners")] == [0] * 6


async def test_closing_the_relay_ends_the_open_messages(tmp_path: Path) -> None:
    async with a_stage(real_time, tmp_path) as stage:
        client = await stage.client()
        await client.speak("m1")
        await client.until("audio")
        await stage.relay.close()
        assert await client.until("stream.end") == ("stream.end", "m1", "cleanup")
        await client.socket.wait_closed()
        assert client.socket.close_code == 1001
        await stage.upstream.log.wait_for("gone 1")
        assert (await stage.call("GET", "/healthz"))[0] == 503


async def test_the_process_says_where_it_listens_and_ends_on_sigterm(tmp_path: Path) -> None:
    async with FakeUpstream(real_time) as upstream:
        url = f"ws://127.0.0.1:{upstream.port}/v1/audio/speech/stream"
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-P", "-m", "reference_impl", "--port", "0"),
            *("--upstream-ws", url, "--log", str(tmp_path / "log")),
            stdout=subprocess.PIPE,
        )
        assert process.stdout is not None
        ready = json.loads(await process.stdout.readline())
        async with (
            asyncio.timeout(DEADLINE_S),
            connect(f"ws://127.0.0.1:{ready['port']}/v1/session", proxy=None) as websocket,
        ):
            client = Client(websocket)
            await client.speak("m1")
            await client.until("audio")
            process.terminate()
            assert await client.until("stream.end") == ("stream.end", "m1", "cleanup")
            assert await process.wait() == 0
    events = [json.loads(line)["event"] for line in (tmp_path / "log").read_text().splitlines()]
    assert events == ["session_opened", "cleanup", "cleanup", "session_closed"]


async def test_a_taken_port_is_told_in_one_sentence() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-P", "-m", "reference_impl", "--port", str(port)),
            *("--upstream-ws", "ws://127.0.0.1:9/"),
            stderr=subprocess.PIPE,
        )
        _, said = await process.communicate()
    assert process.returncode == 1
    assert b"Traceback" not in said
    assert len(said.splitlines()) == 1
