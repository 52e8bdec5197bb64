from fake_groq.attempts import CALLS_KEPT, Attempt, Attempts


def test_the_same_body_with_a_rising_count_is_one_call() -> None:
    attempts = Attempts()
    first, second, third = (attempts.of(b"x", str(n)) for n in range(3))
    assert (first, second, third) == tuple(Attempt(call=1, attempt=n) for n in range(3))


def test_the_same_body_without_a_rising_count_is_another_call() -> None:
    attempts = Attempts()
    calls = [attempts.of(b"x", count).call for count in ("0", "0", None, "2")]
    assert calls == [1, 2, 3, 4]


def test_tries_of_different_calls_may_be_mixed() -> None:
    attempts = Attempts()
    order = [(b"x", "0"), (b"y", "0"), (b"x", "1"), (b"y", "1")]
    assert [attempts.of(*each).call for each in order] == [1, 2, 1, 2]


def test_what_is_no_count_counts_as_the_first() -> None:
    attempts = Attempts()
    for written in ("-1", "one", "", "\u0661", "9" * 40):
        assert attempts.of(b"x", written).attempt == 0


def test_the_oldest_calls_are_forgotten() -> None:
    attempts = Attempts()
    for number in range(CALLS_KEPT + 10):
        attempts.of(b"%d" % number, None)
    assert len(attempts._last) == CALLS_KEPT
    assert attempts.of(b"0", "1").call == CALLS_KEPT + 11  # its first try is not known any more
