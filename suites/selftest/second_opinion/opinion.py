"""What the second opinion says: for each rule and message a breach, or that it cannot be sure."""

from collections.abc import Callable, Iterable, Iterator
from typing import NamedTuple

from harness.model.events import Event
from harness.model.record import Manifest
from suites.selftest.second_opinion import end_signals, open_messages, samples, stops
from suites.selftest.second_opinion.sheets import Sheet, sheets_of
from suites.selftest.second_opinion.words import Doubt, Said


class Opinion(NamedTuple):
    """What is said of one message under one rule."""

    rule: str
    session: str
    message: int
    doubt: Doubt
    why: str


RULES: dict[str, Callable[[Sheet], Iterator[Said]]] = {
    "EOS-1": end_signals.opinions,
    "STOP-1": stops.opinions,
    "MSG-1": open_messages.opinions,
    "AUD-1": samples.opinions,
}


def opinions(manifest: Manifest, events: Iterable[Event]) -> list[Opinion]:
    """Return what is wrong or doubtful in a record; of what is right nothing is said."""
    sheets = sheets_of(manifest, events)
    return [
        Opinion(rule, sheet.name, said.message, said.doubt, said.why)
        for sheet in sheets
        for rule, scan in RULES.items()
        for said in scan(sheet)
    ]
