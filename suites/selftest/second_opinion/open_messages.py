"""MSG-1: audio only while its message is open, and none after the next message's start."""

from collections.abc import Iterator

from suites.selftest.second_opinion.commands import rejected
from suites.selftest.second_opinion.sheets import Row, Sheet
from suites.selftest.second_opinion.words import Said, breach, unsure


class _Replay:
    """What is open as the rows go by: spoken, ended, started, and heard without a start."""

    def __init__(self, sheet: Sheet) -> None:
        self.sheet = sheet
        self.refused = rejected(sheet)
        self.spoken: list[int] = []
        self.ended: set[int] = set()
        self.begun: set[int] = set()

    def take(self, row: Row) -> Iterator[Said]:
        message = row.message
        if row.kind == "speak_sent" and message is not None and message not in self.refused:
            self.spoken += [message] if message not in self.spoken else []
        elif row.kind == "end_received" and message is not None:
            self.ended.add(message)
        elif row.kind == "start_received" and message is not None:
            self.begun.add(message)
        elif row.kind == "audio_received":
            is_gone = row.at_ns > self.sheet.gone_ns
            for said in self._frame(row):
                yield unsure(said.message, f"{said.why}, to who had left") if is_gone else said

    def _frame(self, row: Row) -> Iterator[Said]:
        for key, _, _ in row.data["runs"]:
            session, message = key >> 32, key >> 16 & 0xFFFF
            if session == self.sheet.number:
                yield from self._run(message)
                self.begun.add(message)  # counts where no start signal came before
        if row.data["foreign"] or not row.data["runs"]:
            yield from self._unmarked(row)

    def _run(self, message: int) -> Iterator[Said]:
        if message not in self.spoken:
            yield breach(message, "audio before its request")
            return
        if message in self.ended:
            if self.sheet.target.behaviour.end_signal == "synthesis":
                yield unsure(message, "audio after an end signal that need not be the last")
            else:
                yield breach(message, "audio after its end signal")
        later = self.spoken[self.spoken.index(message) + 1 :]
        if self.begun.intersection(later):
            yield breach(message, "audio after the start of a later message")

    def _unmarked(self, row: Row) -> Iterator[Said]:
        is_any_open = set(self.spoken) - self.ended
        data = row.data
        if not is_any_open and data["foreign"]:
            is_allowed = self.sheet.target.behaviour.extra_audio == "allowed"
            say = unsure if is_allowed else breach
            yield say(row.message or 0, "foreign audio outside any message")
        elif not is_any_open and data["zeros"]:
            yield unsure(row.message or 0, "silence outside any message")
        elif row.message in self.ended and (data["foreign"] or data["zeros"]):
            yield unsure(row.message or 0, "unmarked audio under the label of an ended message")


def opinions(sheet: Sheet) -> Iterator[Said]:
    """Replay the session and say which messages were heard while they were not open."""
    if sheet.target.behaviour.fidelity == "none":
        return
    for message, streams in sheet.streams.items():
        if any(stream.is_mixed for stream in streams):
            yield breach(message, "text of another message in its request")
    replay = _Replay(sheet)
    for row in sheet.rows:
        yield from replay.take(row)
