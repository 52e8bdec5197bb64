"""The upstream socket of the next message is opened while this one is spoken: no time is lost.

It is idle until its message comes, and is closed with its session. Where the upstream has let go
of it meanwhile, the message opens another.
"""

from contextlib import suppress

from reference_impl import server
from reference_impl.planting import replace
from reference_impl.relay import Session
from reference_impl.upstream import Upstream, UpstreamFailed
from reference_impl.upstream_websocket import WebSocketUpstream


class _OpensAhead(Session):
    _ahead: WebSocketUpstream | None = None

    def new_upstream(self) -> Upstream:
        spare, self._ahead = self._ahead, None
        self._tasks.create_task(self._open_next(), name="ahead")
        if spare is None:
            return super().new_upstream()
        if not spare.is_usable:
            spare.release()
            return super().new_upstream()
        return spare

    async def _open_next(self) -> None:
        upstream = super().new_upstream()
        assert isinstance(upstream, WebSocketUpstream), "its target has such an upstream"
        with suppress(UpstreamFailed):
            await upstream.connect()
        if self._ahead is None and upstream.is_usable:
            self._ahead = upstream
        else:
            upstream.release()

    async def _live(self) -> None:
        try:
            await super()._live()
        finally:
            if self._ahead is not None:
                self._ahead.release()


def plant() -> None:
    """Put it in its place."""
    replace(server, "Session", by=_OpensAhead)
