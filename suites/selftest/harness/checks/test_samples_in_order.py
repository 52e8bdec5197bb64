"""AUD-1 by stories."""

import pytest

from harness.model.events import Run
from harness.model.verdict import Verdict
from suites.selftest.harness.judged import (
    all_findings,
    exposures,
    finding,
    findings,
    unjudged,
    verdict,
)
from suites.selftest.harness.story import FRAME, Story, key
from suites.selftest.harness.wide_story import WideStory

RULE = "AUD-1"


def heard(*frames: Run | int, total: int = 30, ends: bool = True) -> Story:
    """A message whose frames are one run each; a number is a frame of so many zeros."""
    story = Story().speak(0, sentences=3).start(3).opened(5, frames=total)
    for place, frame in enumerate(frames):
        if isinstance(frame, int):
            story.audio(101 + 80 * place, zeros=frame)
        else:
            story.audio(101 + 80 * place, frame)
    return story.end(5000, reason="stopped" if not ends else "completed").leave(5600)


def run(first: int, count: int = FRAME, *, sentence: int = 0, attempt: int = 0) -> Run:
    return (key(sentence=sentence, count=attempt), first, count)


def test_each_sample_once_and_in_order_passes() -> None:
    story = Story().voiced(0).leave(1000)
    assert findings(RULE, story) == []
    assert exposures(RULE, story) == {"ended": 1}


def test_reframed_to_20_ms_and_odd_sized_frames_pass() -> None:
    assert findings(RULE, heard(*(run(480 * place, 480) for place in range(12)))) == []
    assert findings(RULE, heard(run(0, 777), run(777, 1), run(778, 1000), run(1778, 3))) == []


def test_a_sample_that_is_lost_fails() -> None:
    assert finding(RULE, heard(run(0), run(FRAME + 1))) == (
        "message m1 of s1: 1 samples (0 ms) from 1920 were lost. Allowed: 0 samples."
    )


def test_a_beginning_that_is_lost_fails() -> None:
    assert "480 samples (20 ms) from 0 were lost" in finding(RULE, heard(run(480)))


def test_samples_that_come_twice_fail() -> None:
    assert "1920 samples from 0 came twice or out of order" in finding(
        RULE, heard(run(0), run(0), run(FRAME))
    )


def test_frames_that_change_places_fail() -> None:
    story = heard(run(0), run(2 * FRAME), run(FRAME))
    assert "1920 samples (80 ms) from 1920 were lost (1 more breaches" in finding(RULE, story)


def test_a_tail_that_is_missing_is_another_rules_matter() -> None:
    assert findings(RULE, heard(run(0), total=3)) == []


def test_foreign_samples_fail_unless_they_are_declared() -> None:
    story = Story().speak(0).start(3).audio(50, foreign=22).heard(101, 3).end(300).leave(900)
    assert "22 samples (0.9 ms) of no stream" in finding(RULE, story)
    assert findings(RULE, story, behaviour={"extra_audio": "allowed"}) == []


def test_a_byte_too_many_fails() -> None:
    story = Story().speak(0).start(3).heard(101, 1).audio(181, run(FRAME, 100), odd=1)
    assert "a frame of 201 bytes splits or shifts samples by a byte" in finding(
        RULE, story.end(300).leave(900)
    )
    alone = Story().speak(0).start(3).heard(101, 1).audio(150, odd=1).heard(181, 1, first_frame=1)
    assert "a frame of 1 bytes" in finding(RULE, alone.end(300).leave(900))


def test_a_sample_cut_in_two_by_stop_shifts_nothing() -> None:
    story = Story().speak(0).start(3).heard(101, 3).stop(300).audio(303, odd=1).end(303)
    assert findings(RULE, story.leave(900)) == []
    whole = Story().speak(0).start(3).heard(101, 3).audio(303, odd=1).end(303).leave(900)
    assert "the last sample came by half" in finding(RULE, whole)


def test_a_pause_of_the_stream_is_passed_on_as_zeros() -> None:
    assert findings(RULE, heard(run(0), FRAME, run(2 * FRAME))) == []
    assert findings(RULE, heard(FRAME, run(FRAME))) == []  # the stream begins with it


def test_a_pause_that_begins_and_ends_inside_frames_passes() -> None:
    story = Story().speak(0).start(3)
    story.audio(101, run(0, 1000), zeros=920).audio(181, run(2000, 1840), zeros=80)
    story.audio(261, run(3840, 500), run(4540, 1220), zeros=200).end(400).leave(1000)
    assert findings(RULE, story) == []
    moved = Story().speak(0).start(3)
    moved.audio(101, run(0, 1000), zeros=920).audio(181, run(2080, 1760), zeros=80)
    assert "80 samples (3 ms) from 2000 were lost" in finding(RULE, moved.end(400).leave(1000))


@pytest.mark.parametrize(
    ("frames", "said"),
    [
        ((run(0), FRAME, run(FRAME)), "1920 zero samples were put in before sample 1920"),
        ((480, run(0)), "480 zero samples were put in before sample 0"),
        ((run(0), 480, run(2 * FRAME)), "1440 samples (60 ms) from 2400 were lost"),
    ],
)
def test_zeros_that_fit_nowhere_fail(frames: tuple[Run | int, ...], said: str) -> None:
    assert said in finding(RULE, heard(*frames))


def test_inserted_and_stripped_silence_pass_where_they_are_declared() -> None:
    inserted = heard(480, run(0), FRAME, run(FRAME), 2 * FRAME, run(3 * FRAME))
    assert findings(RULE, inserted, behaviour={"silence": "insert"}) == []
    stripped = heard(run(0), run(3 * FRAME)).sent(100).sent(180, first_frame=3)
    assert findings(RULE, stripped, behaviour={"silence": "strip"}) == []
    assert len(findings(RULE, stripped)) == 1
    too_much = heard(run(0), run(3 * FRAME)).sent(100).sent(180, 2, first_frame=2)
    assert len(findings(RULE, too_much, behaviour={"silence": "strip"})) == 1


