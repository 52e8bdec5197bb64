"""The judged rules as a certificate shows them, and the requirements that they add up to."""

from harness.model.target import Target
from harness.model.verdict import Level, RuleVerdict, Verdict
from reports.checklist import BY_ID, REQUIREMENTS, beside_the_checklist, requirements_of
from reports.figures import bound
from reports.parts import Category, Item, ItemRule, Limit, Rule
from reports.wording import clean

NOT_IN_THIS_VERSION = "NOT_IN_THIS_VERSION"
NOT_JUDGED = (NOT_IN_THIS_VERSION, Verdict.NOT_OBSERVABLE.value)
BESIDE = "Beside the checklist"


def rule_of(judged: RuleVerdict, target: Target) -> Rule:
    """Return one judged rule, its exposures against the minimum, its limits marked."""
    minimum = judged.minimum.by_category
    names = [*minimum, *(name for name in judged.exposures_by if name not in minimum)]
    is_pass = judged.verdict is Verdict.PASS
    return Rule(
        id=judged.id,
        title=judged.title,
        level=judged.level,
        vantages=judged.vantages,
        items=requirements_of(judged.id),
        verdict=judged.verdict,
        why=clean(judged.why),
        exposures=judged.exposures,
        minimum=judged.minimum.total,
        categories=tuple(
            Category(
                name=name,
                exposures=judged.exposures_by.get(name, 0),
                minimum=minimum.get(name, 0),
            )
            for name in names
            if name
        ),
        limits=tuple(_limit(judged, name, target) for name in judged.limits),
        breaches=judged.findings_total,
        excused=len(judged.excused),
        unjudged=judged.unjudged,
        bound=bound(judged.exposures) if is_pass else "",
        notes=judged.notes,
    )


def _limit(judged: RuleVerdict, name: str, target: Target) -> Limit:
    """Return a limit; it is marked where the target file put its own in place of the default."""
    catalogue = BY_ID.get(judged.id)
    default = catalogue.limits.get(name) if catalogue else None
    value = judged.limits[name]
    mark = ""
    if default is not None and value != default:
        mark = "looser" if value > default else "stricter"
    elif default is None and judged.id in target.limits:
        mark = "own"
    return Limit(name=name, value=value, default=default, mark=mark)


def items_of(rules: tuple[Rule, ...]) -> tuple[Item, ...]:
    """Return the eight requirements, and as number 0 what stands beside them."""
    judged = {rule.id: rule for rule in rules}
    listed = [
        _item(item.number, item.sentence, item.verified_by, item.rules, judged)
        for item in REQUIREMENTS
    ]
    others = [rule.id for rule in rules if rule.id not in BY_ID]
    beside = (*beside_the_checklist(), *others)
    return (*listed, _item(0, BESIDE, "the rest of the rule catalogue", beside, judged))


def _item(
    number: int, sentence: str, verified_by: str, ids: tuple[str, ...], judged: dict[str, Rule]
) -> Item:
    rules = tuple(_item_rule(rule, judged.get(rule)) for rule in ids)
    verdict = item_verdict(rules)
    return Item(
        number=number,
        requirement=sentence,
        verified_by=verified_by,
        verdict=verdict,
        sentence=_item_sentence(rules),
        rules=rules,
    )


def _item_rule(rule: str, judged: Rule | None) -> ItemRule:
    if judged is None:
        known = BY_ID[rule]
        return ItemRule(
            id=rule,
            title=known.title,
            level=known.level,
            verdict=NOT_IN_THIS_VERSION,
            why="this version does not judge it yet",
            needs="+".join(known.vantages),
            exposures=None,
            minimum=None,
        )
    return ItemRule(
        id=rule,
        title=judged.title,
        level=judged.level,
        verdict=judged.verdict.value,
        why=judged.why,
        needs="+".join(judged.vantages),
        exposures=judged.exposures,
        minimum=judged.minimum,
    )


def item_verdict(rules: tuple[ItemRule, ...]) -> str:
    """Return FAIL if a MUST fails, else the worst of what is left; a pass needs a judged rule."""
    must = {rule.verdict for rule in rules if rule.level is Level.MUST}
    every = {rule.verdict for rule in rules}
    if Verdict.FAIL.value in must:
        return Verdict.FAIL.value
    for verdict, among in ((Verdict.ERROR, every), (Verdict.INCONCLUSIVE, must)):
        if verdict.value in among:
            return verdict.value
    for judged in (Verdict.PASS, Verdict.NOT_APPLICABLE, Verdict.NOT_OBSERVABLE):
        if judged.value in must:
            return judged.value
    return NOT_IN_THIS_VERSION


def _item_sentence(rules: tuple[ItemRule, ...]) -> str:
    judged = sum(1 for rule in rules if rule.verdict not in NOT_JUDGED)
    failed = [
        rule.id
        for rule in rules
        if rule.level is Level.SHOULD and rule.verdict == Verdict.FAIL.value
    ]
    unseen = [rule.id for rule in rules if rule.verdict == Verdict.NOT_OBSERVABLE.value]
    parts = [f"{judged} of {len(rules)} rules judged"]
    if unseen:
        parts.append(f"not observable: {', '.join(unseen)}")
    if failed:
        parts.append(f"not met, but only a SHOULD: {', '.join(failed)}")
    return "; ".join(parts)
