"""How settings are read from JSON: what is wrong is named, with what was expected. Pure."""

from collections.abc import Callable, Iterable, Mapping
from difflib import get_close_matches
from typing import Any, Final

MS_MAX: Final = 86_400_000.0

Reader = Callable[[str, object], Any]


class SettingError(ValueError):
    """A setting is not known or wrong; the text says which, and what was expected."""


def read(partial: object, readers: Mapping[str, Reader], what: str) -> dict[str, Any]:
    """Return the values of a JSON object, each read by the reader of its key.

    Raises:
        SettingError: a key is unknown (the nearest is named) or a value wrong.
    """
    if not isinstance(partial, Mapping):
        raise SettingError(f"{what.capitalize()} is a JSON object, not {partial!r}.")
    for key in partial:
        if key not in readers:
            raise SettingError(f"Unknown key {key!r} of {what}{nearest(key, readers)}")
    return {key: readers[key](key, value) for key, value in partial.items()}


def nearest(name: str, names: Iterable[str]) -> str:
    """Return the end of a sentence: the nearest of the names, or all of them."""
    known = sorted(names)
    near = get_close_matches(str(name), known, n=1)
    return f"; did you mean {near[0]!r}?" if near else f". Known: {', '.join(known)}."


def milliseconds(key: str, value: object) -> float:
    """Read a time in ms, from 0 to a day."""
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    if isinstance(value, int | float) and is_number and 0 <= value <= MS_MAX:
        return float(value)
    raise SettingError(f"{key!r} is a number from 0 to {MS_MAX:.0f}, not {value!r}.")


def flag(key: str, value: object) -> bool:
    """Read true or false."""
    if isinstance(value, bool):
        return value
    raise SettingError(f"{key!r} is true or false, not {value!r}.")


def one_of(*allowed: str) -> Reader:
    """Return a reader of one of these words."""

    def word(key: str, value: object) -> str:
        if isinstance(value, str) and value in allowed:
            return value
        listed = ", ".join(f'"{word}"' for word in allowed)
        raise SettingError(f"{key!r} is one of {listed}, not {value!r}.")

    return word


def some_of(*allowed: str) -> Reader:
    """Return a reader of a list of these words."""
    each = one_of(*allowed)

    def words(key: str, value: object) -> tuple[str, ...]:
        if not isinstance(value, list):
            raise SettingError(f"{key!r} is a list, not {value!r}.")
        return tuple(each(key, item) for item in value)

    return words


def whole(allowed: range) -> Reader:
    """Return a reader of a whole number within a range."""

    def number(key: str, value: object) -> int:
        if isinstance(value, int) and not isinstance(value, bool) and value in allowed:
            return value
        bounds = f"from {allowed[0]} to {allowed[-1]}"
        raise SettingError(f"{key!r} is a whole number {bounds}, not {value!r}.")

    return number


def or_null(reader: Reader) -> Reader:
    """Return a reader that takes null as well."""
    return lambda key, value: None if value is None else reader(key, value)
