"""Each message subscribes to the end of its session, and unsubscribes by comparing bound methods.

The comparison is by identity, which is new each time; so nothing is ever found, nothing removed,
and each message leaves one listener to an event that has not come.
"""

from collections.abc import Callable

from reference_impl import server
from reference_impl.planting import replace
from reference_impl.relay import Session
from reference_impl.vocabulary import OpenUpstream, SendEnd


class _Subscribes(Session):
    _listeners: tuple[Callable[[], None], ...] = ()

    @property
    def waiters(self) -> int:
        return super().waiters + len(self._listeners)

    def open_upstream(self, command: OpenUpstream) -> None:
        self._listeners += (self.release_upstream,)
        super().open_upstream(command)

    def send_end(self, command: SendEnd) -> None:
        mine = self.release_upstream
        self._listeners = tuple(listener for listener in self._listeners if listener is not mine)
        super().send_end(command)


def plant() -> None:
    """Plant the bug."""
    replace(server, "Session", by=_Subscribes)
