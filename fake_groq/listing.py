"""What the fake can be, for people: its presets, faults, timing profiles, headers and settings."""

import re
import sys
from collections.abc import Callable
from dataclasses import asdict
from typing import Final

from rich.console import Console
from rich.table import Table
from rich.text import Text

from fake_groq import timing
from fake_groq.behaviour import Behaviour, written_behaviour
from fake_groq.faults.base import describe_faults
from fake_groq.policy import Policy
from fake_groq.presets.base import PREFIX, known_presets
from fake_groq.wav import WAV_HEADERS, wav_header

SOURCE: Final = "as documented at"  # addresses are too long for a terminal

Row = dict[str, str]


def print_list(family: str, *, as_markdown: bool) -> None:
    """Print a family: a table for the terminal, or one for a document."""
    rows = FAMILIES[family]()
    if as_markdown:
        sys.stdout.write(markdown(rows))
        return
    table = Table(box=None, pad_edge=False)
    columns = [name for name in rows[0] if name != SOURCE]
    for name in columns:
        table.add_column(name, overflow="fold")
    for row in rows:
        table.add_row(*(Text(row[name].replace("`", "")) for name in columns))
    Console(highlight=False).print(table)


def markdown(rows: list[Row]) -> str:
    """Return a table in Markdown."""
    lines = [tuple(rows[0]), ("---",) * len(rows[0]), *(tuple(row.values()) for row in rows)]
    return "".join(
        f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in line)} |\n" for line in lines
    )


def _presets() -> list[Row]:
    return [
        {
            "preset": f"`{name}`",
            "path": f"`{_readable(member.path) or PREFIX + name}`",
            SOURCE: f"<{member.source}>" if member.source else "here",
        }
        for name, member in known_presets().items()
    ]


def _readable(path: str) -> str:
    """Return the first way in which a regular expression of a path can be met."""
    first = path.partition("|")[0].replace("[^/]+", "{id}").replace("\\", "")
    return re.sub(r"\[(.).*?\]", r"\1", re.sub(r"\([^)]*\)\?", "", first)).replace("(", "")


def _faults() -> list[Row]:
    return [
        {
            "fault": f"`{fault['name']}`",
            "what happens": fault["summary"],
            "settings": ", ".join(
                f"{key} {'required' if value is None else f'{value:g}'}"
                for key, value in fault["settings"].items()
            ),
        }
        for fault in describe_faults()
    ]


def _timings() -> list[Row]:
    text = (timing.__doc__ or "").split("\n\n")
    lines = next(part for part in text if "groq-english" in part).splitlines()
    pairs = (line.split(maxsplit=1) for line in lines)
    return [{"timing": f"`{name}`", "what it is": what.strip()} for name, what in pairs]


def _headers() -> list[Row]:
    return [
        {"wav_header": f"`{kind}`", "bytes": str(len(wav_header(kind)))} for kind in WAV_HEADERS
    ]


def _settings() -> list[Row]:
    rows = [("--set", *pair) for pair in written_behaviour(Behaviour()).items()]
    rows += [("--policy", *pair) for pair in asdict(Policy()).items()]
    return [{"option": o, "key": f"`{key}`", "default": _written(v)} for o, key, v in rows]


def _written(value: object) -> str:
    if value is None:
        return "null"
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, list | tuple):
        return str(list(value))
    return f"{value:g}" if isinstance(value, float) else str(value)


FAMILIES: Final[dict[str, Callable[[], list[Row]]]] = {
    "presets": _presets,
    "faults": _faults,
    "timings": _timings,
    "headers": _headers,
    "settings": _settings,
}
