"""The canary: an echo of a few lines, behind the same proxy and on the same machine as the SUT.

Run as a process of its own; writes its port to the file it is given.
"""

import asyncio
import contextlib
import signal
import socket
import sys
from pathlib import Path


async def _echo(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    writer.get_extra_info("socket").setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    with contextlib.suppress(ConnectionError):
        while data := await reader.read(4096):
            writer.write(data)
            await writer.drain()
    writer.close()


async def _serve(ready: Path) -> None:
    stop = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stop.set)
    server = await asyncio.start_server(_echo, "127.0.0.1", 0)
    fresh = ready.with_name(ready.name + ".new")
    fresh.write_text(str(server.sockets[0].getsockname()[1]), encoding="ascii")
    fresh.replace(ready)
    await stop.wait()
    server.close()


if __name__ == "__main__":
    asyncio.run(_serve(Path(sys.argv[1])))
