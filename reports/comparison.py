"""Two runs of the same scenario side by side: the five symptoms, the rules, the connections.

Pure: what was counted is handed in; nothing is judged here. A rate is over sessions, as a user
would count: in how many of them was the symptom seen at least once.
"""

from collections.abc import Mapping, Set

import msgspec

from harness.model.record import Manifest
from harness.model.verdict import Finding, Judgement, Verdict
from reports.answers import BLIND, OTHER_KINDS, SYMPTOMS
from reports.figures import count, number, percent, wilson

COMPARISON_SCHEMA = 1  # 1: first version


class Rate(msgspec.Struct, frozen=True, kw_only=True):
    """In how many sessions a symptom was seen; ``low`` to ``high`` is the 95 % interval.

    ``rules`` are those that would show it and were judged.
    """

    words: str
    rules: tuple[str, ...]
    sessions: int
    sessions_total: int
    rate: float | None
    low: float | None
    high: float | None

    @property
    def counts(self) -> str:
        """Return the count as it is said."""
        return f"{number(self.sessions)} of {count(self.sessions_total, 'session')}"

    @property
    def share(self) -> str:
        """Return the rate with its interval as it is said; "" where there is none."""
        if self.rate is None or self.low is None or self.high is None:
            return ""
        return f"{percent(self.rate)} (95 %: {percent(self.low)} to {percent(self.high)})"


class FailedRule(msgspec.Struct, frozen=True, kw_only=True):
    """A rule that the run broke, and how often."""

    id: str
    title: str
    breaches: int


class Side(msgspec.Struct, frozen=True, kw_only=True):
    """One of the two: ``connections`` holds (seconds since the start, open at that moment)."""

    target: str
    title: str
    run: str
    seed: int
    tier: str
    sessions: int
    symptoms: tuple[Rate, ...]
    failed: tuple[FailedRule, ...]
    connections: tuple[tuple[float, int], ...]
    problems: tuple[str, ...]

    @property
    def connections_most(self) -> int:
        """Return how many upstream connections were open at most."""
        return max((amount for _, amount in self.connections), default=0)

    @property
    def connections_last(self) -> int:
        """Return how many were open when the scenario ended."""
        return self.connections[-1][1] if self.connections else 0

    @property
    def lasted_s(self) -> float:
        """Return for how long the scenario was played."""
        return self.connections[-1][0] if self.connections else 0.0


class Comparison(msgspec.Struct, frozen=True, kw_only=True):
    """Everything that a reader is shown."""

    schema: int
    scenario: str
    sides: tuple[Side, Side]

    @property
    def sentence(self) -> str:
        """Return what was compared, in one sentence."""
        one, other = self.sides
        same = f"seed {one.seed}" if one.seed == other.seed else f"seeds {one.seed}, {other.seed}"
        return (
            f"{one.target} and {other.target} on {self.scenario}: {number(one.sessions)} and"
            f" {count(other.sessions, 'session')}, {same}"
        )

    @property
    def rows(self) -> tuple[tuple[str, Rate, Rate], ...]:
        """Return each symptom with its rate on either side."""
        one, other = self.sides
        pairs = zip(one.symptoms, other.symptoms, strict=True)
        return tuple((mine.words, mine, theirs) for mine, theirs in pairs)

    @property
    def failed(self) -> tuple[tuple[str, str, int, int], ...]:
        """Return each rule that either side broke: its id, its title, and the breaches of both."""
        one, other = ({rule.id: rule for rule in side.failed} for side in self.sides)
        return tuple(
            (name, rule.title, _breaches(one, name), _breaches(other, name))
            for name, rule in sorted((one | other).items())
        )


class Tally(msgspec.Struct, frozen=True, kw_only=True):
    """What was counted in one run of a scenario; ``shown`` holds sessions by symptom."""

    sessions: int
    shown: Mapping[str, Set[str]]
    connections: tuple[tuple[float, int], ...]


def symptom_of(rule: str, finding: Finding) -> str | None:
    """Return the symptom that a breach is, in the user's words; None if it is only its kin.

    An end signal that came too late or twice is no stream that never ends, and a first message
    that was silent is not the second.
    """
    if rule == "MSG-2" and finding.category == "first":
        return None
    kin, _ = OTHER_KINDS.get(rule, ("", ""))
    if kin and kin in finding.sentence:
        return None
    return next((words for words, rules in SYMPTOMS if rule in rules), None)


def side_of(manifest: Manifest, judgement: Judgement, tally: Tally) -> Side:
    """Return one side of the comparison."""
    judged = {rule.id for rule in judgement.rules if rule.verdict not in BLIND}
    return Side(
        target=manifest.target.name,
        title=manifest.target.title,
        run=manifest.run,
        seed=manifest.seed,
        tier=manifest.tier,
        sessions=tally.sessions,
        symptoms=tuple(
            _rate(words, tuple(rule for rule in rules if rule in judged), tally)
            for words, rules in SYMPTOMS
        ),
        failed=tuple(
            FailedRule(id=rule.id, title=rule.title, breaches=rule.findings_total)
            for rule in judgement.rules
            if rule.verdict is Verdict.FAIL
        ),
        connections=tally.connections,
        problems=judgement.problems,
    )


def _rate(words: str, rules: tuple[str, ...], tally: Tally) -> Rate:
    seen = len(tally.shown.get(words, frozenset()))
    interval = wilson(seen, tally.sessions)
    low, high = interval or (None, None)
    return Rate(
        words=words,
        rules=rules,
        sessions=seen,
        sessions_total=tally.sessions,
        rate=round(seen / tally.sessions, 6) if interval else None,
        low=low,
        high=high,
    )


def _breaches(rules: Mapping[str, FailedRule], name: str) -> int:
    return rules[name].breaches if name in rules else 0
