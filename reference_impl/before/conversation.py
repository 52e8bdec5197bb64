"""One client's conversation, its state in a few flags.

What is wrong here, in the order in which it bites:

- `is_speaking`, `stop_requested`, `current_id` and the silence timer belong to the conversation
  and not to a message. A timer that was started for one message completes the next one.
- The end of a message is inferred: no audio for a while. The provider's end marker is not read.
- STOP sets a flag that the next piece of audio is to notice. When there is none, nobody does.
- Each request opens a socket and adds a listener to the same list. No socket is ever closed, no
  listener removed, and every listener hears every socket: also the rest of an earlier message.
"""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress

from aiohttp import ClientSession, ClientWebSocketResponse, WSMsgType, web

Listener = Callable[[bytes], Awaitable[None]]


class Conversation:
    """Relays speech to one client; the state of all of its messages is in the same few flags."""

    def __init__(
        self,
        client: web.WebSocketResponse,
        provider: ClientSession,
        *,
        upstream_url: str,
        silence_s: float,
    ) -> None:
        self.client = client
        self.provider = provider
        self.upstream_url = upstream_url
        self.silence_s = silence_s
        self.is_speaking = False
        self.stop_requested = False
        self.current_id = ""
        self.sockets: list[ClientWebSocketResponse] = []
        self.listeners: list[Listener] = []
        self.tasks: list[asyncio.Task[None]] = []
        self.silence_timer: asyncio.TimerHandle | None = None

    async def speak(self, message_id: str, text: str, voice: str) -> None:
        """Start a message.

        Wrong: what the last message left behind is taken over as it stands. Its timer runs on, and
        its socket goes on speaking. One that was stopped is believed to have said so.
        """
        if self.is_speaking and not self.stop_requested:
            await self.send_end("superseded")
        self.stop_requested = False
        self.is_speaking = True
        self.current_id = message_id
        await self.client.send_json(
            {
                "type": "stream.start",
                "message_id": message_id,
                "format": "pcm_s16le",
                "sample_rate": 24_000,
                "channels": 1,
            }
        )
        socket = await self.provider.ws_connect(self.upstream_url)
        self.sockets.append(socket)
        self.listeners.append(self.listener_for(message_id))
        self.in_background(self.pump(socket))
        await socket.send_json({"input": text, "voice": voice, "model": "orpheus"})

    def stop(self) -> None:
        """Ask for silence.

        Wrong: it is a hint. The listener ends the message when it hears the next audio, and the
        timer, which would have ended it otherwise, is called off. The provider speaks on.
        """
        self.stop_requested = True
        if self.silence_timer is not None:
            self.silence_timer.cancel()

    def listener_for(self, message_id: str) -> Listener:
        """Return what passes the audio of a message on.

        Wrong: it tells by the flags whether the message is still its own, and not by the socket
        that the audio came from.
        """

        async def on_audio(pcm: bytes) -> None:
            if not self.is_speaking or message_id != self.current_id:
                return
            if self.stop_requested:
                await self.finish("stopped")
                return
            await self.client.send_bytes(pcm)

        return on_audio

    async def pump(self, socket: ClientWebSocketResponse) -> None:
        """Bring what one socket says to all listeners.

        Wrong: it ends when the provider hangs up, which most do not. Its text messages, the end
        marker among them, are thrown away.
        """
        async for message in socket:
            if message.type is WSMsgType.BINARY and not self.client.closed:
                self.restart_silence_timer()
                for listener in self.listeners:
                    await listener(message.data)

    def restart_silence_timer(self) -> None:
        """Expect more audio, of whichever message, within the time of a silence."""
        if self.silence_timer is not None:
            self.silence_timer.cancel()
        loop = asyncio.get_running_loop()
        self.silence_timer = loop.call_later(self.silence_s, self.on_silence)

    def on_silence(self) -> None:
        """Take the silence for the end.

        Wrong: of which message? The one that was silent may have been the one before.
        """
        self.in_background(self.finish("completed"))

    async def finish(self, reason: str) -> None:
        """End what is being spoken, if anything is."""
        if self.is_speaking:
            self.is_speaking = False
            await self.send_end(reason)

    async def send_end(self, reason: str) -> None:
        """Tell the client that the current message is over."""
        if not self.client.closed:
            end = {"type": "stream.end", "message_id": self.current_id, "reason": reason}
            await self.client.send_json(end)

    def in_background(self, work: Awaitable[None]) -> None:
        """Do something beside. Wrong: nobody waits for it, and the list only grows."""

        async def run() -> None:
            with suppress(ConnectionError):  # the client has gone
                await work

        self.tasks.append(asyncio.get_running_loop().create_task(run()))
