"""The stand-in: the real server's HTTP API and toxics in Python.

It takes the real server's place where that cannot be had; the contract suite runs against both.
Started like the real one: ``python -P -m harness.toxiproxy.stand_in -host H -port N``.

Not imitated, because nobody should rely on it: the numbers that end the real process, its hangs
when a client reads nothing, half-applied changes, leaks. A listener without an address is on
loopback, not on all interfaces.
"""

import argparse
import asyncio
import json
import random
import signal
import socket
import sys
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path
from typing import Any, NoReturn

from aiohttp import web

from harness.model.errors import UnknownNameError
from harness.toxiproxy.link import Spawn, Toxic
from harness.toxiproxy.proxy import STREAMS, Proxy
from harness.toxiproxy.toxics.base import TOXICS, ToxicType

VERSION = "2.12.0-stand-in"
Json = dict[str, Any]
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


class Refused(Exception):
    """A request that is answered with an error."""

    def __init__(self, status: int, text: str) -> None:
        super().__init__(text)
        self.status = status


class StandIn:
    """All proxies, and the API that changes them."""

    def __init__(self, spawn: Spawn, chance: random.Random) -> None:
        self._proxies: dict[str, Proxy] = {}
        self._spawn = spawn
        self._chance = chance

    def application(self) -> web.Application:
        """Return the HTTP API."""
        app = web.Application(middlewares=[_answer_refusals])
        proxy, toxic = "/proxies/{proxy}", "/proxies/{proxy}/toxics/{toxic}"
        app.add_routes(
            [
                web.get("/version", self._version),
                web.post("/reset", self._reset),
                web.post("/populate", self._populate),
                web.get("/proxies", self._list),
                web.post("/proxies", self._create),
                web.get(proxy, self._show),
                web.post(proxy, self._update),
                web.patch(proxy, self._update),
                web.delete(proxy, self._delete),
                web.get(f"{proxy}/toxics", self._list_toxics),
                web.post(f"{proxy}/toxics", self._add_toxic),
                web.get(toxic, self._show_toxic),
                web.post(toxic, self._update_toxic),
                web.patch(toxic, self._update_toxic),
                web.delete(toxic, self._remove_toxic),
            ]
        )
        return app

    def close(self) -> None:
        """Close every listener and connection."""
        for proxy in self._proxies.values():
            proxy.stop()

    async def populate(self, wanted: Any) -> list[Proxy]:  # noqa: ANN401 - unchecked JSON
        """Make proxies; one that is there with the same addresses is kept, another replaced."""
        if not isinstance(wanted, list):
            raise Refused(400, "bad request body: a list of proxies was expected")
        for place, fields in enumerate(wanted, start=1):
            _require(fields, suffix=f" at proxy {place}")
        made = []
        for fields in wanted:
            found = self._proxies.get(fields["name"])
            addresses = (fields.get("listen"), fields["upstream"])
            if found is None or addresses != (found.listen, found.upstream):
                found = await self._make(fields, replaces=found)
            made.append(found)
        return made

    async def _version(self, _request: web.Request) -> web.Response:
        return web.json_response({"version": VERSION})

    async def _reset(self, _request: web.Request) -> web.Response:
        for proxy in tuple(self._proxies.values()):
            await _started(proxy)
            for toxic in proxy.toxics:
                await proxy.remove(toxic)
        return web.Response(status=204)

    async def _populate(self, request: web.Request) -> web.Response:
        made = await self.populate(await _body(request))
        return web.json_response({"proxies": [_proxy_json(proxy) for proxy in made]}, status=201)

    async def _list(self, _request: web.Request) -> web.Response:
        return web.json_response({name: _proxy_json(p) for name, p in self._proxies.items()})

    async def _create(self, request: web.Request) -> web.Response:
        fields = await _body(request)
        _require(fields)
        if fields["name"] in self._proxies:
            raise Refused(409, "proxy already exists")
        return web.json_response(_proxy_json(await self._make(fields, replaces=None)), status=201)

    async def _make(self, fields: Json, *, replaces: Proxy | None) -> Proxy:
        proxy = Proxy(
            name=fields["name"],
            listen=_typed(fields, "listen", str, "127.0.0.1:0"),
            upstream=fields["upstream"],
            spawn=self._spawn,
            chance=self._chance,
        )
        is_enabled = _typed(fields, "enabled", bool, True)  # noqa: FBT003 - a default value
        if replaces is not None:
            replaces.stop()
        if is_enabled:
            await _started(proxy)
        self._proxies[proxy.name] = proxy
        return proxy

    async def _show(self, request: web.Request) -> web.Response:
        return web.json_response(_proxy_json(self._proxy(request)))

    async def _update(self, request: web.Request) -> web.Response:
        proxy = self._proxy(request)
        fields = await _body(request)
        listen = _typed(fields, "listen", str, proxy.listen)
        upstream = _typed(fields, "upstream", str, proxy.upstream)
        is_enabled = _typed(fields, "enabled", bool, proxy.is_enabled)
        try:
            await proxy.update(listen=listen, upstream=upstream, is_enabled=is_enabled)
        except OSError as error:
            raise Refused(500, str(error)) from error
        return web.json_response(_proxy_json(proxy))

    async def _delete(self, request: web.Request) -> web.Response:
        proxy = self._proxy(request)
        proxy.stop()
        del self._proxies[proxy.name]
        return web.Response(status=204)

    async def _list_toxics(self, request: web.Request) -> web.Response:
        return web.json_response([_toxic_json(toxic) for toxic in self._proxy(request).toxics])

    async def _add_toxic(self, request: web.Request) -> web.Response:
        proxy = self._proxy(request)
        fields = await _body(request)
        stream = _typed(fields, "stream", str, "downstream")
        if stream not in STREAMS:
            raise Refused(400, "stream was invalid, can be either upstream or downstream")
        kind = _toxic_type(_typed(fields, "type", str, ""))
        name = _typed(fields, "name", str, "") or f"{kind.name}_{stream}"
        if any(toxic.name == name for toxic in proxy.toxics):
            raise Refused(409, "toxic already exists")
        toxic = Toxic(
            name=name,
            type=kind,
            stream=stream,
            toxicity=_toxicity(fields, 1.0),
            settings=_settings(fields, kind, {attribute.name: 0 for attribute in kind.attributes}),
        )
        await proxy.add(toxic)
        return web.json_response(_toxic_json(toxic))

    async def _show_toxic(self, request: web.Request) -> web.Response:
        return web.json_response(_toxic_json(self._toxic(request)[1]))

    async def _update_toxic(self, request: web.Request) -> web.Response:
        proxy, toxic = self._toxic(request)
        fields = await _body(request)
        settings = _settings(fields, toxic.type, toxic.settings)
        toxic.toxicity = _toxicity(fields, toxic.toxicity)
        toxic.settings = settings
        await proxy.change(toxic)
        return web.json_response(_toxic_json(toxic))

    async def _remove_toxic(self, request: web.Request) -> web.Response:
        proxy, toxic = self._toxic(request)
        await proxy.remove(toxic)
        return web.Response(status=204)

    def _proxy(self, request: web.Request) -> Proxy:
        proxy = self._proxies.get(request.match_info["proxy"])
        if proxy is None:
            raise Refused(404, "proxy not found")
        return proxy

    def _toxic(self, request: web.Request) -> tuple[Proxy, Toxic]:
        proxy = self._proxy(request)
        for toxic in proxy.toxics:
            if toxic.name == request.match_info["toxic"]:
                return proxy, toxic
        raise Refused(404, "toxic not found")


