"""The listening socket, which may be away for a while as when a provider restarts."""

import asyncio
import ssl
from contextlib import suppress

from fake_groq.ledger import Ledger
from fake_groq.wire import MS_PER_S, WireServer

BACKLOG = 1024
RETRY_S = 0.1


class Listener:
    """Listens on one address; `port` is known once it has listened."""

    def __init__(
        self,
        server: WireServer,
        *,
        host: str,
        port: int,
        ledger: Ledger,
        https: ssl.SSLContext | None = None,
    ) -> None:
        self.host = host
        self.port = port
        self._wires = server
        self._ledger = ledger
        self._https = https
        self._server: asyncio.Server | None = None
        self._stopped = asyncio.Event()

    async def listen(self) -> None:
        """Begin to listen.

        Raises:
            OSError: the address is taken or not ours.
        """
        self._server = await asyncio.get_running_loop().create_server(
            self._wires, self.host, self.port, backlog=BACKLOG, ssl=self._https
        )
        self.host, self.port = self._server.sockets[0].getsockname()[:2]

    def close(self) -> None:
        """Listen no longer, for good."""
        self._stopped.set()
        self._shut()

    async def go_away(self, down_ms: float) -> None:
        """Refuse all new connections for so long; those that are open stay."""
        if self._server is None:
            return
        self._shut()
        self._ledger.write("listener_closed", {"down_ms": down_ms})
        with suppress(TimeoutError):
            async with asyncio.timeout(down_ms / MS_PER_S):
                await self._stopped.wait()
        while not self._stopped.is_set():
            try:
                await self.listen()
            except OSError:  # somebody has taken the port meanwhile: it is ours when he goes
                await asyncio.sleep(RETRY_S)
                continue
            self._ledger.write("listener_opened", {"port": self.port})
            return

    def _shut(self) -> None:
        server, self._server = self._server, None
        if server is not None:
            server.close()
