"""What a SUT wrote cannot harm the document that quotes it."""

from hypothesis import given
from hypothesis import strategies as st

from reports.wording import CHARACTERS_MAX, clean, sentence, spoken


def test_an_escape_sequence_is_shown_and_not_sent() -> None:
    assert clean("\x1b[2Jgone") == "\\u{1b}[2Jgone"


def test_a_bidirectional_override_cannot_turn_the_line_round() -> None:
    assert "\u202e" not in clean("abc\u202edef")


def test_arabic_and_arrows_stay_as_they_are() -> None:
    assert clean("قل مرحبا ◄── end") == "قل مرحبا ◄── end"


def test_a_flood_is_cut_and_says_how_long_it_was() -> None:
    shown = clean("x" * 1_000_000)
    assert len(shown) < CHARACTERS_MAX + 40
    assert shown.endswith("… (1,000,000 characters)")


@given(st.text(st.characters(exclude_categories=()), max_size=50))
def test_every_text_becomes_one_printable_line(text: str) -> None:
    shown = clean(text)
    assert shown.encode("utf-8").decode("utf-8") == shown
    assert len(shown.splitlines()) <= 1


def test_a_sentence_begins_with_a_capital() -> None:
    assert sentence("message m1 ended.") == "Message m1 ended."


def test_a_verdict_is_printed_in_words() -> None:
    assert spoken("NOT_OBSERVABLE") == "NOT OBSERVABLE"


def test_a_line_break_becomes_a_space() -> None:
    assert clean("one\ntwo\tthree") == "one two three"
