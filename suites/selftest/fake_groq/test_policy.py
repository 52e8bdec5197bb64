import pytest
from hypothesis import given
from hypothesis import strategies as st

from fake_groq.policy import Policy, read_policy
from fake_groq.setting import SettingError

ALEF = "\u0627"
FAMILY = "\U0001f468\u200d\U0001f469"  # man, joiner, woman


@pytest.mark.parametrize(
    ("unit", "text", "length"),
    [
        ("codepoints", ALEF * 100, 100),
        ("utf8", ALEF * 100, 200),
        ("utf16", ALEF * 100, 100),
        ("codepoints", FAMILY, 3),
        ("utf16", FAMILY, 5),
        ("utf8", FAMILY, 11),
    ],
)
def test_a_length_counts_in_its_unit(unit: str, text: str, length: int) -> None:
    assert read_policy({"length_unit": unit}, Policy()).length(text) == length


@given(st.text(max_size=400), st.sampled_from(["codepoints", "utf16", "utf8"]))
def test_a_shortened_text_is_as_long_as_it_may_be(text: str, unit: str) -> None:
    policy = read_policy({"length_unit": unit, "length_max": 50}, Policy())
    short = policy.shortened(text)
    assert text.startswith(short)
    assert policy.length(short) <= 50
    if short != text:
        assert policy.length(text[: len(short) + 1]) > 50


@pytest.mark.parametrize(
    ("partial", "said"),
    [
        ({"over_lenght": "accept"}, "did you mean 'over_length'?"),
        ({"tier": "paid"}, '"free", "developer", "unlimited"'),
        ({"voices": "2024-01"}, '"2026-04", "2025-12"'),
        ({"length_max": 0}, "from 1 to 10000, not 0"),
        ({"length_max": True}, "not True"),
        ({"requires_key": "yes"}, "true or false"),
        ({"terms_required": "all"}, "is a list"),
        ({"terms_required": ["whisper"]}, "canopylabs/orpheus-v1-english"),
        ([], "A policy is a JSON object"),
    ],
)
def test_what_is_wrong_is_named(partial: object, said: str) -> None:
    with pytest.raises(SettingError) as caught:
        read_policy(partial, Policy())
    assert said in str(caught.value)


def test_the_keys_that_are_not_named_stay() -> None:
    strict = read_policy({"unknown_fields": "refuse"}, Policy())
    assert read_policy({"tier": "free"}, strict).unknown_fields == "refuse"
