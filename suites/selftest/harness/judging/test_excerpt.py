"""The three lanes around a breach."""

from harness.judging.excerpt import LINES_MAX
from harness.model.verdict import Evidence
from suites.selftest.harness.judged import judged_by
from suites.selftest.harness.story import Story


def lanes(rule: str, story: Story) -> tuple[Evidence, ...]:
    (found,) = judged_by(rule, story).findings
    return found.lanes


def test_the_lines_around_the_breach_are_told_in_the_order_of_time() -> None:
    story = (
        Story()
        .begun(0, 240)
        .stop(240)
        .let_go(241, socket_after_ms=4)
        .end(243, reason="stopped")
        .end(246)
    )
    lines = lanes("EOS-1", story.leave(1000))
    assert [(line.at_ms, line.lane, line.text) for line in lines][-8:-1] == [
        (240, "client", "STOP m1 (streaming) ──►"),
        (241, "upstream", "stream 1 released (peer, close 1000)"),
        (242, "relay", "STOP has reached the SUT (PONG)"),
        (243, "relay", '◄── end m1 "stopped"'),
        (245, "upstream", "stream 1 socket closed"),
        (246, "relay", '◄── end m1 "completed"'),
        (246, "client", "◄── breach"),
    ]
    assert [line.is_breach for line in lines].count(True) == 1
    assert len(lines) == LINES_MAX


def test_frames_without_a_signal_between_them_are_one_stretch() -> None:
    lines = lanes("EOS-2", Story().voiced(0).heard(380, 4, first_frame=3).leave(1000))
    texts = [line.text for line in lines]
    assert "◄── audio m1 from sample 5760: 4 frames, 320 ms" in texts
    assert "◄── last of these 4 frames" in texts


def test_a_fence_that_came_late_is_called_so() -> None:
    story = Story().begun(0, 240).stop(240, pong_after_ms=None).let_go(242).end(1900).leave(2600)
    texts = [line.text for line in lanes("STOP-3", story)]
    assert "STOP has reached the SUT by now at the latest (PONG late)" in texts


def test_a_session_shows_the_message_before_the_breach_and_the_one_before_that() -> None:
    story = Story().voiced(0).voiced(400, message=2).voiced(800, message=3)
    lines = lanes("ISO-1", story.stray(805, "end of s9-m9").leave(1900))
    texts = " ".join(line.text for line in lines)
    assert "speak m3" in texts
    assert "speak m1" not in texts


def test_a_session_shows_the_messages_that_the_sentence_names() -> None:
    story = Story().begun(0, 240)
    for number in range(2, 6):
        story.begun(150 * number, 150 * number + 100, message=number)
    found = judged_by("OWN-1", story.let_go(1500).leave(2500)).findings
    pair = next(one for one in found if "message m2" in one.sentence)
    texts = [line.text for line in pair.lanes]
    assert texts[0] == "speak m1 ──►"
    assert "speak m2 ──►" in texts
    assert not any("m4" in text or "m5" in text for text in texts)


def test_leaving_errors_failures_and_lost_connections_have_their_lines() -> None:
    story = Story().begun(0, 240).failed(250, how="rst").error(255, code="upstream_reset").lost(260)
    texts = [line.text for line in lanes("EOS-1", story)]
    assert "stream 1 fails: rst" in texts
    assert '◄── error m1 "upstream_reset"' in texts
    assert "connection gone" in texts
    left = Story().begun(0, 240).leave(240).let_go(1900).lane_closing(3000)
    assert "leaves (close)" in [line.text for line in lanes("OWN-3", left)]


def test_the_request_stays_the_first_line_where_the_others_begin_later() -> None:
    story = Story().begun(0, 240).stop(240).let_go(241, socket_after_ms=4)
    story.end(243, reason="stopped").end(246)
    for again_ms in range(250, 300, 5):
        story.end(again_ms)
    first, second, *_ = lanes("EOS-1", story.leave(1000))
    assert (first.at_ms, first.lane, first.text) == (0, "client", "speak m1 ──►")
    assert second.at_ms > 0


def test_a_session_without_messages_has_no_lanes() -> None:
    assert lanes("ISO-1", Story().stray(5, "end of s9-m9").leave(100)) == ()
