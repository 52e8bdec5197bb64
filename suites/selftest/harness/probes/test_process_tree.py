import os
import socket
import subprocess
import sys

import pytest

from harness.probes.process_tree import ProcessTreeProbe, tree_of

pytestmark = pytest.mark.io

CHILD = """
import socket, subprocess, sys
link = socket.create_connection(("127.0.0.1", int(sys.argv[1])))
grandchild = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
print(grandchild.pid, flush=True)
input()
"""


def test_sockets_to_the_upstream_are_counted_in_the_whole_tree() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        with subprocess.Popen(
            [sys.executable, "-c", CHILD, str(port)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        ) as child:
            assert child.stdout is not None
            grandchild = int(child.stdout.readline())
            assert set(tree_of(child.pid)) == {child.pid, grandchild}
            probe = ProcessTreeProbe(lane="x", upstream_port=port)
            first = probe.sample(child.pid, 1_000_000_000)
            assert (first.upstream_sockets, first.sockets) == (1, 1)
            assert first.threads == 2
            assert first.rss_bytes > 1_000_000
            assert probe.sample(child.pid, 1_250_000_000).window_ms == 250
            child.communicate("\n")


def test_a_tree_that_has_ended_counts_for_nothing() -> None:
    done = subprocess.Popen([sys.executable, "-c", ""])
    done.wait()
    sample = ProcessTreeProbe(lane="x", upstream_port=1).sample(done.pid, 1)
    assert (sample.descriptors, sample.threads, sample.sockets) == (0, 0, 0)
    assert tree_of(os.getpid())[0] == os.getpid()
