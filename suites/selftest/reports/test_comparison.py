"""Two runs side by side: rates over sessions, and what counts as a symptom."""

import pytest

from reports.comparison import symptom_of
from suites.selftest.reports.comparison_staging import a_comparison, a_side
from suites.selftest.reports.staging import a_finding


def test_a_rate_is_over_sessions_with_its_interval() -> None:
    silent = a_side("before", silent=120).symptoms[0]
    assert silent.rules == ("MSG-2",)
    assert (silent.sessions, silent.sessions_total, silent.rate) == (120, 400, 0.3)
    assert silent.low is not None
    assert silent.high is not None
    assert silent.low < 0.3 < silent.high
    assert silent.counts == "120 of 400 sessions"
    assert silent.share == "30 % (95 %: 26 % to 35 %)"


def test_none_in_four_hundred_shows_only_that_it_is_rare() -> None:
    silent = a_side("reference").symptoms[0]
    assert (silent.sessions, silent.rate, silent.low) == (0, 0.0, 0.0)
    assert silent.share == "0 % (95 %: 0 % to 0.95 %)"


def test_a_symptom_names_only_rules_that_were_judged() -> None:
    assert [rate.rules for rate in a_side("before").symptoms][2:4] == [("EOS-1",), ()]


def test_every_symptom_has_a_row_with_both_sides() -> None:
    rows = a_comparison().rows
    assert [words for words, _, _ in rows] == [
        "second message silent",
        "audio stream never completes",
        "stuck in 'speaking'",
        "STOP unreliable",
        "connections accumulate",
    ]
    assert next((one.sessions, other.sessions) for _, one, other in rows) == (120, 0)


def test_only_rules_that_failed_are_named_with_all_of_their_breaches() -> None:
    one, other = a_comparison().sides
    assert [(rule.id, rule.breaches) for rule in one.failed] == [("MSG-2", 123)]
    assert other.failed == ()
    assert [(name, *both) for name, _, *both in a_comparison().failed] == [("MSG-2", 123, 0)]


def test_connections_are_summed_up_by_their_most_and_their_last() -> None:
    side = a_side("before", most=800)
    assert (side.connections_most, side.connections_last, side.lasted_s) == (800, 800, 60.0)


@pytest.mark.parametrize(
    ("rule", "sentence", "category", "symptom"),
    [
        ("MSG-2", "was silent", "after the first", "second message silent"),
        ("MSG-2", "was silent", "first", None),
        ("EOS-1", "got no end signal", "", "stuck in 'speaking'"),
        ("EOS-1", "got 2 end signals, 3 ms apart", "", None),
        ("EOS-4", "the end signal had not come 3000 ms after", "", "audio stream never completes"),
        ("EOS-4", "the end signal of m1 came 1200 ms after", "", None),
        ("OWN-3", "was still held 9000 ms after", "", "connections accumulate"),
        ("OWN-3", "the socket was let go 1200 ms after", "", None),
        ("STOP-2", "was left to speak to its end", "", "STOP unreliable"),
        ("AUD-1", "samples were lost", "", None),
    ],
)
def test_a_breach_is_a_symptom_only_if_a_user_would_call_it_that(
    rule: str, sentence: str, category: str, symptom: str | None
) -> None:
    assert symptom_of(rule, a_finding(sentence=sentence, category=category)) == symptom
