"""Whose doing a finding is, derived from its lanes: what the upstream had done by the breach.

The lanes are read, nothing is judged anew. What the upstream's ledger holds is given; whatever
lies between that and the client is the SUT's.
"""

from harness.model.verdict import Evidence, Finding
from reports.figures import number
from reports.parts import Blame

SUT = "the SUT"
NOBODY = "nobody"
RELEASES = ("OWN-", "CLN-", "STOP-2")  # rules about letting go of the upstream
BY_CONSTRUCTION = {
    "ISO-1": "samples carry the mark of the session whose text the SUT itself had sent upstream",
    "AUD-1": "by its ledger the upstream sent each sample once and in order",
}
UNSEEN = "the upstream was not seen in this run; towards its client the SUT answers for it"
OWN_STREAMS = "nobody else can let go of its upstream streams"


def blame_for(rule: str, finding: Finding, *, grade: str) -> Blame:
    """Return who is to blame for a breach, and why."""
    if "U" not in grade:
        return Blame(side=SUT, because=UNSEEN)
    if rule.startswith(RELEASES):
        return Blame(side=SUT, because=_release(finding.lanes))
    if rule in BY_CONSTRUCTION:
        return Blame(side=SUT, because=BY_CONSTRUCTION[rule])
    return Blame(side=SUT, because=_doing(rule, finding))


def blame_of_excused(finding: Finding, *, is_settled: bool) -> Blame:
    """Return that nobody is blamed: outside evidence may explain the missed deadline."""
    excuse = number(finding.excuse_ms or 0.0)
    because = f"outside evidence of {excuse} ms may explain the delay"
    if is_settled:
        return Blame(side=NOBODY, because=f"{because}; tried again alone, the answer was in time")
    return Blame(side=NOBODY, because=f"{because}, and no second try has settled it")


def _release(lanes: tuple[Evidence, ...]) -> str:
    breach_ms = _breach_ms(lanes)
    gone = [line for line in _upstream(lanes) if _is_gone(line)]
    if any(line.at_ms >= breach_ms for line in gone):
        return f"{OWN_STREAMS}, and the ledger saw it happen only at the end of that time"
    if gone:
        return f"{OWN_STREAMS}, and the ledger shows when: {gone[-1].text}"
    return f"{OWN_STREAMS}, and by then the ledger had not seen it happen"


def _doing(rule: str, finding: Finding) -> str:
    breach_ms = _breach_ms(finding.lanes)
    last = _last_of_its_stream(finding, breach_ms)
    if last is None:
        return "the upstream did nothing around this moment that could explain it"
    ago = f"{number(max(0.0, breach_ms - last.at_ms))} ms before"
    if _is_gone(last):
        return f"the upstream stream had been let go {ago}; what came then was the SUT's own"
    if "end marker" in last.text:
        return f"the upstream had ended {ago}, all of its audio and its end marker sent"
    if " fails" in last.text:
        return f"the upstream had failed {ago}, on purpose; the answer to that is the SUT's"
    if rule.startswith("STOP-"):
        return "the upstream stream was still live: the SUT had not let go of it"
    return "the upstream stream was live and in order by its ledger; the SUT stands in between"


def _last_of_its_stream(finding: Finding, breach_ms: float) -> Evidence | None:
    """Return the last upstream line before the breach.

    Around a whole session there are streams of two messages, and the earlier one is meant.
    """
    before = [line for line in _upstream(finding.lanes) if line.at_ms <= breach_ms]
    if finding.message is None and before:
        stream = before[0].text.split(" ")[:2]
        before = [line for line in before if line.text.split(" ")[:2] == stream]
    return before[-1] if before else None


def _upstream(lanes: tuple[Evidence, ...]) -> list[Evidence]:
    return [line for line in lanes if line.lane == "upstream"]


def _is_gone(line: Evidence) -> bool:
    return "released" in line.text or "socket closed" in line.text


def _breach_ms(lanes: tuple[Evidence, ...]) -> float:
    return next((line.at_ms for line in lanes if line.is_breach), float("inf"))
