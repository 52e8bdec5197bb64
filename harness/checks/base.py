"""The contract of a check, and the registry of all of them."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from harness.model.registry import Registry
from harness.model.target import Behaviour
from harness.model.verdict import Deadline, Finding, Level, Minimum, Outcome, Scope
from harness.model.views import MessageView, Signal

Limits = Mapping[str, float]
Judge = Callable[[Any, Limits], Iterator[Outcome]]
LateJudge = Callable[[MessageView, Signal], Iterator[Finding]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """One rule: what it demands, what it needs to see, and the function that judges a view.

    ``late`` judges a signal that came after its message had been judged; the view holds it.
    ``vantages`` are the letters without which it cannot be judged. ``minimum`` is by tier.
    ``limits`` are the defaults by name, each with its unit as the last word. ``tolerance`` is the
    share of the exposures that may breach: 0.05 for a limit that is a 95th percentile.
    """

    id: str
    title: str
    level: Level
    scope: Scope
    vantages: str
    judge: Judge
    late: LateJudge
    minimum: Mapping[str, Minimum]
    limits: Limits
    applies: Callable[[Behaviour], bool]
    observable: Callable[[Behaviour], bool]
    summary: str
    tolerance: float = 0.0


CHECKS: Registry[Check] = Registry("harness.checks", "rule")


def always(_behaviour: Behaviour) -> bool:
    """Say yes to whatever is declared."""
    return True


def passes(_message: MessageView, _signal: Signal) -> Iterator[Finding]:
    """Find nothing in a late signal: it is no matter of the rule."""
    yield from ()


def has_identity(behaviour: Behaviour) -> bool:
    """Tell whether the audio that arrives can still say whose it is.

    The mark that survives resampling and companding (``spectral``) is not read yet.
    """
    return behaviour.fidelity == "exact"


def check(
    rule: str,
    title: str,
    *,
    scope: Scope,
    vantages: str,
    standard: Minimum,
    smoke: Minimum,
    late: LateJudge = passes,
    level: Level = Level.MUST,
    limits: Limits | None = None,
    applies: Callable[[Behaviour], bool] = always,
    observable: Callable[[Behaviour], bool] = always,
    tolerance: float = 0.0,
) -> Callable[[Judge], Judge]:
    """Register the decorated function as the check of one rule."""

    def register(judge: Judge) -> Judge:
        module = judge.__module__
        lines = (judge.__doc__ or title).strip().splitlines()
        member = Check(
            id=rule,
            title=title,
            level=level,
            scope=scope,
            vantages=vantages,
            judge=judge,
            late=late,
            minimum={"standard": standard, "smoke": smoke},
            limits=dict(limits or {}),
            applies=applies,
            observable=observable,
            summary=lines[0],
            tolerance=tolerance,
        )
        CHECKS.register(rule, member, module=module)
        return judge

    return register


def late(
    sentence: str,
    *,
    from_ns: int,
    acted_ns: int,
    limit_ms: float,
    category: str = "",
) -> Finding:
    """Return the finding for a deadline that was missed: acted at ``acted_ns``, or not by then."""
    measured_ms = (acted_ns - from_ns) / 1_000_000
    return Finding(
        sentence=sentence,
        at_ns=acted_ns,
        category=category,
        deadline=Deadline(
            from_ns=from_ns, until_ns=acted_ns, measured_ms=measured_ms, limit_ms=limit_ms
        ),
    )
