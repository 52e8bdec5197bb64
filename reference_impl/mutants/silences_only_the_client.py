"""STOP mutes the way to the client; nobody tells the provider, which speaks on to the end.

The next message waits until the old one has been spoken to nobody (pipecat #3986).
"""

from reference_impl import relay
from reference_impl.planting import replace
from reference_impl.relay import Exchange


class _RunsOn(Exchange):
    def release(self) -> bool:
        was_released, self.is_released = self.is_released, True
        return not was_released


def plant() -> None:
    """Plant the bug."""
    replace(relay, "Exchange", by=_RunsOn)
