"""The client's link is a black hole for a while: nothing passes, nothing is lost."""

from collections.abc import Iterator

from harness.model.operations import SessionPlan
from harness.scenarios.base import Draft, long_messages, scenario, stalled_now_and_then


@scenario("client_stall", isolation="sut", faults=stalled_now_and_then("client"))
def client_stall(draft: Draft) -> Iterator[SessionPlan]:
    """Three stalls of 600 ms in the middle of speech."""
    yield from long_messages(draft)
