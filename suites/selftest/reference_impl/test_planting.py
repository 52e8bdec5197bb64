import importlib
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import aiohttp
import pytest

from harness.model.target import load_target, shipped_targets
from harness.scenarios.base import SCENARIOS
from reference_impl import framing, relay, server, upstream_websocket
from reference_impl.framing import Chunker
from reference_impl.message_stream import MessageStream
from reference_impl.planting import SeamMoved, launch, names_in, replace
from suites.selftest import tidy
from suites.selftest.reference_impl import staging

MUTANTS = names_in("reference_impl.mutants")
VARIANTS = names_in("reference_impl.variants")
MEMBERS = [
    *(f"reference_impl.mutants.{name}" for name in MUTANTS),
    *(f"reference_impl.variants.{name}" for name in VARIANTS),
]
SEAMS: tuple[ModuleType, ...] = (server, relay, framing, upstream_websocket, aiohttp)
RULES = {
    *("OWN-1", "OWN-2", "OWN-3", "OWN-4", "OWN-5", "OWN-6", "CLN-1", "CLN-2", "CLN-3"),
    *("EOS-1", "EOS-2", "EOS-3", "EOS-4", "EOS-5", "EOS-6"),
    *("STOP-1", "STOP-2", "STOP-3", "STOP-4", "STOP-5", "MSG-1", "MSG-2", "MSG-3", "ISO-1"),
    *("AUD-1", "AUD-2", "ERR-1", "ERR-2", "ERR-3", "LAT-1", "LAT-2", "LAT-3"),
}

every_member = pytest.mark.parametrize("member", MEMBERS)
every_mutant = pytest.mark.parametrize("name", MUTANTS)
every_variant = pytest.mark.parametrize("name", VARIANTS)


@pytest.fixture
def healed() -> Iterator[None]:
    """Give the relay its own parts back after the test."""
    before = [dict(vars(module)) for module in SEAMS]
    yield
    for module, names in zip(SEAMS, before, strict=True):
        vars(module).update(names)


@every_member
def test_each_replaces_one_class_of_the_relay(member: str, healed: None) -> None:
    before = [dict(vars(module)) for module in SEAMS]
    importlib.import_module(member).plant()
    changed = [
        name
        for module, names in zip(SEAMS, before, strict=True)
        for name, value in vars(module).items()
        if names.get(name) is not value
    ]
    assert len(changed) == 1


@every_member
def test_each_says_what_it_does_and_has_a_target_file(member: str) -> None:
    module = importlib.import_module(member)
    _, family, name = member.split(".")
    target = load_target(name, shipped=shipped_targets(tidy.ROOT))
    assert module.__doc__
    assert Path(module.__file__ or "").with_suffix(".toml").is_file()
    assert target.title
    assert target.sut.program == (f"reference_impl.{family}", name)


def test_each_target_file_has_its_module() -> None:
    for family, names in (("mutants", MUTANTS), ("variants", VARIANTS)):
        files = (tidy.ROOT / "reference_impl" / family).glob("*.toml")
        assert {file.stem for file in files} == set(names)


def test_no_name_stands_for_two() -> None:
    targets = {file.stem for file in (tidy.ROOT / "reference_impl" / "targets").glob("*.toml")}
    assert len({*MUTANTS, *VARIANTS, *targets}) == len(MUTANTS) + len(VARIANTS) + len(targets)


@every_mutant
def test_each_mutant_names_its_rule_and_the_scenarios_that_expose_it(name: str) -> None:
    expect = load_target(name, shipped=shipped_targets(tidy.ROOT)).expect
    assert expect.rule in RULES
    assert expect.scenarios
    for scenario in expect.scenarios:
        SCENARIOS.get(scenario)


@every_mutant
def test_no_mutant_is_named_after_its_rule(name: str) -> None:
    assert not re.match(r"(own|cln|eos|stop|msg|iso|aud|err|lat)_?\d", name)


def test_each_rule_has_a_mutant() -> None:
    shipped = shipped_targets(tidy.ROOT)
    assert {load_target(name, shipped=shipped).expect.rule for name in MUTANTS} == RULES


