"""Target files: what they may say, and how a mistake is answered."""

from pathlib import Path

import pytest

from harness.model.errors import UsageError
from harness.model.target import load_target, shipped_targets

ROOT = Path(__file__).resolve().parents[4]
PLAIN = '[sut]\nurl = "ws://127.0.0.1:8000/v1/session"\n'


def written(folder: Path, text: str, name: str = "mine.toml") -> str:
    (folder / name).write_text(text, encoding="utf-8")
    return str(folder / name)


def refusal(folder: Path, text: str) -> str:
    with pytest.raises(UsageError) as refused:
        load_target(written(folder, text), shipped={})
    assert refused.value.exit_code == 64
    return str(refused.value)


def test_silence_means_the_strictest_defaults(tmp_path: Path) -> None:
    target = load_target(written(tmp_path, PLAIN), shipped={})
    assert (target.name, target.is_remote, target.adapter.name) == ("mine", True, "reference")
    behaviour = target.behaviour
    assert (behaviour.on_new_message, behaviour.streams_live_max) == ("supersede", 1)
    assert (behaviour.fidelity, behaviour.silence, behaviour.extra_audio) == (
        "exact",
        "pass",
        "none",
    )
    assert (behaviour.completion_idle_ms, behaviour.silence_budget_ms) == (10_000, 10_000)


def test_the_first_byte_may_have_a_budget_of_its_own(tmp_path: Path) -> None:
    text = PLAIN + "[behaviour]\nfirst_byte_ms = 3000\n"
    assert load_target(written(tmp_path, text), shipped={}).behaviour.silence_budget_ms == 3000


def test_a_target_with_a_command_is_started_by_us(tmp_path: Path) -> None:
    text = PLAIN + 'command = ["{python}", "-m", "relay", "--port", "{port}"]\n'
    target = load_target(written(tmp_path, text), shipped={})
    assert target.is_remote is False
    assert target.sut.command[0] == "{python}"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (PLAIN + "[behavior]\n", "unknown key 'behavior'; did you mean 'behaviour'?"),
        (
            PLAIN + "[behaviour]\nquite_ms = 4\n",
            "unknown key 'behaviour.quite_ms'; did you mean 'quiet_ms'?",
        ),
        (PLAIN + "zzzzz = 1\n", "unknown key 'sut.zzzzz'; known: command, "),
        (PLAIN + '[behaviour]\nquiet_ms = "soon"\n', "Expected `int`, got `str`"),
        (PLAIN + '[behaviour]\nsegments = "many"\n', "Invalid enum value 'many'"),
        ("[adapter]\n", "missing required field `sut`"),
        ("sut = 3\n", "Expected `object`, got `int`"),
        ("[sut\n", "mine.toml is no TOML"),
    ],
)
def test_a_mistake_is_named(tmp_path: Path, text: str, said: str) -> None:
    assert said in refusal(tmp_path, text)


def test_a_target_takes_from_another_what_it_does_not_say_itself(tmp_path: Path) -> None:
    base = PLAIN + '[behaviour]\nquiet_ms = 700\nsegments = "sequential"\n[limits]\nSTOP-3 = 100\n'
    written(tmp_path, base, "base.toml")
    text = 'extends = "base"\n[behaviour]\nquiet_ms = 900\n[limits.EOS-4]\nsilent_ms = 1\n'
    target = load_target(written(tmp_path, text), shipped={})
    assert target.name == "mine"
    assert target.sut.url.endswith("/v1/session")
    assert (target.behaviour.quiet_ms, target.behaviour.segments) == (900, "sequential")
    assert target.limits == {"STOP-3": 100, "EOS-4": {"silent_ms": 1}}


def test_a_list_is_replaced_and_not_joined(tmp_path: Path) -> None:
    written(tmp_path, PLAIN + '[behaviour]\nend_markers = ["text", "json"]\n', "base.toml")
    text = 'extends = "base"\n[behaviour]\nend_markers = ["body"]\n'
    target = load_target(written(tmp_path, text), shipped={})
    assert target.behaviour.end_markers == ("body",)


def test_a_shipped_target_goes_before_a_file_beside(tmp_path: Path) -> None:
    (tmp_path / "theirs").mkdir()
    theirs = Path(written(tmp_path / "theirs", PLAIN + "[behaviour]\nquiet_ms = 1\n", "base.toml"))
    written(tmp_path, PLAIN + "[behaviour]\nquiet_ms = 2\n", "base.toml")
    name = written(tmp_path, 'extends = "base"\n')
    assert load_target(name, shipped={"base": theirs}).behaviour.quiet_ms == 1
    assert load_target(name, shipped={}).behaviour.quiet_ms == 2


def test_targets_that_extend_each_other_are_refused(tmp_path: Path) -> None:
    written(tmp_path, 'extends = "mine"\n', "other.toml")
    assert "goes round in a circle" in refusal(tmp_path, 'extends = "other"\n')


def test_a_base_that_does_not_exist_is_named(tmp_path: Path) -> None:
    assert "no target file 'nobody'" in refusal(tmp_path, 'extends = "nobody"\n')


def test_a_target_that_does_not_exist_is_answered_with_the_nearest() -> None:
    shipped = {"reference": Path("reference.toml")}
    with pytest.raises(UsageError, match=r"no target file 'refrence'; did you mean 'reference'\?"):
        load_target("refrence", shipped=shipped)
    with pytest.raises(UsageError, match="give a path, or one of"):
        load_target("/nowhere/at-all.toml", shipped=shipped)


def test_every_target_that_is_shipped_can_be_read() -> None:
    shipped = shipped_targets(ROOT)
    assert {"reference", "reference_http", "reference_json", "reference_close"} <= set(shipped)
    for name in shipped:
        target = load_target(name, shipped=shipped)
        assert target.name == name
        assert target.is_remote is False
