"""What is looser than the reference is marked."""

from pathlib import Path

import msgspec
import pytest

import harness
from harness.model.target import Behaviour, load_target, shipped_targets
from reports.declarations import REFERENCE, declarations

ROOT = Path(harness.__file__).resolve().parents[1]


def marks(**declared: object) -> dict[str, str]:
    behaviour = msgspec.structs.replace(REFERENCE, **declared)
    return {i.name: i.mark for i in declarations(behaviour) if i.mark not in ("", "default")}


def test_the_reference_of_this_module_is_what_its_target_file_says() -> None:
    assert load_target("reference", shipped=shipped_targets(ROOT)).behaviour == REFERENCE


def test_every_declaration_is_listed() -> None:
    assert [item.name for item in declarations(REFERENCE)] == list(Behaviour.__struct_fields__)


def test_the_reference_itself_has_no_mark_but_of_what_it_need_not_say() -> None:
    assert marks() == {}
    said = [item.name for item in declarations(REFERENCE) if not item.mark]
    assert said == [
        "end_markers",
        "reasons",
        "completion_idle_ms",
        "vanish_detection_ms",
        "user_key",
    ]


def test_a_default_is_marked_as_such_and_as_looser_where_it_is() -> None:
    unsaid = {item.name: item.mark for item in declarations(Behaviour())}
    looser = {name for name, mark in unsaid.items() if mark != "default"}
    assert looser == {
        "completion_idle_ms",
        "first_byte_ms",
        "reasons",
        "vanish_detection_ms",
        "user_key",
    }
    assert {unsaid[name] for name in looser} == {"default, looser than the reference"}
    assert unsaid["end_markers"] == "default"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("streams_live_max", 2),
        ("segments", "prefetch"),
        ("upstream_socket", "pooled"),
        ("end_signal", "playback"),
        ("prefetch_next", True),
        ("silence", "strip"),
        ("fidelity", "none"),
        ("quiet_ms", 100),
        ("first_byte_ms", 5000),
        ("vanish_detection_ms", 90_000),
        ("extra_audio", "allowed"),
        ("text", "generated"),
    ],
)
def test_what_allows_more_or_shows_less_is_looser(name: str, value: object) -> None:
    assert marks(**{name: value}) == {name: "looser"}


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("on_new_message", "queue"),
        ("on_upstream_failure", "resume"),
        ("on_stop", "all"),
        ("quiet_ms", 900),
        ("vanish_detection", "ping"),
        ("reasons", {"done": "completed"}),
        ("end_markers", ("close",)),
        ("end_markers", ()),
    ],
)
def test_another_policy_only_differs(name: str, value: object) -> None:
    assert marks(**{name: value}) == {name: "differs"}


def test_a_longer_idle_time_also_lengthens_the_first_byte_time() -> None:
    assert marks(completion_idle_ms=9_000) == {
        "completion_idle_ms": "looser",
        "first_byte_ms": "default, looser than the reference",
    }
