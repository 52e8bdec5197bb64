"""The certificate: one view model for all formats, made of a manifest and a judgement.

Pure: no file, no clock. Nothing is judged here; what is shown was decided before.
"""

from collections import Counter

import msgspec

from harness.model.events import ENVELOPE_VERSION
from harness.model.matrix import Proof
from harness.model.record import Environment, Hashes, Manifest
from harness.model.target import Target
from harness.model.verdict import Judgement, Level, Receipt, RuleVerdict, Verdict
from reports.answers import BLIND, questions_of, symptoms_of
from reports.cards import again, cards_of, excused_of
from reports.checklist import CATALOGUE
from reports.declarations import declarations
from reports.figures import count, unit_of, words_of
from reports.parts import (
    Card,
    Conclusion,
    Item,
    Measurement,
    Question,
    Resource,
    Rule,
    Schemas,
    Seen,
    Symptom,
    TargetFacts,
    Timing,
    Trust,
    Versions,
)
from reports.rules import items_of, rule_of
from reports.trust import trust_of
from reports.vantages import vantages_of
from reports.wording import sentence

CERTIFICATE_SCHEMA = 2  # 1: first version; 2: what the rules are known to catch
WORDS = {0: "CERTIFIED", 1: "NOT CERTIFIED", 2: "INCONCLUSIVE", 3: "HARNESS ERROR"}
RETRIES = "retries"
STATES = {
    "running": "the run was killed before it came to its end",
    "interrupted": "the run was interrupted",
}


class Certificate(msgspec.Struct, frozen=True, kw_only=True):
    """Everything that a reader is shown, in the order in which it is shown."""

    schema: int
    run: str
    started_at: str
    state: str
    tier: str
    seed: int
    again: str
    conclusion: Conclusion
    target: TargetFacts
    environment: Environment
    versions: Versions
    findings: tuple[Card, ...]
    findings_total: int
    excused: tuple[Card, ...]
    checklist: tuple[Item, ...]
    rules: tuple[Rule, ...]
    symptoms: tuple[Symptom, ...]
    questions: tuple[Question, ...]
    vantages: tuple[Seen, ...]
    receipts: tuple[Receipt, ...]
    resources: tuple[Resource, ...]
    measurements: tuple[Measurement, ...]
    timings: tuple[Timing, ...]
    trust: Trust | None
    scenarios: tuple[str, ...]
    hashes: Hashes
    events: int
    problems: tuple[str, ...]


def make(manifest: Manifest, judgement: Judgement, *, proof: Proof | None = None) -> Certificate:
    """Return the certificate of a judged run; ``proof`` is what the rules are known to catch."""
    rules = tuple(rule_of(rule, manifest.target) for rule in judgement.rules)
    figures = judgement.measurements
    return Certificate(
        schema=CERTIFICATE_SCHEMA,
        run=manifest.run,
        started_at=manifest.started_at,
        state=manifest.state,
        tier=manifest.tier,
        seed=manifest.seed,
        again=again(manifest, ""),
        conclusion=_conclusion(manifest, judgement),
        target=_target(manifest.target),
        environment=manifest.environment,
        versions=_versions(manifest, judgement),
        findings=cards_of(manifest, judgement),
        findings_total=sum(rule.findings_total for rule in judgement.rules),
        excused=excused_of(manifest, judgement),
        checklist=items_of(rules),
        rules=rules,
        symptoms=symptoms_of(judgement.rules),
        questions=questions_of(manifest, judgement),
        vantages=vantages_of(judgement.grade),
        receipts=judgement.receipts,
        resources=_resources(figures),
        measurements=_measurements(figures),
        timings=_timings(manifest, judgement),
        trust=trust_of(proof, judgement.grade),
        scenarios=manifest.scenarios,
        hashes=manifest.hashes,
        events=judgement.events,
        problems=_problems(manifest, judgement),
    )


def _conclusion(manifest: Manifest, judgement: Judgement) -> Conclusion:
    found = Counter(rule.verdict for rule in judgement.rules)
    return Conclusion(
        word=WORDS.get(judgement.exit_code, WORDS[3]),
        sentence=_sentence(judgement, found),
        certified=judgement.certified,
        exit_code=judgement.exit_code,
        grade=judgement.grade,
        scope=_scope(len(manifest.scenarios), manifest.scenarios_available),
        counts={verdict.value: found[verdict] for verdict in Verdict if found[verdict]},
        rules_judged=sum(1 for rule in judgement.rules if rule.verdict not in BLIND),
        rules_in_catalogue=len(CATALOGUE),
    )


