"""Verdicts and what they are made of: findings, exposures, and the judgement of a run."""

from enum import StrEnum

import msgspec

CHECKLIST_VERSION = "2026.2"  # 2026.1: the first thirteen rules
VERDICTS_SCHEMA = 2  # 1: first version; 2: sessions beside exposures


class Level(StrEnum):
    """How much a certificate depends on a rule."""

    MUST = "MUST"
    SHOULD = "SHOULD"


class Scope(StrEnum):
    """What a check sees at once."""

    MESSAGE = "message"
    SESSION = "session"
    RUN = "run"


class Verdict(StrEnum):
    """The judgement of one rule over a whole run."""

    PASS = "PASS"  # noqa: S105 - a verdict, no password
    FAIL = "FAIL"
    INCONCLUSIVE = "INCONCLUSIVE"
    NOT_APPLICABLE = "NOT_APPLICABLE"
    NOT_OBSERVABLE = "NOT_OBSERVABLE"
    ERROR = "ERROR"


class Deadline(msgspec.Struct, frozen=True, kw_only=True):
    """A finding that is a missed deadline: what outside evidence may excuse.

    The window is the time in which the SUT had to act; ``measured_ms`` and ``limit_ms`` count
    from its start. Where they are an amount of audio instead, one ms of excuse explains ``pace``
    ms of it.
    """

    from_ns: int
    until_ns: int
    measured_ms: float
    limit_ms: float
    pace: float = 1.0


class Evidence(msgspec.Struct, frozen=True, kw_only=True):
    """One line of the three lanes around a breach."""

    at_ms: float
    lane: str
    text: str
    is_breach: bool = False


class Finding(msgspec.Struct, frozen=True, kw_only=True):
    """One breach: a sentence with numbers, where it was seen, and the lanes around it.

    ``at_ns`` is the moment of the breach. ``phase`` is the phase of the message or what the rule
    counts by. ``category`` matches the exposure's, so that a retry can be compared.
    """

    sentence: str
    at_ns: int
    category: str = ""
    session: str | None = None
    message: str | None = None
    scenario: str = ""
    scenario_run: str = ""
    lane: str = ""
    deadline: Deadline | None = None
    excuse_ms: float | None = None
    lanes: tuple[Evidence, ...] = ()


class Exposure(msgspec.Struct, frozen=True, kw_only=True):
    """One occasion on which the rule could have failed; ``category`` as the minimum counts it."""

    category: str = ""


class Unjudged(msgspec.Struct, frozen=True, kw_only=True):
    """An occasion that cannot be judged, and why (link_fault, cut, in_flight, …).

    ``text`` says what would be enough to judge it, where a number can be named.
    """

    why: str
    text: str = ""


Outcome = Finding | Exposure | Unjudged


class Minimum(msgspec.Struct, frozen=True, kw_only=True):
    """How many exposures make a pass: in all, and by category."""

    total: int = 1
    by_category: dict[str, int] = {}


class RuleVerdict(msgspec.Struct, frozen=True, kw_only=True):
    """The judgement of one rule: the verdict, what it rests on, and every breach that is shown.

    ``sessions`` are those in which it could have been broken, ``sessions_breached`` those in which
    it was.
    """

    id: str
    title: str
    level: Level
    vantages: str
    verdict: Verdict
    why: str = ""
    exposures: int = 0
    exposures_by: dict[str, int] = {}
    minimum: Minimum
    limits: dict[str, float] = {}
    sessions: int = 0
    sessions_breached: int = 0
    findings_total: int = 0
    findings: tuple[Finding, ...] = ()
    excused: tuple[Finding, ...] = ()
    unjudged: dict[str, int] = {}
    notes: tuple[str, ...] = ()


class Judgement(msgspec.Struct, frozen=True, kw_only=True):
    """All verdicts of one run; ``exit_code`` as the command line returns it."""

    schema: int
    checklist: str
    grade: str
    certified: bool
    exit_code: int
    rules: tuple[RuleVerdict, ...]
    receipts: tuple["Receipt", ...] = ()
    measurements: dict[str, float] = {}
    events: int = 0
    problems: tuple[str, ...] = ()


class Receipt(msgspec.Struct, frozen=True, kw_only=True):
    """Outside evidence that a network fault bit, or the lack of it."""

    fault: str
    link: str
    lane: str
    has_bitten: bool
    sentence: str
