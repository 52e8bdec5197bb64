"""Calls of the cleanup hook are told apart by what they belong to and what they came upon."""

from harness.model.session_view import SessionView
from harness.model.views import CleanupCall, Command, MessageView, Phase, Signal


def call(at_ns: int, number: int = 1, **facts: object) -> CleanupCall:
    made = CleanupCall(at_ns=at_ns, call=number, times=3, message="m1", phase=Phase.ENDED)
    for name, value in facts.items():
        setattr(made, name, value)
    return made


def session(*calls: CleanupCall, errors: list[Signal] | None = None) -> SessionView:
    speak = Command(at_ns=1)
    message = MessageView(session="s1", message="m1", speak=speak, errors=errors or [])
    return SessionView(session="s1", messages=[message], cleanups=list(calls))


def test_a_first_call_begins_a_batch() -> None:
    view = session(call(10), call(20, 2, answered_ns=25), call(50), call(60, 2))
    first, second = view.cleanup_batches
    assert [one.at_ns for one in first.calls] == [10, 20]
    assert (first.first_ns, first.done_ns) == (10, 25)
    assert (second.first_ns, second.done_ns) == (50, 60)
    assert first.met is view.messages[0]


def test_a_session_without_calls_has_no_batch() -> None:
    assert session().cleanup_batches == []


def test_the_category_is_what_the_first_call_came_upon() -> None:
    failed = [Signal(at_ns=5, kind="error")]
    assert session(call(10)).cleanup_batches[0].category == "ended"
    assert session(call(10), errors=failed).cleanup_batches[0].category == "after an error"
    at_once = session(call(10, at_once=True), errors=failed)
    assert at_once.cleanup_batches[0].category == "at once"
    early = session(call(10, phase=Phase.REQUESTED), errors=failed).cleanup_batches[0]
    assert (early.category, early.has_met_open) == ("requested", True)


def test_a_batch_before_the_first_message_met_none() -> None:
    batch = session(call(10, message=None, phase=Phase.IDLE)).cleanup_batches[0]
    assert (batch.met, batch.category, batch.has_met_open) == (None, "idle", False)


def test_all_stops_of_a_session_are_known() -> None:
    view = session()
    view.messages[0].stop = Command(at_ns=30)
    view.idle_stops.append(Command(at_ns=40))
    assert view.stops_ns == [30, 40]
