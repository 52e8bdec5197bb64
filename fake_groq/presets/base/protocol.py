"""A preset, and where the family is found."""

import importlib
import pkgutil
import re
from abc import ABC, abstractmethod
from functools import cache
from typing import ClassVar, Final, TypeVar

import fake_groq.presets
from fake_groq.answers import GroqError
from fake_groq.end_markers import NORMAL_CLOSURE
from fake_groq.presets.base.actions import Actions, Frame, Leave, Opening

PREFIX: Final = "/presets/"


class Preset(ABC):
    """One socket of a protocol.

    Attributes:
        path: a regular expression of the paths at which clients expect it; empty for none.
        source: where its maker documents it.
        subprotocols: what it offers in the upgrade.
    """

    name: ClassVar[str] = ""
    path: ClassVar[str] = ""
    source: ClassVar[str] = ""
    subprotocols: ClassVar[tuple[str, ...]] = ()

    def __init__(self, opening: Opening) -> None:
        self.opening = opening

    def greet(self) -> Actions:
        """Return what comes before the client has said anything."""
        return ()

    @abstractmethod
    def hear(self, message: str | bytes) -> Actions:
        """Return what follows from a message of the client."""

    def wrap(self, pcm: bytes, context: str) -> Frame:
        """Return the frame for some audio: bare bytes, unless the protocol has others."""
        return Frame(kind="binary", data=pcm)

    @abstractmethod
    def refuse(self, error: GroqError, context: str) -> Actions:
        """Return how it says that a speech has failed; `status` is that of an HTTP answer."""

    def over(self, context: str) -> None:  # noqa: B027 # most have nothing to remember
        """Hear that a speech has ended, or was stopped or refused."""

    def idle_s(self) -> float | None:
        """Return after how long without a word of the client it closes; None for never."""
        return None

    def idle(self) -> Actions:
        """Return what it does then."""
        return (Leave(code=NORMAL_CLOSURE, is_urgent=True),)


_PRESETS: dict[str, type[Preset]] = {}
_PresetType = TypeVar("_PresetType", bound=type[Preset])


def preset(member: _PresetType) -> _PresetType:
    """Register a preset under the name of its class, as a file would be called."""
    member.name = re.sub(r"(?<=.)(?=[A-Z])", "_", member.__name__).lower()
    _PRESETS[member.name] = member
    return member


@cache
def known_presets() -> dict[str, type[Preset]]:
    """Return all presets of the folder by their names, sorted."""
    for found in pkgutil.iter_modules(fake_groq.presets.__path__, "fake_groq.presets."):
        name = found.name.rpartition(".")[2]
        if name != "base":
            importlib.import_module(found.name)
            assert name in _PRESETS, f"{found.name} registers no preset."
    return dict(sorted(_PRESETS.items()))


def preset_at(path: str) -> type[Preset] | None:
    """Return the preset that is served at a path."""
    members = known_presets()
    if path.startswith(PREFIX):
        return members.get(path.removeprefix(PREFIX).partition("/")[0])
    served = (m for m in members.values() if m.path and re.fullmatch(m.path, path))
    return next(served, None)
