"""Both judges on one record: where they differ."""

from collections.abc import Iterable
from pathlib import Path

from harness.judging.judge import Judge
from harness.judging.pool import Pool
from harness.model.events import Event
from harness.model.record import Manifest, RunFolder
from harness.model.trace import Reading, read_events
from harness.model.verdict import Finding, Verdict
from harness.model.views import Origin
from suites.selftest.second_opinion.opinion import RULES, Opinion, opinions
from suites.selftest.second_opinion.words import Doubt

UNJUDGED = (Verdict.NOT_OBSERVABLE, Verdict.NOT_APPLICABLE)
Place = tuple[str, str, str]
"""Rule, session and message; the message is "" where a rule speaks of sessions."""


class ListeningJudge(Judge):
    """The judge of these rules, with every finding kept: a pool keeps the first few whole."""

    def __init__(self, manifest: Manifest) -> None:
        super().__init__(manifest)
        self._pools = {rule: pool for rule, pool in self._pools.items() if rule in RULES}
        self.breaches: dict[Place, str] = {}
        self.suspects: set[Place] = set()

    def _take(self, pool: Pool, finding: Finding, origin: Origin) -> None:
        before = pool.findings_total
        super()._take(pool, finding, origin)
        place = (pool.check.id, finding.session or "", finding.message or "")
        if pool.findings_total > before:
            self.breaches.setdefault(place, finding.sentence)
        else:
            self.suspects.add(place)


def agree(manifest: Manifest, events: Iterable[Event]) -> list[str]:
    """Return where judge and second opinion differ, a sentence each; [] if nowhere.

    Where one of them is not sure (a deadline that needs an excuse, say), nothing is compared.
    """
    events = list(events)
    judge = ListeningJudge(manifest)
    for event in events:
        judge.feed(event)
    rules = judge.judgement().rules
    crashes = [f"{rule.id}: {rule.why}" for rule in rules if rule.verdict is Verdict.ERROR]
    judged = {rule.id for rule in rules if rule.verdict not in UNJUDGED}
    said = [one for one in opinions(manifest, events) if one.rule in judged]
    return crashes + _differences(judge, said, judged & RULES.keys())


def compare_record(folder: Path) -> list[str]:
    """Return where both differ on a run folder, or its part that was recorded; [] if nowhere."""
    run = RunFolder(folder)
    manifest = run.read_manifest()
    return agree(manifest, read_events(run.part_files(), Reading()))


def _differences(judge: ListeningJudge, said: list[Opinion], judged: set[str]) -> list[str]:
    of_sessions = {rule for rule, _, message in judge.breaches if not message}
    sure: dict[Place, str] = {}
    open_places: set[Place] = set(judge.suspects)
    for one in said:
        message = "" if one.rule in of_sessions or one.rule == "MSG-1" else f"m{one.message}"
        place = (one.rule, one.session, message)
        if one.doubt is Doubt.NONE:
            sure.setdefault(place, one.why)
        else:
            open_places.add(place)
    theirs = {place: why for place, why in judge.breaches.items() if place[0] in judged}
    only_judge = theirs.keys() - sure.keys() - open_places
    only_second = sure.keys() - theirs.keys() - judge.suspects
    return sorted(
        [f"{' '.join(place)}: only the judge: {theirs[place]}" for place in only_judge]
        + [f"{' '.join(place)}: only the second opinion: {sure[place]}" for place in only_second]
    )
