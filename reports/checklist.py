"""The catalogue: the eight requirements in the user's words, and every rule that there is.

A rule that the judge did not judge is printed as *not in this version*, so that nobody takes a
short list for a whole one.
"""

from dataclasses import dataclass, field

from harness.model.verdict import Level

MUST, SHOULD = Level.MUST, Level.SHOULD


@dataclass(frozen=True, slots=True, kw_only=True)
class Requirement:
    """One of the eight: the sentence, how the user asks to verify it, and its rules."""

    number: int
    sentence: str
    verified_by: str
    rules: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class CatalogueRule:
    """A rule of the catalogue: what it demands, where it is seen, its default limits."""

    id: str
    level: Level
    vantages: str
    title: str
    limits: dict[str, float] = field(default_factory=dict)


REQUIREMENTS = (
    Requirement(
        number=1,
        sentence="Single WebSocket per user session",
        verified_by="connection count monitoring",
        rules=("OWN-1", "OWN-4", "OWN-5"),
    ),
    Requirement(
        number=2,
        sentence="Explicit cleanup on new session start",
        verified_by="log cleanup calls",
        rules=("OWN-2", "OWN-6"),
    ),
    Requirement(
        number=3,
        sentence="Idempotent cleanup functions",
        verified_by="call cleanup 3x in tests",
        rules=("CLN-1", "CLN-2"),
    ),
    Requirement(
        number=4,
        sentence="Exactly-once stream end signal",
        verified_by="count end signals in tests",
        rules=("EOS-1", "EOS-2", "EOS-3", "EOS-4", "EOS-5", "EOS-6"),
    ),
    Requirement(
        number=5,
        sentence="STOP command is authoritative",
        verified_by="verify immediate termination",
        rules=("STOP-1", "STOP-2", "STOP-3", "STOP-4", "STOP-5"),
    ),
    Requirement(
        number=6,
        sentence="Timeline-driven audio scheduling",
        verified_by="no overlap in audio output",
        rules=("PLAY-1", "PLAY-2", "PLAY-7"),
    ),
    Requirement(
        number=7,
        sentence="Message-scoped audio sessions",
        verified_by="test rapid consecutive messages",
        rules=("MSG-1", "MSG-2", "MSG-3", "ISO-1", "PLAY-5"),
    ),
    Requirement(
        number=8,
        sentence="Safety timeout for completion",
        verified_by="simulate browser event failures",
        rules=("PLAY-4", "EOS-4"),
    ),
)

