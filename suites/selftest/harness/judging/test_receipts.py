"""Receipts: outside evidence that a network fault bit."""

from harness.model.events import CanaryData, CanaryEndData
from harness.model.units import ns
from harness.model.verdict import Receipt
from suites.selftest.harness.judged import judged
from suites.selftest.harness.story import BEGIN_MS, Story


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


def test_a_stall_has_bitten_when_pings_were_held() -> None:
    one = receipt(stalled(rtt_ms=None))
    assert one.has_bitten
    assert one.sentence == (
        "6 of 6 canary pings were held, the longest 576 ms of 600 ms; beside it a ping took 0 ms"
    )


def test_a_stall_through_which_pings_pass_has_not_bitten() -> None:
    assert not receipt(stalled(rtt_ms=2)).has_bitten


def test_a_stall_that_was_never_healed_has_no_receipt() -> None:
    story = Story().fault(0, None, name="network_stall", link="client", duration_ms=600)
    assert "not healed" in receipt(story).sentence


def narrow(*, rtt_ms: float, rate: float = 64) -> Story:
    """A link of 64 kB/s from 0 ms; large pings come back after ``rtt_ms``, small ones at once."""
    story = Story().fault(0, 1000, name="network_bandwidth", link="client", rate_kb_per_s=rate)
    story.canary(0, 1000, link="client", rtt_ms=1).canary(0, 1000, link="upstream", rtt_ms=1)
    for at_ms in range(50, 1000, 300):
        ping(story, at_ms, link="client", rtt_ms=rtt_ms)
        ping(story, at_ms, link="upstream", rtt_ms=1)
    return story


def ping(story: Story, at_ms: float, *, link: str, rtt_ms: float) -> None:
    data = CanaryData(
        lane="lane", link=link, sent_ns=ns(BEGIN_MS + at_ms), rtt_ms=rtt_ms, size_bytes=3840
    )
    story.event(at_ms + rtt_ms, "canary", "canary_bulk_rtt", data)


def canary_ends(story: Story, at_ms: float, how: str, *, kind: str = "canary_lost") -> Story:
    return story.event(at_ms, "canary", kind, CanaryEndData(lane="lane", link="client", how=how))


def resets(*, canary: str = "rst", echo: str | None = "rst") -> Story:
    """A window from 500 to 800 ms in which the canary's connection ends; then it comes back."""
    story = Story().fault(500, 800, name="network_reset", link="client", duration_ms=300)
    canary_ends(story, 520, "fin")
    canary_ends(story, 640, canary)
    if echo is not None:
        canary_ends(story, 850, echo, kind="canary_back")
    return story


def test_bandwidth_has_bitten_when_large_pings_take_as_long_as_their_size_needs() -> None:
    one = receipt(narrow(rtt_ms=121))
    assert one.has_bitten
    assert one.sentence == (
        "round trip of 3840 B of the canary 121.0 ms through the fault, 1.0 ms beside it,"
        " 120 ms asked"
    )


def test_bandwidth_that_large_pings_did_not_feel_has_not_bitten() -> None:
    assert not receipt(narrow(rtt_ms=40)).has_bitten


def test_a_bandwidth_of_nothing_is_no_bandwidth() -> None:
    assert not receipt(narrow(rtt_ms=121, rate=0)).has_bitten


def test_a_reset_has_bitten_when_canary_and_echo_saw_one() -> None:
    one = receipt(resets())
    assert one.has_bitten
    assert one.sentence == (
        "of 2 canary connections that ended under the fault 1 by RST; at the echo the last by rst"
    )


def test_a_reset_that_came_through_as_a_clean_end_has_not_bitten() -> None:
    assert not receipt(resets(canary="fin")).has_bitten
    assert not receipt(resets(echo="fin")).has_bitten


def test_a_reset_that_the_echo_cannot_confirm_has_not_bitten() -> None:
    one = receipt(resets(echo=None))
    assert not one.has_bitten
    assert one.sentence.endswith("at the echo the last by nothing known, none came back")


def test_ends_outside_the_window_are_no_evidence() -> None:
    story = Story().fault(500, 800, name="network_reset", link="client", duration_ms=300)
    canary_ends(canary_ends(story, 400, "rst"), 1000, "rst")
    assert not receipt(canary_ends(story, 1100, "rst", kind="canary_back")).has_bitten


def test_a_link_is_armed_when_a_connection_under_it_ended_by_a_reset() -> None:
    story = Story().fault(0, 2000, name="network_armed", link="client")
    assert not receipt(canary_ends(story, 500, "fin")).has_bitten
    one = receipt(canary_ends(story, 600, "rst"))
    assert one.has_bitten
    assert one.sentence == "of 2 canary connections that ended under the armed link 1 by RST"


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
