"""One contract for the real server and the stand-in: the HTTP API."""

import socket

import pytest

from harness.toxiproxy.client import ToxiproxyClient, ToxiproxyError
from harness.toxiproxy.server import ToxiproxyServer
from suites.selftest.harness.toxiproxy.wires import Raw, Wire

pytestmark = [pytest.mark.io, pytest.mark.asyncio(loop_scope="module")]


async def test_the_server_says_what_it_is(server: ToxiproxyServer, client: ToxiproxyClient) -> None:
    assert client.version() == server.version
    assert server.version.endswith("stand-in") == (server.kind == "stand-in")
    assert client.list() == ()


async def test_a_proxy_reports_the_port_it_found(wire: Wire, raw: Raw) -> None:
    assert wire.proxy.listen_host == "127.0.0.1"
    assert wire.proxy.listen_port > 0
    assert wire.api.get(wire.proxy) == wire.proxy
    assert wire.api.list() == (wire.proxy,)
    status, answer = raw("GET", f"/proxies/{wire.proxy.name}")
    assert status == 200
    assert {"name", "listen", "upstream", "enabled", "toxics"} <= set(answer)


async def test_proxies_that_cannot_be_made(wire: Wire, raw: Raw) -> None:
    name, up = wire.proxy.name, "127.0.0.1:9"
    taken = f"127.0.0.1:{wire.proxy.listen_port}"
    refused = [
        (409, {"name": name, "upstream": up, "listen": "127.0.0.1:0"}, "proxy already exists"),
        (400, {"upstream": up}, "missing required field: name"),
        (400, {"name": "n"}, "missing required field: upstream"),
        (400, {"name": 7, "upstream": up}, "bad request body"),
        (500, {"name": "n", "upstream": up, "listen": taken}, ""),
        (500, {"name": "n", "upstream": up, "listen": "nonsense"}, ""),
    ]
    for status, body, text in refused:
        got, answer = raw("POST", "/proxies", body)
        assert (got, answer["status"]) == (status, status)
        assert answer["error"].startswith(text)
    assert raw("POST", "/proxies", data="{")[0] == 400
    with pytest.raises(ToxiproxyError, match=r"answered 500") as caught:
        wire.api.create("n", up, taken)
    assert caught.value.status == 500
    with pytest.raises(ToxiproxyError, match="already exists"):
        wire.api.create(name, up)
    assert [proxy.name for proxy in wire.api.list()] == [name]


async def test_unknown_places_and_methods(wire: Wire, raw: Raw) -> None:
    path = f"/proxies/{wire.proxy.name}"
    assert raw("GET", "/nowhere")[0] == 404
    assert raw("DELETE", "/proxies") == (405, "")
    for method, missing in (("GET", ""), ("PATCH", ""), ("DELETE", ""), ("GET", "/toxics")):
        status, answer = raw(method, f"/proxies/nix{missing}", {})
        assert (status, answer) == (404, {"error": "proxy not found", "status": 404})
    for method in ("GET", "PATCH", "DELETE"):
        status, answer = raw(method, f"{path}/toxics/nix", {})
        assert (status, answer) == (404, {"error": "toxic not found", "status": 404})
    assert wire.api.remove_toxic(wire.proxy, "nix") is False
    assert wire.api.delete("nix") is False


@pytest.mark.parametrize(
    ("kind", "attributes"),
    [
        ("latency", {"latency": 0, "jitter": 0}),
        ("bandwidth", {"rate": 0}),
        ("slow_close", {"delay": 0}),
        ("timeout", {"timeout": 0}),
        ("reset_peer", {"timeout": 0}),
        ("slicer", {"average_size": 0, "size_variation": 0, "delay": 0}),
        ("limit_data", {"bytes": 0}),
    ],
)
async def test_defaults_of_a_toxic(
    wire: Wire, raw: Raw, kind: str, attributes: dict[str, int]
) -> None:
    expected = {
        "name": f"{kind}_downstream",
        "type": kind,
        "stream": "downstream",
        "toxicity": 1,
        "attributes": attributes,
    }
    path = f"/proxies/{wire.proxy.name}/toxics"
    assert raw("POST", path, {"type": kind}) == (200, expected)
    assert raw("GET", path) == (200, [expected])
    assert raw("DELETE", f"{path}/{kind}_downstream") == (204, "")
    assert raw("GET", path) == (200, [])


async def test_toxics_that_cannot_be_made(wire: Wire, raw: Raw) -> None:
    path = f"/proxies/{wire.proxy.name}/toxics"
    assert raw("POST", path, {"type": "latency", "name": "t"})[0] == 200
    refused = [
        (409, {"type": "bandwidth", "name": "t", "stream": "upstream"}, "toxic already exists"),
        (400, {"type": "nix"}, "invalid toxic type"),
        (400, {"type": "latency", "stream": "sideways"}, "stream was invalid"),
        (400, {"type": "latency", "attributes": {"latency": 1.5}}, "bad request body"),
        (400, {"type": "latency", "attributes": {"latency": "1"}}, "bad request body"),
        (400, {"type": "latency", "toxicity": "1"}, "bad request body"),
    ]
    for status, body, text in refused:
        got, answer = raw("POST", path, body)
        assert (got, answer["status"]) == (status, status), body
        assert answer["error"].startswith(text)
    assert [toxic.name for toxic in wire.api.toxics(wire.proxy)] == ["t"]