@web.middleware
async def _answer_refusals(request: web.Request, handler: Handler) -> web.StreamResponse:
    try:
        return await handler(request)
    except Refused as refusal:
        answer = {"error": str(refusal), "status": refusal.status}
        return web.json_response(answer, status=refusal.status)
    except web.HTTPMethodNotAllowed as error:
        return web.Response(status=error.status)


async def _body(request: web.Request) -> Any:  # noqa: ANN401 - unchecked JSON
    try:
        return json.loads(await request.read())
    except ValueError as error:
        raise Refused(400, f"bad request body: {error}") from error


def _require(fields: Any, suffix: str = "") -> None:  # noqa: ANN401 - unchecked JSON
    if not isinstance(fields, dict):
        raise Refused(400, "bad request body: an object was expected")
    for name in ("name", "upstream"):
        if not _typed(fields, name, str, ""):
            raise Refused(400, f"missing required field: {name}{suffix}")


def _typed(fields: Any, name: str, kind: type[Any], default: Any) -> Any:  # noqa: ANN401 - JSON
    """Return a field of the body; an absent one and null are the default."""
    if not isinstance(fields, dict):
        raise Refused(400, "bad request body: an object was expected")
    value = fields.get(name)
    if value is None:
        return default
    if not isinstance(value, kind) or (isinstance(value, bool) and kind is not bool):
        raise Refused(400, f"bad request body: {name} is {value!r}, not a {kind.__name__}")
    return value


