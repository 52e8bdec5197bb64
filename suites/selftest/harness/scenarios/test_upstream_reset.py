import pytest

from harness.model.operations import Pause, Speak
from harness.scenarios.base import SCENARIOS
from suites.selftest.harness.scenarios.test_scenarios import draft


@pytest.mark.parametrize("tier", ["smoke", "standard"])
def test_each_window_meets_a_message_and_is_over_before_the_next_one(tier: str) -> None:
    plan = SCENARIOS.get("upstream_reset").plan(draft(tier))
    armed, *windows = plan.faults
    assert (armed.fault, armed.duration_ms) == ("network_armed", None)
    for session in plan.sessions:
        spoken = [op for op in session.operations if isinstance(op, Speak)]
        assert len(spoken) == 2 * len(windows)
        pauses = [op.pause_ms for op in session.operations if isinstance(op, Pause)]
        assert all(pause_ms > (windows[0].duration_ms or 0) for pause_ms in pauses)
