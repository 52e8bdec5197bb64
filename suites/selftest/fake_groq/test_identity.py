"""Identities in text: what they survive, and that nothing else is taken for one."""

import random
import re
import unicodedata
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fake_groq import words
from fake_groq.identity import (
    Identity,
    Language,
    fold,
    identities,
    message_text,
    mixed,
    sentence_text,
)

NUMBERS = st.integers(1, 0xFFFF)
IDENTITIES = st.builds(Identity, NUMBERS, NUMBERS, st.integers(0, 255))
LANGUAGES = st.sampled_from(["en", "ar"])
CHANCE = st.builds(random.Random, st.integers(0, 1 << 32))
LISTS = {
    "en": (words.ENGLISH, words.ENGLISH_FILLERS),
    "ar": (words.ARABIC, words.ARABIC_FILLERS),
}
ARABIC_AVOIDED = set("\u0621\u0623\u0625\u0622\u0624\u0626\u0629\u0649\u0640")
ARABIC_LETTERS = re.compile("[\u0627-\u063a\u0641-\u064a]+")


@pytest.mark.parametrize("language", ["en", "ar"])
def test_a_list_has_256_words_that_stay_distinct_when_folded(language: str) -> None:
    listed, fillers = LISTS[language]
    assert len(listed) == len({fold(word) for word in listed}) == 256
    assert min(map(len, listed)) >= 3
    assert {fold(word) for word in listed}.isdisjoint(map(fold, fillers))
    assert max(map(len, fillers)) <= 6


@pytest.mark.parametrize("language", ["en", "ar"])
def test_no_cut_word_is_another_word_of_the_list(language: str) -> None:
    listed, fillers = LISTS[language]
    alike = [
        (part, word)
        for part, word in product(listed, listed + fillers)
        if part != word and word.startswith(part)
    ]
    ends = [(a, b) for a, b in product(listed, listed) if a != b and b.endswith(a)]
    assert alike == ends == []


def test_english_words_are_plain_letters() -> None:
    for word in words.ENGLISH + words.ENGLISH_FILLERS:
        assert re.fullmatch("[a-z]{3,7}", word)


def test_arabic_words_hold_nothing_that_normalisers_rewrite() -> None:
    for word in words.ARABIC + words.ARABIC_FILLERS:
        assert ARABIC_LETTERS.fullmatch(word)
        assert not ARABIC_AVOIDED & set(word)
        assert not word.startswith("\u0627\u0644")  # the article
    assert not {"\u0647", "\u064a"} & {word[-1] for word in words.ARABIC}  # become ة and ى


@given(IDENTITIES, LANGUAGES, CHANCE)
def test_a_sentence_has_the_promised_form(
    identity: Identity, language: Language, rng: random.Random
) -> None:
    text = sentence_text(identity, language=language, rng=rng)
    assert 60 <= len(text) <= 66
    assert re.fullmatch(r"[^\W\d_]+( [^\W\d_]+)+\.", text)
    assert identities(text) == (identity,)


@given(NUMBERS, NUMBERS, st.integers(1, 3), LANGUAGES, CHANCE)
def test_a_message_holds_its_sentences_in_order(
    session: int, message: int, sentences: int, language: Language, rng: random.Random
) -> None:
    text = message_text(session, message, sentences=sentences, language=language, rng=rng)
    expected = tuple(Identity(session, message, number) for number in range(sentences))
    assert len(text) <= 200
    assert identities(text) == expected
    assert not mixed(text)
    parts = re.split(r"(?<=\.) ", text)
    assert tuple(found for part in parts for found in identities(part)) == expected


@given(IDENTITIES, LANGUAGES, CHANCE, st.data())
def test_an_identity_survives_what_platforms_do_to_text(
    identity: Identity, language: Language, rng: random.Random, data: st.DataObject
) -> None:
    text = sentence_text(identity, language=language, rng=rng)
    change = data.draw(st.sampled_from([str.upper, str.title, marked, punctuated, stretched]))
    before, behind = (
        data.draw(st.sampled_from(["", "Hello there! ", "1. water: ", "«", "ثم "])),
        "?!",
    )
    assert identities(before + change(text) + behind) == (identity,)


def marked(text: str) -> str:
    """Put a combining mark behind each letter."""
    mark = "\u0301" if text.isascii() else "\u064e"
    return unicodedata.normalize("NFC", re.sub(r"(\w)", rf"\1{mark}", text))


def punctuated(text: str) -> str:
    return text.replace(" ", ", ").replace(".", "...")


