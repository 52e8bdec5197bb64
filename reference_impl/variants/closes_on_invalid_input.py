"""A client that sends what is not legal is sent away with a code that says so: 1008.

Its open message ends first; it may connect again.
"""

from reference_impl import server
from reference_impl.downstream import Downstream, FromClient
from reference_impl.planting import replace
from reference_impl.vocabulary import Rejected, Retire

POLICY_VIOLATION = 1008


class _SendsAway(Downstream):
    async def receive(self) -> FromClient:
        arrived = await super().receive()
        if isinstance(arrived, Rejected):
            return Retire(close_code=POLICY_VIOLATION, cause=arrived.failure.code)
        return arrived


def plant() -> None:
    """Put it in its place."""
    replace(server, "Downstream", by=_SendsAway)
