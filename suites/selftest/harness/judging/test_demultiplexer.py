"""From one stream of events to views."""

import gc
import tracemalloc
from dataclasses import dataclass, field

import msgspec
import pytest

from harness.judging.demultiplexer import Demultiplexer
from harness.judging.environment import Environments
from harness.model.session_view import SessionView
from harness.model.target import Behaviour
from harness.model.units import ms
from harness.model.views import MessageView, Phase, Signal
from suites.selftest.harness.story import BEGIN_MS, FRAME, Story, key


@dataclass
class Views:
    """What came out, in this order; ``heard`` are the frames of each message when it was judged."""

    messages: list[MessageView] = field(default_factory=list)
    sessions: list[SessionView] = field(default_factory=list)
    heard: list[int] = field(default_factory=list)
    late: list[tuple[str, str]] = field(default_factory=list)
    demultiplexer: Demultiplexer | None = None

    def take(self, message: MessageView) -> None:
        self.messages.append(message)
        self.heard.append(len(message.audio))

    def take_late(self, message: MessageView, signal: Signal) -> None:
        self.late.append((message.message, signal.kind))

    @property
    def message(self) -> MessageView:
        (one,) = self.messages
        return one


def seen(*stories: Story, finish: bool = True, cut: bool = False, **declared: object) -> Views:
    views = Views()
    environments = Environments(cpu_count=2)
    behaviour = msgspec.convert({"completion_idle_ms": 1000, **declared}, Behaviour)
    demultiplexer = Demultiplexer(
        behaviour=behaviour,
        has_upstream=True,
        environments=environments,
        on_message=views.take,
        on_session=views.sessions.append,
        on_late_signal=views.take_late,
    )
    for story in stories:
        for event in story.events():
            if event.kind in environments.handlers:
                environments.handlers[event.kind](event)
            demultiplexer.feed(event)
    if finish:
        demultiplexer.finish(is_cut=cut)
    views.demultiplexer = demultiplexer
    return views


def at(ns: int | None) -> float:
    assert ns is not None
    return ms(ns) - BEGIN_MS


def test_a_message_knows_what_its_client_and_its_upstream_saw() -> None:
    views = seen(Story().voiced(0).leave(1000))
    message = views.message
    assert (message.session, message.message) == ("s1", "m1")
    assert [at(signal.at_ns) for signal in message.starts + message.ends] == [3, 360]
    assert views.heard == [3]
    (stream,) = message.streams
    assert (stream.exchange, stream.key, stream.sent_samples) == (1, key(), 3 * FRAME)
    assert [at(ns) for ns in (stream.opened_ns, stream.ended_ns, stream.socket_closed_ns)] == [
        5,
        350,
        362,
    ]


def test_a_message_is_closed_when_quiet_and_idle_time_are_over_and_not_before() -> None:
    story = Story().voiced(0)
    assert seen(story.later(3359), finish=False).messages == []
    views = seen(story.later(3360), finish=False)
    assert len(views.messages) == 1
    assert views.message.audio == []  # its frames are let go of once it is judged


def test_a_longer_quiet_time_is_listened_for() -> None:
    story = Story().voiced(0).later(4000)
    assert seen(story, finish=False, quiet_ms=5000).messages == []


def test_a_message_waits_for_its_upstream_but_not_for_ever() -> None:
    story = Story().begun(0, 300).stop(300).end(303)
    assert seen(story.later(12_000), finish=False).messages == []
    assert len(seen(story.later(12_600), finish=False).messages) == 1


def test_a_pooled_socket_is_not_waited_for() -> None:
    story = Story().begun(0, 300).stop(300).end(303).released(305).later(3400)
    assert seen(story, finish=False).messages == []
    assert len(seen(story, finish=False, upstream_socket="pooled").messages) == 1


def test_a_session_is_closed_after_its_last_message() -> None:
    story = Story().voiced(0).voiced(400, message=2).leave(1500).later(5000)
    views = seen(story, finish=False)
    (session,) = views.sessions
    assert [message.message for message in session.messages] == ["m1", "m2"]
    assert (session.peers, session.origin.scenario) == (1, "happy_path")


def test_a_lane_that_closes_closes_its_sessions_and_no_others() -> None:
    one = Story(lane="one").voiced(0).leave(800).lane_closing(1000)
    other = Story(lane="other", sessions=(2,)).speak(0, session=2).later(1500)
    views = seen(one, other, finish=False)
    assert [session.session for session in views.sessions] == ["s1"]
    assert views.messages[0].is_cut is False


@pytest.mark.parametrize("cut", [True, False])
def test_what_is_open_when_the_record_ends_is_cut_if_the_run_was(cut: bool) -> None:
    assert seen(Story().begun(0, 300), cut=cut).message.is_cut is cut