def _scope(run: int, available: int) -> str:
    """Return how much was run, where that was less than there is."""
    if run >= available:
        return ""
    return f"{run} of {count(available, 'scenario')} {'was' if run == 1 else 'were'} run"


def _sentence(judgement: Judgement, found: Counter[Verdict]) -> str:
    if judgement.exit_code == 0:
        held = count(found[Verdict.PASS], "rule")
        return f"{held} held at grade {judgement.grade}; every MUST that it can observe is met."
    if judgement.exit_code == 1:
        failed = [rule for rule in judgement.rules if _is_broken(rule)]
        total = count(sum(rule.findings_total for rule in failed), "breach", "breaches")
        names = ", ".join(rule.id for rule in failed)
        return f"{count(len(failed), 'MUST')} proven broken ({names}), with {total}."
    if judgement.exit_code == 2:
        open_rules = [rule.id for rule in judgement.rules if rule.verdict is Verdict.INCONCLUSIVE]
        return f"Nothing is proven broken, but not enough was shown of {', '.join(open_rules)}."
    crashed = [rule.id for rule in judgement.rules if rule.verdict is Verdict.ERROR]
    return f"voicecert itself failed ({', '.join(crashed)}); that says nothing about the SUT."


def _is_broken(rule: RuleVerdict) -> bool:
    return rule.verdict is Verdict.FAIL and rule.level is Level.MUST


def _target(target: Target) -> TargetFacts:
    reached = f"at {target.sut.url}, running already" if target.is_remote else "started by us"
    where = f", fixed at {target.upstream.listen}" if target.upstream.listen else ""
    return TargetFacts(
        name=target.name,
        title=target.title,
        reached=reached,
        adapter=target.adapter.name,
        upstream=f"{target.upstream.profile}, end marker {target.upstream.end_marker}{where}"
        if target.upstream.profile == "ws"
        else f"{target.upstream.profile}{where}",
        declared=declarations(target.behaviour),
    )


def _versions(manifest: Manifest, judgement: Judgement) -> Versions:
    return Versions(
        harness=manifest.version,
        checklist=judgement.checklist,
        schemas=Schemas(
            event=ENVELOPE_VERSION,
            manifest=manifest.schema,
            verdicts=judgement.schema,
            certificate=CERTIFICATE_SCHEMA,
        ),
    )


def _timings(manifest: Manifest, judgement: Judgement) -> tuple[Timing, ...]:
    """Return where the time went; of the second tries only if there were any."""
    found = [finding for rule in judgement.rules for finding in rule.findings]
    is_retried = any(rule.excused for rule in judgement.rules)
    is_retried |= any("~" in finding.scenario_run for finding in found)
    return tuple(
        Timing(name=name, seconds=seconds)
        for name, seconds in manifest.timings_s.items()
        if name != RETRIES or is_retried or seconds >= 1
    )


def _resource_names(figures: dict[str, float]) -> list[str]:
    """Return the resources for which first, last and most were measured, in that order."""
    names = [name.removesuffix("_first") for name in figures if name.endswith("_first")]
    return [name for name in names if f"{name}_last" in figures and f"{name}_max" in figures]


def _resources(figures: dict[str, float]) -> tuple[Resource, ...]:
    return tuple(
        Resource(
            name=words_of(name),
            unit=unit_of(name),
            first=figures[f"{name}_first"],
            last=figures[f"{name}_last"],
            most=figures[f"{name}_max"],
        )
        for name in _resource_names(figures)
    )


def _measurements(figures: dict[str, float]) -> tuple[Measurement, ...]:
    shown = {
        f"{name}_{when}" for name in _resource_names(figures) for when in ("first", "last", "max")
    }
    return tuple(
        Measurement(name=name, words=words_of(name), unit=unit_of(name), value=value)
        for name, value in figures.items()
        if name not in shown
    )


def _problems(manifest: Manifest, judgement: Judgement) -> tuple[str, ...]:
    found = [*manifest.problems, *judgement.problems]
    state = STATES.get(manifest.state)
    if state is not None and not found:
        found.append(state)
    return tuple(dict.fromkeys(map(sentence, found)))
