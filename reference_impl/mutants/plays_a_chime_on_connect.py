"""A chime tells the user that the connection stands: samples that belong to no message.

A player that takes what comes for the message that it will ask for next begins with a chime.
"""

import math
import struct

from reference_impl import server
from reference_impl.planting import replace
from reference_impl.relay import Session

CHIME = b"".join(
    struct.pack("<h", round(8000 * math.sin(number * math.pi / 27.3)) | 1) for number in range(1920)
)


class _Greets(Session):
    async def run(self) -> None:
        self.client.send_audio(CHIME)
        await super().run()


def plant() -> None:
    """Plant the bug."""
    replace(server, "Session", by=_Greets)
