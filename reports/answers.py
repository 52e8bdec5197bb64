"""The run in the user's own words: the five symptoms, and the buyer's four questions."""

from dataclasses import dataclass

from harness.model.record import Manifest
from harness.model.verdict import Finding, Judgement, RuleVerdict, Verdict
from reports.checklist import CATALOGUE
from reports.figures import bound, count, number, percent, wilson
from reports.parts import Question, Rate, Symptom
from reports.rules import NOT_IN_THIS_VERSION
from reports.wording import clean, spoken

SEEN, NOT_SEEN, NOT_SHOWN = "seen", "not seen", "not shown"
BLIND = (Verdict.NOT_OBSERVABLE, Verdict.NOT_APPLICABLE)

OTHER_KINDS = {
    "EOS-1": (" end signals, ", "double ends seen"),
    "EOS-4": (" came ", "late ends seen"),
    "OWN-1": (" was live beside ", "overlap seen"),
    "OWN-3": (" was let go ", "released late"),
}
"""Breaches that are not the symptom itself: words of their sentence, and what was seen instead."""

SYMPTOMS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("second message silent", ("MSG-2",)),
    ("audio stream never completes", ("EOS-4",)),
    ("stuck in 'speaking'", ("EOS-1", "PLAY-3", "PLAY-4")),
    ("STOP unreliable", ("STOP-1", "STOP-2", "STOP-3", "STOP-4")),
    ("connections accumulate", ("OWN-1", "OWN-3", "OWN-4")),
)


@dataclass(frozen=True, slots=True)
class _Topic:
    """A question of the buyer, and the rules that answer it, by the beginning of their ids."""

    question: str
    rules: tuple[str, ...]


TOPICS = (
    _Topic("How does the platform handle session lifecycle?", ("OWN-", "CLN-", "ISO-")),
    _Topic("What happens when users interrupt mid-stream?", ("STOP-", "MSG-")),
    _Topic("How are completion signals guaranteed?", ("EOS-", "PLAY-3", "PLAY-4")),
)
METHOD = "What testing methodology verifies production reliability?"


def symptoms_of(rules: tuple[RuleVerdict, ...]) -> tuple[Symptom, ...]:
    """Return each symptom with the rates of the rules that would show it."""
    by_id = {rule.id: rule for rule in rules}
    return tuple(_symptom(words, ids, by_id) for words, ids in SYMPTOMS)


def _symptom(words: str, ids: tuple[str, ...], by_id: dict[str, RuleVerdict]) -> Symptom:
    behind = [by_id[rule] for rule in ids if rule in by_id]
    rates = tuple(_rate(rule) for rule in behind if rule.verdict not in BLIND)
    state = _state(behind)
    return Symptom(
        words=words,
        state=state,
        sentence=_symptom_sentence(state, rates, behind),
        rates=rates,
        not_judged=tuple(rule for rule in ids if rule not in {rate.rule for rate in rates}),
    )


def _state(behind: list[RuleVerdict]) -> str:
    """Return what was seen: the symptom, else its kin, else whether each of its rules passed."""
    kinds = dict.fromkeys(_kind(rule.id, found) for rule in behind for found in rule.findings)
    if SEEN in kinds:
        return SEEN
    if kinds:
        return ", ".join(kinds)
    asked = {rule.verdict for rule in behind if rule.verdict is not Verdict.NOT_APPLICABLE}
    return NOT_SEEN if asked == {Verdict.PASS} else NOT_SHOWN


def _kind(rule: str, finding: Finding) -> str:
    if rule == "MSG-2" and finding.category == "first":
        return "first message silent"
    words, other = OTHER_KINDS.get(rule, ("", SEEN))
    return other if words in finding.sentence else SEEN


def _symptom_sentence(state: str, rates: tuple[Rate, ...], behind: list[RuleVerdict]) -> str:
    shown = [rate for rate in rates if rate.breaches] or [r for r in rates if r.occasions]
    if state == NOT_SHOWN:
        lacking = [rule.id for rule in behind if rule.verdict is not Verdict.PASS]
        if shown:
            return f"not enough was shown of {', '.join(lacking)}"
        return "nothing in this run could have shown it"
    return "; ".join(rate.sentence for rate in shown)


def _rate(rule: RuleVerdict) -> Rate:
    interval = wilson(rule.sessions_breached, rule.sessions)
    low, high = interval or (None, None)
    share = round(rule.sessions_breached / rule.sessions, 6) if interval else None
    return Rate(
        rule=rule.id,
        verdict=rule.verdict.value,
        breaches=rule.findings_total,
        occasions=rule.exposures,
        sessions=rule.sessions,
        sessions_breached=rule.sessions_breached,
        rate=share,
        low=low,
        high=high,
        sentence=_rate_sentence(rule, share, interval),
    )