def test_a_session_that_ends_without_leaving_is_cut() -> None:
    story = Story().begun(0, 300).event(400, "client", "session_over", session=1)
    assert seen(story).message.is_cut is True
    assert seen(Story().begun(0, 300).leave(300)).message.is_cut is False
    assert seen(Story().begun(0, 300).lost(300)).message.is_cut is False


def test_a_client_that_was_let_go_is_judged_when_a_lost_vantage_would_have_been_noticed() -> None:
    story = Story().begun(0, 300).lost(400)
    assert seen(story.later(900), finish=False).messages == []
    views = seen(story.later(901), finish=False)
    assert at(views.message.seen_until_ns) == 401
    assert len(views.sessions) == 1


def test_a_session_without_open_messages_waits_as_long() -> None:
    story = Story().voiced(0).later(3400).leave(3500)
    views = seen(story.later(4000), finish=False)
    assert (len(views.messages), views.sessions) == (1, [])
    assert len(seen(story.later(4005), finish=False).sessions) == 1


def test_a_lane_that_closes_meanwhile_does_not_hurry_it() -> None:
    story = Story().begun(0, 300).lost(400).lane_closing(500).later(900)
    assert seen(story, finish=False).messages == []
    assert seen(story, cut=True).message.is_cut is True


def test_a_signal_of_a_message_that_was_judged_is_told_and_kept() -> None:
    story = Story().voiced(0).later(3400).start(3500).error(3600).end(3700).end(3800, 9)
    views = seen(story.leave(4000))
    assert views.late == [("m1", "start"), ("m1", "error"), ("m1", "end")]
    message = views.message
    assert [len(kind) for kind in (message.starts, message.errors, message.ends)] == [2, 1, 2]


@pytest.mark.parametrize(
    ("story", "phase"),
    [
        (Story().speak(0).start(3).stop(50), Phase.REQUESTED),
        (Story().speak(0).start(3).audio(40, zeros=FRAME).stop(50), Phase.REQUESTED),
        (Story().speak(0).start(3).audio(40, (key(9), 0, FRAME)).stop(50), Phase.REQUESTED),
        (Story().begun(0, 300).stop(300), Phase.STREAMING),
        (Story().begun(0, 300).ended(290).stop(300), Phase.DRAINING),
        (Story().speak(0).start(3).opened(5).ended(40).stop(50), Phase.REQUESTED),
    ],
)
def test_the_phase_of_a_command_is_the_phase_of_what_it_met(story: Story, phase: Phase) -> None:
    stop = seen(story).message.stop
    assert stop is not None
    assert stop.phase is phase


def test_a_message_drains_only_when_all_its_sentences_were_spoken() -> None:
    story = Story().speak(0, sentences=2).heard(20, 1).opened(5, sentences=(0,)).ended(30)
    first = seen(story.stop(50)).message.stop
    story = Story().speak(0, sentences=2).heard(20, 1).opened(5, sentences=(0, 1)).ended(30)
    whole = seen(story.stop(50)).message.stop
    assert first is not None
    assert whole is not None
    assert (first.phase, whole.phase) == (Phase.STREAMING, Phase.DRAINING)


def test_a_stop_without_an_open_message_is_idle() -> None:
    views = seen(Story().voiced(0).stop(600).leave(1300))
    assert views.message.stop is None
    (idle,) = views.sessions[0].idle_stops
    assert (at(idle.at_ns), at(idle.effective_ns), idle.phase) == (600, 602, Phase.IDLE)


def test_a_stop_meets_the_message_that_superseded_the_other() -> None:
    views = seen(Story().speak(0).speak(20, 2).stop(40))
    first, second = views.messages
    assert (first.stop, second.superseded) == (None, None)
    assert first.superseded is second.speak
    assert second.stop is not None


def test_a_stop_and_the_speak_behind_it_both_met_the_message() -> None:
    first, _ = seen(Story().begun(0, 300).stop(300).speak(301, 2)).messages
    assert first.stop is not None
    assert first.superseded is not None
    assert first.ending == "stopped"


def test_where_messages_wait_a_stop_meets_the_oldest_and_may_meet_the_next() -> None:
    story = Story().speak(0).speak(20, 2).stop(40)
    for policy in ("queue", "reject"):
        first, second = seen(story, on_new_message=policy).messages
        assert first.superseded is None
        assert first.stop is second.crossed_by is not None
        assert second.stop is None
    first, second = seen(story, on_new_message="queue", on_stop="all").messages
    assert first.stop is second.stop is not None


def test_a_rejected_speak_has_superseded_nobody_and_is_stopped_by_nobody() -> None:
    story = Story().begun(0, 300).speak(300, 2).error(303, 2).stop(320)
    first, second = seen(story).messages
    assert second.is_rejected
    assert (first.superseded, second.stop) == (None, None)
    assert first.stop is not None


