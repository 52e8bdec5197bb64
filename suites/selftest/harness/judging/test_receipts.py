"""Receipts: outside evidence that a network fault bit."""

from harness.model.verdict import Receipt
from suites.selftest.harness.judged import judged
from suites.selftest.harness.story import Story


def receipt(story: Story) -> Receipt:
    (one,) = judged(story).receipts
    return one


def stalled(*, rtt_ms: float | None, healed_ms: float = 600, name: str = "network_stall") -> Story:
    """A stall from 0 ms; the pings sent into it come back at the heal, or after ``rtt_ms``."""
    story = Story().fault(0, healed_ms, name=name, link="client", duration_ms=600)
    story.canary(-300, 0, link="client", rtt_ms=1)
    for at_ms in range(20, 600, 100):
        back_ms = 596 - at_ms if rtt_ms is None else rtt_ms  # just before the heal is noted
        story.canary(at_ms, at_ms + 1, link="client", rtt_ms=back_ms)
    return story


def test_latency_has_bitten_when_the_canary_is_as_late_as_was_asked() -> None:
    one = receipt(Story().latency(0, 1000, link="client", latency_ms=180))
    assert one.has_bitten
    assert one.sentence == (
        "canary round trip 361.0 ms through the fault, 1.0 ms beside it, 360 ms asked"
    )


def test_latency_that_nobody_felt_has_not_bitten() -> None:
    story = Story().fault(0, 1000, name="network_latency", link="client", latency_ms=180)
    story.canary(0, 1000, link="client", rtt_ms=2).canary(0, 1000, link="upstream", rtt_ms=1)
    assert not receipt(story).has_bitten


def test_pings_that_a_heal_lets_go_of_early_do_not_spoil_the_receipt() -> None:
    story = Story().latency(0, 1000, link="client", latency_ms=180)
    assert receipt(story.canary(990, 1000, link="client", rtt_ms=5)).has_bitten


def test_a_machine_that_is_slow_on_both_links_is_no_latency() -> None:
    story = Story().fault(0, 1000, name="network_latency", link="client", latency_ms=20)
    story.canary(0, 1000, link="client", rtt_ms=90).canary(0, 1000, link="upstream", rtt_ms=80)
    assert not receipt(story).has_bitten


def test_without_a_ping_in_the_window_there_is_no_receipt() -> None:
    story = Story().fault(0, 50, name="network_latency", link="client", latency_ms=180)
    assert receipt(story).sentence == "no canary round trip fell into the window"


def test_a_stall_has_bitten_when_pings_were_held_until_the_heal() -> None:
    one = receipt(stalled(rtt_ms=None))
    assert one.has_bitten
    assert one.sentence == (
        "6 of 6 canary pings were held until the heal, the longest 576 ms of 600 ms"
    )


def test_a_stall_through_which_pings_pass_has_not_bitten() -> None:
    assert not receipt(stalled(rtt_ms=2)).has_bitten


def test_a_stall_that_was_never_healed_has_no_receipt() -> None:
    story = Story().fault(0, None, name="network_stall", link="client", duration_ms=600)
    assert "not healed" in receipt(story).sentence


def test_of_several_windows_the_best_one_counts() -> None:
    story = stalled(rtt_ms=None)
    story.fault(2000, 2600, name="network_stall", link="client", duration_ms=600)
    assert receipt(story).has_bitten
    assert len(judged(story).receipts) == 1


def test_a_fault_that_nobody_can_measure_has_no_receipt() -> None:
    assert not receipt(stalled(rtt_ms=None, name="network_moon")).has_bitten


def test_the_round_trips_of_a_fault_are_kept_to_the_end_of_a_long_run() -> None:
    story = Story().latency(0, 1000, link="client", latency_ms=180)
    for at_ms in range(300_000, 400_000, 150):
        story.lag(at_ms, 0)
    assert receipt(story).has_bitten
