"""The canary: an echo of a few lines, behind the same proxy and on the same machine as the SUT.

Run as a process of its own; writes its port to the file it is given. A client begins with a line
that is its name. It is told in a line how the last connection of that name ended here (fin, rst,
or none), and then everything that it says.
"""

import asyncio
import signal
import socket
import sys
from pathlib import Path


class _Echo:
    """Serves connections; ``ends`` is how the last one of each name ended."""

    def __init__(self) -> None:
        self._ends: dict[bytes, bytes] = {}

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Answer one connection until it ends."""
        writer.get_extra_info("socket").setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        name, how = b"", b"fin"
        try:
            name = await reader.readline()
            writer.write(self._ends.get(name, b"none") + b"\n")
            while data := await reader.read(65_536):
                writer.write(data)
                await writer.drain()
        except ConnectionError:
            how = b"rst"
        if name:
            self._ends[name] = how
        writer.close()


async def _serve(ready: Path) -> None:
    stop = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stop.set)
    server = await asyncio.start_server(_Echo().serve, "127.0.0.1", 0)
    fresh = ready.with_name(ready.name + ".new")
    fresh.write_text(str(server.sockets[0].getsockname()[1]), encoding="ascii")
    fresh.replace(ready)
    await stop.wait()
    server.close()


if __name__ == "__main__":
    asyncio.run(_serve(Path(sys.argv[1])))
