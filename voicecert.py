"""Certify a real-time voice platform: the public interface and the entry point of the command.

Light to import: everything else is loaded when it is used. The five packages behind it have
generic names, so a repository may own one of the same name; :func:`main` then says so in one
sentence instead of running somebody else's code.
"""

import importlib.metadata
import importlib.util
import json
import sys
from pathlib import Path
from urllib.parse import unquote, urlsplit

__all__ = ["main"]

_PACKAGES = ("harness", "fake_groq", "reference_impl", "suites", "reports")
_LANDMARK = Path("harness", "cli", "main.py")
_EXIT_HARNESS_ERROR = 3


def main() -> None:
    """Run the ``voicecert`` command with the arguments of this process; ends by SystemExit."""
    complaint = _shadowed()
    if complaint is not None:
        sys.stderr.write(complaint + "\n")
        raise SystemExit(_EXIT_HARNESS_ERROR)

    from harness.cli.main import main as run_command

    run_command()


def _shadowed() -> str | None:
    """Return a sentence when one of our packages would be imported from elsewhere, else None."""
    home = _home()
    if home is None:
        return None
    for name in _PACKAGES:
        found = _folder_of(name)
        if found == home / name:
            continue
        where = "not to be found" if found is None else f"taken from {found}"
        return (
            f"voicecert: the package '{name}' is {where}, but ours is {home / name}. "
            "Run the `voicecert` command without PYTHONPATH (the command itself does not look into "
            "the current folder), or install voicecert in an environment of its own."
        )
    return None


def _folder_of(name: str) -> Path | None:
    """Return the folder (or lone file) that ``import name`` would load, without importing it."""
    spec = importlib.util.find_spec(name)
    if spec is None:
        return None
    place = next(iter(spec.submodule_search_locations or ()), spec.origin)
    return None if place is None else Path(place).resolve()


def _home() -> Path | None:
    """Return the folder that holds our five packages; None if it cannot be told."""
    here = Path(__file__).resolve()
    candidates = [here.parent, here.parent.parent, *_editable_checkout()]
    return next((folder for folder in candidates if (folder / _LANDMARK).is_file()), None)


def _editable_checkout() -> tuple[Path, ...]:
    """Return the checkout behind an editable install, where this module is a copy."""
    try:
        origin = importlib.metadata.distribution("voicecert").read_text("direct_url.json")
    except importlib.metadata.PackageNotFoundError:
        return ()
    if origin is None:
        return ()
    address = urlsplit(str(json.loads(origin).get("url", "")))
    return (Path(unquote(address.path)).resolve(),) if address.scheme == "file" else ()


if __name__ == "__main__":
    main()
