"""What a fault is: frozen settings and a function that turns a plan into a plan.

A file of this folder holds one subclass of `Fault` with the decorator `fault`; its name is that of
the file, and its fields are the keys that may be set, numbers all.
"""

import importlib
import pkgutil
from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import MISSING, dataclass, fields
from difflib import get_close_matches
from typing import Any, ClassVar, TypeGuard, TypeVar

import fake_groq.faults
from fake_groq.steps import Plan

STALL_MS = 60_000.0
"""How long a stall lasts where nothing else is said, in ms: longer than anybody should wait."""

NUMBER_MAX = 86_400_000.0


class FaultError(ValueError):
    """A fault or a key of it is not known, or its value is wrong; the text says which."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault(ABC):
    """One misbehaviour with its settings."""

    name: ClassVar[str] = ""

    @abstractmethod
    def bend(self, plan: Plan) -> Plan:
        """Return the plan as this fault makes it."""


_FAULTS: dict[str, type[Fault]] = {}
_FaultType = TypeVar("_FaultType", bound=type[Fault])


def fault(member: _FaultType) -> _FaultType:
    """Register a fault under the name of its file."""
    member.name = member.__module__.rpartition(".")[2]
    _FAULTS[member.name] = member
    return member


def known_faults() -> dict[str, type[Fault]]:
    """Return all faults of the folder by their names, sorted."""
    for found in pkgutil.iter_modules(fake_groq.faults.__path__, "fake_groq.faults."):
        name = found.name.rpartition(".")[2]
        if name != "base":
            importlib.import_module(found.name)
            assert name in _FAULTS, f"{found.name} registers no fault."
    return dict(sorted(_FAULTS.items()))


def parse_fault(written: object) -> Fault:
    """Return the fault that is written as `{"name": ..., KEY: NUMBER, ...}` or as its bare name.

    Raises:
        FaultError: the name, a key or a value is wrong.
    """
    settings = {"name": written} if isinstance(written, str) else written
    if not isinstance(settings, Mapping):
        raise FaultError(f'A fault is written {{"name": ...}}, not {written!r}.')
    members = known_faults()
    name = settings.get("name")
    if name not in members:
        raise FaultError(f"Unknown fault {name!r}{_nearest(str(name), members)}")
    member = members[name]
    numbers = {key: value for key, value in settings.items() if key != "name"}
    known = {field.name for field in fields(member)}
    for key, value in numbers.items():
        if key not in known:
            raise FaultError(f"Unknown key {key!r} of fault {name!r}{_nearest(key, known)}")
        if not _is_number(value) or not 0 <= value <= NUMBER_MAX:
            raise FaultError(
                f"{key!r} of fault {name!r} is a number from 0 to {NUMBER_MAX:.0f}, not {value!r}."
            )
    missing = [f.name for f in fields(member) if f.default is MISSING and f.name not in numbers]
    if missing:
        raise FaultError(f"Fault {name!r} needs {missing[0]!r}.")
    return member(**numbers)


def describe_faults() -> list[dict[str, Any]]:
    """Return name, summary and settings with their defaults of all faults."""
    return [
        {
            "name": name,
            "summary": (member.__doc__ or "").partition("\n")[0],
            "settings": {
                field.name: None if field.default is MISSING else field.default
                for field in fields(member)
            },
        }
        for name, member in known_faults().items()
    ]


def _is_number(value: object) -> TypeGuard[float]:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _nearest(name: str, names: Mapping[str, object] | set[str]) -> str:
    near = get_close_matches(name, names, n=1)
    return f"; did you mean {near[0]!r}?" if near else f". Known: {', '.join(sorted(names))}."
