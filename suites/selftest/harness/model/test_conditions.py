"""What is known of a link: windows of faults, and when they touch a moment."""

import pytest

from harness.model.conditions import RESET_SEEN_NS, Conditions, FaultWindow

MS = 1_000_000


def under(fault: str, *, link: str = "client", until_ms: int | None = 200) -> Conditions:
    """Conditions with one fault, from 100 ms on."""
    until_ns = None if until_ms is None else until_ms * MS
    window = FaultWindow(
        fault=fault,
        link=link,
        from_ns=100 * MS,
        until_ns=until_ns,
        can_lose_bytes=fault == "network_reset",
    )
    return Conditions(windows=[window])


def test_a_window_touches_what_overlaps_it_and_lasts_while_it_is_open() -> None:
    window = FaultWindow(fault="f", link="client", from_ns=100, until_ns=200)
    assert window.touches(0, 100)
    assert window.touches(200, 300)
    assert not window.touches(201, 300)
    assert FaultWindow(fault="f", link="client", from_ns=100).touches(9_000, 9_001)


def test_a_fault_is_asked_for_by_name_and_link() -> None:
    conditions = under("network_bandwidth")
    assert conditions.has_fault("network_bandwidth", "client", 150 * MS, 160 * MS)
    assert not conditions.has_fault("network_bandwidth", "upstream", 150 * MS, 160 * MS)
    assert not conditions.has_fault("network_latency", "client", 150 * MS, 160 * MS)


def test_two_trips_around_a_moment_give_the_longer_one() -> None:
    conditions = Conditions(round_trips=[("client", 0, 5), ("client", 100, 9)])
    assert conditions.round_trip_ns("client", 50) == 9
    assert conditions.round_trip_ns("upstream", 50) is None


def test_only_a_fault_that_can_cut_may_lose_bytes_and_only_on_its_link() -> None:
    assert under("network_reset").may_lose("client", 150 * MS, 160 * MS)
    assert not under("network_reset").may_lose("upstream", 150 * MS, 160 * MS)
    assert not under("network_stall").may_lose("client", 150 * MS, 160 * MS)


def test_a_reset_may_be_noted_a_little_after_its_heal() -> None:
    conditions = under("network_reset")
    last_ns = 200 * MS + RESET_SEEN_NS
    assert conditions.was_reset("client", last_ns)
    assert not conditions.was_reset("client", last_ns + 1)
    assert not conditions.was_reset("client", 99 * MS)


@pytest.mark.parametrize(
    ("until_ms", "stalled_ms"),
    [(99, 0), (150, 50), (200, 100), (500, 100)],
)
def test_the_part_of_a_stall_that_lies_in_the_window_counts(
    until_ms: int, stalled_ms: float
) -> None:
    conditions = under("network_stall")
    assert conditions.stalled_ms(0, until_ms * MS) == stalled_ms
    assert conditions.stalled_ms(0, until_ms * MS, link="client") == stalled_ms
    assert conditions.stalled_ms(0, until_ms * MS, link="upstream") == 0


def test_a_stall_that_lasts_counts_to_the_end_of_the_window() -> None:
    conditions = under("network_stall", until_ms=None)
    assert conditions.stalled_ms(0, 1000 * MS) == 900
    assert conditions.is_stalled("client", 900 * MS, 1000 * MS)


def test_the_longest_proven_trip_of_the_window_is_halved() -> None:
    conditions = under("network_latency")
    conditions.round_trips += [("client", 110 * MS, 80 * MS), ("client", 400 * MS, 300 * MS)]
    conditions.bulk_trips.append(("client", 120 * MS, 100 * MS))
    assert conditions.delay_ms("client", 150 * MS, 190 * MS) == 50
    assert conditions.delay_ms("upstream", 150 * MS, 190 * MS) == 0


def test_without_a_fault_a_slow_canary_proves_nothing() -> None:
    conditions = Conditions(round_trips=[("client", 110 * MS, 80 * MS)])
    assert conditions.delay_ms("client", 100 * MS, 200 * MS) == 0


def test_the_delays_of_both_links_add_up_on_the_way_from_the_upstream() -> None:
    conditions = under("network_latency")
    conditions.windows += under("network_latency", link="upstream").windows
    conditions.round_trips += [("client", 110 * MS, 80 * MS), ("upstream", 110 * MS, 20 * MS)]
    assert conditions.path_delay_ms(100 * MS, 200 * MS) == 50
