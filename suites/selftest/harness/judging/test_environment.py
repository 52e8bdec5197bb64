"""What the world around the SUT did."""

from harness.judging.environment import RESOURCE_LANE, Environments
from harness.model.events import CanaryData, FaultData, ProcessData
from harness.model.units import ns
from suites.selftest.harness.story import BEGIN_MS, Story


def around(*stories: Story) -> Environments:
    environments = Environments(cpu_count=2)
    for story in stories:
        for event in story.events():
            if event.kind in environments.handlers:
                environments.handlers[event.kind](event)
    return environments


def at(at_ms: float) -> int:
    return ns(BEGIN_MS + at_ms)


def test_a_lag_lies_in_the_window_before_its_event() -> None:
    series = around(Story().lag(500, 40)).lags["harness"]
    assert series.worst_ms(at(480), at(490)) == 40
    assert series.worst_ms(at(100), at(209)) == 0
    assert series.worst_ms(at(501), at(600)) == 0


def test_the_links_of_a_lane_know_when_they_were_black_holes() -> None:
    story = Story().fault(100, 700, name="network_stall", link="client")
    conditions = around(story).conditions("lane")
    assert conditions.is_stalled("client", at(0), at(100))
    assert not conditions.is_stalled("client", at(0), at(99))
    assert not conditions.is_stalled("client", at(701), at(900))
    assert not conditions.is_stalled("upstream", at(0), at(900))
    assert conditions.stalled_ms(at(0), at(900)) == 600
    assert conditions.stalled_ms(at(500), at(600)) == 100
    assert conditions.stalled_ms(at(0), at(900), link="upstream") == 0


def test_a_stall_that_is_not_healed_lasts() -> None:
    story = Story().fault(100, None, name="network_stall", link="client")
    conditions = around(story).conditions("lane")
    assert conditions.is_stalled("client", at(9000), at(9001))
    assert conditions.stalled_ms(at(0), at(900)) == 800


def test_a_delay_is_what_the_canary_proves_while_a_fault_is_there() -> None:
    conditions = around(Story().latency(0, 1000, link="client", latency_ms=180)).conditions("lane")
    assert conditions.delay_ms("client", at(500), at(600)) == 180.5
    assert conditions.delay_ms("upstream", at(500), at(600)) == 0
    assert conditions.path_delay_ms(at(500), at(600)) == 180.5
    assert conditions.delay_ms("client", at(2000), at(2100)) == 0


def test_the_round_trip_around_a_moment_is_the_longer_of_its_neighbours() -> None:
    story = Story().canary(0, 10, link="client", rtt_ms=5).canary(100, 110, link="client", rtt_ms=9)
    conditions = around(story.canary(200, 210, link="client", rtt_ms=50)).conditions("lane")
    assert conditions.round_trip_ns("client", at(50)) == ns(9)
    assert conditions.round_trip_ns("client", at(150)) == ns(50)
    assert conditions.round_trip_ns("client", at(900)) == ns(50)
    assert conditions.round_trip_ns("client", at(-90)) == ns(5)
    assert conditions.round_trip_ns("upstream", at(50)) is None


def test_what_is_old_is_forgotten() -> None:
    story = Story().lag(0, 1).processes(0).canary(0, 10, link="client", rtt_ms=1)
    for place in range(1200):
        story.lag(200_000 + place, 0)
    environments = around(story)
    lane = environments.lanes["lane"]
    assert len(environments.lags["harness"].windows) == 1200
    assert (len(lane.samples), lane.conditions.round_trips) == (0, [])


def test_resources_are_summed_up_and_of_the_reported_lane_only() -> None:
    reported, other = Story(lane=RESOURCE_LANE), Story(lane="shared")
    for place, sockets in enumerate((9, 1, 2, 3, 4, 8, 5)):
        for story in (reported, other):
            data = ProcessData(lane=story.lane, sockets=sockets)
            story.event(place, "process", "process_sample", data)
    lanes = around(reported, other).lanes
    held = lanes[RESOURCE_LANE].resources
    told = (held.samples, held.first["sockets"], held.last["sockets"], held.most["sockets"])
    assert told == (7, 4, 5, 9)
    assert lanes["shared"].resources.samples == 0


def test_a_sut_that_ends_in_the_middle_of_the_run_is_known_and_one_that_we_end_is_not() -> None:
    died, ended = Story(lane="died"), Story(lane="ended").lane_closing(4)
    for story in (died, ended):
        story.event(5, "process", "sut_exited", {"lane": story.lane, "exit_code": -9})
    assert around(died.lane_closing(6), ended).exits == {"died": -9}


def test_the_loss_of_a_vantage_is_known() -> None:
    assert around(Story().event(6, "runner", "vantage_lost")).lost_at_ns == at(6)


def fault(name: str, *, can_lose_bytes: bool) -> FaultData:
    return FaultData(fault=name, link="upstream", lane="lane", can_lose_bytes=can_lose_bytes)


def test_a_delay_is_also_what_pings_as_large_as_audio_prove() -> None:
    story = Story().fault(0, 1000, name="network_bandwidth", link="upstream", rate_kb_per_s=64)
    story.canary(500, 510, link="upstream", rtt_ms=2)
    ping = CanaryData(lane="lane", link="upstream", sent_ns=at(500), rtt_ms=120, size_bytes=3840)
    story.event(620, "canary", "canary_bulk_rtt", ping)
    conditions = around(story).conditions("lane")
    assert conditions.delay_ms("upstream", at(550), at(600)) == 60
    assert conditions.round_trip_ns("upstream", at(550)) == ns(2)  # fences are small
    assert conditions.bulk_bytes == 3840


def test_a_link_may_lose_bytes_only_while_a_fault_is_there_that_says_so() -> None:
    story = Story().event(100, "network", "fault_started", fault("a", can_lose_bytes=True))
    story.event(200, "network", "fault_healed", fault("a", can_lose_bytes=True))
    story.event(300, "network", "fault_started", fault("b", can_lose_bytes=False))
    conditions = around(story).conditions("lane")
    assert conditions.may_lose("upstream", at(150), at(160))
    assert conditions.may_lose("upstream", at(0), at(900))
    assert not conditions.may_lose("client", at(0), at(900))
    assert not conditions.may_lose("upstream", at(250), at(900))


def test_a_reset_may_be_noted_a_moment_after_its_heal() -> None:
    story = Story().fault(100, 400, name="network_reset", link="client", duration_ms=300)
    conditions = around(story).conditions("lane")
    assert conditions.was_reset("client", at(250))
    assert conditions.was_reset("client", at(450))
    assert not conditions.was_reset("client", at(501))
    assert not conditions.was_reset("client", at(99))
    assert not conditions.was_reset("upstream", at(250))
    assert (
        not around(Story().fault(0, 9, name="network_stall", link="client"))
        .conditions("lane")
        .was_reset("client", at(5))
    )


def test_large_pings_are_forgotten_in_time_like_small_ones() -> None:
    story = Story()
    ping = CanaryData(lane="lane", link="client", sent_ns=at(0), rtt_ms=1, size_bytes=3840)
    story.event(1, "canary", "canary_bulk_rtt", ping)
    for at_ms in range(200_000, 400_000, 200):
        story.lag(at_ms, 0)
    assert around(story).conditions("lane").bulk_trips == []
