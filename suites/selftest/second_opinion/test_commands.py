"""Which message a STOP met, and when it had reached the SUT."""

from suites.selftest.harness.judged import manifest, told
from suites.selftest.harness.story import BEGIN_MS, Story
from suites.selftest.second_opinion.commands import effective_ns, met, rejected, superseding_ns
from suites.selftest.second_opinion.sheets import NEVER_NS, Sheet, sheets_of


def sheet(story: Story, **behaviour: object) -> Sheet:
    return sheets_of(manifest(behaviour=behaviour), told(story))[0]


def effective_ms(story: Story) -> float:
    one = sheet(story)
    return effective_ns(one, one.of("stop_sent")[0]) / 1_000_000 - BEGIN_MS


def test_the_pong_of_a_fence_counts() -> None:
    assert effective_ms(Story().stop(100, pong_after_ms=30)) == 130


def test_a_later_pong_passes_earlier_fences() -> None:
    assert effective_ms(Story().stop(100, pong_after_ms=None).stop(140, pong_after_ms=10)) == 150


def test_without_a_pong_the_idle_ping_and_150_ms_count() -> None:
    assert effective_ms(Story().stop(100, pong_after_ms=None)) == 252


def test_the_worse_of_the_canary_s_trips_around_the_command_comes_before_the_idle_ping() -> None:
    story = Story().stop(100, pong_after_ms=None)
    story.canary(50, 60, link="client", rtt_ms=5).canary(120, 130, link="client", rtt_ms=40)
    assert effective_ms(story) == 290


def test_a_stop_meets_the_message_that_is_open() -> None:
    story = Story().voiced(0).stop(1000).begun(1100, 1300, 2).stop(1300)
    assert [(one.message, one.is_sure) for one in met(sheet(story))] == [(2, True)]


def test_a_stop_meets_a_superseded_message_only_perhaps() -> None:
    story = Story().begun(0, 300).speak(300, 2).stop(310)
    assert [(one.message, one.is_sure) for one in met(sheet(story))] == [(1, False), (2, True)]


def test_a_stop_in_a_queue_meets_the_first_or_all() -> None:
    story = Story().begun(0, 300).speak(300, 2).stop(310)
    first = met(sheet(story, on_new_message="queue"))
    assert [one.is_sure for one in first] == [True, False]
    every = met(sheet(story, on_new_message="queue", on_stop="all"))
    assert [one.is_sure for one in every] == [True, True]


def test_a_speak_that_is_answered_by_an_error_alone_was_rejected() -> None:
    story = Story().begun(0, 300).speak(300, 2).error(302, 2)
    assert rejected(sheet(story)) == {2}
    assert superseding_ns(sheet(story), 1) == NEVER_NS