def _rate_sentence(
    rule: RuleVerdict, share: float | None, interval: tuple[float, float] | None
) -> str:
    text = f"{rule.id}: {number(rule.findings_total)} in {count(rule.exposures, 'occasion')}"
    if share is None or interval is None:
        return text
    low, high = (percent(end) for end in interval)
    held = f"{number(rule.sessions_breached)} of {count(rule.sessions, 'session')}"
    return f"{text}; {held}, {percent(share)} (95 %: {low} to {high})"


def questions_of(manifest: Manifest, judgement: Judgement) -> tuple[Question, ...]:
    """Return the buyer's four questions with their answers."""
    return (
        *(_question(topic, judgement.rules) for topic in TOPICS),
        _methodology(manifest, judgement),
    )


def _question(topic: _Topic, rules: tuple[RuleVerdict, ...]) -> Question:
    about = [rule for rule in rules if rule.id.startswith(topic.rules)]
    judged = [rule for rule in about if rule.verdict not in BLIND]
    ids = {rule.id for rule in judged}
    return Question(
        question=topic.question,
        answer=_answer(judged),
        evidence=tuple(f"{rule.title} ({_counts(rule)})" for rule in judged),
        not_shown=_not_shown(topic.rules, ids, about),
    )


def _answer(judged: list[RuleVerdict]) -> str:
    if not judged:
        return "Nothing that this run could observe answers this."
    failed = [rule for rule in judged if rule.verdict is Verdict.FAIL]
    passed = [rule for rule in judged if rule.verdict is Verdict.PASS]
    tried = count(sum(rule.exposures for rule in judged), "occasion")
    if failed:
        names = ", ".join(rule.id for rule in failed)
        total = count(sum(rule.findings_total for rule in failed), "breach", "breaches")
        return f"Not as required: {names} failed with {total}; {tried} in all."
    if len(passed) == len(judged):
        return f"As required, as far as observed: {count(len(judged), 'rule')} held on {tried}."
    return f"Not proven: {len(passed)} of {count(len(judged), 'rule')} held on {tried}."


def _counts(rule: RuleVerdict) -> str:
    why = f", {clean(rule.why)}" if rule.why else ""
    return (
        f"{rule.id} {rule.verdict.value}{why}:"
        f" {number(rule.findings_total)} in {count(rule.exposures, 'occasion')}"
    )


def _not_shown(
    prefixes: tuple[str, ...], judged: set[str], about: list[RuleVerdict]
) -> tuple[str, ...]:
    """Return the rules that would say more, by the reason for which they do not."""
    blind = {rule.id: rule.verdict.value for rule in about}
    reasons: dict[str, list[str]] = {}
    for rule in CATALOGUE:
        if rule.id.startswith(prefixes) and rule.id not in judged:
            reasons.setdefault(blind.get(rule.id, NOT_IN_THIS_VERSION), []).append(rule.id)
    return tuple(f"{spoken(why).lower()}: {', '.join(ids)}" for why, ids in reasons.items())


def _methodology(manifest: Manifest, judgement: Judgement) -> Question:
    judged = [rule for rule in judgement.rules if rule.verdict not in BLIND]
    tried = count(sum(rule.exposures for rule in judged), "occasion")
    sides = "client and upstream" if "U" in judgement.grade else "the client alone"
    scenarios = count(len(manifest.scenarios), "scenario")
    events, rules = count(judgement.events, "event"), count(len(judged), "rule")
    bitten = sum(1 for receipt in judgement.receipts if receipt.has_bitten)
    faults = ", ".join(sorted({receipt.fault for receipt in judgement.receipts})) or "none"
    most = bound(max((rule.exposures for rule in judged), default=0))
    evidence = (
        f"{scenarios} from seed {manifest.seed}: {', '.join(manifest.scenarios)}",
        f"{events} recorded at grade {judgement.grade}, judged afterwards by {rules}",
        f"faults with outside evidence: {bitten} of {len(judgement.receipts)} ({faults})",
        f"what the counts can show: {most}" if most else "",
    )
    return Question(
        question=METHOD,
        answer=f"What {sides} saw is recorded; {tried} to fail, every breach counted.",
        evidence=tuple(filter(None, evidence)),
        not_shown=(
            "that each rule catches its known-bad relay (`voicecert selftest` shows it)",
            "hours of load (not in this version)",
        ),
    )
