from harness.judging.rivals import Rivals
from harness.model.session_view import SessionView


def session(name: str, *, user: str | None = "u", connected_ns: int | None = 1) -> SessionView:
    return SessionView(session=name, user=user, connected_ns=connected_ns)


def test_a_second_client_of_a_user_comes_upon_the_first() -> None:
    rivals, first, second = Rivals(), session("s1"), session("s2", connected_ns=None)
    assert rivals.connecting(first) is None
    assert rivals.connecting(second) == "s1"
    rivals.connected("s2", 50)
    assert (first.rival, first.rival_ns, first.rival_over_ns) == ("s2", 50, None)


def test_one_that_is_refused_is_over() -> None:
    rivals, first = Rivals(), session("s1")
    rivals.connecting(first)
    rivals.connecting(session("s2"))
    assert rivals.over("s2", 60)
    assert (first.rival_ns, first.rival_over_ns) == (None, 60)


def test_only_the_first_end_of_a_rival_counts() -> None:
    rivals, first = Rivals(), session("s1")
    rivals.connecting(first)
    rivals.connecting(session("s2"))
    rivals.over("s2", 60)
    rivals.over("s2", 90)
    assert first.rival_over_ns == 60


def test_nobody_meets_a_client_that_has_left_or_another_user() -> None:
    rivals, first = Rivals(), session("s1")
    rivals.connecting(first)
    first.left_ns = 10
    assert rivals.connecting(session("s2")) is None
    assert rivals.connecting(session("s3", user="v")) is None
    assert rivals.connecting(session("s4", user=None)) is None
    assert not rivals.over("s3", 5)


def test_a_session_that_was_judged_is_forgotten() -> None:
    rivals, first = Rivals(), session("s1")
    rivals.connecting(first)
    rivals.forget(first)
    assert rivals.connecting(session("s2")) is None