def _toxic_type(name: str) -> ToxicType:
    try:
        return TOXICS.get(name)
    except UnknownNameError as error:
        raise Refused(400, "invalid toxic type") from error


def _toxicity(fields: Json, default: float) -> float:
    value = fields.get("toxicity")
    return float(value) if isinstance(value, int) else _typed(fields, "toxicity", float, default)


def _settings(fields: Json, kind: ToxicType, before: dict[str, int]) -> dict[str, int]:
    """Return the settings after the change; names that the toxic does not have are ignored."""
    given = _typed(fields, "attributes", dict, {})
    names = [attribute.name for attribute in kind.attributes]
    return {name: _typed(given, name, int, before[name]) for name in names}


async def _started(proxy: Proxy) -> None:
    try:
        await proxy.start()
    except OSError as error:
        raise Refused(500, str(error)) from error


def _proxy_json(proxy: Proxy) -> Json:
    return {
        "name": proxy.name,
        "listen": proxy.listen,
        "upstream": proxy.upstream,
        "enabled": proxy.is_enabled,
        "toxics": [_toxic_json(toxic) for toxic in proxy.toxics],
    }


def _toxic_json(toxic: Toxic) -> Json:
    return {
        "name": toxic.name,
        "type": toxic.type.name,
        "stream": toxic.stream,
        "toxicity": toxic.toxicity,
        "attributes": toxic.settings,
    }


class _Finished(Exception):
    """SIGTERM has come."""


async def _serve(options: argparse.Namespace) -> None:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    listener = socket.create_server((options.host, options.port))
    try:
        async with asyncio.TaskGroup() as tasks:
            stand_in = StandIn(tasks.create_task, random.Random(options.seed))
            if options.config is not None:
                await stand_in.populate(json.loads(options.config.read_text()))
            runner = web.AppRunner(stand_in.application(), access_log=None, shutdown_timeout=0.1)
            await runner.setup()
            await web.SockSite(runner, listener).start()
            await stop.wait()
            stand_in.close()
            await runner.cleanup()
            _finish()
    except* _Finished:
        pass


def _finish() -> NoReturn:
    """End a task group with all its tasks."""
    raise _Finished


def main(arguments: Sequence[str] | None = None) -> int:
    """Serve until SIGTERM; options as the real server has them."""
    parser = argparse.ArgumentParser(prog="python -m harness.toxiproxy.stand_in")
    parser.add_argument("-host", default="127.0.0.1", help="where the API listens")
    parser.add_argument("-port", type=int, default=8474, help="its port")
    parser.add_argument("-config", type=Path, help="JSON file with proxies to begin with")
    parser.add_argument("-seed", type=int, default=0, help="for toxicity, jitter and slices")
    try:
        asyncio.run(_serve(parser.parse_args(arguments)))
    except OSError as error:
        sys.stderr.write(f"the stand-in cannot listen: {error}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
