from pathlib import Path

import pytest

from fake_groq import faults
from fake_groq.faults.base import FaultError, describe_faults, known_faults, parse_fault
from fake_groq.faults.error_status import ErrorStatus


def test_each_file_of_the_folder_is_a_fault_of_its_name() -> None:
    folder = Path(faults.__path__[0])
    files = {path.stem for path in folder.glob("*.py")} - {"__init__", "base"}
    assert set(known_faults()) == files
    assert len(files) >= 18


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
