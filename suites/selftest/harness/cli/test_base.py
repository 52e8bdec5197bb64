"""What is asked for on the command line is checked before anything is started."""

from pathlib import Path

import pytest

from harness.cli.base import manifest_of, out_folder, scenarios_of, seed_of, target_of, tier_of
from harness.model.errors import UnknownNameError, UsageError
from harness.model.record import RunFolder
from harness.model.target import Expectation, Sut, Target
from harness.scenarios.base import certifying

PLAIN = '[sut]\nurl = "ws://127.0.0.1:{port}/"\ncommand = ["relay"]\n'


def a_target(*expected: str) -> Target:
    return Target(sut=Sut(url="ws://127.0.0.1:1/"), expect=Expectation(scenarios=expected))


def test_the_scenarios_are_those_named_or_expected_or_a_whole_certification() -> None:
    target = a_target("endings")
    assert scenarios_of(["happy_path", "churn", "happy_path"], target) == ("happy_path", "churn")
    assert scenarios_of(None, target) == ("endings",)
    assert scenarios_of(None, a_target()) == certifying()
    with pytest.raises(UnknownNameError, match="did you mean 'churn'"):
        scenarios_of(["chrun"], target)


def test_a_comparison_is_no_part_of_a_certification() -> None:
    assert "production" not in certifying()
    assert scenarios_of(["production"], a_target()) == ("production",)


def test_a_tier_that_does_not_exist_and_a_negative_seed_are_refused() -> None:
    assert tier_of("full") == "full"
    with pytest.raises(UsageError, match="known: smoke, standard, full"):
        tier_of("huge")
    assert seed_of(7) == 7
    with pytest.raises(UsageError, match="at least 0"):
        seed_of(-1)


def test_a_fresh_seed_is_drawn_where_none_is_given() -> None:
    assert len({seed_of(None) for _ in range(5)}) > 1


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ("[log]\npath = '{home}/log'\n", "log.path: unknown placeholder {home}"),
        ("[limits]\nNO-1 = 3\n", "NO-1"),
        ("[adapter]\nname = 'refrence'\n", "did you mean 'reference'"),
        ("[upstream]\nlisten = 'here'\n", "expected HOST:PORT"),
    ],
)
def test_a_mistake_of_a_target_file_is_told_before_a_start(
    tmp_path: Path, more: str, said: str
) -> None:
    file = tmp_path / "mine.toml"
    file.write_text(PLAIN + more)
    with pytest.raises(UsageError) as refused:
        target_of(str(file))
    assert said in str(refused.value)


def test_the_folder_asked_for_is_the_one_that_is_made(tmp_path: Path) -> None:
    assert out_folder(tmp_path / "run", name="reference") == tmp_path / "run"
    assert not out_folder(None, name="reference").exists()


def test_a_folder_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no run folder"):
        manifest_of(RunFolder(tmp_path / "nowhere"))
