"""What is known of a link: windows of faults, and when they touch a moment."""

from harness.model.conditions import Conditions, FaultWindow


def test_a_window_touches_what_overlaps_it_and_lasts_while_it_is_open() -> None:
    window = FaultWindow(fault="f", link="client", from_ns=100, until_ns=200)
    assert window.touches(0, 100)
    assert window.touches(200, 300)
    assert not window.touches(201, 300)
    assert FaultWindow(fault="f", link="client", from_ns=100).touches(9_000, 9_001)


def test_a_fault_is_asked_for_by_name_and_link() -> None:
    window = FaultWindow(fault="network_bandwidth", link="client", from_ns=100, until_ns=200)
    conditions = Conditions(windows=[window])
    assert conditions.has_fault("network_bandwidth", "client", 150, 160)
    assert not conditions.has_fault("network_bandwidth", "upstream", 150, 160)
    assert not conditions.has_fault("network_latency", "client", 150, 160)


def test_two_trips_around_a_moment_give_the_longer_one() -> None:
    conditions = Conditions(round_trips=[("client", 0, 5), ("client", 100, 9)])
    assert conditions.round_trip_ns("client", 50) == 9
    assert conditions.round_trip_ns("upstream", 50) is None
