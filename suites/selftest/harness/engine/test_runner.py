"""From which places a run of a target is seen."""

import pytest

from harness.engine.runner import vantages_of
from harness.model.target import Hooks, Log, Sut, Target, Upstream

STARTED = Sut(url="ws://127.0.0.1:{port}/", command=("relay",))
DIALLED = Sut(url="ws://127.0.0.1:8000/")
CLEANUP = {"event": "cleanup"}


@pytest.mark.parametrize(
    ("target", "letters"),
    [
        (Target(sut=STARTED), "CUP"),
        (Target(sut=STARTED, log=Log(cleanup=CLEANUP)), "CUPL"),
        (Target(sut=STARTED, hooks=Hooks(cleanup="http://127.0.0.1:{port}/cleanup")), "CUPH"),
        (Target(sut=STARTED, hooks=Hooks(resources="http://127.0.0.1:{port}/held")), "CUP"),
        (Target(sut=STARTED, upstream=Upstream(ledger=False)), "CP"),
        (Target(sut=Sut(url=STARTED.url, command=("relay",), process_tree=False)), "CU"),
        (Target(sut=DIALLED), "CU"),
        (Target(sut=DIALLED, log=Log(cleanup=CLEANUP)), "CU"),
        (Target(sut=DIALLED, log=Log(cleanup=CLEANUP, path="relay.log")), "CUL"),
        (Target(sut=DIALLED, log=Log(path="relay.log")), "CU"),
        (Target(sut=DIALLED, upstream=Upstream(ledger=False)), "C"),
    ],
)
def test_a_run_is_seen_from_where_the_target_lets_us_look(target: Target, letters: str) -> None:
    assert vantages_of(target) == letters
