"""The server: one port for the HTTP profile, the WebSocket profile and the control API."""

import asyncio
import os
import ssl
from collections.abc import AsyncIterator, Iterator
from contextlib import ExitStack, asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from ipaddress import ip_address
from pathlib import Path
from typing import Final, cast

from aiohttp import StreamReader, hdrs, web
from aiohttp.abc import AbstractStreamWriter
from aiohttp.http import RawRequestMessage

from fake_groq import answers, chat, control, speech, stream
from fake_groq.authority import NoAuthority, https_context
from fake_groq.behaviour import DEFAULT_BEHAVIOUR, Behaviour
from fake_groq.lag import lag_watched
from fake_groq.ledger import Ledger, open_ledger
from fake_groq.limits import Limiter
from fake_groq.listener import Listener
from fake_groq.policy import Policy
from fake_groq.presets.base import preset_at
from fake_groq.rulebook import Rulebook
from fake_groq.service import Service
from fake_groq.wire import Wire, WireServer

# Clients put what they know as the base URL before a path: the bare host, Groq's, OpenAI's, or
# Groq's twice, as its own SDK does with a base URL that has its path already.
BASES: Final = ("/openai/v1/openai/v1", "/openai/v1", "/v1", "")
BODY_BYTES_MAX: Final = 1 << 20
CONTROL_BYTES_MAX: Final = 64 << 20
HANG_UP_S_MAX: Final = 1.0
GUARD: Final = "FAKE_GROQ_TOKEN"  # the variable of the token: anybody can read an argument


class CannotServe(Exception):
    """The server cannot do its work; the text says why and what to do."""


class NotOnLoopback(CannotServe):
    """The address that was asked for is not on loopback."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """What a fake is started with.

    Attributes:
        ledger: the file of its events; None for one without a name.
        token: what guards the control API; needed beyond loopback.
        authority: the folder of the authority that signs its HTTPS; None for plain HTTP.
    """

    host: str = "127.0.0.1"
    port: int = 0
    seed: int = 0
    nonce: int = 0
    ledger: Path | None = None
    behaviour: Behaviour = DEFAULT_BEHAVIOUR
    policy: Policy = field(default_factory=Policy)
    token: str | None = None
    authority: Path | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Running:
    """A fake that runs: where it listens, and its parts."""

    host: str
    port: int
    service: Service
    server: WireServer
    scheme: str = "http"

    @property
    def address(self) -> str:
        """Host and port as they stand in a URL."""
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"

    def ready(self) -> dict[str, object]:
        """Return what the ready file says."""
        return {
            "host": self.host,
            "port": self.port,
            "pid": os.getpid(),
            "control": f"{self.scheme}://{self.address}{control.ROOT}",
        }


@asynccontextmanager
async def running(settings: Settings) -> AsyncIterator[Running]:
    """Serve for as long as the context lasts; all streams are released when it ends.

    Raises:
        CannotServe: the address is not on loopback, or taken; or the ledger cannot be written.
    """
    _refuse_strangers(settings)
    https = _https(settings)
    with _ledger(settings.ledger) as ledger:
        service = Service(
            seed=settings.seed,
            nonce=settings.nonce,
            ledger=ledger,
            rulebook=Rulebook(settings.behaviour),
            token=settings.token,
            policy=settings.policy,
            limiter=Limiter(settings.policy.tier),
        )
        door = _Door(service, control.Control(service))
        server = WireServer(door, ledger=ledger, request_factory=_request)
        listener = Listener(
            server, host=settings.host, port=settings.port, ledger=ledger, https=https
        )
        door.server = server
        await _listen(listener)
        door.listener = listener
        started = {"nonce": settings.nonce, "seed": settings.seed, "pid": os.getpid()}
        ledger.write("upstream_started", started)
        try:
            _refuse_failure(ledger)
            with lag_watched(ledger):
                yield Running(
                    host=listener.host,
                    port=listener.port,
                    service=service,
                    server=server,
                    scheme="http" if https is None else "https",
                )
        finally:
            listener.close()
            await server.hang_up_all(HANG_UP_S_MAX)
            await server.shutdown(HANG_UP_S_MAX)
            ledger.write("upstream_stopped", {"pid": os.getpid()})


class _Door:
    """Where every request comes in."""

    def __init__(self, service: Service, control_api: control.Control) -> None:
        self._service = service
        self._control = control_api
        self.listener: Listener | None = None
        self.server: WireServer | None = None

    async def __call__(self, request: web.BaseRequest) -> web.StreamResponse:
        """Answer a request; a client that leaves before its answer is complete is no error."""
        wire = request.protocol
        assert isinstance(wire, Wire)
        try:
            return await self._answer(request, wire)
        except ConnectionError:
            return web.Response(status=500)  # nobody is there to see it

    async def _answer(self, request: web.BaseRequest, wire: Wire) -> web.StreamResponse:
        """Send a request to the profile that its path belongs to."""
        path = request.path
        if path.startswith(control.ROOT):
            wire.use("control")
            return await self._control(request, self._open_streams)
        preset = preset_at(path) if request.headers.get(hdrs.UPGRADE) else None
        if preset is not None:
            wire.use("ws")
            answer = await stream.serve(request, self._service, wire, preset)
            return await self._gone_away(wire, answer)
        wire.use("http")
        return await self._gone_away(wire, await self._http(request, wire))

    def _open_streams(self) -> list[dict[str, object]]:
        wires = self.server.wires if self.server is not None else set()
        live = [wire.occupant.snapshot() for wire in wires if wire.occupant is not None]
        return sorted(live, key=lambda stream: cast("int", stream["exchange"]))

    async def _gone_away(self, wire: Wire, answer: web.StreamResponse) -> web.StreamResponse:
        """Close the port for as long as the connection's end asks for."""
        if wire.down_ms and self.listener is not None:
            await self.listener.go_away(wire.down_ms)
        return answer

    async def _http(self, request: web.BaseRequest, wire: Wire) -> web.StreamResponse:
        path = _without_base(request.path.rstrip("/"))
        if request.method == "POST" and path == "/audio/speech":
            return await speech.speak(request, self._service, wire)
        if request.method == "POST" and path == "/chat/completions":
            return await chat.complete(request, self._service, wire)
        if request.method in ("GET", "HEAD"):
            if path == "/models" or path.startswith("/models/"):
                return speech.models(request, self._service, wire)
            if path in ("", "/openai"):  # clients warm up there
                return web.json_response({"fake": "groq"})
        error = answers.unknown_address(request.method, request.path)
        return speech.refusal(error, self._service, wire)


