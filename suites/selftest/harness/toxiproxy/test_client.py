"""The client: what toxiproxy-python leaves out."""

import http.server
import socket
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
import toxiproxy.api

from harness.model.errors import UnknownNameError
from harness.toxiproxy.client import ToxiproxyClient, ToxiproxyError

pytestmark = pytest.mark.io


class Scripted(http.server.BaseHTTPRequestHandler):
    """Answers every request alike, with the status and body of its server."""

    protocol_version = "HTTP/1.1"
    status = 200
    body = b"{}"

    def answer(self) -> None:
        self.rfile.read(int(self.headers.get("Content-Length", 0)))
        self.send_response(self.status)
        self.send_header("Content-Length", str(len(self.body)))
        self.end_headers()
        self.wfile.write(self.body)

    do_GET = do_POST = do_PATCH = do_DELETE = answer  # noqa: N815 - the library's names

    def log_message(self, *_words: object) -> None:
        pass


@contextmanager
def answering(status: int, body: str) -> Iterator[ToxiproxyClient]:
    handler = type("Once", (Scripted,), {"status": status, "body": body.encode()})
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        client = ToxiproxyClient("127.0.0.1", server.server_port)
        try:
            yield client
        finally:
            client.close()
            server.shutdown()
            thread.join()


def test_a_server_that_hangs_is_not_waited_for() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        client = ToxiproxyClient("127.0.0.1", silent.getsockname()[1], timeout_s=0.1)
        with pytest.raises(ToxiproxyError, match=r"no answer within 0\.1 s") as caught:
            client.version()
        client.close()
    assert caught.value.may_still_apply
    assert caught.value.status is None


def test_a_503_means_that_nobody_knows() -> None:
    with answering(503, "<html>") as client, pytest.raises(ToxiproxyError, match="503") as caught:
        client.remove_toxic("p", "t")
    assert caught.value.may_still_apply
    assert caught.value.status == 503


def test_a_5xx_is_an_error_where_the_library_sees_success() -> None:
    with answering(500, '{"error":"taken"}') as client:
        with pytest.raises(ToxiproxyError, match="taken"):
            client.add_toxic("p", "t", "latency", "downstream", {})
        with pytest.raises(ToxiproxyError, match="answered 500") as caught:
            client.set_enabled("p", True)
    assert not caught.value.may_still_apply


def test_enabled_is_read_back() -> None:
    proxy = '{"name":"p","listen":"127.0.0.1:1","upstream":"127.0.0.1:2","enabled":false}'
    with answering(200, proxy) as client:
        with pytest.raises(ToxiproxyError, match="should be enabled and is not"):
            client.set_enabled("p", True)
        assert not client.set_enabled("p", False).is_enabled


def test_an_answer_that_is_no_json_is_one_clear_error() -> None:
    with answering(200, "<html>") as client, pytest.raises(ToxiproxyError, match="GET /version"):
        client.version()


def test_nobody_there_is_one_clear_error() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    client = ToxiproxyClient("127.0.0.1", port)
    with pytest.raises(ToxiproxyError, match="could not create proxy p"):
        client.create("p", "127.0.0.1:9")
    client.close()


def test_a_proxy_in_the_environment_does_not_take_the_calls_away(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
    monkeypatch.delenv("no_proxy", raising=False)
    with answering(200, '{"version":"x"}') as client:
        assert client.version() == "x"


def test_clients_of_two_servers_do_not_meet_and_the_library_stays_as_it_was() -> None:
    before = (toxiproxy.api.APIConsumer.host, toxiproxy.api.APIConsumer.port)
    with answering(404, "{}") as none, answering(409, "{}") as full:
        with pytest.raises(ToxiproxyError) as caught_none:
            none.create("p", "127.0.0.1:9")
        with pytest.raises(ToxiproxyError) as caught_full:
            full.create("p", "127.0.0.1:9")
        assert (caught_none.value.status, caught_full.value.status) == (404, 409)
    assert (toxiproxy.api.APIConsumer.host, toxiproxy.api.APIConsumer.port) == before
    assert not [name for name in sys.modules if name.startswith("_toxiproxy_")]


def test_an_unknown_toxic_names_the_nearest() -> None:
    client = ToxiproxyClient("127.0.0.1", 1)
    with pytest.raises(UnknownNameError, match="did you mean 'bandwidth'"):
        client.add_toxic("p", "t", "bandwith", "downstream", {})
    client.close()
