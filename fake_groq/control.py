"""The control API: how the fake shall behave, what it can do wrong, what it did, and its page.

Who may call it: anybody on this machine, or who has the token where there is one. A page of another
origin may not, since a browser on this machine would carry its calls in.
"""

import asyncio
import hashlib
import json
from collections.abc import Awaitable, Callable
from dataclasses import asdict
from ipaddress import ip_address
from pathlib import Path
from typing import Final

from aiohttp import hdrs, web
from yarl import URL

from fake_groq import metrics, openapi
from fake_groq.behaviour import written_behaviour
from fake_groq.faults.base import describe_faults
from fake_groq.policy import read_policy
from fake_groq.service import Service
from fake_groq.setting import SettingError, nearest
from fake_groq.steps import Profile, hash_plan
from fake_groq.tokens import is_same_token
from fake_groq.validation import whole_characters

ROOT: Final = "/__control__"
LINES_PER_WRITE: Final = 256
SINCE_DIGITS_MAX: Final = 18

PAGE: Final = Path(__file__).parent / "page.html"

OpenStreams = Callable[[], list[dict[str, object]]]
Handler = Callable[[web.BaseRequest, Service, OpenStreams], Awaitable[web.StreamResponse]]


class _Wrong(Exception):
    """The request is answered with 400 and this text."""


class Control:
    """Answers what is asked below `/__control__`, with a token if one is set."""

    def __init__(self, service: Service) -> None:
        self._service = service
        self._token = service.token

    async def __call__(
        self, request: web.BaseRequest, open_streams: OpenStreams
    ) -> web.StreamResponse:
        """Answer a call; what is wrong in it is said in one sentence."""
        call = f"{request.method} {request.path.removeprefix(ROOT).rstrip('/') or '/'}"
        handler = _CALLS.get(call)
        if handler is None:
            return _error(404, f"No call {call!r}{nearest(call, _CALLS)}")
        if call not in _OPEN_TO_ALL:
            if not self._is_allowed(request):
                return _error(401, "Send the token of this fake: Authorization: Bearer TOKEN.")
            if _is_foreign(request) or not (self._token or _is_at_home(request)):
                return _error(403, "A page of another origin may not call the control API.")
        try:
            return await handler(request, self._service, open_streams)
        except (SettingError, _Wrong) as error:
            return _error(400, str(error))
        except web.HTTPRequestEntityTooLarge:
            return _error(413, "The request is larger than the control API takes; divide it.")

    def _is_allowed(self, request: web.BaseRequest) -> bool:
        if self._token is None:
            return True
        given = request.headers.get(hdrs.AUTHORIZATION, "")
        return is_same_token(given, f"Bearer {self._token}")


def _is_foreign(request: web.BaseRequest) -> bool:
    origin = request.headers.get(hdrs.ORIGIN)
    return origin is not None and origin.partition("://")[2] != request.host


def _is_at_home(request: web.BaseRequest) -> bool:
    """Tell whether a request came to a name of this machine.

    A page whose own name has been made to lead here brings that name along (DNS rebinding).
    """
    host = URL.build(scheme="http", authority=request.host).host or ""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


async def _page(_request: web.BaseRequest, _service: Service, _: OpenStreams) -> web.StreamResponse:
    return web.Response(text=PAGE.read_text("utf-8"), content_type="text/html")


async def _openapi(
    request: web.BaseRequest, _service: Service, _: OpenStreams
) -> web.StreamResponse:
    return web.json_response(openapi.document(server=f"{request.scheme}://{request.host}"))


async def _counters(
    _request: web.BaseRequest, service: Service, _: OpenStreams
) -> web.StreamResponse:
    return web.json_response(service.ledger.counters.summary())


async def _metrics(
    _request: web.BaseRequest, service: Service, _: OpenStreams
) -> web.StreamResponse:
    text = metrics.exposition(service.ledger.counters).decode()
    return web.Response(text=text, headers={hdrs.CONTENT_TYPE: metrics.TYPE})


async def _streams(
    _request: web.BaseRequest, _service: Service, open_streams: OpenStreams
) -> web.StreamResponse:
    return web.json_response({"streams": open_streams()})


