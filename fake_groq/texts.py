"""Texts with what real ones have: numbers, marks, emoji, directions, and lengths at the limit.

Each sentence still says whose it is (`fake_groq.identity`). What is added stands before the six
words of an identity or behind its two fillers, where any words may stand, so a platform may read it
out, rewrite or drop it. Only diacritics stand inside the words.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from random import Random
from typing import Final

from fake_groq.identity import Identity, Language, sentence_text
from fake_groq.words import ARABIC_FILLERS, ENGLISH_FILLERS

_Addition = Callable[[str, Random], str]
_Measure = Callable[[str], int]

_FILLERS: Final[dict[Language, tuple[str, ...]]] = {"en": ENGLISH_FILLERS, "ar": ARABIC_FILLERS}
_BOTH: Final[tuple[Language, ...]] = ("en", "ar")
_ARABIC_DIGITS: Final = {ord("0") + digit: 0x660 + digit for digit in range(10)} | {
    ord("."): "\u066b",
    ord(","): "\u066c",
    ord("%"): "\u066a",
}
_SHADDA: Final = "\u0651"
_VOWELS: Final = "\u064e\u064f\u0650\u0652"  # fatha, damma, kasra, sukun

# Some of those that Groq's documentation of Orpheus names.
_DIRECTIONS: Final = ("[cheerful]", "[sad]", "[whisper]", "[excited]", "[deadpan]")
_LONG_DIRECTIONS: Final = ("[gravelly whisper]", "[rapid babbling]")
_EMOJI: Final = ("\u2600", "\u2764\ufe0f", "\U0001f600", "\U0001f680", "\U0001f642")
# An astronaut, a family, the rainbow flag, a thumb of a tone, a flag of two letters, a key.
_EMOJI_SEQUENCES: Final = (
    "\U0001f469\u200d\U0001f680",
    "\U0001f468\u200d\U0001f469\u200d\U0001f467\u200d\U0001f466",
    "\U0001f3f3\ufe0f\u200d\U0001f308",
    "\U0001f44d\U0001f3fd",
    "\U0001f1f8\U0001f1e6",
    "3\ufe0f\u20e3",
)
_ABBREVIATIONS: Final = ("Dr. Lee", "e.g. so", "U.S.", "9 a.m.", "Acme Inc.", "No. 5", "etc.")
_ARABIC_ABBREVIATIONS: Final = ("د. سعيد", "ص.ب. 12", "إلخ.", "أ.د. منى", "1447 هـ.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """What a text has, and in which languages it may have it.

    Attributes:
        sentences: how many sentences the message has.
        additions: what each sentence gets, one after the other.
        measure: how a text of exactly `length` is counted; None for one of at most 200 characters.
    """

    languages: tuple[Language, ...] = _BOTH
    sentences: int = 2
    additions: tuple[_Addition, ...] = ()
    measure: _Measure | None = None
    length: int = 0


def garnished(
    session: int, message: int, kind: str, *, language: Language = "en", rng: Random
) -> str:
    """Return a message of this kind (a key of `KINDS`); its sentences are numbered from 0.

    It has at most 200 characters, but for the kind that has one too many.

    Raises:
        ValueError: there is no such kind in this language, or a number is out of range.
    """
    chosen = KINDS.get(kind)
    if chosen is None or language not in chosen.languages:
        raise ValueError(f"No kind {kind!r} in {language!r}; there are {', '.join(KINDS)}.")
    sentences = []
    for number in range(chosen.sentences):
        sentence = sentence_text(Identity(session, message, number), language=language, rng=rng)
        for add in chosen.additions:
            sentence = add(sentence, rng)
        sentences.append(sentence)
    text = " ".join(sentences)
    if chosen.measure is None:
        return text
    room = chosen.length - chosen.measure(text)
    return f"{text[:-1]}{_filling(room, _FILLERS[language], chosen.measure, rng)}."


def utf16_units(text: str) -> int:
    """Return the length of a text as JavaScript and Java count it."""
    return len(text.encode("utf-16-le")) // 2


def utf8_bytes(text: str) -> int:
    """Return the length of a text in UTF-8."""
    return len(text.encode())


def _before(*marks: str) -> _Addition:
    return lambda sentence, rng: f"{rng.choice(marks)} {sentence}"


def _behind(*marks: str) -> _Addition:
    def add(sentence: str, rng: Random) -> str:
        return f"{sentence[:-1]} {rng.choice(marks).removesuffix('.')}."

    return add


def _number(sentence: str, rng: Random) -> str:
    """Put a number behind the sentence's words: of each form that normalisers treat apart."""
    number = rng.randint(2, 9999)
    forms = (f"{number}", f"{number:,}", f"{number / 100:.2f}", f"{number % 100}%", f"0{number}")
    return _behind(*forms, f"{number % 24}:{number % 60:02}")(sentence, rng)


