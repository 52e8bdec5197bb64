"""A family is a folder: each file registers one member, found by a scan.

Loud where a scan is silent elsewhere: a name that is taken, a file that registers nothing, and a
name that nobody registered are errors that say which.
"""

import importlib
import pkgutil
from collections.abc import Iterator
from typing import Generic, TypeVar

from harness.model.errors import HarnessError, UnknownNameError

Member = TypeVar("Member")


class Registry(Generic[Member]):
    """The members of one family by name, in the order of their names."""

    def __init__(self, package: str, what: str) -> None:
        self._package = package
        self._what = what
        self._members: dict[str, Member] = {}
        self._homes: dict[str, str] = {}
        self._is_loaded = False

    def register(self, name: str, member: Member, *, module: str) -> None:
        """Add one member; a name that another module holds is an error that names both."""
        home = self._homes.get(name)
        if home is not None and home != module:
            raise HarnessError(f"{self._what} {name!r} is registered by {home} and by {module}.")
        self._members[name] = member
        self._homes[name] = module

    def load(self) -> "Registry[Member]":
        """Import every file of the folder once; each must have registered a member."""
        if self._is_loaded:
            return self
        folder = importlib.import_module(self._package)
        for found in pkgutil.iter_modules(folder.__path__, f"{self._package}."):
            if found.ispkg or found.name.rsplit(".", 1)[1] in {"base", "__main__"}:
                continue
            importlib.import_module(found.name)
            if found.name not in self._homes.values():
                raise HarnessError(f"{found.name} registers no {self._what}.")
        self._is_loaded = True
        return self

    def get(self, name: str) -> Member:
        """Return the member called ``name``.

        Raises:
            UnknownNameError: nobody registered it; the text names the nearest.
        """
        self.load()
        if name not in self._members:
            raise UnknownNameError(self._what, name, self._members)
        return self._members[name]

    def names(self) -> tuple[str, ...]:
        """Return all names, sorted."""
        self.load()
        return tuple(sorted(self._members))

    def __iter__(self) -> Iterator[Member]:
        """Iterate over the members in the order of their names."""
        return iter([self._members[name] for name in self.names()])
