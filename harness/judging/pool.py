"""The evidence of one rule, pooled over the run, and the one verdict that comes of it."""

from collections import Counter
from dataclasses import dataclass, field

from harness.checks.base import Check
from harness.model.target import Behaviour
from harness.model.verdict import Finding, Minimum, RuleVerdict, Verdict

FINDINGS_SHOWN = 10


@dataclass(slots=True)
class Pool:
    """Findings, suspects, exposures and what could not be judged, of one rule.

    A suspect is a missed deadline that outside evidence may explain. It is settled by a retry of
    its scenario, alone, that had the same category of exposure and met the limit. Final are those
    that no retry can settle, since the SUT itself had kept the machine busy.
    """

    check: Check
    limits: dict[str, float]
    findings: list[Finding] = field(default_factory=list)
    findings_total: int = 0
    suspects: list[Finding] = field(default_factory=list)
    final_suspects: int = 0
    exposures: Counter[str] = field(default_factory=Counter)
    retried: Counter[tuple[str, str]] = field(default_factory=Counter)
    missed_again: Counter[tuple[str, str]] = field(default_factory=Counter)
    unjudged: Counter[str] = field(default_factory=Counter)
    crash: str = ""

    def breach(self, finding: Finding) -> None:
        """Take a breach; the first few are kept whole."""
        self.findings_total += 1
        if len(self.findings) < FINDINGS_SHOWN:
            self.findings.append(finding)

    def suspect(self, finding: Finding, retry_of: str | None, *, is_final: bool = False) -> None:
        """Take a missed deadline that has to be tried again."""
        if retry_of is not None:
            self.missed_again[retry_of, finding.category] += 1
            return
        self.suspects.append(finding)
        self.final_suspects += is_final

    def expose(self, category: str, retry_of: str | None) -> None:
        """Take an exposure; one of a retry counts for its original only."""
        if retry_of is not None:
            self.retried[retry_of, category] += 1
        else:
            self.exposures[category] += 1

    def unsettled(self) -> list[Finding]:
        """Return the suspects that no retry has settled yet."""
        return [finding for finding in self.suspects if not self._is_settled(finding)]

    def _is_settled(self, finding: Finding) -> bool:
        key = (finding.scenario_run, finding.category)
        return self.retried[key] > self.missed_again[key]

    def verdict(
        self, *, tier: str, grade: str, behaviour: Behaviour, has_lost_vantage: bool
    ) -> RuleVerdict:
        """Judge the rule once; where a vantage went away during the run, only a breach is sure."""
        minimum = self.check.minimum.get(tier, self.check.minimum["standard"])
        verdict, why = self._decide(minimum, grade, behaviour, has_lost_vantage=has_lost_vantage)
        return RuleVerdict(
            id=self.check.id,
            title=self.check.title,
            level=self.check.level,
            vantages=self.check.vantages,
            verdict=verdict,
            why=why,
            exposures=self.exposures.total(),
            exposures_by=dict(sorted(self.exposures.items())),
            minimum=minimum,
            limits=self.limits,
            findings_total=self.findings_total,
            findings=tuple(self.findings),
            excused=tuple(self.suspects[:FINDINGS_SHOWN]),
            unjudged=dict(sorted(self.unjudged.items())),
            notes=self._notes(),
        )

    def _decide(
        self, minimum: Minimum, grade: str, behaviour: Behaviour, *, has_lost_vantage: bool
    ) -> tuple[Verdict, str]:
        if not self.check.applies(behaviour):
            return Verdict.NOT_APPLICABLE, "the declared behaviour knows no such thing"
        missing = [vantage for vantage in self.check.vantages if vantage not in grade]
        if missing:
            return Verdict.NOT_OBSERVABLE, f"needs vantage {'+'.join(missing)}"
        if not self.check.observable(behaviour):
            return Verdict.NOT_OBSERVABLE, "the declared behaviour hides it"
        if self.findings:
            return Verdict.FAIL, ""
        if self.crash:
            return Verdict.ERROR, self.crash
        if has_lost_vantage:
            return Verdict.INCONCLUSIVE, "lost_vantage"
        if self.unsettled() or self.final_suspects:
            return Verdict.INCONCLUSIVE, "environment"
        return self._weigh(minimum)

    def _weigh(self, minimum: Minimum) -> tuple[Verdict, str]:
        lacking = [
            f"{name} {self.exposures[name]} of {count}"
            for name, count in minimum.by_category.items()
            if self.exposures[name] < count
        ]
        total = self.exposures.total()
        if total < minimum.total:
            lacking.insert(0, f"{total} of {minimum.total} in all")
        if not lacking:
            return Verdict.PASS, ""
        why = max(self.unjudged, key=lambda name: self.unjudged[name], default="not_exercised")
        return Verdict.INCONCLUSIVE, f"{why}: {', '.join(lacking)}"

    def _notes(self) -> tuple[str, ...]:
        notes = []
        settled = len(self.suspects) - len(self.unsettled())
        if settled:
            notes.append(f"{settled} late answers were in time when tried again alone")
        return tuple(notes)
