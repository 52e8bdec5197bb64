"""Starts the relay with one part of it replaced: by a bug, or by another way that is right.

A known-bad relay (`mutants/NAME.py`) or a right variant (`variants/NAME.py`) is a subclass of one
class of the relay and a function `plant()` that puts it in that class's place.
"""

import difflib
import importlib
import pkgutil
import sys
from collections.abc import Sequence
from types import FunctionType, ModuleType

from reference_impl import server

EXIT_USAGE = 64
_METHODS = (FunctionType, property)


class SeamMoved(Exception):
    """There is nothing at the seam that could be replaced so; the relay has been changed."""


def replace(module: ModuleType, name: str, *, by: type) -> None:
    """Put the class `by` in the place of the class that `module` calls `name`.

    Raises:
        SeamMoved: `by` is no kind of what stands there, or overrides nothing of it; without this
            a bug would silently vanish when the relay renames a method.
    """
    replaced = getattr(module, name, None)
    if not isinstance(replaced, type) or not issubclass(by, replaced):
        raise SeamMoved(f"{module.__name__}.{name} is not what {by.__name__} was made for")
    if not any(isinstance(own, _METHODS) and hasattr(replaced, at) for at, own in vars(by).items()):
        raise SeamMoved(f"{by.__name__} overrides nothing of {module.__name__}.{name}")
    setattr(module, name, by)


def names_in(package: str) -> tuple[str, ...]:
    """Return the names of the members of a package, in order."""
    folder = importlib.import_module(package).__path__
    return tuple(
        sorted(found.name for found in pkgutil.iter_modules(folder) if found.name[0] != "_")
    )


def launch(package: str, arguments: Sequence[str]) -> int:
    """Plant the member of `package` that the first argument names, then run the relay.

    Returns:
        The relay's exit code; 64 where there is no such member.
    """
    names = names_in(package)
    if not arguments or arguments[0] not in names:
        _tell_names(package, names, arguments[0] if arguments else None)
        return EXIT_USAGE
    member = importlib.import_module(f"{package}.{arguments[0]}")
    member.plant()
    return server.main(arguments[1:])


def _tell_names(package: str, names: Sequence[str], asked: str | None) -> None:
    usage = f"python -P -m {package} NAME [relay arguments]"
    if asked is None:
        sys.stderr.write(f"Expected {usage}; NAME is one of: {', '.join(names)}.\n")
        return
    begun = [name for name in names if asked and name.startswith(asked)]
    near = begun or difflib.get_close_matches(asked, names, n=1, cutoff=0.0)
    hint = f"; did you mean {near[0]!r}?" if near else "."
    sys.stderr.write(f"There is no {asked!r} in {package}{hint}\n")
