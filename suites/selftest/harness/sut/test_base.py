"""The placeholders of a target file, and what a SUT said before it ended."""

from pathlib import Path

import pytest

from harness.model.errors import UsageError
from harness.model.target import Hooks, Log, Sut, Target
from harness.sut.base import (
    TAIL_CHARACTERS,
    check_placeholders,
    fill,
    fill_hooks,
    last_words,
)

URL = "ws://127.0.0.1:{port}/"


def refused(target: Target) -> str:
    with pytest.raises(UsageError) as error:
        check_placeholders(target)
    return str(error.value)


def test_only_what_stands_alone_in_braces_is_filled() -> None:
    places = {"upstream.ws": "ws://up", "port": "81"}
    filled = fill('{upstream.ws} {"a": {}} {{"b": 1} {{port} {port}', places, where="it")
    assert filled == 'ws://up {"a": {}} {{"b": 1} {port} 81'


def test_an_unknown_placeholder_is_named_with_its_place_and_those_that_exist() -> None:
    sut = Sut(url=URL, command=("{python}", "{prot}"))
    assert refused(Target(sut=sut)) == (
        "sut.command[1]: unknown placeholder {prot}; known: {end_marker}, {port}, {python},"
        " {seed}, {upstream.http}, {upstream.ws}."
    )


@pytest.mark.parametrize(
    ("target", "where"),
    [
        (Target(sut=Sut(url="ws://{host}/")), "sut.url"),
        (Target(sut=Sut(url=URL, ready="http://{host}/")), "sut.ready"),
        (Target(sut=Sut(url=URL, environment={"KEY": "{key}"})), "sut.environment.KEY"),
        (Target(sut=Sut(url=URL), log=Log(path="{folder}/log")), "log.path"),
        (Target(sut=Sut(url=URL), hooks=Hooks(cleanup="http://{host}/")), "hooks.cleanup"),
    ],
)
def test_a_placeholder_is_checked_wherever_it_may_stand(target: Target, where: str) -> None:
    assert refused(target).startswith(f"{where}: unknown placeholder")


def test_the_program_stands_in_the_place_of_its_word() -> None:
    sut = Sut(url=URL, program=("-m", "relay"), command=("{python}", "{program}", "--port"))
    assert sut.argv == ("{python}", "-m", "relay", "--port")
    check_placeholders(Target(sut=sut))


def test_a_hook_keeps_the_place_of_its_session() -> None:
    hooks = Hooks(cleanup="http://127.0.0.1:{port}/{session}")
    assert fill_hooks(hooks, {"port": "81"}) == Hooks(cleanup="http://127.0.0.1:81/{session}")
    check_placeholders(Target(sut=Sut(url=URL), hooks=hooks))


def test_the_last_words_are_the_end_of_a_log(tmp_path: Path) -> None:
    log = tmp_path / "sut.log"
    assert last_words(log) == "none."
    log.write_text("Error: no such voice\n")
    assert last_words(log) == "Error: no such voice"
    log.write_text("x" * TAIL_CHARACTERS + "end")
    assert last_words(log) == "…" + "x" * (TAIL_CHARACTERS - 3) + "end"
