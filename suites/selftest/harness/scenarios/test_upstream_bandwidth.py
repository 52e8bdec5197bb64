from harness.model.operations import Speak, Stop
from harness.scenarios.base import SCENARIOS
from suites.selftest.harness.scenarios.test_scenarios import draft


def test_the_link_carries_speech_and_users_interrupt_it() -> None:
    plan = SCENARIOS.get("upstream_bandwidth").plan(draft())
    (fault,) = plan.faults
    assert (fault.fault, fault.link) == ("network_bandwidth", "upstream")
    assert fault.parameters["rate_kb_per_s"] > 48  # 24 kHz of 16 bit
    for session in plan.sessions:
        assert any(isinstance(op, Stop) for op in session.operations)
        steps = list(zip(session.operations, session.operations[2:], strict=False))
        assert any(isinstance(a, Speak) and isinstance(b, Speak) for a, b in steps)  # supersedes