def _arabic_number(sentence: str, rng: Random) -> str:
    body, full_stop = _number(sentence, rng)[:-1], sentence[-1]
    return body.translate(_ARABIC_DIGITS) + full_stop


def _vowelled(share: float) -> _Addition:
    """Put vowel signs, some of them behind a shadda, on this share of the letters."""

    def add(sentence: str, rng: Random) -> str:
        marked = []
        for letter in sentence:
            marked.append(letter)
            if letter.isalpha() and rng.random() < share:
                doubled = _SHADDA if rng.random() < 0.1 else ""
                marked.append(doubled + rng.choice(_VOWELS))
        return "".join(marked)

    return add


def _filling(room: int, fillers: Sequence[str], measure: _Measure, rng: Random) -> str:
    """Return words, each behind a space, that are exactly so long."""
    sizes = {word: measure(word) + 1 for word in fillers}
    different = tuple(sorted(set(sizes.values())))
    words = []
    while room:
        fitting = [word for word in fillers if _can_fill(room - sizes[word], different)]
        assert fitting, f"no words fill {room}"
        words.append(rng.choice(fitting))
        room -= sizes[words[-1]]
    return "".join(f" {word}" for word in words)


@lru_cache(maxsize=4096)
def _can_fill(room: int, sizes: tuple[int, ...]) -> bool:
    return room == 0 or any(_can_fill(room - size, sizes) for size in sizes if size <= room)


_ASTRAL_EMOJI: Final = tuple(emoji for emoji in _EMOJI if emoji > "\uffff")
_EMOJI_ADDITIONS: Final = (_before(*_ASTRAL_EMOJI), _behind(*_EMOJI_SEQUENCES))

KINDS: Final[dict[str, Kind]] = {
    "plain": Kind(),
    "diacritics": Kind(languages=("ar",), additions=(_vowelled(0.2),)),
    "vowelled": Kind(languages=("ar",), sentences=1, additions=(_vowelled(1.0),)),
    "digits": Kind(additions=(_number,)),
    "arabic_digits": Kind(languages=("ar",), additions=(_arabic_number,)),
    "direction": Kind(languages=("en",), additions=(_before(*_DIRECTIONS),)),
    "direction_of_two_words": Kind(languages=("en",), additions=(_before(*_LONG_DIRECTIONS),)),
    "direction_inside": Kind(languages=("en",), additions=(_behind(*_DIRECTIONS), _number)),
    "emoji": Kind(additions=(_before(*_EMOJI), _behind(*_EMOJI))),
    "emoji_sequences": Kind(additions=(_before(*_EMOJI_SEQUENCES), _behind(*_EMOJI_SEQUENCES))),
    "abbreviations": Kind(
        languages=("en",), additions=(_before(*_ABBREVIATIONS), _behind(*_ABBREVIATIONS))
    ),
    "arabic_abbreviations": Kind(
        languages=("ar",),
        additions=(_before(*_ARABIC_ABBREVIATIONS), _behind(*_ARABIC_ABBREVIATIONS)),
    ),
    "characters_199": Kind(measure=len, length=199),
    "characters_200": Kind(measure=len, length=200),
    "characters_201": Kind(measure=len, length=201),
    "characters_200_with_emoji": Kind(additions=_EMOJI_ADDITIONS, measure=len, length=200),
    "utf16_units_200": Kind(additions=_EMOJI_ADDITIONS, measure=utf16_units, length=200),
    "utf8_bytes_200": Kind(sentences=1, additions=_EMOJI_ADDITIONS, measure=utf8_bytes, length=200),
}
"""All kinds by name; `characters_201` alone is beyond the limit of the service."""
