"""The shapes that a certificate is made of: frozen, ready to be shown, equal in all formats.

Sentences are made here once, so that no format says it differently. Times are ms where a name
ends in ``_ms``, seconds where it ends in ``_s``; rates are shares between 0 and 1.
"""

import msgspec

from harness.model.verdict import Level, Verdict


class Conclusion(msgspec.Struct, frozen=True, kw_only=True):
    """The overall verdict: ``word`` is one of CERTIFIED, NOT CERTIFIED, INCONCLUSIVE, ERROR.

    ``scope`` says that only some scenarios were run, where that is so.
    """

    word: str
    sentence: str
    certified: bool
    exit_code: int
    grade: str
    scope: str
    counts: dict[str, int]
    rules_judged: int
    rules_in_catalogue: int


class Declaration(msgspec.Struct, frozen=True, kw_only=True):
    """One declared behaviour; ``mark`` is "", "looser" or "differs", against the reference's.

    It begins with "default" where the value is what a target file gets that does not say it.
    """

    name: str
    value: str
    reference: str
    mark: str


class TargetFacts(msgspec.Struct, frozen=True, kw_only=True):
    """What was certified, how it was reached, and what it declares about itself."""

    name: str
    title: str
    reached: str
    adapter: str
    upstream: str
    declared: tuple[Declaration, ...]


class Schemas(msgspec.Struct, frozen=True, kw_only=True):
    """The versions of the layouts that this certificate rests on."""

    event: int
    manifest: int
    verdicts: int
    certificate: int


class Versions(msgspec.Struct, frozen=True, kw_only=True):
    """The three numbers: of the harness, of the checklist, of the schemas."""

    harness: str
    checklist: str
    schemas: Schemas


class Seen(msgspec.Struct, frozen=True, kw_only=True):
    """One vantage: whether this run had it, and what it shows or would have shown."""

    vantage: str
    name: str
    is_seen: bool
    shows: str
    why_missing: str = ""


class ItemRule(msgspec.Struct, frozen=True, kw_only=True):
    """A rule in the list of its requirement; ``verdict`` may be NOT_IN_THIS_VERSION.

    ``needs`` are the vantages without which it cannot be judged; counts are None if it was not.
    """

    id: str
    title: str
    level: Level
    verdict: str
    why: str
    needs: str
    exposures: int | None
    minimum: int | None


class Item(msgspec.Struct, frozen=True, kw_only=True):
    """One requirement of the checklist in the user's words; number 0 holds what is beside it."""

    number: int
    requirement: str
    verified_by: str
    verdict: str
    sentence: str
    rules: tuple[ItemRule, ...]


class Category(msgspec.Struct, frozen=True, kw_only=True):
    """Exposures of one kind; ``minimum`` is 0 where none is asked for."""

    name: str
    exposures: int
    minimum: int


class Limit(msgspec.Struct, frozen=True, kw_only=True):
    """A number that the check compares with; ``mark`` is "", "looser", "stricter" or "own"."""

    name: str
    value: float
    default: float | None
    mark: str


class Rule(msgspec.Struct, frozen=True, kw_only=True):
    """One judged rule with all that its verdict rests on."""

    id: str
    title: str
    level: Level
    vantages: str
    items: tuple[int, ...]
    verdict: Verdict
    why: str
    exposures: int
    minimum: int
    categories: tuple[Category, ...]
    limits: tuple[Limit, ...]
    breaches: int
    excused: int
    unjudged: dict[str, int]
    bound: str
    notes: tuple[str, ...]


class Blame(msgspec.Struct, frozen=True, kw_only=True):
    """Whose doing a finding is, and what shows it."""

    side: str
    because: str


class Measured(msgspec.Struct, frozen=True, kw_only=True):
    """A missed deadline: measured, allowed, and the outside evidence E that could excuse it.

    It is a breach above ``fails_above_ms`` = limit + 2 E. Of audio, one ms of E explains ``pace``
    ms. ``sentence`` says all of it.
    """

    measured_ms: float
    limit_ms: float
    excuse_ms: float
    pace: float
    fails_above_ms: float
    sentence: str


class Line(msgspec.Struct, frozen=True, kw_only=True):
    """One line of the three lanes; ``lane`` is client, relay or upstream."""

    at_ms: float
    lane: str
    text: str
    is_breach: bool


class Card(msgspec.Struct, frozen=True, kw_only=True):
    """One finding, read from top to bottom in ten seconds.

    ``log`` is what the SUT printed, a path in the run folder; empty if it was not started by us.
    """

    rule: str
    title: str
    level: Level
    word: str
    sentence: str
    blame: Blame
    where: str
    scenario: str
    lane: str
    session: str | None
    message: str | None
    phase: str
    measured: Measured | None
    faults: tuple[str, ...]
    lines: tuple[Line, ...]
    log: str
    again: str


class Rate(msgspec.Struct, frozen=True, kw_only=True):
    """Breaches of one rule among its occasions, and in how many sessions there were any.

    ``rate`` is that of sessions, with its 95 % Wilson interval where there is one.
    """

    rule: str
    verdict: str
    breaches: int
    occasions: int
    sessions: int
    sessions_breached: int
    rate: float | None
    low: float | None
    high: float | None
    sentence: str


class Symptom(msgspec.Struct, frozen=True, kw_only=True):
    """A complaint in the user's words: "seen", "not seen" or "not shown".

    Where its rules were broken in another way, ``state`` says in which: "released late".
    """

    words: str
    state: str
    sentence: str
    rates: tuple[Rate, ...]
    not_judged: tuple[str, ...]


class Question(msgspec.Struct, frozen=True, kw_only=True):
    """One of the buyer's questions, answered from named rules and counts."""

    question: str
    answer: str
    evidence: tuple[str, ...]
    not_shown: tuple[str, ...]


class Resource(msgspec.Struct, frozen=True, kw_only=True):
    """A resource of the SUT's processes over the 100 messages: after warm-up, at the end, most."""

    name: str
    unit: str
    first: float
    last: float
    most: float


class Measurement(msgspec.Struct, frozen=True, kw_only=True):
    """A figure that no rule limits."""

    name: str
    words: str
    unit: str
    value: float


class Timing(msgspec.Struct, frozen=True, kw_only=True):
    """Where the time of the run went."""

    name: str
    seconds: float


class RuleTrust(msgspec.Struct, frozen=True, kw_only=True):
    """What a pass of one rule is worth: its known-bads, and in how many runs it killed them.

    ``interval`` is the 95 % interval of that rate. ``alone`` of them no other rule kills.
    ``killed_at_grade`` counts those that some rule kills with the vantages of this certificate.
    """

    rule: str
    known_bads: int
    runs: int
    killed: int
    interval: tuple[float, float] | None
    alone: int
    killed_at_grade: int
    by_grade: dict[str, int]


class Trust(msgspec.Struct, frozen=True, kw_only=True):
    """What the matrix of known-bads and right variants says of a certificate of this grade."""

    sentence: str
    grade: str
    rules: tuple[RuleTrust, ...]