def test_an_error_of_an_accepted_message_leaves_the_supersede_in_place() -> None:
    story = Story().begun(0, 300).speak(300, 2).start(302, 2).error(303, 2)
    first, second = seen(story).messages
    assert first.superseded is second.speak


def test_the_same_speak_twice_makes_one_message() -> None:
    story = Story().voiced(0).speak(400).error(403, code="duplicate_message_id").leave(1000)
    message = seen(story).message
    assert (len(message.ends), message.errors, message.superseded) == (1, [], None)


def test_a_message_that_ended_is_superseded_by_nobody() -> None:
    first, _ = seen(Story().voiced(0).voiced(400, message=2)).messages
    assert first.superseded is None


def test_a_client_that_leaves_in_the_quiet_time_leaves_after_the_end() -> None:
    message = seen(Story().voiced(0).leave(400)).message
    assert at(message.left_ns) == 400
    assert message.client_left is False
    assert at(message.watched_until_ns) == 400


def test_late_fences_are_counted() -> None:
    story = Story().voiced(0, message=1).stop(600, pong_after_ms=400).leave(1400)
    demultiplexer = seen(story).demultiplexer
    assert demultiplexer is not None
    assert (demultiplexer.fences, demultiplexer.late_fences) == (2, 1)


def test_audio_is_a_span_until_a_signal_or_another_origin_comes_between() -> None:
    story = Story().speak(0).start(3).heard(101, 3).audio(350, (key(1, session=9), 0, 100))
    story.audio(351, (key(), 3 * FRAME, 100)).end(360).heard(370, 1, first_frame=4).leave(900)
    (session,) = seen(story).sessions
    told = [(s.session, s.message, s.samples, s.open_messages) for s in session.spans]
    assert told == [
        (1, 1, 3 * FRAME, ("m1",)),
        (9, 1, 100, ("m1",)),
        (1, 1, 100, ("m1",)),
        (1, 1, FRAME, ()),
    ]
    assert [span.started for span in session.spans] == ["m1"] * 4


def test_a_frame_belongs_to_its_label_and_to_each_message_that_its_marks_name() -> None:
    story = Story().speak(0).start(3).speak(10, 2).start(12, 2)
    story.audio(20, (key(1), 0, 10), (key(2), 0, 10), (key(1), 10, 5), message=2)
    first, second = seen(story).messages
    assert len(first.audio) == len(second.audio) == 0  # judged, so let go of
    assert seen(story).heard == [1, 1]


def test_signals_of_messages_that_are_not_open_are_kept_for_the_session() -> None:
    story = Story().voiced(0).start(400, 9).end(401, 9).stray(402, "end of s2-m1").leave(1000)
    (session,) = seen(story).sessions
    told = [(name, signal.kind) for name, signal in session.stray_signals]
    assert told == [("m9", "start"), ("m9", "end"), ("", "stray")]


def test_a_stream_that_opens_after_its_message_was_judged_is_still_its_own() -> None:
    story = Story().voiced(0).voiced(4000, message=2).opened(4010, 1, exchange=7).leave(6000)
    first, _ = seen(story).messages
    assert [stream.exchange for stream in first.streams] == [1, 7]


def test_a_stream_of_nobody_is_counted_only() -> None:
    story = Story().voiced(0)
    story.event(20, "upstream", "stream_opened", {"exchange": 50, "socket": 50})
    demultiplexer = seen(story).demultiplexer
    assert demultiplexer is not None
    assert demultiplexer.ledger.streams_without_identity == 1


def test_kinds_that_nobody_knows_only_move_the_time() -> None:
    story = Story().voiced(0)
    for source in ("client", "upstream", "moon"):
        story.event(200, source, "moonrise", {"is_full": True}, session=1, message=1)
    assert len(seen(story).messages) == 1


def test_what_has_been_judged_is_let_go_of() -> None:
    def held_bytes(sessions: int) -> int:
        views, environments = Views(), Environments(cpu_count=2)
        demultiplexer = Demultiplexer(
            behaviour=Behaviour(),
            has_upstream=True,
            environments=environments,
            on_message=lambda _: None,
            on_session=lambda _: None,
            on_late_signal=views.take_late,
        )
        tracemalloc.start()
        for number in range(1, sessions + 1):
            begin_ms = number * 20_000
            story = Story(sessions=(number,)).voiced(begin_ms, session=number)
            story.leave(begin_ms + 1000, session=number)
            for event in story.later(begin_ms + 15_000).events():
                demultiplexer.feed(event)
        gc.collect()
        held, _ = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        return held

    few, many = held_bytes(20), held_bytes(220)
    assert (many - few) / 200 < 900
