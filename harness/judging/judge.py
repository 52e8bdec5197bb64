"""From events to verdicts: pure, so it may be repeated next year with the same result.

Evidence is pooled over the whole run, then each rule is judged once.
"""

from collections.abc import Callable, Iterable, Mapping

import msgspec

from harness.checks.base import CHECKS, Check, Limits
from harness.judging import excuses
from harness.judging.demultiplexer import Demultiplexer
from harness.judging.environment import NOTICED_NS, Environments
from harness.judging.excerpt import excerpt
from harness.judging.measurements import measurements
from harness.judging.pool import Pool
from harness.judging.problems import Problems
from harness.judging.receipts import receipts, runs_without
from harness.judging.run_facts import RunFacts
from harness.model.errors import UnknownNameError, UsageError
from harness.model.events import ENVELOPE_VERSION, Event, FaultData
from harness.model.record import MANIFEST_SCHEMA, Manifest
from harness.model.run_view import RunView
from harness.model.session_view import SessionView
from harness.model.target import Target
from harness.model.verdict import (
    CHECKLIST_VERSION,
    VERDICTS_SCHEMA,
    Exposure,
    Finding,
    Judgement,
    Level,
    RuleVerdict,
    Scope,
    Verdict,
)
from harness.model.views import MessageView, Origin, Signal

Handler = Callable[[Event], None]
View = MessageView | SessionView | RunView
SEEN_FROM = {"upstream": "U", "process": "P", "log": "L", "hook": "H"}
GOOD = (Verdict.PASS, Verdict.NOT_APPLICABLE, Verdict.NOT_OBSERVABLE)
EXIT_INCONCLUSIVE = 2


class Judge:
    """Feed the events of a run in order, then ask for the judgement.

    Raises:
        UsageError: the record was written in another version of its format.
    """

    def __init__(self, manifest: Manifest) -> None:
        if manifest.schema != MANIFEST_SCHEMA:
            raise UsageError(
                f"the manifest of {manifest.run} is of schema {manifest.schema}, and this judge"
                f" reads {MANIFEST_SCHEMA}; judge it with the version that ran it."
            )
        self._manifest = manifest
        self._target = manifest.target
        self._environments = Environments(cpu_count=manifest.environment.cpu_count)
        self._demultiplexer = Demultiplexer(
            behaviour=self._target.behaviour,
            has_upstream="U" in manifest.vantages,
            has_log="L" in manifest.vantages,
            environments=self._environments,
            on_message=self._judge_message,
            on_session=self._judge_session,
            on_late_signal=self._judge_late_signal,
        )
        self._pools = {check.id: Pool(check, limits_of(check, self._target)) for check in CHECKS}
        seeing = [
            pool
            for pool in self._pools.values()
            if set(pool.check.vantages) <= set(manifest.vantages)
        ]
        self._seeing = {
            scope: [pool for pool in seeing if pool.check.scope is scope] for scope in Scope
        }
        self._faults: list[FaultData] = []
        self._events = 0
        self._waits_expired = 0
        self._problems = Problems()
        self._run_facts = RunFacts(self._environments)
        self._beside = _by_kind(
            {
                "fault_started": self._fault_started,
                "wait_expired": self._wait_expired,
                "connect_failed": self._connect_failed,
                "flooded": self._problems.flooded,
            },
            self._environments.handlers,
            self._run_facts.handlers,
        )
        self._unseen = frozenset(
            source for source, vantage in SEEN_FROM.items() if vantage not in manifest.vantages
        )

    def feed(self, event: Event) -> None:
        """Take the next event of the merged trace; what follows a lost vantage proves nothing.

        Raises:
            UsageError: the event has another envelope than the one that is known.
        """
        if event.v != ENVELOPE_VERSION:
            raise UsageError(
                f"an event of {event.source} has envelope version {event.v}, and this judge reads"
                f" {ENVELOPE_VERSION}; judge the record with the version that wrote it."
            )
        self._events += 1
        if event.source in self._unseen or self._environments.lost_at_ns is not None:
            return
        try:
            beside = self._beside.get(event.kind)
            if beside is not None:
                for take in beside:
                    take(event)
            self._demultiplexer.feed(event)
        except (msgspec.DecodeError, ValueError) as error:  # wrong data, or a name without number
            self._problems.damaged(event, error)

    def _fault_started(self, event: Event) -> None:
        self._faults.append(msgspec.json.decode(event.data, type=FaultData))

    def _wait_expired(self, _event: Event) -> None:
        self._waits_expired += 1

    def _connect_failed(self, event: Event) -> None:
        if not self._demultiplexer.rivals.over(event.session or "", event.at_ns):
            self._problems.connect_failed(event)

    def unsettled(self) -> list[tuple[str, Finding]]:
        """Return the missed deadlines that a retry may settle, with their rule."""
        return [
            (rule, finding) for rule, pool in self._pools.items() for finding in pool.unsettled()
        ]

    def judgement(self, *, problems: tuple[str, ...] = ()) -> Judgement:
        """Close what is open and judge each rule once; with a problem nothing is certified."""
        has_lost_vantage = self._environments.lost_at_ns is not None
        self._demultiplexer.finish(is_cut=has_lost_vantage or self._manifest.state != "complete")
        self._run(Scope.RUN, self._run_facts.view, Origin(), None)
        made = receipts(self._environments, self._faults)
        for pool in self._pools.values():
            pool.without_receipt = runs_without(made, self._faults)
        grade = self._manifest.vantages
        rules = tuple(
            pool.verdict(
                tier=self._manifest.tier,
                grade=grade,
                behaviour=self._target.behaviour,
                has_lost_vantage=has_lost_vantage,
            )
            for pool in self._pools.values()
        )
        problems += self._problems.sentences(
            self._target,
            environments=self._environments,
            ledger=self._demultiplexer.ledger,
            receipts=made,
        )
        exit_code = exit_code_of(rules) or (EXIT_INCONCLUSIVE if problems else 0)
        return Judgement(
            schema=VERDICTS_SCHEMA,
            checklist=CHECKLIST_VERSION,
            grade=grade,
            certified=exit_code == 0,
            exit_code=exit_code,
            rules=rules,
            receipts=made,
            measurements=measurements(
                self._environments,
                self._demultiplexer,
                waits_expired=self._waits_expired,
                connects_failed=self._problems.connects_failed,
            ),
            events=self._events,
            problems=problems,
        )

    def _judge_message(self, message: MessageView) -> None:
        self._run(Scope.MESSAGE, message, message.origin, message.message)
        self._run_facts.take(message)

    def _judge_session(self, session: SessionView) -> None:
        self._run(Scope.SESSION, session, session.origin, None)
        for pool in self._pools.values():
            pool.end_session(session.session)

    def _judge_late_signal(self, message: MessageView, signal: Signal) -> None:
        for pool in self._pools.values():
            try:
                for finding in pool.check.late(message, signal):
                    placed = _placed(finding, message, message.origin, message.message)
                    self._take(pool, placed, message.origin)
            except Exception as error:
                pool.crash = _crash(message, error)

    def _run(
        self,
        scope: Scope,
        view: View,
        origin: Origin,
        message: str | None,
    ) -> None:
        run, retry_of, session = origin.scenario_run, origin.retry_of, _name_of(view)
        for pool in self._seeing[scope]:
            try:
                for outcome in pool.check.judge(view, pool.limits):
                    if isinstance(outcome, Exposure):
                        pool.expose(outcome.category, run, retry_of, session)
                    elif isinstance(outcome, Finding):
                        self._take(pool, _placed(outcome, view, origin, message), origin)
                    else:
                        pool.leave(outcome)
            except Exception as error:
                pool.crash = _crash(view, error)

    def _take(self, pool: Pool, finding: Finding, origin: Origin) -> None:
        deadline = finding.deadline
        lost_at_ns = self._environments.lost_at_ns
        if lost_at_ns is not None and finding.at_ns > lost_at_ns - NOTICED_NS:
            pool.unjudged["lost_vantage"] += 1
            return
        if deadline is None:
            pool.breach(finding)
            return
        excuse = excuses.excuse_ms(self._environments, origin.lane, deadline)
        finding = msgspec.structs.replace(finding, excuse_ms=round(excuse, 3))
        if excuses.classify(deadline, excuse) is excuses.Judged.BREACH:
            pool.breach(finding)
        else:
            is_final = excuses.is_sut_busy(self._environments, origin.lane, deadline)
            pool.suspect(finding, origin.retry_of, is_final=is_final)


