"""What all upstreams share: the words for a failure."""

import errno

from reference_impl.upstream import reason_of, unreachable


def test_a_client_learns_the_reason_and_no_address() -> None:
    refused = ConnectionRefusedError(errno.ECONNREFUSED, "Connect call failed ('10.0.0.7', 80)")
    failure = unreachable(refused).failure
    assert failure.code == "upstream_unreachable"
    assert failure.message == "The upstream cannot be reached: Connection refused."
    assert reason_of(TimeoutError()) == "TimeoutError"
