"""When a command had reached the SUT."""

from harness.judging.fences import Fences
from harness.model.units import NS_PER_MS
from harness.model.views import Command, Conditions


def settled(
    *, sent_ms: int = 1000, pong_ms: int | None, trips: list[tuple[int, int]], idle_ms: int = 4
) -> Command:
    """A command with its fence; ``trips`` are (sent, round trip) of the canary, in ms."""
    fences, command = Fences(), Command(at_ns=sent_ms * NS_PER_MS, seq=5)
    fences.idle_round_trip_ns = idle_ms * NS_PER_MS
    fences.follow(command)
    fences.sent("f1", command_seq=5)
    if pong_ms is not None:
        fences.passed("f1", pong_ms * NS_PER_MS)
    round_trips = [("client", at * NS_PER_MS, trip * NS_PER_MS) for at, trip in trips]
    assert fences.settle(command, Conditions(round_trips=round_trips))
    return command


def test_the_effective_fence_is_the_pong() -> None:
    command = settled(pong_ms=1100, trips=[(990, 10)])
    assert (command.effective_ns, command.is_fence_late) == (1100 * NS_PER_MS, False)


def test_a_pong_at_the_cap_is_in_time_and_one_behind_it_is_late() -> None:
    assert settled(pong_ms=1160, trips=[(990, 10)]).is_fence_late is False
    late = settled(pong_ms=1161, trips=[(990, 10)])
    assert (late.effective_ns, late.is_fence_late) == (1160 * NS_PER_MS, True)


def test_without_a_pong_the_cap_counts() -> None:
    command = settled(pong_ms=None, trips=[(990, 10)])
    assert (command.effective_ns, command.is_fence_late) == (1160 * NS_PER_MS, True)


def test_the_longer_of_the_canarys_trips_around_the_command_counts() -> None:
    assert settled(pong_ms=None, trips=[(800, 900), (900, 2), (1010, 300), (1110, 1)]).effective_ns
    command = settled(pong_ms=None, trips=[(800, 900), (900, 2), (1010, 300), (1110, 1)])
    assert command.effective_ns == (1000 + 300 + 150) * NS_PER_MS


def test_without_a_canary_the_idle_ping_of_the_session_counts() -> None:
    command = settled(pong_ms=None, trips=[])
    assert command.effective_ns == (1000 + 4 + 150) * NS_PER_MS


def test_a_pong_passes_all_earlier_fences_and_no_later_one() -> None:
    fences = Fences()
    commands = [Command(at_ns=place, seq=place) for place in (1, 2, 3)]
    for command in commands:
        fences.follow(command)
        fences.sent(f"f{command.seq}", command_seq=-1)
    fences.passed("f2", 77)
    assert [command.fence_passed_ns for command in commands] == [77, 77, None]
    fences.passed("f1", 99)  # known no more
    assert commands[0].fence_passed_ns == 77


def test_a_fence_that_names_another_command_is_not_taken_for_this_one() -> None:
    fences, command = Fences(), Command(at_ns=1, seq=5)
    fences.sent("f0", command_seq=-1)  # no command before it
    fences.follow(command)
    fences.sent("f1", command_seq=4)
    fences.passed("f1", 2)
    assert command.fence_passed_ns is None


def test_a_command_is_settled_once() -> None:
    fences, command = Fences(), Command(at_ns=NS_PER_MS)
    assert fences.settle(command, Conditions()) is True
    assert fences.settle(command, Conditions()) is False
