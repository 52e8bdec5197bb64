import pytest

from fake_groq.policy import INPUT_CHARACTERS_MAX
from fake_groq.presets.base import Leave, Opening, Say, Trouble, require, seconds_in, spoken
from fake_groq.presets.base.messages import marker, read_json
from fake_groq.presets.base.text_preset import CONTEXTS_MAX, Texts
from fake_groq.presets.xai import Xai


@pytest.mark.parametrize(
    "message", ["", "x", "[]", "1", '{"a": "\\ud800"}', '{"\\udfff": 1}', "[" * 99_999, b"\xff"]
)
def test_what_is_no_object_of_characters_is_no_message(message: str | bytes) -> None:
    assert read_json(message) is None


def test_escaped_pairs_are_characters() -> None:
    assert read_json('{"a": "\\ud83d\\ude00"}') == {"a": "\N{GRINNING FACE}"}


def test_pieces_are_joined_by_context_and_only_the_last_blanks_left_out() -> None:
    texts = Texts()
    for piece, context in ((" One ", "a"), ("x", "b"), (" two.  ", "a")):
        texts.add(piece, context)
    assert texts.take("a") == " One  two."
    assert (list(texts), texts.take("a"), texts.take("b")) == (["b"], "", "x")


def test_texts_and_contexts_have_limits() -> None:
    texts = Texts()
    texts.add("x" * INPUT_CHARACTERS_MAX, "0")
    with pytest.raises(Trouble, match="at most 10000 characters"):
        texts.add("x", "0")
    for number in range(1, CONTEXTS_MAX):
        texts.add("", str(number))
    with pytest.raises(Trouble, match="at most 64 contexts"):
        texts.add("", "one more")


def test_where_nothing_is_to_be_heard_the_end_comes_by_itself() -> None:
    assert spoken(" ") == ()
    (said,) = spoken(" ", {"type": "done"}, context="a")
    assert isinstance(said, Say)
    assert (said.waits, said.context) == (True, "a")
    (left,) = spoken("", {"type": "done"}, close_code=1000)
    assert isinstance(left, Leave)
    assert (left.code, left.is_urgent, len(left.frames)) == (1000, False, 1)


def test_a_close_alone_is_a_marker() -> None:
    assert [unit.how for unit in marker(close_code=1000).units] == ["close"]
    assert [unit.how for unit in marker().units] == ["nothing"]


@pytest.mark.parametrize(
    ("asked", "had_s"), [("5", 5), ("500", 180), ("-1", 20), ("nan", 20), ("x", 20), ("", 20)]
)
def test_seconds_are_those_that_are_possible(asked: str, had_s: float) -> None:
    assert seconds_in({"idle": asked}, "idle", default_s=20, max_s=180) == had_s


def test_what_cannot_be_had_is_named() -> None:
    require("codec", None, "pcm")
    with pytest.raises(Trouble, match="codec must be pcm, which is all that can be had, not 'mp3'"):
        require("codec", "mp3", "pcm")


def test_the_name_is_that_of_the_class() -> None:
    assert (Xai.name, Xai(Opening()).idle_s()) == ("xai", None)
