"""The evidence of one rule, pooled over the run, and the one verdict that comes of it."""

from collections import Counter
from dataclasses import dataclass, field

from harness.checks.base import Check
from harness.model.target import Behaviour
from harness.model.verdict import Finding, Level, Minimum, RuleVerdict, Unjudged, Verdict

FINDINGS_SHOWN = 10


@dataclass(slots=True)
class Pool:
    """Findings, suspects, exposures and what could not be judged, of one rule.

    A suspect is a missed deadline that outside evidence may explain. Those of one scenario run
    and category are settled together by retries of the scenario, alone: at least as many
    exposures of that category must meet the limit there as had missed it, and none may miss it by
    more than they did. Final are those that no retry can settle, since the SUT itself had kept
    the machine busy.

    ``exposed`` counts by scenario run, by what that run retries (None: nothing), and by category.
    ``without_receipt`` are the runs whose fault is unproven: their exposures do not count.
    """

    check: Check
    limits: dict[str, float]
    findings: list[Finding] = field(default_factory=list)
    findings_total: int = 0
    suspects: list[Finding] = field(default_factory=list)
    final_suspects: int = 0
    exposed: Counter[tuple[str, str | None, str]] = field(default_factory=Counter)
    late_again: dict[tuple[str, str], list[float]] = field(default_factory=dict)
    unjudged: Counter[str] = field(default_factory=Counter)
    missing: str = ""
    without_receipt: frozenset[str] = frozenset()
    crash: str = ""
    sessions: int = 0
    sessions_breached: int = 0
    _seen: set[str] = field(default_factory=set)
    _breached: set[str] = field(default_factory=set)

    def breach(self, finding: Finding) -> None:
        """Take a breach; the first few are kept whole."""
        self.findings_total += 1
        if finding.session is not None:
            self._breached.add(finding.session)
        if len(self.findings) < FINDINGS_SHOWN:
            self.findings.append(finding)

    def suspect(self, finding: Finding, retry_of: str | None, *, is_final: bool = False) -> None:
        """Take a missed deadline that has to be tried again."""
        if retry_of is not None:
            self.late_again.setdefault((retry_of, finding.category), []).append(_late_ms(finding))
            return
        self.suspects.append(finding)
        self.final_suspects += is_final

    def expose(
        self, category: str, run: str, retry_of: str | None, session: str | None = None
    ) -> None:
        """Take an exposure; one of a retry counts for its original only."""
        self.exposed[run, retry_of, category] += 1
        if retry_of is None and session is not None:
            self._seen.add(session)

    def end_session(self, session: str) -> None:
        """Count a session that is over: was the rule exposed in it, and was it broken?"""
        if session in self._seen or session in self._breached:
            self.sessions += 1
            self.sessions_breached += session in self._breached
            self._seen.discard(session)
            self._breached.discard(session)

    def leave(self, occasion: Unjudged) -> None:
        """Take what cannot be judged; the first that says what would be enough is kept."""
        self.unjudged[occasion.why] += 1
        self.missing = self.missing or occasion.text

    def unsettled(self) -> list[Finding]:
        """Return the suspects that a retry may settle, where a certificate hangs on them."""
        if self.check.level is Level.SHOULD:
            return []
        exposures, _ = self._counted()
        tolerated = int(self.check.tolerance * exposures.total())
        if self.findings_total > tolerated or self._doubtful() <= tolerated:
            return []
        return [
            finding for tried in self._open() if not tried.is_hopeless for finding in tried.late
        ]

    def _open(self) -> list["_Tried"]:
        return [tried for tried in self._tried() if not tried.is_settled]

    def _doubtful(self) -> int:
        """Return how many breaches there are at most."""
        late = sum(len(tried.late) for tried in self._open())
        return self.findings_total + late + self.final_suspects

    def _tried(self) -> list["_Tried"]:
        late: dict[tuple[str, str], list[Finding]] = {}
        for finding in self.suspects:
            late.setdefault((finding.scenario_run, finding.category), []).append(finding)
        retried: Counter[tuple[str | None, str]] = Counter()
        for (run, retry_of, category), count in self.exposed.items():
            if run not in self.without_receipt:
                retried[retry_of, category] += count
        return [
            _Tried(
                run=key[0],
                category=key[1],
                late=findings,
                retried=retried[key],
                again_ms=self.late_again.get(key, []),
            )
            for key, findings in late.items()
        ]

    def _counted(self) -> tuple[Counter[str], dict[str, int]]:
        """Return the exposures that count by category, and by reason what does not count."""
        exposures: Counter[str] = Counter()
        unjudged = self.unjudged.copy()
        for (run, retry_of, category), count in self.exposed.items():
            if retry_of is None and run in self.without_receipt:
                unjudged["no_receipt"] += count
            elif retry_of is None:
                exposures[category] += count
        return exposures, dict(sorted(unjudged.items()))

    def verdict(
        self, *, tier: str, grade: str, behaviour: Behaviour, has_lost_vantage: bool
    ) -> RuleVerdict:
        """Judge the rule once; where a vantage went away during the run, only a breach is sure."""
        minimum = self.check.minimum.get(tier, self.check.minimum["standard"])
        exposures, unjudged = self._counted()
        verdict, why = self._decide(
            grade, behaviour, exposures=exposures.total(), has_lost_vantage=has_lost_vantage
        )
        if verdict is Verdict.PASS:
            verdict, why = _weigh(minimum, exposures, unjudged)
            if why and self.missing:
                why += f"; {self.missing}"
        return RuleVerdict(
            id=self.check.id,
            title=self.check.title,
            level=self.check.level,
            vantages=self.check.vantages,
            verdict=verdict,
            why=why,
            exposures=exposures.total(),
            exposures_by=dict(sorted(exposures.items())),
            minimum=minimum,
            limits=self.limits,
            sessions=self.sessions,
            sessions_breached=self.sessions_breached,
            findings_total=self.findings_total if verdict is Verdict.FAIL else 0,
            findings=tuple(self.findings) if verdict is Verdict.FAIL else (),
            excused=tuple(self.suspects[:FINDINGS_SHOWN]),
            unjudged=unjudged,
            notes=(
                *(tried.note for tried in self._tried() if tried.retried),
                *self._tolerated(verdict, exposures.total()),
            ),
        )

    def _tolerated(self, verdict: Verdict, exposures: int) -> tuple[str, ...]:
        """Return how many breaches a share allows for, where there are any."""
        if verdict is Verdict.FAIL or not self.check.tolerance or not self.findings_total:
            return ()
        share = f"{self.check.tolerance:.0%} may be"
        return (f"{self.findings_total} of {exposures} were beyond the limit; {share}",)

    def _decide(
        self, grade: str, behaviour: Behaviour, *, exposures: int, has_lost_vantage: bool
    ) -> tuple[Verdict, str]:
        """Return what is sure whatever the number of exposures; PASS where nothing is.

        A share is measured of the machine and not of the SUT where most of what was late may have
        been late by the machine.
        """
        if not self.check.applies(behaviour):
            return Verdict.NOT_APPLICABLE, "the declared behaviour knows no such thing"
        missing = [vantage for vantage in self.check.vantages if vantage not in grade]
        if missing:
            return Verdict.NOT_OBSERVABLE, f"needs vantage {'+'.join(missing)}"
        if not self.check.observable(behaviour):
            return Verdict.NOT_OBSERVABLE, "the declared behaviour hides it"
        tolerated = int(self.check.tolerance * exposures)
        is_noisy = bool(tolerated) and len(self.suspects) > self.findings_total
        if self.findings_total > tolerated and not is_noisy:
            return Verdict.FAIL, ""
        if self.crash:
            return Verdict.ERROR, self.crash
        if has_lost_vantage:
            return Verdict.INCONCLUSIVE, "lost_vantage"
        if self._doubtful() > tolerated:
            return Verdict.INCONCLUSIVE, "environment"
        return Verdict.PASS, ""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Tried:
    """Late answers of one scenario run and category, and what their retries came to."""

    run: str
    category: str
    late: list[Finding]
    retried: int
    again_ms: list[float]

    @property
    def is_settled(self) -> bool:
        in_time = self.retried - len(self.again_ms)
        return in_time >= len(self.late) and max(self.again_ms, default=0.0) <= self.worst_ms

    @property
    def is_hopeless(self) -> bool:
        """Tell whether no further retry can settle it: one was later than all before it."""
        return max(self.again_ms, default=0.0) > self.worst_ms

    @property
    def worst_ms(self) -> float:
        return max(_late_ms(finding) for finding in self.late)

    @property
    def note(self) -> str:
        again = f"late again in {len(self.again_ms)} of {self.retried}"
        if self.again_ms:
            again += f", by up to {max(self.again_ms):.0f} ms"
        return (
            f"{self.run}, {self.category}: {len(self.late)} late by up to {self.worst_ms:.0f} ms;"
            f" tried again alone, {again}"
        )


def _late_ms(finding: Finding) -> float:
    deadline = finding.deadline
    return deadline.measured_ms - deadline.limit_ms if deadline is not None else 0.0


def _weigh(
    minimum: Minimum, exposures: Counter[str], unjudged: dict[str, int]
) -> tuple[Verdict, str]:
    lacking = [
        f"{name} {exposures[name]} of {count}"
        for name, count in minimum.by_category.items()
        if exposures[name] < count
    ]
    total = exposures.total()
    if total < minimum.total:
        lacking.insert(0, f"{total} of {minimum.total} in all")
    if not lacking:
        return Verdict.PASS, ""
    why = max(unjudged, key=lambda name: unjudged[name], default="not_exercised")
    return Verdict.INCONCLUSIVE, f"{why}: {', '.join(lacking)}"
