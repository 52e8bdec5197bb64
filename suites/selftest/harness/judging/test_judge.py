"""The judge: pure, pooled, once per rule."""

from collections.abc import Iterator
from dataclasses import replace

import msgspec
import pytest

from harness.checks.base import CHECKS, Limits
from harness.judging.judge import (
    GOOD,
    Judge,
    check_limit_names,
    exit_code_of,
    judge_events,
    limits_of,
)
from harness.model.errors import UsageError
from harness.model.verdict import Exposure, Level, Minimum, Outcome, RuleVerdict, Verdict
from harness.model.views import MessageView
from suites.selftest.harness.judged import judged, judged_by, manifest, told
from suites.selftest.harness.story import Story

FREE = "free"


def a_day() -> tuple[Story, ...]:
    """A bit of everything, right and wrong, on two lanes."""
    one = Story().voiced(0).stopped(400, 700, 2).speak(800, 3).start(803, 3).error(805, 3)
    one.end(810, 3).end(812, 3).lag(500, 3).processes(600, run_delay_ms=4).leave(1600)
    other = Story(scenario="client_latency", lane="far", sessions=(2,))
    other.latency(0, 2000, link="client", latency_ms=50).voiced(300, session=2)
    return one.lane_closing(2000), other.leave(1500, session=2).lane_closing(2100)


def rule_with(verdict: Verdict, level: Level = Level.MUST) -> RuleVerdict:
    return RuleVerdict(
        id="X-1", title="", level=level, vantages="C", verdict=verdict, minimum=Minimum()
    )


def test_the_same_events_give_the_same_bytes() -> None:
    def bytes_of() -> bytes:
        return msgspec.json.encode(judge_events(manifest(), told(*a_day()), problems=tuple))

    assert bytes_of() == bytes_of()


def test_every_rule_is_judged_once_in_the_order_of_its_name() -> None:
    names = [rule.id for rule in judged(*a_day()).rules]
    assert names == sorted(set(names))
    assert names == list(CHECKS.names())


def test_each_breach_says_where_it_was_seen_and_shows_the_lanes_around_it() -> None:
    (found,) = judged_by("EOS-1", *a_day()).findings
    assert (found.session, found.message, found.scenario, found.lane) == (
        "s1",
        "m3",
        "happy_path",
        "lane",
    )
    assert [line.text for line in found.lanes if line.is_breach] == ["◄── breach"]
    assert {line.lane for line in found.lanes} <= {"client", "relay", "upstream"}


def test_evidence_is_pooled_over_lanes_and_sessions() -> None:
    assert judged_by("EOS-1", *a_day()).exposures == 4


def test_a_record_that_was_cut_is_judged_as_cut() -> None:
    story = Story().voiced(0).begun(500, 700, 2)
    judgement = judged(story, state="running")
    assert all(rule.verdict is not Verdict.FAIL for rule in judgement.rules)
    assert judged_by("EOS-1", story, state="running").unjudged == {"cut": 1}
    assert judged_by("EOS-1", story, state="running").exposures == 1


def test_an_empty_record_is_inconclusive_and_no_crash() -> None:
    judgement = judged()
    without = (Verdict.INCONCLUSIVE, Verdict.NOT_OBSERVABLE, Verdict.NOT_APPLICABLE)
    assert {rule.verdict for rule in judgement.rules} == set(without)
    assert (judgement.exit_code, judgement.certified, judgement.events) == (2, False, 0)


def test_kinds_that_nobody_knows_change_no_verdict() -> None:
    strange = Story(sessions=(9,)).event(300, "upstream", "moonrise", {"phase": "full"}, session=1)
    plain = judged(*a_day(), Story(sessions=(9,)))
    assert judged(*a_day(), strange).rules == plain.rules


