"""What excuses a missed deadline: E, and what is made of it."""

import pytest

from harness.judging.environment import Environments
from harness.judging.excuses import Judged, classify, excuse_ms, is_sut_busy
from harness.model.units import ns
from harness.model.verdict import Deadline
from suites.selftest.harness.story import BEGIN_MS, Story


def a_deadline(
    *, measured_ms: float = 400, limit_ms: float = 250, from_ms: float = 300, pace: float = 1
) -> Deadline:
    return Deadline(
        from_ns=ns(BEGIN_MS + from_ms),
        until_ns=ns(BEGIN_MS + from_ms + measured_ms),
        measured_ms=measured_ms,
        limit_ms=limit_ms,
        pace=pace,
    )


def around(story: Story) -> Environments:
    environments = Environments(cpu_count=2)
    for event in story.events():
        if event.kind in environments.handlers:
            environments.handlers[event.kind](event)
    return environments


def excuse(story: Story, deadline: Deadline | None = None) -> float:
    return excuse_ms(around(story), "lane", deadline or a_deadline())


@pytest.mark.parametrize(
    ("measured_ms", "judged"),
    [
        (251, Judged.SUSPECT),
        (290, Judged.SUSPECT),
        (300, Judged.SUSPECT),
        (300.1, Judged.BREACH),
    ],
)
def test_between_limit_and_limit_and_twice_e_it_is_tried_again(
    measured_ms: float, judged: Judged
) -> None:
    assert classify(a_deadline(measured_ms=measured_ms), 25) is judged


def test_without_an_excuse_whatever_is_over_the_limit_is_a_breach() -> None:
    assert classify(a_deadline(measured_ms=250.001), 0) is Judged.BREACH


def test_an_amount_of_audio_is_excused_by_as_much_as_came_in_that_time() -> None:
    assert classify(a_deadline(measured_ms=320, pace=1.5), 25) is Judged.SUSPECT
    assert classify(a_deadline(measured_ms=330, pace=1.5), 25) is Judged.BREACH


def test_a_quiet_machine_excuses_nothing() -> None:
    story = Story().lag(400, 0).canary(0, 1000, link="client", rtt_ms=1).processes(500)
    assert excuse(story) == 0


def test_the_worst_lag_of_ours_in_the_window_counts() -> None:
    story = Story().lag(200, 99).lag(450, 7).lag(700, 12, source="upstream").lag(1200, 55)
    assert excuse(story) == 12


def test_the_canary_counts_beyond_what_is_usual_on_its_link() -> None:
    story = Story().canary(0, 3000, link="client", rtt_ms=361)
    assert excuse(story) == 0
    story.canary(420, 430, link="client", rtt_ms=386)
    assert excuse(story) == pytest.approx(20)  # 25 more than usual, of which 5 are no wonder


def test_a_stall_that_the_limit_holds_already_excuses_nothing_more() -> None:
    story = Story().fault(350, 650, name="network_stall", link="client")
    story.canary(0, 3000, link="client", rtt_ms=1).canary(360, 370, link="client", rtt_ms=300)
    assert excuse(story) == pytest.approx(4)  # held for 290 of the 300 ms; 6 ms are no wonder
    story.canary(360, 370, link="upstream", rtt_ms=300).canary(0, 3000, link="upstream", rtt_ms=1)
    assert excuse(story) == pytest.approx(4 + 294)


def test_waiting_for_a_core_counts_with_what_lies_in_the_window() -> None:
    assert excuse(Story().processes(550, run_delay_ms=30)) == 30
    assert excuse(Story().processes(320, run_delay_ms=100)) == 20
    assert excuse(Story().processes(250, run_delay_ms=100)) == 0


def test_all_three_are_added_up() -> None:
    story = Story().lag(450, 10).processes(550, run_delay_ms=30)
    story.canary(0, 3000, link="client", rtt_ms=1).canary(420, 430, link="client", rtt_ms=26)
    assert excuse(story) == pytest.approx(60)


def test_another_lanes_trouble_is_no_excuse() -> None:
    story = Story(lane="other").processes(550, run_delay_ms=30).lag(450, 10)
    assert excuse(story) == 10


def test_a_sut_that_keeps_the_machine_busy_is_excused_by_our_own_lag_only() -> None:
    story = Story().lag(450, 10).processes(550, run_delay_ms=30, cpu_ms=251)
    assert excuse(story) == 10
    assert is_sut_busy(around(story), "lane", a_deadline()) is True


def test_half_of_the_machine_is_not_more_than_half() -> None:
    story = Story().processes(550, run_delay_ms=30, cpu_ms=250)
    assert excuse(story) == 30
    assert is_sut_busy(around(story), "lane", a_deadline()) is False
    assert is_sut_busy(around(story), "unknown", a_deadline()) is False
