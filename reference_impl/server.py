"""The process around the sessions: the HTTP application, its hooks, its start and its end."""

import asyncio
import json
import os
import signal
import sys
import uuid
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, nullcontext, suppress
from pathlib import Path
from typing import TextIO

from aiohttp import WSCloseCode, web
from websockets.uri import parse_uri

from reference_impl.client_frames import ID_CHARACTERS_MAX
from reference_impl.config import RelayConfig, read_config
from reference_impl.downstream import ClientSocket, Downstream
from reference_impl.journal import Journal
from reference_impl.ownership import Census, Partings
from reference_impl.relay import Session, SessionSettings
from reference_impl.upstream import Upstream
from reference_impl.upstream_http import HttpUpstream, http_client
from reference_impl.upstream_websocket import WebSocketUpstream

REPLACE_DEADLINE_S = 1.0
SHUTDOWN_DEADLINE_S = 3.0
REPLACED = 4001
"""Close code of a connection whose user has connected again."""


class Sessions:
    """Knows the sessions that live; each id and each user has at most one."""

    def __init__(self) -> None:
        self._by_id: dict[str, Session] = {}

    def __iter__(self) -> Iterator[Session]:
        return iter(tuple(self._by_id.values()))

    def find(self, session_id: str) -> Session | None:
        """Return the session with this id; None if there is none."""
        return self._by_id.get(session_id)

    async def admit(self, session: Session) -> None:
        """Register `session`, and retire the one whose place it takes."""
        replaced = [other for other in self if _is_same_user(other, session)]
        self._by_id[session.session_id] = session  # claimed before the first await
        for other in replaced:
            self.dismiss(other)
            with suppress(TimeoutError):
                async with asyncio.timeout(REPLACE_DEADLINE_S):
                    await other.retire(close_code=REPLACED, cause="replaced")

    def dismiss(self, session: Session) -> None:
        """Forget `session`; a successor under the same id stays."""
        if self._by_id.get(session.session_id) is session:
            del self._by_id[session.session_id]


class Relay:
    """The application and what all its sessions share."""

    def __init__(
        self,
        config: RelayConfig,
        *,
        new_upstream: Callable[[Partings], Upstream],
        journal: Journal,
        census: Census,
    ) -> None:
        self.sessions = Sessions()
        self.is_closing = False
        self._config = config
        self._journal = journal
        self._census = census
        self._settings = SessionSettings(
            model=config.model,
            first_byte_ms=config.first_byte_ms,
            completion_idle_ms=config.completion_idle_ms,
            new_upstream=new_upstream,
        )

    def application(self) -> web.Application:
        """Return the aiohttp application."""
        application = web.Application()
        application.router.add_get("/v1/session", self.serve_session)
        application.router.add_get("/healthz", self.tell_health)
        if self._config.test_hooks:
            application.router.add_post("/_test/sessions/{id}/cleanup", self.clean_up_session)
            application.router.add_get("/_test/resources", self.tell_resources)
        return application

    async def serve_session(self, request: web.Request) -> web.StreamResponse:
        """Be one client's session, from its upgrade to its close."""
        session_id = request.query.get("session") or uuid.uuid4().hex
        user = request.query.get("user") or None
        if len(session_id) > ID_CHARACTERS_MAX or len(user or "") > ID_CHARACTERS_MAX:
            raise web.HTTPBadRequest(text=f"An id has at most {ID_CHARACTERS_MAX} characters.\n")
        if self.is_closing:
            raise web.HTTPServiceUnavailable(text="The relay is closing.\n")
        websocket = ClientSocket()
        await websocket.prepare(request)
        if request.transport is None:
            return websocket  # gone while it was upgraded
        client = Downstream(
            websocket,
            request.transport,
            stall_ms=self._config.client_stall_ms,
            vanish_ms=self._config.vanish_ms,
            census=self._census,
        )
        session = Session(
            session_id=session_id,
            user=user,
            client=client,
            settings=self._settings,
            journal=self._journal,
            census=self._census,
        )
        try:
            await self.sessions.admit(session)
            await session.run()
        finally:
            self.sessions.dismiss(session)
        return websocket

    async def tell_health(self, _: web.Request) -> web.Response:
        """Say whether new sessions are served."""
        if self.is_closing:
            return web.json_response({"status": "closing"}, status=503)
        return web.json_response({"status": "ready"})

    async def clean_up_session(self, request: web.Request) -> web.Response:
        """Call the cleanup of a session's current message (test hook)."""
        session = self.sessions.find(request.match_info["id"])
        cleanup = None if session is None else await session.call_cleanup()
        if cleanup is None:
            return web.json_response({"error": "There is no such session."}, status=404)
        return web.json_response(
            {
                "session": request.match_info["id"],
                "message_id": cleanup.message_id,
                "call": cleanup.call,
                "effective": cleanup.effective,
            }
        )

    async def tell_resources(self, _: web.Request) -> web.Response:
        """Count what is held at this moment (test hook)."""
        # asyncio has no public list of timers. A cancelled one stays in the heap for a while.
        timers = getattr(asyncio.get_running_loop(), "_scheduled", ())
        return web.json_response(
            {
                "sessions": self._census.held["sessions"],
                "client_sockets": self._census.held["client_sockets"],
                "upstream_streams": self._census.held["upstream_streams"],
                "upstream_sockets": self._census.held["upstream_sockets"],
                "tasks": len(asyncio.all_tasks()),
                "timers": sum(not timer.cancelled() for timer in timers),
                "listeners": sum(session.waiters for session in self.sessions),
                "buffered_bytes": sum(session.client.buffered_bytes for session in self.sessions),
            }
        )

    async def close(self) -> None:
        """End all sessions, each open message with the reason `cleanup`."""
        self.is_closing = True
        with suppress(TimeoutError):
            async with asyncio.timeout(SHUTDOWN_DEADLINE_S), asyncio.TaskGroup() as tasks:
                for session in self.sessions:
                    tasks.create_task(_end(session), name=f"end {session.session_id}")