def test_a_check_that_crashes_is_an_error_and_stops_no_other(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def crash(message: MessageView, _limits: Limits) -> Iterator[Outcome]:
        yield Exposure(category="before")
        raise KeyError(message.message)

    crashing = [replace(one, judge=crash) if one.id == "EOS-1" else one for one in CHECKS]
    monkeypatch.setattr("harness.judging.judge.CHECKS", crashing)
    judgement = judged(Story().voiced(0).leave(1000))
    found = {rule.id: rule for rule in judgement.rules}
    assert found["EOS-1"].verdict is Verdict.ERROR
    assert found["EOS-1"].why == "the check crashed on s1: KeyError: 'm1'"
    assert found["EOS-2"].exposures == 1
    assert judgement.exit_code == 3


def test_a_missed_deadline_in_trouble_is_put_aside_and_named_for_a_retry() -> None:
    story = Story().begun(0, 300).stop(300).let_go(302).end(580, reason="stopped").leave(1200)
    judge = Judge(manifest())
    for event in told(story.lag(500, 30)):
        judge.feed(event)
    judge.judgement()
    ((rule, suspect),) = judge.unsettled()
    assert (rule, suspect.scenario_run, suspect.category) == ("STOP-3", "happy_path", "streaming")
    assert suspect.excuse_ms == 30


def test_a_retry_settles_it() -> None:
    late = Story().begun(0, 300).stop(300).let_go(302).end(580, reason="stopped").leave(1200)
    again = Story(run="happy_path~1", retry_of="happy_path", lane="again", sessions=(2,))
    again.speak(5000, session=2).heard(5101, 2, session=2).stop(5300, session=2)
    again.end(5303, session=2, reason="stopped").leave(6000, session=2)
    assert judged_by("STOP-3", late.lag(500, 30)).why == "environment"
    settled = judged_by("STOP-3", late, again)
    assert settled.why.startswith("not_exercised")
    assert (settled.exposures, len(settled.excused)) == (1, 1)


def test_late_by_the_suts_own_load_it_stays_inconclusive() -> None:
    late = Story().begun(0, 300).stop(300).let_go(302).end(556, reason="stopped").leave(1200)
    late.lag(500, 3).processes(500, cpu_ms=400)
    again = Story(run="happy_path~1", retry_of="happy_path", lane="again", sessions=(2,))
    again.speak(5000, session=2).heard(5101, 2, session=2).stop(5300, session=2)
    again.end(5303, session=2, reason="stopped").leave(6000, session=2)
    assert judged_by("STOP-3", late, again).why == "environment"


@pytest.mark.parametrize(
    ("verdicts", "code"),
    [
        ((Verdict.PASS, Verdict.NOT_APPLICABLE, Verdict.NOT_OBSERVABLE), 0),
        ((Verdict.PASS, Verdict.INCONCLUSIVE), 2),
        ((Verdict.INCONCLUSIVE, Verdict.ERROR), 3),
        ((Verdict.ERROR, Verdict.FAIL, Verdict.INCONCLUSIVE), 1),
    ],
)
def test_exit_codes(verdicts: tuple[Verdict, ...], code: int) -> None:
    assert exit_code_of([rule_with(verdict) for verdict in verdicts]) == code


def test_a_should_that_fails_costs_no_certificate() -> None:
    rules = [rule_with(Verdict.PASS), rule_with(Verdict.FAIL, Level.SHOULD)]
    assert exit_code_of(rules) == 0


def test_a_run_that_saw_enough_and_found_nothing_is_certified() -> None:
    judgement = judged(enough(), tier=FREE)
    assert {rule.verdict for rule in judgement.rules} <= set(GOOD)
    assert (judgement.exit_code, judgement.certified, judgement.grade) == (0, True, "CUP")


def test_an_upstream_that_died_takes_its_vantage_with_it() -> None:
    story = Story().voiced(0).event(500, "runner", "vantage_lost").leave(1000)
    assert judged_by("OWN-3", story).why == "lost_vantage"
    assert judged_by("EOS-1", story).why == "lost_vantage"


def test_what_is_seen_after_a_vantage_was_lost_is_held_against_nobody() -> None:
    story = Story().begun(0, 300).event(400, "runner", "vantage_lost").lost(410)
    assert judged_by("EOS-1", story).why == "lost_vantage"


def test_a_proxy_of_ours_that_dies_is_noticed_after_the_connections_are_gone() -> None:
    story = Story().begun(0, 300).lost(400).event(500, "runner", "vantage_lost")
    assert judged(story, state="running").exit_code == 2
    assert judged_by("EOS-1", story, state="running").why == "lost_vantage"
    earlier = Story().begun(0, 300).lost(400).event(1000, "runner", "vantage_lost")
    assert judged_by("EOS-1", earlier).verdict is Verdict.FAIL


def test_what_a_session_shows_in_that_time_is_held_against_nobody_either() -> None:
    story = Story().voiced(0).stray(3900, "end of s2-m1").lost(4000)
    assert judged_by("ISO-1", story).verdict is Verdict.FAIL
    story.event(4200, "runner", "vantage_lost")
    assert judged_by("ISO-1", story).why == "lost_vantage"


def test_a_late_signal_counts_once_a_vantage_is_lost_only_before_that() -> None:
    story = Story().voiced(0).later(4000).end(5000)
    assert judged_by("EOS-1", story).findings_total == 1
    story = Story().voiced(0).event(4000, "runner", "vantage_lost").end(5000)
    assert judged_by("EOS-1", story).why == "lost_vantage"


@pytest.fixture(autouse=True)
def tier_that_wants_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let a few messages be enough for the tier `free`, as a whole run is for the others."""
    for check in CHECKS:
        free = {**check.minimum, FREE: Minimum(total=0)}
        monkeypatch.setitem(CHECKS._members, check.id, replace(check, minimum=free))


def enough() -> Story:
    """A story that is certified if nothing else happens."""
    return Story().voiced(0).stopped(1000, 1300, 2).leave(60_000)


def test_any_problem_of_the_record_costs_the_certificate() -> None:
    trace = told(enough())
    cut = "the last line of a part is cut"
    assert judge_events(manifest(tier=FREE), trace, problems=tuple).exit_code == 0
    judgement = judge_events(manifest(tier=FREE), trace, problems=lambda: (cut,))
    assert (judgement.exit_code, judgement.certified, judgement.problems) == (2, False, (cut,))


def test_an_untrue_declaration_costs_the_certificate() -> None:
    story = enough().opened(59_000, exchange=900, profile="http").released(59_001, 900)
    judgement = judged(story, tier=FREE)
    (problem,) = judgement.problems
    assert problem.startswith("the target declares upstream profile 'ws', but 1 of ")
    assert judgement.exit_code == 2


def test_sessions_that_could_not_connect_are_a_problem() -> None:
    story = enough()
    for session, text in ((7, "refused"), (8, "no answer in 5 s")):
        story.event(100, "client", "connect_failed", {"text": text}, session=session)
    judgement = judged(story, tier=FREE)
    assert judgement.problems == ("2 sessions could not connect: refused",)
    assert (judgement.exit_code, judgement.measurements["connects_failed"]) == (2, 2)


def test_a_sut_that_exits_in_the_middle_of_the_run_is_a_problem() -> None:
    exited = {"lane": "lane", "exit_code": -11}
    story = enough().event(50_000, "process", "sut_exited", exited).lane_closing(61_000)
    judgement = judged(story, tier=FREE)
    assert judgement.problems == (
        "the SUT of lane lane exited with code -11 in the middle of the run",
    )
    assert (judgement.exit_code, judgement.measurements["suts_exited"]) == (2, 1)
    ended = enough().lane_closing(61_000).event(61_001, "process", "sut_exited", exited)
    judgement = judged(ended, tier=FREE)
    assert (judgement.exit_code, judgement.measurements["suts_exited"]) == (0, 0)


@pytest.mark.parametrize(
    ("kind", "data"), [("end_received", {"reason": 7}), ("audio_received", {"runs": [[1, 2]]})]
)
def test_an_event_with_wrong_data_is_damaged_and_the_rest_is_judged(
    kind: str, data: dict[str, object]
) -> None:
    story = enough().event(60_100, "client", kind, data, session=1, message=1)
    judgement = judged(story, tier=FREE)
    assert judgement.exit_code == 2
    (problem,) = judgement.problems
    assert problem.startswith(f"1 event is damaged and did not count: {kind} number ")
    assert "of client: Expected" in problem


def test_a_session_whose_name_has_no_number_is_damage_too() -> None:
    event = msgspec.structs.replace(told(Story().voiced(0))[3], session="seven")
    assert "is damaged" in judge_events(manifest(), [event], problems=tuple).problems[0]


def test_another_version_of_the_record_is_refused() -> None:
    newer = msgspec.structs.replace(told(Story().voiced(0))[0], v=2)
    with pytest.raises(UsageError, match="runner has envelope version 2, and this judge reads 1;"):
        Judge(manifest()).feed(newer)
    with pytest.raises(UsageError, match="manifest of story is of schema 2, and this judge reads"):
        Judge(msgspec.structs.replace(manifest(), schema=2))


def test_what_ran_under_a_fault_without_a_receipt_is_not_counted() -> None:
    story = Story(run="client_stall", lane="far").voiced(0).voiced(400, message=2)
    story.fault(100, 300, name="network_stall", link="client", run="client_stall")
    judgement = judged(story.leave(1500), Story(sessions=(2,)).voiced(0, session=2))
    rule = next(rule for rule in judgement.rules if rule.id == "EOS-1")
    assert (rule.exposures, rule.unjudged) == (1, {"no_receipt": 2})
    (problem,) = judgement.problems
    assert problem == (
        "network_stall on the client link of lane far left no receipt, so what was seen under it"
        " did not count: 0 of 0 canary pings were held, the longest 0 ms of 200 ms; beside it a"
        " ping took 0 ms"
    )


def test_the_target_may_set_limits_by_name_or_the_only_one() -> None:
    eos, stop = CHECKS.get("EOS-4"), CHECKS.get("STOP-3")
    table = manifest(limits={"EOS-4": {"silent_ms": 5000}, "STOP-3": 300}).target
    assert limits_of(eos, table) == {"explicit_ms": 1000, "silent_ms": 5000}
    assert limits_of(stop, table) == {"confirm_ms": 300}
    assert limits_of(CHECKS.get("OWN-1"), table) == {"overlap_ms": 50}


@pytest.mark.parametrize(
    ("limits", "said"),
    [
        ({"EOS-4": 500}, "limit of EOS-4: give a table with explicit_ms, silent_ms."),
        ({"EOS-1": 500}, "limit of EOS-1: give a table with nothing."),
        ({"STOP-3": {"confirm": 1}}, "did you mean 'confirm_ms'?"),
        ({"STOP-33": 1}, "unknown rule 'STOP-33'; did you mean 'STOP-3'?"),
    ],
)
def test_limits_that_do_not_exist_are_refused(
    limits: dict[str, dict[str, float] | float], said: str
) -> None:
    with pytest.raises(UsageError) as refused:
        check_limit_names(manifest(limits=limits).target)
    assert said in str(refused.value)


def test_figures_that_no_rule_limits_are_counted() -> None:
    story = Story(lane="hundred_messages").voiced(0).processes(100).processes(350).leave(1000)
    figures = judged(story.lag(200, 4).event(300, "client", "wait_expired")).measurements
    assert figures["upstream_streams"] == figures["fences"] == figures["waits_expired"] == 1
    assert (figures["late_fences"], figures["harness_loop_lag_ms_max"]) == (0, 4)
    assert figures["resource_samples"] == 2


def test_a_flood_is_a_problem_that_names_how_much_it_was() -> None:
    story = Story().voiced(0)
    data = {"frames": 33, "bytes": 34_000_000}
    problems = judged(story.event(900, "client", "flooded", data, session=1).leave(1000)).problems
    assert problems == ("the SUT flooded 1 session, so we hung up: s1 got 33 frames with 34 MB",)
