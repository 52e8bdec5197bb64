"""The client to be told of an end is found in a module's variable that each new client overwrites.

With one user all is well; with several, the newest gets everybody's end signals and the others wait
(clients connected to each other: elchiapp/WebLooper #1).
"""

from typing import ClassVar

from reference_impl import server
from reference_impl.planting import replace
from reference_impl.relay import Session
from reference_impl.vocabulary import SendEnd


class _Global(Session):
    newest: ClassVar[Session]

    async def run(self) -> None:
        _Global.newest = self
        await super().run()

    def send_end(self, command: SendEnd) -> None:
        self.newest.client.send_end(command.message_id, command.reason)


def plant() -> None:
    """Plant the bug."""
    replace(server, "Session", by=_Global)
