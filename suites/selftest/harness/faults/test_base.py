"""The contract of a network fault."""

import pytest

from harness.faults.base import FAULTS, check_parameters
from harness.model.errors import UnknownNameError


def test_what_a_fault_does_not_take_is_refused_with_the_nearest_that_it_takes() -> None:
    member = FAULTS.get("network_bandwidth")
    check_parameters(member, {"rate_kb_per_s": 64})
    with pytest.raises(UnknownNameError, match="rate_kb_per_s"):
        check_parameters(member, {"rate_kb": 64})


def test_each_fault_says_whether_it_can_lose_bytes() -> None:
    losing = {member.name for member in FAULTS if member.can_lose_bytes}
    assert losing == {"network_armed", "network_bandwidth", "network_reset"}
