import pytest

from fake_groq.presets.plain import Plain
from suites.selftest.fake_groq.presets.talk import Closed, answers, kinds, opened, texts


def test_a_request_is_spoken_and_its_end_left_to_the_behaviour() -> None:
    (speech,) = answers(opened(Plain), {"input": "One.", "model": "x", "voice": 5})
    assert texts([speech]) == ["One."]
    assert getattr(speech, "ending", "") is None


@pytest.mark.parametrize("message", ["{", "[]", {}, {"input": ""}, {"input": "x" * 10_001}])
def test_errors_are_groqs_and_close(message: dict[str, object] | str) -> None:
    assert kinds(answers(opened(Plain), message)) == ["error", "close 1008"]


def test_bytes_close() -> None:
    assert answers(opened(Plain), b"{}") == [Closed(1008)]
