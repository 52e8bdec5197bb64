"""What a fault is: frozen settings and a function that turns a plan into a plan.

A file of this folder holds one subclass of `Fault` with the decorator `fault`; its name is that of
the file, and its fields are the keys that may be set, numbers all.

Which streams it meets is said in four ways, which may be combined:

    by text or identity     a rule of the rulebook whose behaviour has the fault
    by count                `"every": 7` of the fault: the 7th, 14th, ... stream of the fake
    by chance               `"probability": 0.2` of the fault, drawn from seed, text and attempt
    by request              the header `x-fake-fault: stall_mid_stream;after_ms=400, marker_twice`
                            of an HTTP request, or of the upgrade for all streams of a WebSocket
"""

import importlib
import pkgutil
import random
from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import MISSING, dataclass, fields
from functools import cache
from typing import Any, ClassVar, TypeGuard, TypeVar

import fake_groq.faults
from fake_groq.setting import nearest
from fake_groq.shaping import refused
from fake_groq.steps import Plan, Refuse, Step

ERROR_STATUSES = range(400, 600)
CLOSE_CODES = range(1000, 5000)
STALL_MS = 60_000.0
"""How long a stall lasts where nothing else is said, in ms: longer than anybody should wait."""

NUMBER_MAX = 86_400_000.0
HEADER = "x-fake-fault"
HEADER_FAULTS_MAX = 8
CONDITIONS = {"every": 1, "probability": 1.0}


class FaultError(ValueError):
    """A fault or a key of it is not known, or its value is wrong; the text says which."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault(ABC):
    """One misbehaviour with its settings.

    Attributes:
        every: it meets each stream whose number is a multiple of this.
        probability: it meets a stream with this probability.
    """

    name: ClassVar[str] = ""
    is_harmless: ClassVar[bool] = False  # all samples come, once and in order, and the end too

    every: int = 1
    probability: float = 1.0

    def meets(self, number: int, seed: str) -> bool:
        """Tell whether it meets the stream of this number, counted from 1."""
        if number % self.every:
            return False
        return self.probability >= 1 or random.Random(seed).random() < self.probability

    def at_upgrade(self) -> Step | None:
        """Return what takes the place of a WebSocket's upgrade; None for the upgrade as usual."""
        return None

    @abstractmethod
    def bend(self, plan: Plan) -> Plan:
        """Return the plan as this fault makes it, or as it is where the fault means nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RefusingFault(Fault):
    """A fault that answers with an error: in the place of the speech, and of the upgrade."""

    @property
    @abstractmethod
    def refusal(self) -> Refuse:
        """The error."""

    def at_upgrade(self) -> Step | None:
        """Refuse the upgrade."""
        return self.refusal

    def bend(self, plan: Plan) -> Plan:
        """Leave of the plan only the waits before its first piece."""
        return refused(plan, self.refusal)


def require_whole(key: str, value: float, allowed: range) -> None:
    """Check a setting that is a whole number.

    Raises:
        FaultError: it is not, or not within its range.
    """
    if not (isinstance(value, int) and value in allowed):
        bounds = f"from {allowed[0]} to {allowed[-1]}"
        raise FaultError(f"{key!r} is a whole number {bounds}, not {value!r}.")


_FAULTS: dict[str, type[Fault]] = {}
_FaultType = TypeVar("_FaultType", bound=type[Fault])


def fault(member: _FaultType) -> _FaultType:
    """Register a fault under the name of its file."""
    member.name = member.__module__.rpartition(".")[2]
    _FAULTS[member.name] = member
    return member


@cache
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
    if not isinstance(name, str) or name not in members:
        raise FaultError(f"Unknown fault {name!r}{nearest(str(name), members)}")
    member = members[name]
    numbers = {key: value for key, value in settings.items() if key != "name"}
    known = {field.name for field in fields(member)}
    for key, value in numbers.items():
        if key not in known:
            raise FaultError(f"Unknown key {key!r} of fault {name!r}{nearest(key, known)}")
        if not _is_number(value) or not 0 <= value <= NUMBER_MAX:
            raise FaultError(
                f"{key!r} of fault {name!r} is a number from 0 to {NUMBER_MAX:.0f}, not {value!r}."
            )
    _check_conditions(numbers)
    missing = [f.name for f in fields(member) if f.default is MISSING and f.name not in numbers]
    if missing:
        raise FaultError(f"Fault {name!r} needs {missing[0]!r}.")
    return member(**numbers)


def _check_conditions(numbers: Mapping[str, float]) -> None:
    require_whole("every", numbers.get("every", 1), range(1, 1 << 31))
    probability = numbers.get("probability", 1)
    if probability > 1:
        raise FaultError(f"'probability' is a number from 0 to 1, not {probability!r}.")


def parse_header(written: str) -> tuple[Fault, ...]:
    """Return the faults that the header `x-fake-fault` names, as in `NAME;KEY=NUMBER, NAME`.

    Raises:
        FaultError: a name, a key or a value is wrong.
    """
    parts = [part.strip() for part in written.split(",") if part.strip()]
    if len(parts) > HEADER_FAULTS_MAX:
        raise FaultError(f"{HEADER!r} names at most {HEADER_FAULTS_MAX} faults.")
    return tuple(map(_parse_part, parts))


def _parse_part(part: str) -> Fault:
    name, *pairs = (word.strip() for word in part.split(";"))
    settings: dict[str, object] = {"name": name}
    for pair in pairs:
        key, _, value = pair.partition("=")
        settings[key.strip()] = _number(value.strip())
    return parse_fault(settings)


def _number(written: str) -> object:
    try:
        return float(written) if "." in written else int(written)
    except ValueError:
        return written


def describe_faults() -> list[dict[str, Any]]:
    """Return name, summary and settings with their defaults of all faults."""
    return [
        {
            "name": name,
            "summary": (member.__doc__ or "").partition("\n")[0],
            "harmless": member.is_harmless,
            "settings": {
                field.name: None if field.default is MISSING else field.default
                for field in fields(member)
                if field.name not in CONDITIONS
            },
            "conditions": CONDITIONS,
        }
        for name, member in known_faults().items()
    ]


def _is_number(value: object) -> TypeGuard[float]:
    return isinstance(value, int | float) and not isinstance(value, bool)
