"""Supervision: the server that answers is ours, and it ends with the block."""

import asyncio
import http.server
import socket
import threading
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from harness.engine.guardian import Guardian
from harness.engine.ports import reserved_port
from harness.toxiproxy.binary import Binary, default_cache, find_or_build
from harness.toxiproxy.client import ToxiproxyError
from harness.toxiproxy.server import running

pytestmark = pytest.mark.io


@pytest.fixture
async def guardian(tmp_path: Path) -> AsyncIterator[Guardian]:
    async with Guardian.open(tmp_path) as opened:
        yield opened


@pytest.fixture
def port() -> Iterator[int]:
    with reserved_port() as reserved:
        yield reserved


def is_free(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) != 0


@pytest.fixture
def real() -> Binary:
    found = find_or_build(default_cache(), offline=True)
    if found is None or found.path is None:
        pytest.skip("no real Toxiproxy server here")
    return found


async def test_a_stand_in_ends_with_the_block_and_frees_its_port(
    guardian: Guardian, tmp_path: Path, port: int
) -> None:
    async with running(guardian, tmp_path, binary=None, port=port) as server:
        assert (server.kind, server.port) == ("stand-in", port)
        client = server.client()
        made = await asyncio.to_thread(client.create, "p", "127.0.0.1:9")
        client.close()
        assert not is_free(made.listen_port)
    assert is_free(port)
    assert is_free(made.listen_port)


async def test_a_running_server_is_used_as_it_is_and_left_alone(
    guardian: Guardian, tmp_path: Path, port: int
) -> None:
    async with running(guardian, tmp_path, binary=None, port=port) as first:
        url = Binary(origin="url", url=f"http://127.0.0.1:{port}")
        async with running(guardian, tmp_path, binary=url, port=0) as second:
            assert second == first
        assert not is_free(port)
    with pytest.raises(ToxiproxyError, match=r"TOXIPROXY_URL names http://127\.0\.0\.1"):
        async with running(guardian, tmp_path, binary=url, port=0):
            pass


@pytest.mark.proxy_binary
async def test_a_stranger_on_the_port_is_not_taken_for_our_server(
    guardian: Guardian, tmp_path: Path, port: int, real: Binary
) -> None:
    async with running(guardian, tmp_path, binary=real, port=port):
        with pytest.raises(ToxiproxyError, match="held by another program"):
            async with running(guardian, tmp_path, binary=real, port=port):
                pass
        with pytest.raises(ToxiproxyError, match=r"ended at once with 1|held by another"):
            async with running(guardian, tmp_path, binary=None, port=port):
                pass
        assert not is_free(port)
    assert is_free(port)


class Stranger(http.server.BaseHTTPRequestHandler):
    def do_DELETE(self) -> None:
        self.send_error(404)

    def log_message(self, *_words: object) -> None:
        pass


async def test_a_stranger_that_speaks_http_is_not_taken_for_our_server(
    guardian: Guardian, tmp_path: Path, port: int, real: Binary
) -> None:
    with http.server.HTTPServer(("127.0.0.1", port), Stranger) as stranger:
        thread = threading.Thread(target=stranger.serve_forever, args=(0.01,))
        thread.start()
        try:
            with pytest.raises(ToxiproxyError, match="held by another program"):
                async with running(guardian, tmp_path, binary=real, port=port):
                    pass
        finally:
            stranger.shutdown()
            thread.join()


async def test_a_server_that_ends_at_once_says_its_last_words(
    guardian: Guardian, tmp_path: Path, port: int
) -> None:
    program = tmp_path / "toxiproxy-server"
    program.write_text("#!/bin/sh\necho the disk is full >&2\nexit 4\n")
    program.chmod(0o755)
    broken = Binary(origin="path", path=program)
    with pytest.raises(ToxiproxyError, match=r"ended at once with 4: the disk is full"):
        async with running(guardian, tmp_path, binary=broken, port=port):
            pass


@pytest.mark.proxy_binary
async def test_the_server_writes_no_log_for_what_is_normal(
    guardian: Guardian, tmp_path: Path, port: int, real: Binary
) -> None:
    async with running(guardian, tmp_path, binary=real, port=port) as server:
        client = server.client()
        for number in range(20):
            await asyncio.to_thread(client.create, f"p{number}", "127.0.0.1:9")
        client.close()
    assert (tmp_path / f"toxiproxy-{port}.log").read_text() == ""
