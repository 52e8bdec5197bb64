"""AUD-1: each sample once and in order; a tail that is missing at the very end is EOS-3's."""

from collections.abc import Iterator
from typing import Any

from suites.selftest.second_opinion.sheets import Row, Sheet, Stream
from suites.selftest.second_opinion.words import Said, breach, unsure


class _Tape:
    """The samples of one message in the order of arrival: where each stream has come to."""

    def __init__(self, sheet: Sheet, message: int) -> None:
        self.message = message
        self.behaviour = sheet.target.behaviour
        self.streams = sheet.streams.get(message, [])
        self.mine = sheet.number << 16 | message
        self.at: tuple[int, int] | None = None  # sentence and attempt
        self.next = 0
        self.has_ledger = sheet.has_ledger
        self.zeros = 0  # since the last sample
        self.zeros_near = 0  # in the same frame as a run: before it or behind it

    def frame(self, row: Row) -> Iterator[Said]:
        data = row.data
        runs = [run for run in data["runs"] if run[0] >> 16 == self.mine]
        if row.message == self.message or (row.message is None and runs):
            yield from self._unmarked(data)
        is_amid = row.message is None and self.at is not None
        if is_amid and not runs and (data["foreign"] or data["odd"]):
            yield unsure(self.message, "unmarked samples that carry no name")
        zeros = data["zeros"] if row.message == self.message or runs or is_amid else 0
        if data["foreign"] and self.behaviour.extra_audio == "allowed":
            zeros = 0  # they are part of what is added
        if not runs:
            self.zeros += zeros
            return
        self.zeros_near = zeros
        for key, first, count in runs:
            yield from self._run((key >> 8 & 0xFF, key & 0xFF), first, count)
            self.zeros = 0
        self.zeros = self.zeros_near

    def _unmarked(self, data: dict[str, Any]) -> Iterator[Said]:
        if data["foreign"] and self.behaviour.extra_audio == "none":
            yield breach(self.message, "foreign samples")
        if data["odd"]:
            yield breach(self.message, "a sample was split")

    def _run(self, stream: tuple[int, int], first: int, count: int) -> Iterator[Said]:
        if stream != self.at:
            yield from self._turn(stream, first)
            self.at = stream
        else:
            yield from self._join(first)
        self.next = first + count

    def _join(self, first: int) -> Iterator[Said]:
        gap = first - self.next
        if gap < 0:
            yield breach(self.message, f"samples from {first} doubled or out of order")
            return
        yield from self._silence(gap, made=self._silence_at(self.next))

    def _silence(self, gap: int, *, made: int) -> Iterator[Said]:
        """Judge the zeros where the numbers of samples jump by ``gap``, or the upstream paused."""
        wanted, policy = gap or made, self.behaviour.silence
        taken = min(max(wanted - self.zeros, 0), self.zeros_near)
        self.zeros_near -= taken
        zeros = self.zeros + taken
        if zeros == wanted or (policy == "insert" and zeros > wanted):
            return
        if policy == "strip" and zeros < wanted:
            if gap == made or not gap:
                return
            if not self.has_ledger:
                yield unsure(self.message, "a gap that may have been silence")
                return
        if gap and not zeros:
            yield breach(self.message, f"{gap} samples from {self.next} lost")
        else:
            yield breach(self.message, f"a gap of {gap} samples and {zeros} zeros")

    def _silence_at(self, place: int) -> int:
        for stream in self.streams:
            if self.at == (stream.key >> 8 & 0xFF, stream.key & 0xFF):
                return stream.silences.get(place, 0)
        return 0

    def _turn(self, stream: tuple[int, int], first: int) -> Iterator[Said]:
        """Judge the change to another stream: the next sentence, or the next attempt."""
        if self.at is not None and stream < self.at:
            yield breach(self.message, "an earlier sentence or attempt after a later one")
            return
        if self.at is not None and stream[0] == self.at[0]:
            yield from self._again(first)
            return
        yield from self._lost_before(stream)
        made, is_next = self._silence_at(self.next), self.at is not None
        self.next, self.at = 0, stream
        if is_next and not first and (self.zeros or self.zeros_near) and not self.has_ledger:
            yield unsure(self.message, "silence between sentences, which only a ledger explains")
            return
        yield from self._silence(first, made=made + self._silence_at(0))

    def _again(self, first: int) -> Iterator[Said]:
        policy = self.behaviour.on_upstream_failure
        if policy == "restart" and first == 0:
            return
        if policy == "resume":
            if first != self.next:
                yield unsure(self.message, "an attempt that resumes at another number")
            return
        yield breach(self.message, f"a second attempt from {first} under {policy}")

    def _lost_before(self, stream: tuple[int, int]) -> Iterator[Said]:
        """Judge what of earlier sentences the upstream had sent and nobody heard."""
        for sent in self.streams:
            name = (sent.key >> 8 & 0xFF, sent.key & 0xFF)
            if name[0] >= stream[0] or not sent.sent_until or (self.at and name < self.at):
                continue
            lacks = sent.sent_until - self._heard_of(name)
            if lacks <= 0:
                continue
            zeros, self.zeros = self.zeros, max(0, self.zeros - lacks)
            if "stream_failed" in sent.said or _has_successor(sent, self.streams):
                yield unsure(self.message, "a failed sentence before another one")
            elif self._is_other_attempt(name) and not self._has_failed():
                yield unsure(self.message, "two attempts, and none of them failed")
            elif zeros + self.zeros_near >= lacks:
                yield unsure(self.message, "as many zeros as the end of a sentence lacks samples")
            else:
                yield breach(self.message, f"sentence {name[0]} lacks {lacks}")

    def _heard_of(self, stream: tuple[int, int]) -> int:
        is_resumed = self.behaviour.on_upstream_failure == "resume"
        is_part = stream == self.at or (is_resumed and self._is_other_attempt(stream))
        return self.next if is_part else 0

    def _is_other_attempt(self, stream: tuple[int, int]) -> bool:
        return self.at is not None and stream != self.at and stream[0] == self.at[0]

    def _has_failed(self) -> bool:
        """Tell whether the attempt that was heard last failed, and may be replaced."""
        return self.behaviour.on_upstream_failure in {"restart", "resume"} and any(
            self.at == (stream.key >> 8 & 0xFF, stream.key & 0xFF)
            and "stream_failed" in stream.said
            for stream in self.streams
        )


def _has_successor(sent: Stream, streams: list[Stream]) -> bool:
    return any(s.key >> 8 == sent.key >> 8 and s.key > sent.key for s in streams)


def opinions(sheet: Sheet) -> Iterator[Said]:
    """Play back the tape of each message."""
    if sheet.target.behaviour.fidelity != "exact":
        return
    for message in sheet.spoken:
        tape = _Tape(sheet, message)
        for row in sheet.of("audio_received"):
            yield from tape.frame(row)
