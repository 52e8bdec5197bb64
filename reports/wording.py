"""Words that others wrote, made safe to print: a SUT chooses its own reasons and error codes.

A control character could move the cursor of a terminal, a bidirectional override could turn a
sentence round, a lone surrogate cannot be encoded at all, and a flood would hide the rest.
"""

import unicodedata

CHARACTERS_MAX = 400
HARMLESS_CONTROLS = "\n\t"  # shown as a space


def clean(text: str) -> str:
    """Return the text on one line, bounded, with what cannot be printed written as its number."""
    shown = "".join(_printable(character) for character in text[:CHARACTERS_MAX])
    if len(text) <= CHARACTERS_MAX:
        return shown
    return f"{shown}… ({len(text):,} characters)"


def sentence(text: str) -> str:
    """Return the clean text with a capital at its beginning."""
    shown = clean(text)
    return shown[:1].upper() + shown[1:]


def spoken(verdict: str) -> str:
    """Return a verdict as it is printed for people: NOT OBSERVABLE, not in one word."""
    return verdict.replace("_", " ")


def _printable(character: str) -> str:
    if character in HARMLESS_CONTROLS:
        return " "
    category = unicodedata.category(character)
    is_safe = category[0] != "C" and category not in ("Zl", "Zp")
    return character if is_safe else f"\\u{{{ord(character):x}}}"
