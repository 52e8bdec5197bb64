import random
from itertools import product
from pathlib import Path

import pytest

from fake_groq import faults
from fake_groq.behaviour import DEFAULT_BEHAVIOUR, read_behaviour
from fake_groq.faults.base import (
    FaultError,
    describe_faults,
    known_faults,
    parse_fault,
    parse_header,
)
from fake_groq.faults.error_status import ErrorStatus
from fake_groq.faults.stall_mid_stream import StallMidStream
from fake_groq.plan import SpeechRequest, make_plan
from fake_groq.steps import Profile, Send


def test_each_file_of_the_folder_is_a_fault_of_its_name() -> None:
    folder = Path(faults.__path__[0])
    files = {path.stem for path in folder.glob("*.py")} - {"__init__", "base"}
    assert set(known_faults()) == files
    assert len(files) >= 30


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
    assert described["stall_mid_stream"]["conditions"] == {"every": 1, "probability": 1.0}
    assert all(fault["summary"].endswith(".") for fault in described.values())
    assert {name for name in described if described[name]["harmless"]} >= {"jitter", "burst"}
    assert not described["abrupt_reset"]["harmless"]


@pytest.mark.parametrize("profile", ["ws", "http"])
@pytest.mark.parametrize("marker", ["text:__END__", "close", "empty", "silence:200", "none"])
def test_each_fault_is_pure_and_composes_with_each(profile: Profile, marker: str) -> None:
    needed = {"abrupt_reset": {"after_ms": 80}, "stall_mid_stream": {"after_ms": 80}}
    written = [{"name": name, **needed.get(name, {})} for name in known_faults()]
    request = SpeechRequest(text="Good morning, how are you?", profile=profile)
    for one, other in random.Random(1).sample(list(product(written, written)), 150):
        faults = {"faults": [one, other], "end_marker": marker}
        behaviour = read_behaviour(faults, DEFAULT_BEHAVIOUR)
        first, second = (make_plan(request, behaviour, seed=1, nonce=2) for _ in range(2))
        assert first == second


def test_what_harms_nobody_keeps_all_samples_in_order() -> None:
    request = SpeechRequest(text="Good morning, how are you?", profile="ws")
    for name, member in known_faults().items():
        behaviour = read_behaviour(
            {"faults": [name]} if member.is_harmless else {}, DEFAULT_BEHAVIOUR
        )
        plan = make_plan(request, behaviour, seed=1, nonce=2)
        at = 0
        for step in plan.steps:
            for span in step.whole_spans if isinstance(step, Send) else ():
                assert span.first in (at, None), name
                at += span.samples if span.first is not None else 0
        assert at == plan.total_samples


def test_every_seventh_stream_is_met() -> None:
    seventh = parse_fault({"name": "error_status", "every": 7})
    assert [n for n in range(1, 22) if seventh.meets(n, "")] == [7, 14, 21]


def test_chance_meets_as_many_as_is_probable_and_the_same_for_the_same_seed() -> None:
    third = parse_fault({"name": "error_status", "probability": 0.3})
    met = [third.meets(1, f"{n}") for n in range(1000)]
    assert 250 < sum(met) < 350
    assert met == [third.meets(1, f"{n}") for n in range(1000)]
    assert not parse_fault({"name": "error_status", "probability": 0}).meets(1, "")


@pytest.mark.parametrize(
    ("key", "value"), [("every", 0), ("every", 1.5), ("probability", 1.1), ("probability", -1)]
)
def test_a_condition_that_cannot_be_is_refused(key: str, value: float) -> None:
    with pytest.raises(FaultError, match=key):
        parse_fault({"name": "error_status", key: value})


def test_a_header_names_faults_and_their_settings() -> None:
    found = parse_header("stall_mid_stream;after_ms=400; stall_ms=1.5, error_status;every=2")
    assert found == (
        StallMidStream(after_ms=400, stall_ms=1.5),
        ErrorStatus(status=503, every=2),
    )
    assert parse_header("") == ()


@pytest.mark.parametrize(
    "header", ["stall", "error_status;status", "error_status;status=x", ",".join(["burst"] * 9)]
)
def test_a_header_that_is_wrong_is_refused(header: str) -> None:
    with pytest.raises(FaultError):
        parse_header(header)
