"""Spoken identities: text that says to which session and message it belongs.

Each sentence begins with six words of a list of 256, each standing for eight bits: session (two
words), message (two), sentence, check. The check is a cyclic code over the five words before it,
so one wrong word, or two that changed places, are always noticed, and six words at random pass once
in 256.

Filler words follow; they are never words of the list, so the six words are the last six of an
unbroken row of list words, and what was left of another identity before them is passed over. The
first two fillers belong to the identity as well (one pair of some thousand): where words follow the
six, they must be these or their beginnings. Six words that are the whole text, as a cut can leave
them, stand on their check alone; other words need at least one filler behind them.
"""

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from random import Random
from typing import Final, Literal
from zlib import crc32

from fake_groq.words import ARABIC, ARABIC_FILLERS, ENGLISH, ENGLISH_FILLERS

Language = Literal["en", "ar"]

WORDS_PER_IDENTITY: Final = 6
FILLERS_PER_IDENTITY: Final = 2
SENTENCE_CHARACTERS_MIN: Final = 60  # tokenisers merge shorter sentences with their neighbours
SENTENCES_MAX: Final = 3  # of at most 66 characters, with two spaces 200: the service's limit

_LISTS: Final[dict[Language, tuple[str, ...]]] = {"en": ENGLISH, "ar": ARABIC}
_FILLERS: Final[dict[Language, tuple[str, ...]]] = {"en": ENGLISH_FILLERS, "ar": ARABIC_FILLERS}
_POLYNOMIAL: Final = 0x11D  # primitive, hence no two different places can cancel a swap
_TATWEEL: Final = "\u0640"
_WORD: Final = re.compile(r"[^\W\d_]+")


@dataclass(frozen=True, slots=True, order=True)
class Identity:
    """Whose sentence this is: session and message 1 to 65535, sentence 0 to 255."""

    session: int
    message: int
    sentence: int


def sentence_text(identity: Identity, *, language: Language = "en", rng: Random) -> str:
    """Return a sentence of 60 to 66 characters that begins with the six words of `identity`.

    It has no inner punctuation and ends with a full stop; `rng` chooses the filler words only.

    Raises:
        ValueError: a number of the identity is out of range.
    """
    words = [_LISTS[language][number] for number in _numbers(identity)]
    words[0] = words[0].capitalize()
    text = " ".join([*words, *_fillers(identity, language)])
    while len(text) + 1 < SENTENCE_CHARACTERS_MIN:
        text = f"{text} {rng.choice(_FILLERS[language])}"
    return f"{text}."


def message_text(
    session: int, message: int, *, sentences: int = 1, language: Language = "en", rng: Random
) -> str:
    """Return a message of 1 to 3 sentences, numbered from 0, of at most 200 characters.

    Raises:
        ValueError: a number is out of range.
    """
    if not 1 <= sentences <= SENTENCES_MAX:
        raise ValueError(f"A message has 1 to {SENTENCES_MAX} sentences, not {sentences}.")
    return " ".join(
        sentence_text(Identity(session, message, number), language=language, rng=rng)
        for number in range(sentences)
    )


def identities(text: str) -> tuple[Identity, ...]:
    """Return the valid identities in `text` in their order, repeated ones too.

    Case, combining marks, tatweel, invisible characters, punctuation and line breaks do not matter.
    """
    words = _WORD.findall(fold(text))
    found = []
    row: list[tuple[Language, int]] = []
    for place, word in enumerate([*words, ""]):
        known = _KNOWN.get(word)
        if known is not None:
            row.append(known)
            continue
        behind = words[place : place + FILLERS_PER_IDENTITY]
        if behind or place == WORDS_PER_IDENTITY:
            found.append(_identity(row, behind))
        row = []
    return tuple(identity for identity in found if identity is not None)


def mixed(text: str) -> bool:
    """Return whether `text` holds identities of two or more different messages."""
    return len({(found.session, found.message) for found in identities(text)}) > 1


def fold(text: str) -> str:
    """Return `text` as its words are compared: without case, marks, tatweel, hidden characters."""
    if text.isascii():
        return text.casefold()
    return "".join(filter(_is_heard, unicodedata.normalize("NFKD", text).casefold()))


@lru_cache(maxsize=4096)
def _is_heard(character: str) -> bool:
    return character != _TATWEEL and unicodedata.category(character) not in {"Mn", "Me", "Cf"}


def _numbers(identity: Identity) -> bytes:
    session, message, sentence = identity.session, identity.message, identity.sentence
    if not (1 <= session <= 0xFFFF and 1 <= message <= 0xFFFF and 0 <= sentence <= 0xFF):
        raise ValueError(f"{identity} is out of range: 1..65535, 1..65535, 0..255 are allowed.")
    numbers = bytes((*session.to_bytes(2, "big"), *message.to_bytes(2, "big"), sentence))
    return numbers + bytes((_check(numbers),))


def _fillers(identity: Identity, language: Language) -> list[str]:
    """Return the filler words that belong to an identity."""
    fillers = _FILLERS[language]
    numbers = crc32(_numbers(identity))
    return [
        fillers[numbers // len(fillers) ** n % len(fillers)] for n in range(FILLERS_PER_IDENTITY)
    ]


def _identity(row: list[tuple[Language, int]], behind: list[str]) -> Identity | None:
    """Return the identity at the end of a row of list words, with the next words behind it."""
    if len(row) < WORDS_PER_IDENTITY:
        return None
    languages, numbers = zip(*row[-WORDS_PER_IDENTITY:], strict=True)
    session, message = numbers[0] << 8 | numbers[1], numbers[2] << 8 | numbers[3]
    if len(set(languages)) > 1 or not (session and message):
        return None
    if _check(bytes(numbers[:-1])) != numbers[-1]:
        return None
    identity = Identity(session, message, numbers[4])
    pairs = zip(_fillers(identity, languages[0]), behind, strict=False)
    return identity if all(filler.startswith(word) for filler, word in pairs) else None


def _check(numbers: bytes) -> int:
    check = 0xFF
    for number in numbers:
        check = _SHIFTED[check ^ number]
    return check


def _shifted(value: int) -> int:
    for _ in range(8):
        value <<= 1
        value ^= _POLYNOMIAL if value & 0x100 else 0
    return value


_SHIFTED: Final = tuple(map(_shifted, range(256)))
_KNOWN: Final[dict[str, tuple[Language, int]]] = {
    fold(word): (language, number)
    for language, words in _LISTS.items()
    for number, word in enumerate(words)
}