async def test_the_server_accepts_what_our_client_refuses(wire: Wire, raw: Raw) -> None:
    path = f"/proxies/{wire.proxy.name}/toxics"
    for body in (
        {"type": "latency", "attributes": {"latancy": 5}},
        {"type": "bandwidth", "attributes": {"rate": -1}},
        {"type": "timeout", "toxicity": 7},
    ):
        assert raw("POST", path, body)[0] == 200
    add = wire.api.add_toxic
    for kind, attributes in (
        ("latency", {"latancy": 5}),
        ("latency", {"latency": True}),
        ("bandwidth", {"rate": -1}),
        ("slicer", {"delay": 1}),
        ("slicer", {"average_size": 0}),
    ):
        with pytest.raises(ToxiproxyError, match=kind):
            add(wire.proxy, "t", kind, "downstream", attributes)
    with pytest.raises(ToxiproxyError, match="stream 'sideways'"):
        add(wire.proxy, "t", "latency", "sideways", {})
    with pytest.raises(ToxiproxyError, match="toxicity 7"):
        add(wire.proxy, "t", "latency", "upstream", {}, toxicity=7)
    with pytest.raises(ToxiproxyError, match="name 'a/b' cannot be used"):
        add(wire.proxy, "a/b", "latency", "upstream", {})
    with pytest.raises(ToxiproxyError, match="give it as HOST:PORT"):
        wire.api.create("n", "127.0.0.1")
    assert len(wire.api.toxics(wire.proxy)) == 3


async def test_an_update_changes_only_what_it_names(wire: Wire) -> None:
    await wire.add("latency", latency=7, jitter=3)
    changed = wire.api.update_toxic(wire.proxy, "latency", {"jitter": 4})
    assert changed.attributes == {"latency": 7, "jitter": 4}
    assert changed.toxicity == 1
    changed = wire.api.update_toxic(wire.proxy, "latency", toxicity=0.5)
    assert changed.attributes == {"latency": 7, "jitter": 4}
    assert changed.toxicity == 0.5
    with pytest.raises(ToxiproxyError, match="whole number of ms"):
        wire.api.update_toxic(wire.proxy, "latency", {"latency": -1})


async def test_toxics_are_listed_upstream_first_then_in_order_of_addition(wire: Wire) -> None:
    for name, kind, stream in (
        ("z", "latency", "downstream"),
        ("a", "bandwidth", "downstream"),
        ("m", "latency", "upstream"),
    ):
        await wire.call(wire.api.add_toxic, name, kind, stream, {})
    assert [toxic.name for toxic in wire.api.toxics(wire.proxy)] == ["m", "z", "a"]
    assert [toxic.name for toxic in wire.api.get(wire.proxy).toxics] == ["m", "z", "a"]


async def test_a_proxy_made_disabled_finds_its_port_when_enabled(wire: Wire) -> None:
    made = wire.api.create("later", wire.proxy.upstream, is_enabled=False)
    assert (made.is_enabled, made.listen_port) == (False, 0)
    opened = wire.api.set_enabled(made, True)
    assert opened.listen_port > 0
    wire.api.set_enabled(made, False)
    assert wire.api.set_enabled(made, True).listen_port == opened.listen_port
    assert wire.api.delete(made)


async def test_enabling_on_a_taken_port_is_an_error(wire: Wire) -> None:
    wire.api.set_enabled(wire.proxy, False)
    with socket.create_server(("127.0.0.1", wire.proxy.listen_port)):
        with pytest.raises(ToxiproxyError, match="answered 500"):
            wire.api.set_enabled(wire.proxy, True)
        assert not wire.api.get(wire.proxy).is_enabled
    assert wire.api.set_enabled(wire.proxy, True).is_enabled


async def test_populate_keeps_what_is_the_same_and_reset_takes_toxics_out(
    wire: Wire, raw: Raw
) -> None:
    await wire.add("latency", latency=1)
    same = {
        "name": wire.proxy.name,
        "listen": f"127.0.0.1:{wire.proxy.listen_port}",
        "upstream": wire.proxy.upstream,
    }
    status, answer = raw("POST", "/populate", [same])
    assert status == 201
    assert [toxic["name"] for toxic in answer["proxies"][0]["toxics"]] == ["latency"]
    wire.api.set_enabled(wire.proxy, False)
    assert raw("POST", "/reset") == (204, "")
    now = wire.api.get(wire.proxy)
    assert (now.is_enabled, now.toxics) == (True, ())
    status, answer = raw("POST", "/populate", [same | {"upstream": "127.0.0.1:9"}])
    assert status == 201
    assert wire.api.get(wire.proxy).upstream == "127.0.0.1:9"
    assert raw("POST", "/populate", [{"name": "n"}])[0] == 400