def stretched(text: str) -> str:
    """Put tatweel and invisible characters inside and around words."""
    return text if text.isascii() else re.sub(r"(\w) ", "\\1\u0640\u200f \u200b", text)


@given(IDENTITIES, LANGUAGES, CHANCE, st.integers(0, 5), st.integers(1, 255))
def test_one_wrong_word_is_always_noticed(
    identity: Identity, language: Language, rng: random.Random, place: int, step: int
) -> None:
    listed = LISTS[language][0]
    spoken = sentence_text(identity, language=language, rng=rng).split()
    number = [fold(word) for word in listed].index(fold(spoken[place]))
    spoken[place] = listed[(number + step) % 256]
    assert identities(" ".join(spoken)) == ()


@given(IDENTITIES, LANGUAGES, CHANCE, st.sampled_from([(a, b) for a in range(6) for b in range(a)]))
def test_two_words_that_changed_places_are_always_noticed(
    identity: Identity, language: Language, rng: random.Random, places: tuple[int, int]
) -> None:
    a, b = places
    spoken = sentence_text(identity, language=language, rng=rng).casefold().split()
    same = spoken[a] == spoken[b]
    spoken[a], spoken[b] = spoken[b], spoken[a]
    assert identities(" ".join(spoken)) == ((identity,) if same else ())


def test_what_is_left_of_a_cut_identity_does_not_hide_the_next() -> None:
    first = message_text(3, 1, rng=random.Random(1))
    second = message_text(4, 9, rng=random.Random(2))
    cut = " ".join(first.split()[:4])
    assert identities(f"{cut} {second}") == (Identity(4, 9, 0),)
    assert identities(cut) == ()


def test_six_words_alone_are_enough() -> None:
    text = message_text(3, 1, rng=random.Random(1))
    assert identities(" ".join(text.split()[:6])) == (Identity(3, 1, 0),)
    assert identities(" ".join(text.split()[:7])[:-2]) == (Identity(3, 1, 0),)


def test_a_text_of_two_messages_is_mixed() -> None:
    rng = random.Random(5)
    one, other = message_text(1, 1, sentences=2, rng=rng), message_text(1, 2, rng=rng)
    assert mixed(f"{one} {other}")
    assert not mixed(one)


def test_no_split_or_merge_makes_a_false_identity() -> None:
    """Two messages are cut at random and some pieces joined, in any order (soak: 100,000 times)."""
    trials = min(800 * settings().max_examples, 100_000)
    rng = random.Random(20260)
    texts = [a_message(rng) for _ in range(400)]
    found = 0
    for _ in range(trials):
        chosen = rng.choice(texts), rng.choice(texts)
        pieces = [piece for text, _ in chosen for piece in cut(text, rng)]
        kept = rng.sample(pieces, rng.randint(1, len(pieces)))
        if rng.random() < 0.5:
            kept.sort(key=pieces.index)
        seen = identities(rng.choice((" ", ". ", "\n")).join(kept))
        assert set(seen) <= chosen[0][1] | chosen[1][1], kept
        found += len(seen)
    assert found > trials  # or the trial shows nothing


def a_message(rng: random.Random) -> tuple[str, set[Identity]]:
    session, message, sentences = rng.randint(1, 65535), rng.randint(1, 65535), rng.randint(1, 3)
    language: Language = "en" if rng.random() < 0.75 else "ar"
    text = message_text(session, message, sentences=sentences, language=language, rng=rng)
    return text, {Identity(session, message, number) for number in range(sentences)}


def cut(text: str, rng: random.Random) -> list[str]:
    """Cut a text in three, at any characters or between words."""
    if rng.random() < 0.5:
        first, second = sorted((rng.randrange(len(text)), rng.randrange(len(text))))
        return [text[:first], text[first:second], text[second:]]
    spoken = text.split()
    first, second = sorted((rng.randrange(len(spoken)), rng.randrange(len(spoken))))
    return [" ".join(part) for part in (spoken[:first], spoken[first:second], spoken[second:])]


@pytest.mark.parametrize("numbers", [(0, 1, 0), (1, 0, 0), (65536, 1, 0), (1, 1, 256), (1, 1, -1)])
def test_numbers_out_of_range_are_refused(numbers: tuple[int, int, int]) -> None:
    with pytest.raises(ValueError, match="out of range"):
        sentence_text(Identity(*numbers), rng=random.Random(1))


def test_a_message_of_four_sentences_is_refused() -> None:
    with pytest.raises(ValueError, match="1 to 3 sentences"):
        message_text(1, 1, sentences=4, rng=random.Random(1))