def judge_events(
    manifest: Manifest, events: Iterable[Event], *, problems: Callable[[], tuple[str, ...]]
) -> Judgement:
    """Judge a whole trace; ``problems`` is asked after the last event was read."""
    judge = Judge(manifest)
    for event in events:
        judge.feed(event)
    return judge.judgement(problems=problems())


def _by_kind(*tables: Mapping[str, Handler]) -> dict[str, tuple[Handler, ...]]:
    """Return the handlers of each kind, in the order of the tables."""
    kinds = {kind for table in tables for kind in table}
    return {kind: tuple(table[kind] for table in tables if kind in table) for kind in kinds}


def limits_of(check: Check, target: Target) -> dict[str, float]:
    """Return the limits of a rule with the target's own in place of the defaults.

    Raises:
        UsageError: the target names a limit that the rule does not have.
    """
    limits = dict(check.limits)
    own = target.limits.get(check.id)
    if own is None:
        return limits
    if not isinstance(own, dict):
        if len(limits) != 1:
            raise UsageError(
                f"limit of {check.id}: give a table with {', '.join(limits) or 'nothing'}."
            )
        return dict.fromkeys(limits, float(own))
    for name, value in own.items():
        if name not in limits:
            raise UnknownNameError(f"limit of {check.id}", name, limits)
        limits[name] = float(value)
    return limits


def check_limit_names(target: Target) -> None:
    """Refuse limits for rules that do not exist, before anything is started.

    Raises:
        UsageError: an unknown rule or limit.
    """
    for rule in target.limits:
        limits_of(CHECKS.get(rule), target)


def exit_code_of(rules: Iterable[RuleVerdict]) -> int:
    """Return 1 for a proven FAIL of a MUST, else 3 for an ERROR, 2 if inconclusive, 0 certified."""
    verdicts = {rule.verdict for rule in rules if rule.level is Level.MUST}
    if Verdict.FAIL in verdicts:
        return 1
    if any(rule.verdict is Verdict.ERROR for rule in rules):
        return 3
    return 0 if all(verdict in GOOD for verdict in verdicts) else 2


def _name_of(view: View) -> str | None:
    return None if isinstance(view, RunView) else view.session


def _crash(view: View, error: Exception) -> str:
    where = "the run" if isinstance(view, RunView) else view.session
    return f"the check crashed on {where}: {type(error).__name__}: {error}"


def _placed(finding: Finding, view: View, origin: Origin, message: str | None) -> Finding:
    """Return the finding with where it was seen and the lanes around it."""
    if isinstance(view, RunView):
        return finding
    return msgspec.structs.replace(
        finding,
        session=view.session,
        message=message,
        scenario=origin.scenario,
        scenario_run=origin.scenario_run,
        lane=origin.lane,
        lanes=excerpt(view, finding),
    )


__all__ = ["Judge", "Limits", "check_limit_names", "exit_code_of", "judge_events", "limits_of"]
