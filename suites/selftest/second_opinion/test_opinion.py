"""What the second opinion says of short stories: right ones, and each kind of breach."""

from suites.selftest.harness.judged import manifest, told
from suites.selftest.harness.story import FRAME, Story, key
from suites.selftest.second_opinion.opinion import opinions
from suites.selftest.second_opinion.words import Doubt


def said(story: Story, **behaviour: object) -> set[tuple[str, int]]:
    """Return the rules and messages with a certain breach."""
    found = opinions(manifest(behaviour=behaviour), told(story))
    return {(one.rule, one.message) for one in found if one.doubt is Doubt.NONE}


def left_open(story: Story, **behaviour: object) -> set[str]:
    found = opinions(manifest(behaviour=behaviour), told(story))
    return {one.rule for one in found if one.doubt is Doubt.SOME}


def test_of_right_stories_nothing_is_said() -> None:
    story = Story().voiced(0).voiced(500, message=2).stopped(1000, 1300, 3).later(9000)
    assert opinions(manifest(), told(story)) == []


def test_two_end_signals_are_a_breach() -> None:
    assert said(Story().voiced(0).end(900)) == {("EOS-1", 1)}


def test_a_missing_end_signal_is_a_breach_once_it_was_due() -> None:
    story = Story().begun(0, 300).stop(300).let_go(302)
    assert said(story.leave(3000)) == {("EOS-1", 1)}


def test_a_missing_end_signal_is_left_open_while_it_may_still_come() -> None:
    story = Story().begun(0, 300).stop(300).let_go(302).leave(1000)
    assert said(story) == set()
    assert left_open(story) == {"EOS-1"}


def test_who_leaves_at_once_is_owed_nothing() -> None:
    assert opinions(manifest(), told(Story().begun(0, 300).stop(300).leave(310))) == []


def test_a_sut_that_hangs_up_owes_the_end_signal() -> None:
    assert said(Story().begun(0, 300).lost(300)) == {("EOS-1", 1)}


def test_a_message_that_a_queue_forgot_owes_its_end_signal() -> None:
    story = Story().voiced(0).speak(100, 2).leave(9000)
    assert said(story, on_new_message="queue") == {("EOS-1", 2)}


def test_a_queued_message_that_stop_cleared_owes_none() -> None:
    story = Story().stopped(0, 300).speak(280, 2).leave(9000)
    assert said(story, on_new_message="queue", on_stop="all") == set()


def test_audio_long_after_stop_is_a_breach() -> None:
    story = Story().begun(0, 300).stop(300).heard(500, first_frame=3).end(600)
    assert ("STOP-1", 1) in said(story)


def test_much_audio_after_stop_is_a_breach() -> None:
    story = Story().begun(0, 300).stop(300).heard(310, 3, first_frame=3, every_ms=1).end(320)
    assert ("STOP-1", 1) in said(story)


def test_a_lag_of_ours_leaves_a_late_frame_open() -> None:
    story = Story().begun(0, 300).stop(300).heard(500, first_frame=3).end(600).lag(510, 300)
    assert left_open(story) == {"STOP-1"}


def test_audio_after_the_end_signal_is_none_of_stop_1() -> None:
    story = Story().stopped(0, 300).heard(600, first_frame=3).later(9000)
    assert said(story) == {("MSG-1", 1)}


def test_audio_after_the_next_start_is_a_breach() -> None:
    story = Story().begun(0, 300).speak(300, 2).start(303, 2).heard(310, first_frame=3)
    assert ("MSG-1", 1) in said(story.end(311).end(312, 2))


def test_audio_of_another_session_is_none_of_msg_1() -> None:
    story = Story(sessions=(1, 2)).voiced(0).audio(150, (key(session=2), 0, 1920))
    assert said(story) == set()


def test_foreign_audio_outside_any_message_is_a_breach() -> None:
    assert ("MSG-1", 0) in said(Story().audio(0, message=None, foreign=100).voiced(100))


def test_lost_doubled_and_split_samples_are_breaches() -> None:
    for frames in ((0, 2), (0, 0), (0, 2, 1), (1, 2)):
        story = Story().begun(0, 0)
        for place, frame in enumerate(frames):
            story.heard(200 + place, first_frame=frame)
        assert ("AUD-1", 1) in said(story.end(500)), frames
    story = Story().begun(0, 101).audio(200, (key(), FRAME, 10), odd=1)
    assert ("AUD-1", 1) in said(story.end(500), extra_audio="allowed")


def test_zeros_belong_to_a_stream_when_their_number_fits() -> None:
    def paused(zeros: int) -> Story:
        story = Story().begun(0, 101).audio(200, zeros=zeros)
        return story.audio(201, (key(), FRAME + 480, FRAME)).end(500)

    assert said(paused(480)) == set()
    assert said(paused(479)) == {("AUD-1", 1)}
    assert said(paused(960)) == {("AUD-1", 1)}
    assert said(paused(960), silence="insert") == set()


def test_zeros_in_the_frame_of_a_run_lie_before_it_or_behind_it() -> None:
    story = Story().begun(0, 101).audio(200, (key(), FRAME, FRAME), zeros=480)
    assert said(story.audio(201, (key(), 2 * FRAME + 480, FRAME)).end(500)) == set()


def test_a_sentence_that_was_lost_before_another_is_a_breach() -> None:
    story = Story().speak(0, sentences=2).start(3)
    story.opened(5, exchange=1, frames=1).sent(100, exchange=1).ended(181, 1)
    story.opened(185, exchange=2, sentences=(1,)).sent(280, exchange=2, sentence=1)
    story.audio(281, (key(sentence=1), 0, FRAME)).stop(300).end(303, reason="stopped")
    assert said(story, segments="sequential") == {("AUD-1", 1)}


def test_a_restart_begins_again_and_a_resume_goes_on() -> None:
    def again(first: int) -> Story:
        return Story().begun(0, 101).audio(200, (key(count=1), first, FRAME)).end(500)

    assert said(again(0), on_upstream_failure="restart") == set()
    assert said(again(FRAME), on_upstream_failure="resume") == set()
    assert said(again(0), on_upstream_failure="error") == {("AUD-1", 1)}


def test_a_missing_tail_is_none_of_aud_1() -> None:
    assert said(Story().begun(0, 300, frames=3).ended(310).end(320)) == set()
