"""How the fake treats requests before there is a speech: frozen settings, read from JSON. Pure.

The defaults are what the real service was seen to do; where that is not known, the lenient choice.
"""

from collections.abc import Callable
from dataclasses import dataclass, fields, replace
from typing import Final, Literal, get_args

from fake_groq.limits import TIERS
from fake_groq.setting import Reader, flag, one_of, read, some_of, whole
from fake_groq.voices import MODELS, VOICE_SETS

LENGTH_MAX: Final = 200  # what the real service documents
INPUT_CHARACTERS_MAX: Final = 10_000  # beyond 200 nobody knows; the fake ends somewhere
BYTES_PER_CHARACTER_MAX: Final = 4

OverLength = Literal["accept", "refuse", "truncate"]
LengthUnit = Literal["codepoints", "utf16", "utf8"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """What is asked of a request.

    Attributes:
        unknown_fields: fields of the JSON that are not known are ignored, or a 400.
        over_length: what becomes of an `input` that is longer than `length_max`.
        length_unit: what the length counts; Go's `len` counts bytes of UTF-8.
        voices: which set of voices there is: as of that month.
        terms_required: models whose terms nobody has accepted yet.
        requires_key: whether a request needs `Authorization: Bearer gsk_...`.
        tier: the limits of the organisation; "unlimited" counts as the developer tier does, and
            never refuses.
        requires_user_agent: whether a request without a User-Agent is screened out, by a 403.
    """

    unknown_fields: Literal["ignore", "refuse"] = "ignore"
    over_length: OverLength = "accept"
    length_unit: LengthUnit = "codepoints"
    length_max: int = LENGTH_MAX
    voices: str = "2026-04"
    terms_required: tuple[str, ...] = ()
    requires_key: bool = False
    tier: str = "unlimited"
    requires_user_agent: bool = True

    def length(self, text: str) -> int:
        """Return the length of a text in the unit that counts."""
        return _LENGTHS[self.length_unit](text)

    def shortened(self, text: str) -> str:
        """Return as much of a text as is within the limit; no character is divided."""
        while self.length(text) > self.length_max:
            over = self.length(text) - self.length_max
            text = text[: -max(1, over // BYTES_PER_CHARACTER_MAX)]
        return text


def read_policy(partial: object, base: Policy) -> Policy:
    """Return `base` with the keys of `partial` put in their place.

    Raises:
        SettingError: a key is unknown (the nearest is named) or a value wrong.
    """
    return replace(base, **read(partial, _READERS, "a policy"))


_LENGTHS: Final[dict[LengthUnit, Callable[[str], int]]] = {
    "codepoints": len,
    "utf16": lambda text: len(text.encode("utf-16-le", "surrogatepass")) // 2,
    "utf8": lambda text: len(text.encode("utf-8", "surrogatepass")),
}

_READERS: Final[dict[str, Reader]] = {
    "unknown_fields": one_of("ignore", "refuse"),
    "over_length": one_of(*get_args(OverLength)),
    "length_unit": one_of(*get_args(LengthUnit)),
    "length_max": whole(range(1, INPUT_CHARACTERS_MAX + 1)),
    "voices": one_of(*VOICE_SETS),
    "terms_required": some_of(*MODELS),
    "requires_key": flag,
    "tier": one_of(*TIERS),
    "requires_user_agent": flag,
}

assert set(_READERS) == {setting.name for setting in fields(Policy)}
