"""A card says what, by whose doing, how far beyond the limit, where, and how to see it again."""

import msgspec

from harness.model.verdict import Deadline, Verdict
from reports.cards import again, cards_of, excused_of, lines_of
from suites.selftest.reports import staging
from suites.selftest.reports.staging import (
    MS,
    a_failed_judgement,
    a_finding,
    a_judgement,
    a_late_release,
    a_manifest,
    a_rule,
    line,
)


def test_the_command_names_target_seed_and_scenario() -> None:
    assert again(a_manifest(), "random_stop") == (
        "voicecert certify reference --seed 4711 --scenario random_stop"
    )


def test_the_command_names_a_tier_that_is_not_the_usual_one() -> None:
    assert again(a_manifest(tier="smoke"), "").endswith("--seed 4711 --tier smoke")
    part = msgspec.structs.replace(
        a_manifest(), target_given="./mine.toml", scenarios=("happy_path",), scenarios_available=11
    )
    assert again(part, "") == "voicecert certify ./mine.toml --seed 4711 --scenario happy_path"


def test_the_command_quotes_what_a_shell_would_split() -> None:
    manifest = a_manifest(target=staging.a_target(name="my platform"))
    assert "certify 'my platform' --seed" in again(manifest, "")


def test_a_missed_deadline_shows_the_excuse_beside_the_measured_value() -> None:
    rule = a_rule("STOP-2", verdict=Verdict.FAIL, findings=(a_late_release(),))
    measured = cards_of(a_manifest(), a_judgement(rule))[0].measured
    assert measured is not None
    assert (measured.measured_ms, measured.limit_ms) == (512.0, 250.0)
    assert (measured.excuse_ms, measured.fails_above_ms) == (3.125, 256.25)


def test_a_missed_deadline_is_told_in_words_with_what_may_excuse_it() -> None:
    rule = a_rule("STOP-2", verdict=Verdict.FAIL, findings=(a_late_release(excuse_ms=41.12),))
    measured = cards_of(a_manifest(), a_judgement(rule))[0].measured
    assert measured is not None
    assert measured.sentence == (
        "512 ms; limit 250 ms + 2 × E 41.1 ms = 332.2 ms"
        " (E: lateness of our loop, canary and run queue)"
    )


def test_an_amount_of_audio_is_excused_at_its_own_pace() -> None:
    deadline = Deadline(from_ns=0, until_ns=MS, measured_ms=900.0, limit_ms=200.0, pace=8.0)
    finding = a_late_release(excuse_ms=10.0, deadline=deadline)
    rule = a_rule("STOP-1", verdict=Verdict.FAIL, findings=(finding,))
    measured = cards_of(a_manifest(), a_judgement(rule))[0].measured
    assert measured is not None
    assert measured.fails_above_ms == 360.0
    assert "2 × E 10 ms × pace 8 = 360 ms" in measured.sentence


def test_a_card_names_the_log_of_a_sut_that_we_started() -> None:
    judgement = a_failed_judgement()
    logs = {card.rule: card.log for card in cards_of(a_manifest(), judgement)}
    assert logs == {"EOS-1": "logs/sut-shared.log", "STOP-2": "logs/sut-upstream_latency.log"}
    sut = msgspec.structs.replace(staging.a_target().sut, command=())
    remote = a_manifest(target=staging.a_target(sut=sut))
    assert {card.log for card in cards_of(remote, judgement)} == {""}


def test_a_count_has_nothing_measured() -> None:
    rule = a_rule("EOS-1", verdict=Verdict.FAIL, findings=(a_finding(),))
    assert cards_of(a_manifest(), a_judgement(rule))[0].measured is None


def test_a_card_shows_the_faults_of_its_lane_with_their_receipts() -> None:
    by_rule = {card.rule: card for card in cards_of(a_manifest(), a_failed_judgement())}
    assert by_rule["EOS-1"].faults == ()
    assert by_rule["STOP-2"].faults[0].startswith("network_latency on the upstream link (canary")


def test_the_breach_is_marked_on_the_event_that_it_is() -> None:
    shown = lines_of("EOS-1", a_finding().lanes)
    assert len(shown) == len(a_finding().lanes) - 1
    assert [line.text for line in shown if line.is_breach] == ['◄── end m1 "completed"']


def test_of_several_events_of_one_moment_the_fitting_one_is_marked() -> None:
    lanes = (
        line(9.0, "relay", '◄── end m1 "completed"'),
        line(9.0, "relay", "◄── last of these 4 frames"),
        line(9.0, "client", "◄── breach", is_breach=True),
    )
    assert [entry.is_breach for entry in lines_of("EOS-3", lanes)] == [True, False]
    assert [entry.is_breach for entry in lines_of("STOP-1", lanes)] == [False, True]


def test_a_breach_without_an_event_of_its_own_stays_a_line() -> None:
    lanes = (
        line(9.0, "client", "leaves (close)"),
        line(9.0, "client", "◄── breach", is_breach=True),
    )
    shown = lines_of("EOS-1", lanes)
    assert [(entry.text, entry.is_breach) for entry in shown] == [
        ("leaves (close)", False),
        ("at this moment", True),
    ]


def test_a_reason_that_the_sut_chose_cannot_move_the_cursor() -> None:
    finding = a_finding(sentence="ended \x1b[2J", lanes=(line(0.0, "relay", 'end "\x1b[2J"'),))
    rule = a_rule("EOS-1", verdict=Verdict.FAIL, findings=(finding,))
    raw = msgspec.json.encode(cards_of(a_manifest(), a_judgement(rule)))
    assert b"\\u001b" not in raw


def test_a_late_answer_that_was_in_time_the_second_time_is_excused() -> None:
    card = excused_of(a_manifest(), a_failed_judgement())[0]
    assert (card.rule, card.word) == ("STOP-3", "EXCUSED")


def test_a_late_answer_that_no_retry_settled_is_undecided() -> None:
    rule = a_rule(
        "STOP-3", verdict=Verdict.INCONCLUSIVE, why="environment", excused=(a_late_release(),)
    )
    assert excused_of(a_manifest(), a_judgement(rule))[0].word == "UNDECIDED"


def test_the_place_names_the_retry_it_was_seen_in() -> None:
    finding = a_finding(scenario_run="random_stop~1")
    rule = a_rule("EOS-1", verdict=Verdict.FAIL, findings=(finding,))
    assert "run random_stop~1" in cards_of(a_manifest(), a_judgement(rule))[0].where
