from harness.judging.demultiplexer import Demultiplexer
from harness.judging.environment import Environments
from harness.model.session_view import SessionView
from harness.model.target import Behaviour
from harness.model.views import MessageView, Phase
from suites.selftest.harness.wide_story import WideStory


def session_of(story: WideStory) -> SessionView:
    sessions: list[SessionView] = []
    messages: list[MessageView] = []
    demultiplexer = Demultiplexer(
        behaviour=Behaviour(completion_idle_ms=1000),
        has_upstream=True,
        environments=Environments(cpu_count=2),
        on_message=messages.append,
        on_session=sessions.append,
        on_late_signal=lambda _message, _signal: None,
    )
    for event in story.later(20_000).events():
        demultiplexer.feed(event)
    demultiplexer.finish(is_cut=False)
    return sessions[0]


def test_a_cleanup_meets_the_open_message_in_its_phase() -> None:
    story = WideStory().begun(0, 300).cleanup(310)
    view = session_of(story.let_go(312).end(313, reason="cleanup").leave(900))
    assert [call.phase for call in view.cleanups] == [Phase.STREAMING, Phase.ENDED, Phase.ENDED]
    assert [call.message for call in view.cleanups] == ["m1", "m1", "m1"]
    assert [call.status for call in view.cleanups] == [200, 200, 200]
    (message,) = view.messages
    assert message.cleaned is view.cleanups[0]
    assert message.was_interrupted
    assert message.ending == "cleaned up"


def test_a_cleanup_before_any_message_meets_none() -> None:
    view = session_of(WideStory().cleanup(10, times=1, answer_after_ms=None).leave(900))
    (call,) = view.cleanups
    assert (call.message, call.phase, call.answered_ns) == (None, Phase.IDLE, None)


def test_the_first_error_behind_forbidden_input_is_its_answer() -> None:
    story = WideStory().invalid(10).error(14, None, code="no").error(30, None, code="later")
    (sent,) = session_of(story.leave(900)).invalids
    assert sent.answer is not None
    assert sent.answer.detail == "no"
    assert sent.command.effective_ns > sent.command.at_ns


def test_a_broken_frame_gives_up_what_is_open() -> None:
    story = WideStory().begun(0, 300).invalid(310, "reserved_bit_1", fatal=True)
    view = session_of(story.let_go(312).end(313, reason="cleanup").lost(314, how="close 1002"))
    assert view.messages[0].voided_ns is not None
    assert view.lost_how == "close 1002"


def test_a_rival_gives_up_what_is_open_and_is_known_to_the_first() -> None:
    story = WideStory(sessions=(1, 2), absent=(1, 2)).joins(0, session=1, user="u")
    story.begun(20, 300).joins(400, session=2, user="u")
    view = session_of(story.let_go(404).end(405, reason="cleanup").lost(408, how="close 4001"))
    assert view.rival == "s2"
    assert view.messages[0].voided_ns is not None


def test_a_log_line_is_kept_with_its_message() -> None:
    view = session_of(WideStory().voiced(0).logged(700, 1).logged(701, None).leave(1200))
    assert [line.message for line in view.logged] == ["m1", None]


def test_a_start_signal_says_what_the_audio_is() -> None:
    story = WideStory().voiced(0)
    assert session_of(story.leave(1200)).messages[0].starts[0].detail == ""