@every_variant
def test_each_variant_must_pass_every_rule_in_every_scenario(name: str) -> None:
    expect = load_target(name, shipped=shipped_targets(tidy.ROOT)).expect
    assert (expect.rule, expect.scenarios) == (None, ())


@pytest.mark.parametrize(
    ("asked", "nearest"),
    [
        ("drops_chunk", "drops_chunk_when_queue_is_full"),
        ("forgets_held_chunks", "forgets_held_chunk"),
    ],
)
def test_an_unknown_name_is_told_the_nearest(
    asked: str, nearest: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert launch("reference_impl.mutants", [asked]) == 64
    assert f"did you mean {nearest!r}?" in capsys.readouterr().err


def test_no_name_is_told_all_of_them(capsys: pytest.CaptureFixture[str]) -> None:
    assert launch("reference_impl.variants", []) == 64
    said = capsys.readouterr().err
    assert all(name in said for name in VARIANTS)


def test_a_bug_whose_seam_has_moved_is_refused() -> None:
    class Renamed(MessageStream):
        def conclude(self) -> None: ...

    with pytest.raises(SeamMoved, match="overrides nothing"):
        replace(relay, "MessageStream", by=Renamed)
    with pytest.raises(SeamMoved, match="not what Renamed was made for"):
        replace(relay, "Chunker", by=Renamed)
    with pytest.raises(SeamMoved):
        replace(relay, "Stream", by=Renamed)
    assert vars(relay)["MessageStream"] is MessageStream
    assert vars(relay)["Chunker"] is Chunker


@pytest.mark.io
@pytest.mark.parametrize(
    ("family", "name"), [("mutants", "drops_chunk_when_queue_is_full"), ("variants", "no_such")]
)
def test_the_command_line_passes_the_rest_on_to_the_relay(family: str, name: str) -> None:
    command = [sys.executable, "-P", "-m", f"reference_impl.{family}", name, "--help"]
    ran = subprocess.run(command, cwd=tidy.ROOT, capture_output=True, text=True, check=False)
    known = name != "no_such"
    assert ran.returncode == (0 if known else 64)
    assert ("--end-marker" in ran.stdout) is known


@pytest.mark.io
async def test_a_planted_bug_is_in_the_relay_that_runs(tmp_path: Path, healed: None) -> None:
    importlib.import_module("reference_impl.mutants.marker_and_cleanup_both_end").plant()
    async with staging.a_stage(staging.whole, tmp_path) as stage:
        client = await stage.client()
        await client.speak("m1")
        await client.until("stream.end")
        assert (await client.next())[:2] == ("stream.end", "m1")


@pytest.mark.io
@every_mutant
async def test_each_mutant_serves_its_first_message(
    name: str, tmp_path: Path, healed: None
) -> None:
    importlib.import_module(f"reference_impl.mutants.{name}").plant()
    async with staging.a_stage(staging.whole, tmp_path) as stage:
        client = await stage.client()
        await client.speak("m1")
        assert (await client.next())[0] in {"stream.start", "audio"}


@pytest.mark.io
@every_variant
async def test_each_variant_brings_its_first_message_to_the_end(
    name: str, tmp_path: Path, healed: None
) -> None:
    importlib.import_module(f"reference_impl.variants.{name}").plant()
    async with staging.a_stage(staging.whole, tmp_path) as stage:
        client = await stage.client()
        await client.speak("m1")
        await client.until("stream.end")
        while not client.pcm.endswith(staging.PCM * 5):  # with an early end signal audio follows
            await client.next()


@pytest.mark.io
async def test_a_variant_keeps_every_sample(tmp_path: Path, healed: None) -> None:
    importlib.import_module("reference_impl.variants.frames_of_20_ms").plant()
    async with staging.a_stage(staging.whole, tmp_path) as stage:
        client = await stage.client()
        await client.speak("m1")
        await client.until("stream.end")
        assert client.pcm == staging.PCM * 5
        assert {len(entry[1]) for entry in client.got if entry[0] == "audio"} == {960}
