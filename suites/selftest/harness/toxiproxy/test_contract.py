"""One contract for the real server and the stand-in: what our faults rely on, as measured."""

import asyncio
import itertools
import os
import socket
import struct
import time
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import dataclass
from typing import Any, TypeVar

import pytest
import pytest_asyncio
import requests

from harness.engine.guardian import Guardian
from harness.engine.ports import reserved_port
from harness.toxiproxy.binary import default_cache, find_or_build
from harness.toxiproxy.client import Proxy, ToxiproxyClient, ToxiproxyError
from harness.toxiproxy.server import ToxiproxyServer, running

pytestmark = [pytest.mark.io, pytest.mark.asyncio(loop_scope="module")]

DEADLINE_S = 10.0
CHUNK = bytes(range(256)) * 15  # 3840 B: 80 ms of audio
QUIET_S = 0.15  # long enough to say "nothing came"
SLACK_S = 0.5  # how late a busy machine may be

T = TypeVar("T")


@pytest_asyncio.fixture(
    params=[pytest.param("real", marks=pytest.mark.proxy_binary), "stand-in"],
    scope="module",
    loop_scope="module",
)
async def server(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[ToxiproxyServer]:
    binary = None
    if request.param == "real":
        binary = find_or_build(default_cache(), offline=True)
        if binary is None:
            pytest.skip("no real Toxiproxy server here; `make certify` builds one where Go is")
    folder = tmp_path_factory.mktemp("toxiproxy")
    with reserved_port() as port:
        async with (
            Guardian.open(folder) as guardian,
            running(guardian, folder, binary=binary, port=port) as started,
        ):
            assert started.kind == request.param
            yield started


@pytest.fixture
def client(server: ToxiproxyServer) -> Iterator[ToxiproxyClient]:
    opened = server.client()
    yield opened
    opened.close()


class End:
    """One end of a connection, with the kernel's own words on how it ended."""

    def __init__(self, connected: socket.socket) -> None:
        connected.setblocking(False)
        connected.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.socket = connected
        self.got = b""

    async def send(self, data: bytes) -> None:
        async with asyncio.timeout(DEADLINE_S):
            await asyncio.get_running_loop().sock_sendall(self.socket, data)

    async def receive(self, count: int) -> bytes:
        """Return exactly ``count`` further bytes."""
        data = b""
        async with asyncio.timeout(DEADLINE_S):
            while len(data) < count:
                part = await asyncio.get_running_loop().sock_recv(self.socket, count - len(data))
                assert part, f"the end came after {len(data)} of {count} B"
                data += part
        return data

    async def receive_all(self) -> tuple[bytes, str]:
        """Return what comes until the end, and how it ends."""
        data = b""
        async with asyncio.timeout(DEADLINE_S):
            try:
                while part := await asyncio.get_running_loop().sock_recv(self.socket, 65536):
                    data += part
            except ConnectionResetError:
                return data, "RST"
        return data, "FIN"

    async def hears_nothing(self, seconds: float = QUIET_S) -> bool:
        """Return whether neither bytes nor an end come within ``seconds``."""
        try:
            async with asyncio.timeout(seconds):
                await asyncio.get_running_loop().sock_recv(self.socket, 1)
        except TimeoutError:
            return True
        return False

    def reset(self) -> None:
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.socket.close()

    def close(self) -> None:
        self.socket.close()


@dataclass
class Wire:
    """A proxy, the server behind it, and every end that was opened."""

    api: ToxiproxyClient
    proxy: Proxy
    listener: socket.socket
    ends: list[End]

    async def call(self, function: Callable[..., T], *args: object, **kwargs: object) -> T:
        async with asyncio.timeout(DEADLINE_S):
            return await asyncio.to_thread(function, self.proxy, *args, **kwargs)

    async def add(self, kind: str, stream: str = "downstream", **attributes: int) -> None:
        await self.call(self.api.add_toxic, kind, kind, stream, attributes)

    async def remove(self, name: str) -> None:
        assert await self.call(self.api.remove_toxic, name)

    async def join(self, port: int | None = None) -> tuple[End, End]:
        """Connect through the proxy; return client's end and server's end."""
        near = await self.knock(port)
        async with asyncio.timeout(DEADLINE_S):
            accepted, _ = await asyncio.get_running_loop().sock_accept(self.listener)
        far = End(accepted)
        self.ends.append(far)
        return near, far

    async def knock(self, port: int | None = None) -> End:
        near = End(socket.socket())
        self.ends.append(near)
        place = ("127.0.0.1", port or self.proxy.listen_port)
        async with asyncio.timeout(DEADLINE_S):
            await asyncio.get_running_loop().sock_connect(near.socket, place)
        return near


_numbers = itertools.count()


@pytest_asyncio.fixture(loop_scope="module")
async def wire(client: ToxiproxyClient) -> AsyncIterator[Wire]:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.setblocking(False)
        upstream = f"127.0.0.1:{listener.getsockname()[1]}"
        proxy = await asyncio.to_thread(client.create, f"wire-{next(_numbers)}", upstream)
        made = Wire(client, proxy, listener, [])
        yield made
        for end in made.ends:
            end.close()
        await asyncio.to_thread(client.delete, proxy)


class Raw:
    """The API without our client's care."""

    def __init__(self, server: ToxiproxyServer) -> None:
        self._url = f"http://{server.host}:{server.port}"
        self._session = requests.Session()
        self._session.trust_env = False

    def __call__(self, method: str, path: str, body: object = None, data: str | None = None) -> Any:  # noqa: ANN401 - JSON
        answer = self._session.request(
            method, self._url + path, json=body, data=data, timeout=DEADLINE_S
        )
        try:
            return answer.status_code, answer.json()
        except ValueError:
            return answer.status_code, answer.text

    def close(self) -> None:
        self._session.close()


@pytest.fixture
def raw(server: ToxiproxyServer) -> Iterator[Raw]:
    opened = Raw(server)
    yield opened
    opened.close()


# ------------------------------------------------------------------------------------ the HTTP API


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


# --------------------------------------------------------------------------------- without a toxic


async def test_bytes_pass_in_both_directions(wire: Wire) -> None:
    near, far = await wire.join()
    data = os.urandom(1_000_000)
    async with asyncio.TaskGroup() as tasks:
        down = tasks.create_task(near.receive(len(data)))
        up = tasks.create_task(far.receive(len(data)))
        tasks.create_task(far.send(data))
        tasks.create_task(near.send(data[::-1]))
    assert down.result() == data
    assert up.result() == data[::-1]


async def test_there_is_no_half_close(wire: Wire) -> None:
    near, far = await wire.join()
    near.socket.shutdown(socket.SHUT_WR)
    assert await far.receive_all() == (b"", "FIN")
    assert await near.receive_all() == (b"", "FIN")  # though the server has not closed


async def test_a_reset_by_the_server_reaches_the_client_as_a_clean_end(wire: Wire) -> None:
    near, far = await wire.join()
    await far.send(CHUNK)
    assert await near.receive(len(CHUNK)) == CHUNK
    far.reset()
    assert await near.receive_all() == (b"", "FIN")


async def test_a_reset_by_the_client_reaches_the_server_as_a_clean_end(wire: Wire) -> None:
    near, far = await wire.join()
    near.reset()
    assert await far.receive_all() == (b"", "FIN")


async def test_behind_a_refused_upstream_the_connection_opens_and_ends(wire: Wire) -> None:
    wire.listener.close()
    near = await wire.knock()
    assert await near.receive_all() == (b"", "FIN")


async def test_disabled_refuses_and_cuts_and_comes_back_on_the_same_port(wire: Wire) -> None:
    near, far = await wire.join()
    await wire.call(wire.api.set_enabled, False)
    assert await near.receive_all() == (b"", "FIN")
    assert await far.receive_all() == (b"", "FIN")
    with pytest.raises(ConnectionRefusedError):
        await wire.knock()
    await wire.call(wire.api.set_enabled, True)
    near, far = await wire.join()
    await far.send(CHUNK)
    assert await near.receive(len(CHUNK)) == CHUNK


async def test_the_same_values_leave_streams_alone_and_another_upstream_cuts_them(
    wire: Wire, raw: Raw
) -> None:
    near, far = await wire.join()
    path, same = f"/proxies/{wire.proxy.name}", {"upstream": wire.proxy.upstream, "enabled": True}
    assert (await asyncio.to_thread(raw, "PATCH", path, same))[0] == 200
    await far.send(CHUNK)
    assert await near.receive(len(CHUNK)) == CHUNK
    other = {"upstream": "127.0.0.1:9"}
    assert (await asyncio.to_thread(raw, "PATCH", path, other))[0] == 200
    assert await near.receive_all() == (b"", "FIN")
    assert await far.receive_all() == (b"", "FIN")


async def test_deleting_the_proxy_cuts_its_streams(wire: Wire) -> None:
    near, far = await wire.join()
    assert await wire.call(wire.api.delete)
    assert (await near.receive_all())[1] == "FIN"
    assert (await far.receive_all())[1] == "FIN"


# --------------------------------------------------------------------------------------- the toxics


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