async def _current(
    _request: web.BaseRequest, service: Service, _: OpenStreams
) -> web.StreamResponse:
    default = written_behaviour(service.rulebook.default)
    return web.json_response({"default": default, "rules": len(service.rulebook)})


async def _policy(request: web.BaseRequest, service: Service, _: OpenStreams) -> web.StreamResponse:
    service.govern(read_policy(await _json(request), service.policy))
    return web.json_response(asdict(service.policy))


async def _current_policy(
    _request: web.BaseRequest, service: Service, _: OpenStreams
) -> web.StreamResponse:
    return web.json_response(asdict(service.policy))


async def _healthz(
    _request: web.BaseRequest, service: Service, _: OpenStreams
) -> web.StreamResponse:
    return web.json_response(
        {"ok": True, "seq": service.ledger.seq, "rules": len(service.rulebook)}
    )


async def _faults(
    _request: web.BaseRequest, _service: Service, _: OpenStreams
) -> web.StreamResponse:
    return web.json_response({"faults": describe_faults()})


async def _behaviour(
    request: web.BaseRequest, service: Service, _: OpenStreams
) -> web.StreamResponse:
    service.rulebook.update(await _json(request))
    return web.json_response({"rules": len(service.rulebook)})


async def _plans(request: web.BaseRequest, service: Service, _: OpenStreams) -> web.StreamResponse:
    """Hash what would be sent for each text at its first attempt, were they asked in this order."""
    body = await _json(request)
    asked = body if isinstance(body, dict) else {}
    texts = asked.get("texts")
    if not isinstance(texts, list) or not all(isinstance(text, str) for text in texts):
        raise _Wrong('Expected {"texts": ["...", ...], "profile": "ws" or "http"}.')
    profile = _profile(asked.get("profile", "ws"))
    digest = hashlib.sha256()
    for number, text in enumerate(map(whole_characters, texts), 1):
        hash_plan(service.first_plan(profile, text, number), digest)
        await asyncio.sleep(0)  # streams go on meanwhile
    return web.json_response({"sha256": digest.hexdigest(), "streams": len(texts)})


async def _ledger(request: web.BaseRequest, service: Service, _: OpenStreams) -> web.StreamResponse:
    since = request.query.get("since", "0")
    if not (since.isascii() and since.isdecimal() and len(since) <= SINCE_DIGITS_MAX):
        raise _Wrong(f"'since' is the number of an event, not {since!r}.")
    response = web.StreamResponse()
    response.content_type = "application/x-ndjson"
    await response.prepare(request)
    lines: list[bytes] = []
    for line in service.ledger.read(int(since)):
        lines.append(line)
        if len(lines) == LINES_PER_WRITE:
            await response.write(b"".join(lines))
            lines.clear()
    await response.write(b"".join(lines))
    await response.write_eof()
    return response


async def _reset(_request: web.BaseRequest, service: Service, _: OpenStreams) -> web.StreamResponse:
    return web.json_response({"seq": service.ledger.reset()})


async def _json(request: web.BaseRequest) -> object:
    try:
        return json.loads(await request.read())
    except (ValueError, RecursionError) as error:
        raise _Wrong(f"The request is no JSON: {error}.") from error


def _profile(written: object) -> Profile:
    if written == "ws":
        return "ws"
    if written == "http":
        return "http"
    raise _Wrong(f'\'profile\' is "ws" or "http", not {written!r}.')


def _error(status: int, message: str) -> web.Response:
    return web.json_response({"error": message}, status=status)


_CALLS: Final[dict[str, Handler]] = {
    "GET /": _page,
    "GET /openapi.json": _openapi,
    "GET /healthz": _healthz,
    "GET /faults": _faults,
    "GET /behaviour": _current,
    "POST /behaviour": _behaviour,
    "GET /policy": _current_policy,
    "POST /policy": _policy,
    "POST /plans": _plans,
    "GET /streams": _streams,
    "GET /counters": _counters,
    "GET /metrics": _metrics,
    "GET /ledger": _ledger,
    "POST /ledger/reset": _reset,
}
_OPEN_TO_ALL: Final = frozenset({"GET /", "GET /healthz", "GET /openapi.json"})
