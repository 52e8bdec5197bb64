"""Blame is derived from what the upstream had done by the breach."""

import pytest

from harness.checks.base import CHECKS
from harness.judging.excerpt import excerpt
from harness.model.verdict import Evidence, Finding
from harness.model.views import AudioReceived, Command, MessageView, Phase, Signal, StreamView
from reports.blame import blame_for, blame_of_excused
from suites.selftest.reports.staging import MS, a_finding, a_late_release, line


def because(rule: str, finding: Finding, grade: str = "CUP") -> str:
    blame = blame_for(rule, finding, grade=grade)
    assert blame.side == "the SUT"
    return blame.because


def around(*lines: Evidence) -> Finding:
    breach = line(500.0, "client", "◄── breach", is_breach=True)
    return a_finding(lanes=(line(0.0, "upstream", "stream 7 opened for m1"), *lines, breach))


def test_a_second_signal_after_the_release_is_the_suts_own() -> None:
    assert because("EOS-1", a_finding()) == (
        "the upstream stream had been let go 2 ms before; what came then is the SUT's"
    )


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("stream 7 end marker text:__END__", "had ended 100 ms before"),
        ("stream 7 fails: rst", "had failed 100 ms before"),
        ("stream 7 released (peer, rst)", "had been let go 100 ms before"),
        ("stream 7 socket closed", "had been closed 100 ms before"),
        ("stream 7 first audio", "live and in order"),
    ],
)
def test_the_last_thing_that_the_upstream_did_decides(text: str, words: str) -> None:
    assert words in because("EOS-4", around(line(400.0, "upstream", text)))


def test_a_stream_that_goes_on_after_stop_was_not_let_go() -> None:
    assert "had not let go" in because("STOP-1", around(line(400.0, "upstream", "stream 7 audio")))


def test_a_late_release_is_the_suts_since_nobody_else_can_release() -> None:
    assert "only at the end of that time" in because("STOP-2", a_late_release())


def test_a_stream_that_was_never_released_is_said_to_be_held() -> None:
    assert "had not seen it happen" in because("OWN-3", around())


def test_a_release_before_the_breach_is_quoted() -> None:
    finding = around(line(400.0, "upstream", "stream 7 released (peer, rst)"))
    assert because("OWN-1", finding).endswith("stream 7 released (peer, rst)")


def test_an_end_of_the_upstream_is_no_release_by_the_sut() -> None:
    finding = around(
        line(400.0, "upstream", "stream 7 end marker text:__END__"),
        line(400.1, "upstream", "stream 7 released (own, marker text:__END__)"),
    )
    assert "had not seen it happen" in because("OWN-3", finding)
    assert "had ended 100 ms before" in because("EOS-1", finding)


def test_audio_of_another_session_is_known_by_its_mark() -> None:
    assert "mark of the session" in because("ISO-1", a_finding(lanes=()))


def test_without_lanes_nothing_is_made_up() -> None:
    assert "could explain it" in because("EOS-1", a_finding(lanes=()))


def test_around_a_whole_session_the_earlier_stream_is_meant() -> None:
    finding = Finding(
        sentence="audio of m1 after the start of m2.",
        at_ns=0,
        lanes=(
            line(0.0, "upstream", "stream 7 opened for m1"),
            line(10.0, "upstream", "stream 7 released (peer, close 1000)"),
            line(12.0, "upstream", "stream 8 opened for m2"),
            line(20.0, "relay", "◄── breach", is_breach=True),
        ),
    )
    assert "let go 10 ms before" in because("MSG-1", finding)


def test_around_a_whole_session_the_stream_of_the_named_message_is_meant() -> None:
    finding = Finding(
        sentence="1920 samples of message m2 reached s1 after its end signal.",
        at_ns=0,
        lanes=(
            line(0.0, "upstream", "stream 7 socket closed"),
            line(12.0, "upstream", "stream 8 opened for m2"),
            line(15.0, "upstream", "stream 8 end marker text:__END__"),
            line(20.0, "client", "◄── breach", is_breach=True),
        ),
    )
    assert "had ended 5 ms before" in because("MSG-1", finding)


def test_an_upstream_that_was_not_seen_is_not_cleared() -> None:
    assert "not seen in this run" in because("EOS-1", a_finding(), grade="C")


def test_nobody_is_blamed_for_what_may_be_excused() -> None:
    settled = blame_of_excused(a_late_release(), is_settled=True)
    assert (settled.side, "in time" in settled.because) == ("nobody", True)
    assert "no second try" in blame_of_excused(a_late_release(), is_settled=False).because


def a_message_that_ended_twice() -> MessageView:
    stream = StreamView(
        exchange=7, socket=1, opened_ns=4 * MS, first_sent_ns=80 * MS, last_sent_ns=90 * MS
    )
    stream.ended_ns, stream.marker = 100 * MS, "text:__END__"
    stream.socket_closed_ns = 300 * MS
    return MessageView(
        session="s1",
        message="m1",
        speak=Command(at_ns=0, phase=Phase.IDLE),
        starts=[Signal(at_ns=5 * MS, seq=1, kind="start")],
        audio=[AudioReceived(at_ns=92 * MS, seq=2, label="m1", bytes=3840, runs=((1, 0, 1920),))],
        ends=[
            Signal(at_ns=102 * MS, seq=3, detail="completed"),
            Signal(at_ns=110 * MS, seq=4, detail="completed"),
        ],
        streams=[stream],
    )


def test_the_lanes_that_the_judge_makes_are_understood() -> None:
    view = a_message_that_ended_twice()
    check = CHECKS.get("EOS-1")
    found = next(item for item in check.judge(view, {}) if isinstance(item, Finding))
    finding = Finding(sentence=found.sentence, at_ns=found.at_ns, lanes=excerpt(view, found))
    assert "had ended 10 ms before" in because("EOS-1", finding)
