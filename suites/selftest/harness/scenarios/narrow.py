"""What the plans under a narrow link have in common."""

from harness.model.operations import Speak, Stop
from harness.scenarios.base import SCENARIOS
from suites.selftest.harness.scenarios.test_scenarios import draft


def carries_speech_and_is_interrupted(link: str) -> None:
    """Assert that the link carries speech in real time, and that users interrupt it."""
    plan = SCENARIOS.get(f"{link}_bandwidth").plan(draft())
    (fault,) = plan.faults
    assert (fault.fault, fault.link) == ("network_bandwidth", link)
    assert fault.parameters["rate_kb_per_s"] > 48  # 24 kHz of 16 bit
    for session in plan.sessions:
        assert any(isinstance(op, Stop) for op in session.operations)
        steps = list(zip(session.operations, session.operations[2:], strict=False))
        assert any(isinstance(a, Speak) and isinstance(b, Speak) for a, b in steps)  # supersedes
