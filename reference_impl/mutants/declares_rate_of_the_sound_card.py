"""The start signal declares the rate at which the server's sound card would play.

The samples come as they are, at 24 kHz; a player that believes the signal is twice as fast
(AreevAI/flowcat PR #11).
"""

from reference_impl import server
from reference_impl.downstream import ClientSocket
from reference_impl.planting import replace


class _OtherRate(ClientSocket):
    async def send_str(self, data: str, compress: int | None = None) -> None:
        await super().send_str(data.replace("24000", "48000"), compress)


def plant() -> None:
    """Plant the bug."""
    replace(server, "ClientSocket", by=_OtherRate)
