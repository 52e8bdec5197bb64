"""Counts sessions by symptom, and open upstream connections, in the record of one run.

Registers no command of its own; `voicecert compare` shows what it finds. A certificate pools
breaches by rule and keeps the first few; a rate over sessions needs all of them.
"""

from collections import defaultdict

import msgspec

from harness.judging.judge import Judge
from harness.judging.pool import Pool
from harness.model.errors import UsageError
from harness.model.events import Event, ScenarioData
from harness.model.record import Manifest, RunFolder
from harness.model.trace import Reading, read_events
from harness.model.units import NS_PER_S
from harness.model.verdict import Finding, Judgement
from harness.model.views import Origin
from reports.comparison import Tally, symptom_of

SAMPLES = 240  # of the plot: more than a terminal has columns


class SymptomJudge(Judge):
    """A judge that also remembers in which sessions of a scenario each symptom was seen.

    Only what counts as a breach is one: an answer that is late by what the machine may explain is
    none, nor is what was seen in a retry.
    """

    def __init__(self, manifest: Manifest, *, scenario: str) -> None:
        super().__init__(manifest)
        self._scenario = scenario
        self.shown: dict[str, set[str]] = defaultdict(set)

    def _take(self, pool: Pool, finding: Finding, origin: Origin) -> None:
        before = pool.findings_total
        super()._take(pool, finding, origin)
        symptom = symptom_of(pool.check.id, finding)
        is_ours = origin.scenario == self._scenario and origin.retry_of is None
        is_breach = pool.findings_total > before
        if is_ours and is_breach and symptom is not None and finding.session is not None:
            self.shown[symptom].add(finding.session)


class Connections:
    """Counts the open upstream sockets while a scenario is played, as the ledger saw them.

    The ledger says with the first request what a socket is for; those by which the harness tells
    the provider what to do do not count.
    """

    def __init__(self, *, scenario: str) -> None:
        self._scenario = scenario
        self._run: str | None = None
        self._from_ns = self._until_ns = self._last_ns = 0
        self._opened_ns: dict[int, int] = {}
        self._speaking: set[int] = set()
        self._changes: list[tuple[int, int]] = []
        self.sessions = 0

    def feed(self, event: Event) -> None:
        """Take one event of the merged trace."""
        self._last_ns = event.at_ns
        if event.source == "runner":
            self._feed_runner(event)
        elif event.source == "upstream" and event.kind.startswith("socket_"):
            self._feed_socket(event)

    def series(self) -> tuple[tuple[float, int], ...]:
        """Return (seconds, open sockets) at even steps, from the start to the end."""
        until_ns = self._until_ns or self._last_ns  # a run that was cut has no end
        step_ns = (until_ns - self._from_ns) / SAMPLES
        changes = sorted(self._changes)
        amount, place, made = 0, 0, []
        for number in range(SAMPLES + 1):
            at_ns = number * step_ns
            while place < len(changes) and changes[place][0] - self._from_ns <= at_ns:
                amount += changes[place][1]
                place += 1
            made.append((round(at_ns / NS_PER_S, 3), amount))
        return tuple(made)

    def _feed_runner(self, event: Event) -> None:
        if event.kind == "scenario_started":
            data = msgspec.json.decode(event.data, type=ScenarioData)
            if data.scenario == self._scenario and data.retry_of is None:
                self._run, self._from_ns = data.run, event.at_ns
                self.sessions = len(data.sessions)
        elif event.kind == "scenario_ended":
            ended = msgspec.json.decode(event.data, type=_Ended)
            if ended.run == self._run:
                self._until_ns = event.at_ns

    def _feed_socket(self, event: Event) -> None:
        data = msgspec.json.decode(event.data, type=_Socket)
        if event.kind == "socket_opened":
            self._opened_ns[data.socket] = event.at_ns
        elif event.kind == "socket_named" and data.profile != "control":
            self._speaking.add(data.socket)
            self._changes.append((self._opened_ns.get(data.socket, event.at_ns), 1))
        elif event.kind == "socket_closed" and data.socket in self._speaking:
            self._changes.append((event.at_ns, -1))


class _Ended(msgspec.Struct, frozen=True):
    run: str


class _Socket(msgspec.Struct, frozen=True):
    socket: int
    profile: str | None = None


def tally(folder: RunFolder, *, scenario: str) -> tuple[Manifest, Judgement, Tally]:
    """Judge the record in the folder and count what a comparison shows.

    Raises:
        UsageError: the scenario was not played in that run.
    """
    manifest = folder.read_manifest()
    judge = SymptomJudge(manifest, scenario=scenario)
    connections = Connections(scenario=scenario)
    for event in read_events(folder.part_files(), Reading()):
        judge.feed(event)
        connections.feed(event)
    if not connections.sessions:
        played = ", ".join(manifest.scenarios)
        raise UsageError(f"{folder.path.name} holds no run of {scenario!r}, but {played}.")
    state = () if manifest.state == "complete" else ("the run did not come to its end",)
    judgement = judge.judgement(problems=state)
    counted = Tally(
        sessions=connections.sessions, shown=dict(judge.shown), connections=connections.series()
    )
    return manifest, judgement, counted
