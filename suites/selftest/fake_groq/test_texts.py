"""Generated texts: each sentence is read back, whatever stands around and on its words."""

import random
import re
import unicodedata
from collections.abc import Callable
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fake_groq.identity import Identity, Language, fold, identities, mixed
from fake_groq.texts import KINDS, garnished, utf8_bytes, utf16_units

NUMBERS = st.integers(1, 0xFFFF)
SEEDS = st.integers(0, 1 << 32)
EACH: list[tuple[str, Language]] = [
    (name, language) for name, kind in KINDS.items() for language in kind.languages
]
SHOWN = {
    "diacritics": "[\u064e-\u0652]",
    "vowelled": "[\u064e-\u0652]",
    "digits": "[0-9]",
    "arabic_digits": "[\u0660-\u0669]",
    "direction": r"^\[\w+\] \w",
    "direction_of_two_words": r"^\[\w+ \w+\] \w",
    "direction_inside": r"\w \[\w+\] [\d.,:%]+\. ",
    "emoji": "[\u2600-\u27bf\U0001f000-\U0001ffff]",
    "emoji_sequences": "\u200d|\ufe0f|[\U0001f1e6-\U0001f1ff]|\U0001f3fd",
    "abbreviations": r"\w\.\w|\w\. |\.$",
    "arabic_abbreviations": r"\w\.\w|\w\. |\.$",
}
EXACT = [
    ("characters_199", len, 199),
    ("characters_200", len, 200),
    ("characters_201", len, 201),
    ("characters_200_with_emoji", len, 200),
    ("utf16_units_200", utf16_units, 200),
    ("utf8_bytes_200", utf8_bytes, 200),
]
every_kind = pytest.mark.parametrize(("kind", "language"), EACH)


@every_kind
@given(NUMBERS, NUMBERS, SEEDS)
def test_all_sentences_are_read_back_in_their_order(
    kind: str, language: Language, session: int, message: int, seed: int
) -> None:
    text = garnished(session, message, kind, language=language, rng=random.Random(seed))
    expected = [Identity(session, message, number) for number in range(KINDS[kind].sentences)]
    assert identities(text) == tuple(expected)
    assert not mixed(text)


@every_kind
@given(NUMBERS, NUMBERS, SEEDS)
def test_a_text_has_what_its_kind_promises(
    kind: str, language: Language, session: int, message: int, seed: int
) -> None:
    text = garnished(session, message, kind, language=language, rng=random.Random(seed))
    assert re.search(SHOWN.get(kind, "."), text)
    assert len(text) <= 200 or kind == "characters_201"
    assert text.endswith(".")
    assert "  " not in text


@every_kind
def test_the_same_chance_makes_the_same_text(kind: str, language: Language) -> None:
    first, again, other = (
        garnished(7, 9, kind, language=language, rng=random.Random(seed)) for seed in (1, 1, 2)
    )
    assert first == again != other


@pytest.mark.parametrize(("kind", "measure", "length"), EXACT)
@pytest.mark.parametrize("language", ["en", "ar"])
@given(NUMBERS, NUMBERS, SEEDS)
def test_an_exact_length_is_met(
    kind: str,
    measure: Callable[[str], int],
    length: int,
    language: Language,
    session: int,
    message: int,
    seed: int,
) -> None:
    text = garnished(session, message, kind, language=language, rng=random.Random(seed))
    assert measure(text) == length


@pytest.mark.parametrize(
    "kind", ["emoji_sequences", "characters_200_with_emoji", "utf16_units_200"]
)
@given(NUMBERS, SEEDS)
def test_emoji_are_counted_in_three_ways(kind: str, message: int, seed: int) -> None:
    """In characters, UTF-16 units and bytes; sums of some seeds, as a lone key is in the BMP."""
    rng = random.Random(seed)
    texts = "".join(garnished(1, message, kind, rng=rng) for _ in range(8))
    assert len(texts) < utf16_units(texts) < utf8_bytes(texts)


@given(NUMBERS, NUMBERS, SEEDS)
def test_each_letter_of_a_vowelled_text_has_a_sign(session: int, message: int, seed: int) -> None:
    text = garnished(session, message, "vowelled", language="ar", rng=random.Random(seed))
    followers = [after for letter, after in pairwise(text) if letter.isalpha()]
    assert {unicodedata.category(after) for after in followers} == {"Mn"}
    assert fold(text).isprintable()


@pytest.mark.parametrize(
    ("kind", "language"), [("direction", "ar"), ("vowelled", "en"), ("no", "en")]
)
def test_a_kind_that_a_language_does_not_have_is_refused(kind: str, language: Language) -> None:
    with pytest.raises(ValueError, match=f"No kind '{kind}' in '{language}'"):
        garnished(1, 1, kind, language=language, rng=random.Random(1))


def test_all_kinds_that_show_something_are_looked_at() -> None:
    assert {*SHOWN, *(kind for kind, _, _ in EXACT), "plain"} == set(KINDS)
