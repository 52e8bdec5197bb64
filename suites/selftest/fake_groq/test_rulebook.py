from typing import Any

import pytest

from fake_groq.behaviour import DEFAULT_BEHAVIOUR
from fake_groq.identity import identities
from fake_groq.rulebook import Rulebook
from fake_groq.setting import SettingError
from suites.selftest.fake_groq.staging import text_of


def a_rulebook(*rules: dict[str, Any], **default: object) -> Rulebook:
    rulebook = Rulebook(DEFAULT_BEHAVIOUR)
    rulebook.update({"rules": list(rules), "default": default})
    return rulebook


def rule(match: dict[str, Any], **behaviour: object) -> dict[str, Any]:
    return {"match": match, "behaviour": behaviour}


def lead_of(rulebook: Rulebook, text: str) -> float:
    return rulebook.behaviour(text, identities(text)).lead_ms


def test_message_wins_over_session_over_text_over_default() -> None:
    rulebook = a_rulebook(
        rule({"session": 3, "message": 2}, lead_ms=4),
        rule({"session": 3}, lead_ms=3),
        rule({"text": "hello"}, lead_ms=2),
        lead_ms=1,
    )
    assert lead_of(rulebook, "something") == 1
    assert lead_of(rulebook, "say hello") == 2
    assert lead_of(rulebook, text_of(3, 1) + " hello") == 3
    assert lead_of(rulebook, text_of(3, 2) + " hello") == 4


def test_what_a_rule_does_not_say_comes_from_the_weaker_ones() -> None:
    rulebook = a_rulebook(
        rule({"session": 3, "message": 2}, lead_ms=4), rule({"session": 3}, jitter_ms=3), pace="max"
    )
    behaviour = rulebook.behaviour(text_of(3, 2), identities(text_of(3, 2)))
    assert (behaviour.pace, behaviour.jitter_ms, behaviour.lead_ms) == ("max", 3, 4)


def test_rules_are_added_and_equal_matches_replaced() -> None:
    rulebook = a_rulebook(rule({"text": "a"}, lead_ms=1), rule({"text": "ab"}, lead_ms=2))
    rulebook.update({"rules": [rule({"text": "a"}, lead_ms=3)]})
    assert len(rulebook) == 2
    assert lead_of(rulebook, "ab") == 3  # the latest rule on a text wins
    rulebook.update({"replace": True})
    assert len(rulebook) == 0
    assert lead_of(rulebook, "ab") == 0


def test_the_default_is_merged_too() -> None:
    rulebook = a_rulebook(lead_ms=1)
    rulebook.update({"default": {"jitter_ms": 2}})
    assert (rulebook.default.lead_ms, rulebook.default.jitter_ms) == (1, 2)


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ([], 'Expected {"rules"'),
        ({"rule": []}, "'rule' of the request; did you mean 'rules'?"),
        ({"rules": {}}, "'rules' is a list"),
        ({"rules": ["x"]}, 'written {"match": ..., "behaviour": ...}'),
        ({"rules": [{"match": {"session": 1}, "behavior": {}}]}, "did you mean 'behaviour'?"),
        ({"rules": [{"behaviour": {}}]}, "'match' needs"),
        ({"rules": [rule({})]}, "'match' needs"),
        ({"rules": [rule({"sesion": 1})]}, "did you mean 'session'?"),
        ({"rules": [rule({"session": "1"})]}, "'session' of a match cannot be '1'"),
        ({"rules": [rule({"session": 1, "text": "x"})]}, "either a session or a text"),
        ({"rules": [rule({"message": 1})]}, "either a session or a text"),
        ({"rules": [rule({"text": "x", "message": 1})]}, "needs its session"),
        ({"rules": [rule({"session": 1}, pece=1)]}, "did you mean 'pace'?"),
        ({"default": {"pece": 1}}, "did you mean 'pace'?"),
    ],
)
def test_a_wrong_request_changes_nothing_and_says_why(body: object, said: str) -> None:
    rulebook = a_rulebook(rule({"text": "a"}, lead_ms=1))
    with pytest.raises(SettingError) as caught:
        rulebook.update(body)
    assert said in str(caught.value)
    assert (len(rulebook), lead_of(rulebook, "a")) == (1, 1)
