"""Whose doing a finding is, derived from its lanes: what the upstream had done by the breach.

The lanes are read, nothing is judged anew. What the upstream's ledger holds is given; whatever
lies between that and the client is the SUT's.
"""

import re

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
OWN_STREAMS = "nobody else can let go of its upstream streams and sockets"
NAMED = re.compile(r"\bmessage (m\d+)\b")
DOINGS = (
    ("end marker", "the upstream had ended {ago}, all of its audio and its end marker sent"),
    (" fails", "the upstream had failed {ago}, on purpose; the answer to that is the SUT's"),
    ("released (peer", "the upstream stream had been let go {ago}; what came then is the SUT's"),
    ("socket closed", "the upstream's socket had been closed {ago}; what came then is the SUT's"),
)
"""What the upstream can have done, the plainest first: words of its line, and the sentence."""


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
    gone = [line for line in _upstream(lanes) if _is_let_go(line)]
    if any(line.at_ms >= breach_ms for line in gone):
        return f"{OWN_STREAMS}, and the ledger saw it happen only at the end of that time"
    if gone:
        return f"{OWN_STREAMS}, and the ledger shows when: {gone[-1].text}"
    return f"{OWN_STREAMS}, and by then the ledger had not seen it happen"


def _doing(rule: str, finding: Finding) -> str:
    breach_ms = _breach_ms(finding.lanes)
    before = _of_its_stream(finding, breach_ms)
    if not before:
        return "the upstream did nothing around this moment that could explain it"
    for words, sentence in DOINGS:
        told = [line for line in before if words in line.text]
        if told:
            return sentence.format(ago=f"{number(max(0.0, breach_ms - told[0].at_ms))} ms before")
    if rule.startswith("STOP-"):
        return "the upstream stream was still live: the SUT had not let go of it"
    return "the upstream stream was live and in order by its ledger; the SUT stands in between"


def _of_its_stream(finding: Finding, breach_ms: float) -> list[Evidence]:
    """Return the upstream's lines before the breach.

    Around a whole session there are streams of two messages: the one that the sentence names is
    meant, else the earlier.
    """
    before = [line for line in _upstream(finding.lanes) if line.at_ms <= breach_ms]
    if finding.message is not None or not before:
        return before
    named = NAMED.search(finding.sentence)
    opened = [line for line in before if named and line.text.endswith(f"opened for {named[1]}")]
    stream = (opened or before)[0].text.split(" ")[:2]
    return [line for line in before if line.text.split(" ")[:2] == stream]


def _upstream(lanes: tuple[Evidence, ...]) -> list[Evidence]:
    return [line for line in lanes if line.lane == "upstream"]


def _is_let_go(line: Evidence) -> bool:
    """Tell whether the line shows the SUT letting go; an upstream that ends does so by itself."""
    return "released (peer" in line.text or "socket closed" in line.text


def _breach_ms(lanes: tuple[Evidence, ...]) -> float:
    return next((line.at_ms for line in lanes if line.is_breach), float("inf"))