def _without_base(path: str) -> str:
    return path.removeprefix(next(base for base in BASES if path.startswith(base)))


def _request(
    message: RawRequestMessage,
    payload: StreamReader,
    protocol: web.RequestHandler,
    writer: AbstractStreamWriter,
    task: "asyncio.Task[None]",
) -> web.BaseRequest:
    """Make a request that may be larger for the control API, which takes long lists of rules."""
    is_control = message.path.startswith(control.ROOT)
    return web.BaseRequest(
        message,
        payload,
        protocol,
        writer,
        task,
        asyncio.get_running_loop(),
        client_max_size=CONTROL_BYTES_MAX if is_control else BODY_BYTES_MAX,
    )


@contextmanager
def _ledger(path: Path | None) -> Iterator[Ledger]:
    with ExitStack() as stack:
        try:
            soon = asyncio.get_running_loop().call_soon
            ledger = stack.enter_context(open_ledger(path, soon))
        except OSError as error:
            raise CannotServe(f"Cannot open the ledger {path}: {error.strerror}.") from error
        yield ledger


def _refuse_failure(ledger: Ledger) -> None:
    ledger.flush()
    if ledger.failure is not None:
        raise CannotServe(f"The ledger cannot be written: {ledger.failure.strerror}.")


async def _listen(listener: Listener) -> None:
    try:
        await listener.listen()
    except OSError as error:
        reason = os.strerror(error.errno) if error.errno else str(error)
        raise CannotServe(
            f"Cannot listen on {listener.host}:{listener.port}: {reason}. "
            "Give another port, or 0 for any free one."
        ) from error


def _https(settings: Settings) -> ssl.SSLContext | None:
    if settings.authority is None:
        return None
    try:
        return https_context(settings.authority, settings.host)
    except NoAuthority as error:
        raise CannotServe(str(error)) from error


def _refuse_strangers(settings: Settings) -> None:
    """Allow loopback only, unless a token guards what the control API can do."""
    try:
        is_loopback = ip_address(settings.host).is_loopback
    except ValueError:
        is_loopback = settings.host == "localhost"
    if not is_loopback and not settings.token:
        raise NotOnLoopback(
            f"Without a token the fake listens on loopback only, and {settings.host!r} is not on"
            f" it. Give 127.0.0.1, ::1 or localhost, or set a token in {GUARD}."
        )
