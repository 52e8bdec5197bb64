"""The words in which one rule speaks of one message."""

from enum import Enum
from typing import NamedTuple


class Doubt(Enum):
    """Whether a breach is certain, or the catalogue or the evidence leaves it open."""

    NONE = "breach"
    SOME = "unsure"


class Said(NamedTuple):
    """What one rule says of one message."""

    message: int
    doubt: Doubt
    why: str


def breach(message: int, why: str) -> Said:
    """Say that the message broke the rule."""
    return Said(message, Doubt.NONE, why)


def unsure(message: int, why: str) -> Said:
    """Say that it may have broken the rule."""
    return Said(message, Doubt.SOME, why)