def test_segments_follow_in_the_order_of_the_text() -> None:
    frames = [run(place * FRAME, sentence=k) for k in range(3) for place in range(2)]
    assert findings(RULE, heard(*frames, total=2)) == []
    swapped = [run(0, sentence=1), run(0, sentence=0)]
    assert "a segment came after a later one" in finding(RULE, heard(*swapped))


def test_a_hole_at_the_end_of_a_segment_fails_when_the_next_one_follows() -> None:
    story = heard(run(0), run(0, sentence=1), total=2)
    assert "1920 samples (80 ms) were lost before the next segment" in finding(RULE, story)


def test_silence_that_is_put_between_segments_fails_unless_it_is_declared() -> None:
    story = heard(run(0), 480, run(0, sentence=1), total=1)
    assert "480 zero samples were put in" in finding(RULE, story)
    assert findings(RULE, story, behaviour={"silence": "insert"}) == []


def test_samples_of_two_streams_must_not_alternate() -> None:
    story = heard(run(0), run(0, sentence=1), run(FRAME), run(FRAME, sentence=1), total=1)
    assert "3 more breaches" not in finding(RULE, story)
    assert "interleaved" in finding(RULE, story)


def test_a_second_attempt_begins_where_the_policy_says() -> None:
    replay = heard(run(0), run(0, attempt=1), run(FRAME, attempt=1))
    resumed = heard(run(0), run(FRAME, attempt=1))
    for policy in ("error", "retry_before_audio"):
        declared = {"on_upstream_failure": policy}
        assert "once more, on another attempt" in finding(RULE, replay, behaviour=declared)
    assert findings(RULE, replay, behaviour={"on_upstream_failure": "restart"}) == []
    assert findings(RULE, resumed, behaviour={"on_upstream_failure": "resume"}) == []
    assert len(findings(RULE, resumed, behaviour={"on_upstream_failure": "restart"})) == 1
    assert len(findings(RULE, replay, behaviour={"on_upstream_failure": "resume"})) == 1


def test_a_retry_before_the_first_audio_is_heard_from_its_start() -> None:
    story = heard(run(0, attempt=1), run(FRAME, attempt=1))
    assert findings(RULE, story) == []


def test_a_stopped_message_is_an_exact_prefix() -> None:
    story = Story().stopped(0, 300).leave(1000)
    assert all_findings(story) == {}
    assert exposures(RULE, story) == {"stopped": 1}


def test_marks_under_the_next_messages_label_belong_to_their_own_message() -> None:
    story = Story().stopped(0, 300).voiced(310, message=2)
    story.audio(420, (key(1), 3 * FRAME, FRAME), message=2).leave(1500)
    assert findings(RULE, story) == []
    assert set(all_findings(story)) == {"EOS-2", "MSG-1"}


def test_a_protocol_that_names_no_message_passes() -> None:
    story = Story().speak(0).opened(5, frames=4).sent(100, 4)
    story.audio(101, run(0), message=None).audio(181, zeros=FRAME, message=None)
    story.audio(261, run(2 * FRAME), message=None).audio(341, run(3 * FRAME), message=None)
    assert all_findings(story.ended(342).socket_closed(343).end(345).leave(1000)) == {}


def test_a_message_of_which_nothing_was_heard_is_no_exposure() -> None:
    assert exposures(RULE, Story().stopped(0, 50).leave(700)) == {}


def test_the_client_alone_can_see_it_but_not_without_marks() -> None:
    story = heard(run(480))
    assert verdict(RULE, story, vantages="C") is Verdict.FAIL
    assert verdict(RULE, story, behaviour={"fidelity": "none"}) is Verdict.NOT_OBSERVABLE


def test_a_message_that_was_cleaned_up_may_end_in_the_middle_of_a_sample() -> None:
    story = WideStory().begun(0, 300).audio(310, odd=1).cleanup(311)
    story.let_go(312).end(314, reason="cleanup").leave(1000)
    assert findings(RULE, story) == []


def test_a_repeat_that_nobody_heard_is_lost_once_a_later_segment_is_heard() -> None:
    story = Story().speak(0, sentences=2).start(3).opened(5, frames=2).sent(100).heard(101)
    story.failed(150).opened(151, exchange=2, frames=2, count=1)
    story.sent(200, exchange=2, count=1, first_frame=1).ended(281, 2)
    story.opened(285, exchange=3, sentences=(1,), frames=1).sent(300, exchange=3, sentence=1)
    lost = "sentence 0 (1920 samples, 80 ms) was never heard, though a later one was"
    resumes = {"on_upstream_failure": "resume"}
    story.audio(301, run(0, sentence=1)).ended(381, 3).end(390).leave(3000)
    assert lost in finding(RULE, story, behaviour=resumes)
    story.audio(201, run(FRAME, attempt=1))
    assert findings(RULE, story, behaviour=resumes) == []


def test_audio_of_a_format_that_we_cannot_read_is_not_judged() -> None:
    story = Story().speak(0).opened(5).sent(100, 3)
    mp3 = {"format": "mp3", "sample_rate": 24_000, "channels": 1}
    story.event(3, "client", "start_received", mp3, session=1, message=1)
    story.audio(200, foreign=400).ended(270).end(280).socket_closed(285).leave(1500)
    for rule in ("AUD-1", "EOS-3", "MSG-2"):
        assert unjudged(rule, story) == {"not_decodable": 1}, rule
