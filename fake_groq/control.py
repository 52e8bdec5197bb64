"""The control API: how the fake shall behave, what it can do wrong, and its ledger."""

import asyncio
import hashlib
import json
from collections.abc import Awaitable, Callable
from typing import Final

from aiohttp import web

from fake_groq.faults.base import describe_faults
from fake_groq.service import Service
from fake_groq.setting import SettingError, nearest
from fake_groq.steps import Profile, hash_plan

ROOT: Final = "/__control__"
LINES_PER_WRITE: Final = 256

Handler = Callable[[web.BaseRequest, Service], Awaitable[web.StreamResponse]]


class _Wrong(Exception):
    """The request is answered with 400 and this text."""


async def control(request: web.BaseRequest, service: Service) -> web.StreamResponse:
    """Answer a request below `/__control__`; what is wrong in it is said in one sentence."""
    call = f"{request.method} {request.path.removeprefix(ROOT)}"
    handler = _CALLS.get(call)
    if handler is None:
        return _error(404, f"No call {call!r}{nearest(call, _CALLS)}")
    try:
        return await handler(request, service)
    except (SettingError, _Wrong) as error:
        return _error(400, str(error))
    except web.HTTPRequestEntityTooLarge:
        return _error(413, "The request is larger than the control API takes; divide it.")


async def _healthz(_request: web.BaseRequest, service: Service) -> web.StreamResponse:
    return web.json_response(
        {"ok": True, "seq": service.ledger.seq, "rules": len(service.rulebook)}
    )


async def _faults(_request: web.BaseRequest, _service: Service) -> web.StreamResponse:
    return web.json_response({"faults": describe_faults()})


async def _behaviour(request: web.BaseRequest, service: Service) -> web.StreamResponse:
    service.rulebook.update(await _json(request))
    return web.json_response({"rules": len(service.rulebook)})


async def _plans(request: web.BaseRequest, service: Service) -> web.StreamResponse:
    """Hash what would be sent for each text at its first attempt, were they asked in this order."""
    body = await _json(request)
    asked = body if isinstance(body, dict) else {}
    texts = asked.get("texts")
    if not isinstance(texts, list) or not all(isinstance(text, str) for text in texts):
        raise _Wrong('Expected {"texts": ["...", ...], "profile": "ws" or "http"}.')
    profile = _profile(asked.get("profile", "ws"))
    digest = hashlib.sha256()
    for number, text in enumerate(texts, 1):
        hash_plan(service.first_plan(profile, text, number), digest)
        await asyncio.sleep(0)  # streams go on meanwhile
    return web.json_response({"sha256": digest.hexdigest(), "streams": len(texts)})


async def _ledger(request: web.BaseRequest, service: Service) -> web.StreamResponse:
    since = request.query.get("since", "0")
    if not since.isdecimal():
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


async def _reset(_request: web.BaseRequest, service: Service) -> web.StreamResponse:
    return web.json_response({"seq": service.ledger.reset()})


async def _json(request: web.BaseRequest) -> object:
    try:
        return json.loads(await request.read())
    except ValueError as error:
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
    "GET /healthz": _healthz,
    "GET /faults": _faults,
    "POST /behaviour": _behaviour,
    "POST /plans": _plans,
    "GET /ledger": _ledger,
    "POST /ledger/reset": _reset,
}
