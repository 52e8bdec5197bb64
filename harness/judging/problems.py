"""What stands between a record and a certificate without being a breach of any rule.

Each becomes a sentence on the certificate, and with any of them nothing is certified.
"""

from collections.abc import Iterable, Iterator

import msgspec

from harness.judging.environment import Environments
from harness.judging.ledger import Ledger
from harness.model.events import EndData, Event, FloodData
from harness.model.target import Target
from harness.model.verdict import Receipt


class Problems:
    """Counts what goes wrong while events come; the first of each kind is quoted."""

    def __init__(self) -> None:
        self.connects_failed = 0
        self._connect_text = ""
        self._floods = 0
        self._flood_text = ""
        self._damaged = 0
        self._damage = ""

    def connect_failed(self, event: Event) -> None:
        """Take a session that could not begin."""
        text = msgspec.json.decode(event.data, type=EndData).text or "no reason was recorded"
        self._connect_text = self._connect_text or text
        self.connects_failed += 1

    def flooded(self, event: Event) -> None:
        """Take a session that was sent more than any speech could be."""
        data = msgspec.json.decode(event.data, type=FloodData)
        size = f"{data.frames} frames with {data.bytes / 1e6:.0f} MB"
        self._flood_text = self._flood_text or f"{event.session} got {size}"
        self._floods += 1

    def damaged(self, event: Event, error: Exception) -> None:
        """Take an event whose data cannot be what its writer saw."""
        self._damage = self._damage or f"{event.kind} number {event.seq} of {event.source}: {error}"
        self._damaged += 1

    def sentences(
        self,
        target: Target,
        *,
        environments: Environments,
        ledger: Ledger,
        receipts: Iterable[Receipt],
    ) -> tuple[str, ...]:
        """Return all that is known at the end of the record."""
        return (
            *self._counted(),
            *_exits(environments),
            *_unproven(receipts),
            *_untrue(target, ledger),
        )

    def _counted(self) -> Iterator[str]:
        if self.connects_failed:
            many = "session" if self.connects_failed == 1 else "sessions"
            yield f"{self.connects_failed} {many} could not connect: {self._connect_text}"
        if self._floods:
            many = "session" if self._floods == 1 else "sessions"
            yield f"the SUT flooded {self._floods} {many}, so we hung up: {self._flood_text}"
        if self._damaged:
            many = "event is" if self._damaged == 1 else "events are"
            yield f"{self._damaged} {many} damaged and did not count: {self._damage}"


def _exits(environments: Environments) -> Iterator[str]:
    for lane, exit_code in sorted(environments.exits.items()):
        code = "an unknown exit code" if exit_code is None else f"code {exit_code}"
        yield f"the SUT of lane {lane} exited with {code} in the middle of the run"


def _unproven(receipts: Iterable[Receipt]) -> Iterator[str]:
    for receipt in receipts:
        if not receipt.has_bitten:
            yield (
                f"{receipt.fault} on the {receipt.link} link of lane {receipt.lane} left no"
                f" receipt, so what was seen under it did not count: {receipt.sentence}"
            )


def _untrue(target: Target, ledger: Ledger) -> Iterator[str]:
    """Say what the target declares of its upstream and the ledger does not confirm."""
    declared, seen = target.upstream.profile, ledger.profiles
    for profile, count in sorted(seen.items()):
        if profile != declared:
            yield (
                f"the target declares upstream profile {declared!r}, but {count} of {seen.total()}"
                f" streams came over {profile!r}; set `[upstream] profile`"
            )
