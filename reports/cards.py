"""The card of a finding: sentence, blame, measured value, lanes, and how to see it again."""

import shlex

import msgspec

from harness.model.record import Manifest
from harness.model.verdict import Deadline, Evidence, Finding, Judgement, RuleVerdict, Verdict
from reports.blame import blame_for, blame_of_excused
from reports.figures import number
from reports.parts import Card, Line, Measured
from reports.wording import clean, sentence

USUAL_TIER = "standard"
FAIL, EXCUSED, UNDECIDED = "FAIL", "EXCUSED", "UNDECIDED"
MOMENT = "at this moment"
EXCUSE = "E: lateness of our loop, canary and run queue"
SIGNAL, AUDIO, UPSTREAM = ("◄── end ", "◄── start ", "◄── error "), ("frames",), ("stream ",)
BREACHED_BY = {
    "EOS-1": SIGNAL,
    "EOS-2": AUDIO + SIGNAL,
    "EOS-3": SIGNAL,
    "EOS-4": SIGNAL,
    "STOP-1": AUDIO,
    "STOP-3": SIGNAL,
    "MSG-1": AUDIO,
    "MSG-2": SIGNAL,
    "ISO-1": AUDIO,
    "AUD-1": AUDIO,
}
"""By what kind of event a rule is breached, in words of its line; by the upstream's otherwise."""


def cards_of(manifest: Manifest, judgement: Judgement) -> tuple[Card, ...]:
    """Return a card for each breach that was kept, rule by rule."""
    return tuple(
        _card(rule, finding, manifest, judgement, word=FAIL)
        for rule in judgement.rules
        for finding in rule.findings
    )


def excused_of(manifest: Manifest, judgement: Judgement) -> tuple[Card, ...]:
    """Return a card for each missed deadline that outside evidence may explain.

    It is excused where a second try, alone, was in time, and undecided where none was yet.
    """
    return tuple(
        _card(rule, finding, manifest, judgement, word=_excused_word(rule))
        for rule in judgement.rules
        for finding in rule.excused
    )


def _excused_word(rule: RuleVerdict) -> str:
    is_open = rule.verdict is Verdict.FAIL or rule.why.startswith("environment")
    return UNDECIDED if is_open else EXCUSED


def again(manifest: Manifest, scenario: str) -> str:
    """Return the command that makes the same operations and faults from the same seed."""
    target = manifest.target_given or manifest.target.name
    words = ["voicecert", "certify", target, "--seed", str(manifest.seed)]
    is_part = len(manifest.scenarios) < manifest.scenarios_available
    for name in [scenario] if scenario else manifest.scenarios if is_part else ():
        words += ["--scenario", name]
    if manifest.tier != USUAL_TIER:
        words += ["--tier", manifest.tier]
    return shlex.join(words)


def _card(
    rule: RuleVerdict, finding: Finding, manifest: Manifest, judgement: Judgement, *, word: str
) -> Card:
    return Card(
        rule=rule.id,
        title=rule.title,
        level=rule.level,
        word=word,
        sentence=sentence(finding.sentence),
        blame=(
            blame_for(rule.id, finding, grade=judgement.grade)
            if word == FAIL
            else blame_of_excused(finding, is_settled=word == EXCUSED)
        ),
        where=_where(finding),
        scenario=finding.scenario,
        lane=finding.lane,
        session=finding.session,
        message=finding.message,
        phase=finding.category,
        measured=_measured(finding.deadline, finding.excuse_ms),
        faults=_faults(finding.lane, judgement),
        lines=lines_of(rule.id, finding.lanes),
        log=_log(manifest, finding.lane),
        again=again(manifest, finding.scenario),
    )


def lines_of(rule: str, lanes: tuple[Evidence, ...]) -> tuple[Line, ...]:
    """Return the lanes with the breach marked on the event that it is.

    The record marks a breach by a line of its own. That line stays where no event of the same
    moment can be the one, say because the breach is that nothing came.
    """
    lines: list[Line] = []
    for evidence in lanes:
        line = Line(
            at_ms=evidence.at_ms,
            lane=evidence.lane,
            text=MOMENT if evidence.is_breach else clean(evidence.text),
            is_breach=evidence.is_breach,
        )
        place = _event_of(rule, line, lines) if line.is_breach else None
        if place is None:
            lines.append(line)
        else:
            lines[place] = msgspec.structs.replace(lines[place], is_breach=True)
    return tuple(lines)


def _event_of(rule: str, breach: Line, lines: list[Line]) -> int | None:
    """Return the place of the event that is the breach: of the same moment, of the right kind.

    Several events may have one moment, since one read brings many frames.
    """
    words = BREACHED_BY.get(rule, UPSTREAM)
    fitting = [
        place
        for place, line in enumerate(lines)
        if line.at_ms == breach.at_ms and any(word in line.text for word in words)
    ]
    return fitting[-1] if fitting else None


def _measured(deadline: Deadline | None, excuse_ms: float | None) -> Measured | None:
    if deadline is None:
        return None
    excuse, pace, limit_ms = excuse_ms or 0.0, deadline.pace, deadline.limit_ms
    fails_above_ms = limit_ms + 2 * excuse * pace
    faster = "" if pace == 1 else f" × pace {number(pace)}"
    return Measured(
        measured_ms=round(deadline.measured_ms, 3),
        limit_ms=round(limit_ms, 3),
        excuse_ms=round(excuse, 3),
        pace=round(pace, 3),
        fails_above_ms=round(fails_above_ms, 3),
        sentence=f"{number(deadline.measured_ms)} ms; limit {number(limit_ms)} ms"
        f" + 2 × E {number(excuse)} ms{faster} = {number(fails_above_ms)} ms ({EXCUSE})",
    )


def _log(manifest: Manifest, lane: str) -> str:
    is_ours = lane and not manifest.target.is_remote
    return f"logs/sut-{lane}.log" if is_ours else ""


def _where(finding: Finding) -> str:
    """Return where it happened, as a person says it."""
    places = (
        ("scenario", finding.scenario),
        ("lane", finding.lane),
        ("session", finding.session),
        ("message", finding.message),
        ("phase", finding.category),
    )
    again_of = [f"run {finding.scenario_run}"] if "~" in finding.scenario_run else []
    return ", ".join([f"{name} {value}" for name, value in places if value] + again_of)


def _faults(lane: str, judgement: Judgement) -> tuple[str, ...]:
    return tuple(
        f"{receipt.fault} on the {receipt.link} link ({receipt.sentence})"
        for receipt in judgement.receipts
        if receipt.lane == lane
    )
