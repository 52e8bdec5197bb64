import pytest

from harness.model.operations import Pause, Speak
from harness.scenarios.base import SCENARIOS
from suites.selftest.harness.scenarios.test_scenarios import draft


@pytest.mark.parametrize("tier", ["smoke", "standard"])
def test_somebody_is_spoken_to_in_each_window_and_somebody_after_all_of_them(tier: str) -> None:
    plan = SCENARIOS.get("client_reset").plan(draft(tier))
    armed, *windows = plan.faults
    assert (armed.fault, armed.duration_ms) == ("network_armed", None)
    begins_ms = []
    for session in plan.sessions:
        speak = next(i for i, op in enumerate(session.operations) if isinstance(op, Speak))
        before = session.operations[:speak]
        begins_ms.append(sum(op.pause_ms for op in before if isinstance(op, Pause)))
    edges = [(w.start_ms, w.start_ms + (w.duration_ms or 0)) for w in windows]
    for start_ms, over_ms in edges:
        assert any(begin + 200 < start_ms and over_ms < begin + 2400 for begin in begins_ms)
        assert not any(start_ms <= begin <= over_ms for begin in begins_ms)
    assert max(begins_ms) > edges[-1][1]
