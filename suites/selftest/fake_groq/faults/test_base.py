import pytest

from fake_groq.faults.base import FaultError, describe_faults, known_faults, parse_fault
from fake_groq.faults.error_status import ErrorStatus


def test_the_folder_holds_these_faults() -> None:
    assert list(known_faults()) == [
        "abrupt_reset",
        "error_status",
        "missing_marker",
        "stall_before_first_byte",
        "stall_mid_stream",
    ]


def test_a_fault_is_read_from_its_name_and_numbers() -> None:
    assert parse_fault({"name": "error_status", "status": 429}) == ErrorStatus(status=429)
    assert parse_fault("error_status") == ErrorStatus(status=503)


@pytest.mark.parametrize("written", [None, {}, {"name": 3}, {"name": "stall"}, {"status": 503}])
def test_what_is_no_fault_is_refused(written: object) -> None:
    with pytest.raises(FaultError):
        parse_fault(written)


def test_each_fault_says_what_it_does_and_what_can_be_set() -> None:
    described = {fault["name"]: fault for fault in describe_faults()}
    assert described["stall_mid_stream"]["settings"] == {"after_ms": None, "stall_ms": 60_000.0}
    assert all(fault["summary"].endswith(".") for fault in described.values())