CATALOGUE = (
    CatalogueRule(
        "OWN-1",
        MUST,
        "CU",
        "at most the declared number of upstream streams of a session live at once",
        {"overlap_ms": 50.0},
    ),
    CatalogueRule(
        "OWN-2", MUST, "CU", "the previous upstream stream released before the next first audio"
    ),
    CatalogueRule(
        "OWN-3",
        MUST,
        "CU",
        "upstream stream released, and a per-message socket closed, when its message is over",
        {"release_ms": 1000.0},
    ),
    CatalogueRule(
        "OWN-4",
        MUST,
        "P",
        "no resource grows over 100 messages and over 30 sessions",
        {"count_per_100": 1.0, "memory_kb_per_100": 1000.0},
    ),
    CatalogueRule(
        "OWN-5",
        MUST,
        "C",
        "the same user's second connection closes or refuses one of the two",
        {"close_ms": 1000.0},
    ),
    CatalogueRule("OWN-6", SHOULD, "L", "each cleanup call logged with its session and message"),
    CatalogueRule("CLN-1", MUST, "HCU", "a second and third cleanup changes and sends nothing"),
    CatalogueRule("CLN-2", MUST, "CH", "usable after cleanup: the next message plays in full"),
    CatalogueRule(
        "CLN-3",
        MUST,
        "CU",
        "cleans up when the client leaves, in any phase and way",
        {"release_ms": 1000.0},
    ),
    CatalogueRule("EOS-1", MUST, "C", "exactly one end signal per accepted message"),
    CatalogueRule(
        "EOS-2", MUST, "C", "no audio, start signal or error of a message after its end signal"
    ),
    CatalogueRule(
        "EOS-3", MUST, "CU", "no end signal before the last audio that the upstream produced"
    ),
    CatalogueRule(
        "EOS-4",
        MUST,
        "C",
        "the end signal within a bounded time of its cause",
        {"explicit_ms": 1000.0, "silent_ms": 1000.0},
    ),
    CatalogueRule("EOS-5", SHOULD, "CU", "the end signal tells the true reason"),
    CatalogueRule(
        "EOS-6",
        MUST,
        "CU",
        "never says completed unless the upstream said so",
        {"ahead_ms": 250.0},
    ),
    CatalogueRule(
        "STOP-1",
        MUST,
        "C",
        "no audio of a stopped message after STOP has reached the SUT",
        {"late_ms": 150.0, "audio_ms": 200.0},
    ),
    CatalogueRule(
        "STOP-2", MUST, "CU", "the upstream stream released at once on STOP", {"release_ms": 250.0}
    ),
    CatalogueRule(
        "STOP-3",
        MUST,
        "C",
        "STOP confirmed by the end signal of the message that it met; an idle STOP by nothing",
        {"confirm_ms": 250.0},
    ),
    CatalogueRule("STOP-4", MUST, "C", "STOP taken in every phase, and usable afterwards"),
    CatalogueRule(
        "STOP-5", SHOULD, "CU", "every STOP ends things in the same order", {"tie_ms": 20.0}
    ),
    CatalogueRule(
        "MSG-1",
        MUST,
        "C",
        "audio only while its message is open, none after the next message's start",
    ),
    CatalogueRule(
        "MSG-2", MUST, "CU", "every accepted message audible; the second message never silent"
    ),
    CatalogueRule("MSG-3", MUST, "C", "start, audio and end of a message together and in order"),
    CatalogueRule("ISO-1", MUST, "C", "only audio and signals of the client's own session"),
    CatalogueRule("AUD-1", MUST, "C", "each sample once and in order"),
    CatalogueRule("AUD-2", MUST, "C", "whole samples in the declared format and rate"),
    CatalogueRule(
        "ERR-1",
        MUST,
        "CU",
        "every visible upstream failure told to the client",
        {"told_ms": 1000.0},
    ),
    CatalogueRule(
        "ERR-2",
        MUST,
        "C",
        "invalid input answered; the session lives or closes well",
        {"answer_ms": 1000.0},
    ),
    CatalogueRule("ERR-3", SHOULD, "CU", "an upstream answer of only zeros reported"),
    CatalogueRule("PLAY-1", MUST, "B", "never two audio sources at the same time"),
    CatalogueRule("PLAY-2", SHOULD, "B", "no gap while audio was available"),
    CatalogueRule("PLAY-3", MUST, "B", "completion once, after the end signal and the last sound"),
    CatalogueRule("PLAY-4", MUST, "B", "completes by its safety timeout without `ended`"),
    CatalogueRule("PLAY-5", MUST, "B", "the timeline starts anew for every message"),
    CatalogueRule("PLAY-6", MUST, "B", "silent within 100 ms of STOP"),
    CatalogueRule("PLAY-7", MUST, "B", "each received sample rendered at rate and full scale"),
    CatalogueRule(
        "LAT-1",
        SHOULD,
        "CU",
        "little delay added before the first audible sample",
        {"added_ms": 50.0},
    ),
    CatalogueRule(
        "LAT-2", SHOULD, "C", "first audible sample soon after the request", {"first_ms": 500.0}
    ),
    CatalogueRule("LAT-3", SHOULD, "C", "real time held: no underrun behind the jitter buffer"),
)

BY_ID = {rule.id: rule for rule in CATALOGUE}


def requirements_of(rule: str) -> tuple[int, ...]:
    """Return the numbers of the requirements that the rule belongs to; () for none."""
    return tuple(item.number for item in REQUIREMENTS if rule in item.rules)


def beside_the_checklist() -> tuple[str, ...]:
    """Return the rules that belong to none of the eight requirements, in catalogue order."""
    return tuple(rule.id for rule in CATALOGUE if not requirements_of(rule.id))