@asynccontextmanager
async def running(config: RelayConfig) -> AsyncIterator[tuple[Relay, int]]:
    """Serve as long as the block lasts; yield the relay and the port that it listens on."""
    async with AsyncExitStack() as lifetimes:
        census = Census()
        relay = Relay(
            config,
            new_upstream=await _upstreams(config, census, lifetimes),
            journal=Journal(lifetimes.enter_context(_open_log(config.log))),
            census=census,
        )
        runner = web.AppRunner(relay.application(), access_log=None, shutdown_timeout=1.0)
        lifetimes.push_async_callback(runner.cleanup)
        await runner.setup()
        await web.TCPSite(runner, config.host, config.port).start()
        lifetimes.push_async_callback(relay.close)
        yield relay, runner.addresses[0][1]


async def serve(config: RelayConfig) -> None:
    """Serve until SIGTERM or SIGINT. Says on stdout when it listens, and on which port."""
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    async with running(config) as (_, port):
        _say_listening(port=port)
        await stop.wait()


def main(arguments: Sequence[str]) -> int:
    """Run the relay until SIGTERM or SIGINT; return its exit code."""
    config = read_config(arguments, os.environ)
    try:
        asyncio.run(serve(config))
    except OSError as error:
        sys.stderr.write(f"The relay cannot run: {error}. Choose another --port or --log.\n")
        return 1
    return 0


async def _upstreams(
    config: RelayConfig, census: Census, lifetimes: AsyncExitStack
) -> Callable[[Partings], Upstream]:
    """Return what makes the upstream of a message."""
    if config.upstream_ws is not None:
        uri = parse_uri(config.upstream_ws)
        return lambda partings: WebSocketUpstream(
            uri=uri,
            key=config.api_key,
            markers=config.end_markers,
            connect_ms=config.connect_ms,
            partings=partings,
            census=census,
        )
    client = await lifetimes.enter_async_context(http_client())
    return lambda _: HttpUpstream(
        client=client,
        url=config.speech_url,
        key=config.api_key,
        connect_ms=config.connect_ms,
        census=census,
    )


async def _end(session: Session) -> None:
    await session.retire(close_code=WSCloseCode.GOING_AWAY, cause="shutdown")
    await session.ended()


def _is_same_user(one: Session, other: Session) -> bool:
    if one.session_id == other.session_id:
        return True
    return one.user is not None and one.user == other.user


def _open_log(path: str) -> "nullcontext[TextIO] | TextIO":
    return nullcontext(sys.stdout) if path == "-" else Path(path).open("a", encoding="utf-8")


def _say_listening(*, port: int) -> None:
    with suppress(OSError):
        sys.stdout.write(json.dumps({"event": "listening", "port": port}) + "\n")
        sys.stdout.flush()
