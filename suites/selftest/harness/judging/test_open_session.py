"""What is heard of a message is counted, since a session's view holds no audio."""

from harness.judging.open_session import OpenSession
from harness.judging.spans import Spans
from harness.model.session_view import SessionView
from harness.model.target import Behaviour
from harness.model.views import AudioReceived, Command, MessageView, Origin
from suites.selftest.harness.story import key


def spoken(**declared: object) -> tuple[OpenSession, MessageView]:
    origin = Origin(behaviour=Behaviour(**declared))  # type: ignore[arg-type]
    view = SessionView(session="s1", origin=origin)
    session = OpenSession(view, 1, Spans(1, view.spans))
    session.speak("m1", Command(at_ns=1), sentences=1)
    return session, session.open["m1"]


def test_audible_samples_are_those_with_the_messages_mark() -> None:
    session, message = spoken()
    for at_ns, place in ((10, 0), (20, 100)):
        run = (key(), place, 100)
        session.hear(AudioReceived(at_ns=at_ns, label="m1", bytes=240, runs=(run,), zeros=20))
    assert (message.first_heard_ns, message.heard_samples, message.received_bytes) == (10, 200, 480)


def test_zeros_and_the_samples_of_another_message_are_not_heard() -> None:
    session, message = spoken()
    session.hear(AudioReceived(at_ns=10, label="m1", bytes=40, zeros=20))
    session.hear(AudioReceived(at_ns=20, label="m1", bytes=40, runs=((key(2), 0, 20),)))
    assert (message.first_heard_ns, message.heard_samples, message.received_bytes) == (None, 0, 80)


def test_samples_under_a_wrong_name_are_heard_but_not_received() -> None:
    session, message = spoken()
    session.hear(AudioReceived(at_ns=10, label="m7", bytes=40, runs=((key(), 0, 20),)))
    assert (message.heard_samples, message.received_bytes) == (20, 0)


def test_without_marks_the_name_decides() -> None:
    session, message = spoken(fidelity="none")
    session.hear(AudioReceived(at_ns=10, label="m1", bytes=40, zeros=5, foreign=15))
    assert (message.first_heard_ns, message.heard_samples) == (10, 15)
