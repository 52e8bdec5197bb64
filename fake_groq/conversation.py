"""One WebSocket while it lives: what the client says goes to its preset, and the actions follow."""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable
from typing import Final

from aiohttp import WSMessage, WSMsgType

from fake_groq import answers
from fake_groq.end_markers import POLICY_VIOLATION, Unit
from fake_groq.exchange import Exchange
from fake_groq.presets.base import Actions, Cancel, Frame, Leave, Preset, Say, Speak
from fake_groq.sockets import Socket
from fake_groq.steps import Manners, Refuse, Send

SPEECHES_WAITING_MAX: Final = 64

Begin = Callable[[Speak], Exchange]
Complain = Callable[[str], None]


class Conversation:
    """Reads without a pause, so that pings are answered, and a close frame or a cancel is seen.

    Speeches are performed one after the other: `begin` makes the next, and `complain` is told what
    the client did wrong.
    """

    def __init__(self, preset: Preset, socket: Socket, *, begin: Begin, complain: Complain) -> None:
        self._preset = preset
        self._socket = socket
        self._begin = begin
        self._complain = complain
        self._waiting: deque[Speak | Say | Leave] = deque()
        self._has_waiting = asyncio.Event()
        self._current: _Performance | None = None
        self._has_left = False

    async def hold(self) -> None:
        """Read and answer until the connection is gone.

        Raises:
            ConnectionError: it is gone, and something was to be written; in a group of exceptions.
        """
        await self._act(self._preset.greet())
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._read(), name=f"read-{self._socket.wire.number}")
            while True:
                while not self._waiting:  # a cancel can empty it before we wake up
                    self._has_waiting.clear()
                    await self._has_waiting.wait()
                action = self._waiting.popleft()
                if isinstance(action, Leave):
                    await self._leave(action)  # the reader waits for the answer
                elif isinstance(action, Say):
                    await self._say(action.frames, action.complaint)
                else:
                    await self._speak(action, tasks)

    async def _read(self) -> None:
        while True:
            try:
                async with asyncio.timeout(None if self._has_left else self._preset.idle_s()):
                    message = await self._hear()
            except TimeoutError:
                if self._current is None and not self._waiting:  # who listens is not idle
                    await self._act(self._preset.idle())
                continue
            if message.type in (WSMsgType.TEXT, WSMsgType.BINARY):
                await self._act(self._preset.hear(message.data))
            else:
                await self._socket.take_leave(message)
                return

    async def _hear(self) -> WSMessage:
        """Return the next message; pings are answered, and do not count as a word."""
        while True:
            message = await self._socket.receive()
            if message.type is WSMsgType.PING:
                await self._socket.pong(message.data)
            elif message.type is not WSMsgType.PONG:
                return message

    async def _act(self, actions: Actions) -> None:
        for action in actions:
            if self._has_left or self._socket.has_said_goodbye:
                return
            if isinstance(action, Say) and not action.waits:
                await self._say(action.frames, action.complaint)
            elif isinstance(action, Cancel):
                await self._cancel(action)
            elif isinstance(action, Leave) and action.is_urgent:
                await self._leave(action)
            elif len(self._waiting) >= SPEECHES_WAITING_MAX:
                sentence = f"more than {SPEECHES_WAITING_MAX} speeches wait"
                leave = Leave(code=POLICY_VIOLATION, reason=sentence, complaint=sentence)
                await self._leave(leave)
            else:
                self._waiting.append(action)
                self._has_waiting.set()

    async def _say(self, frames: tuple[Frame, ...], complaint: str = "") -> None:
        if complaint:
            self._complain(complaint)
        for frame in frames:
            await self._socket.send(frame.data, frame.kind)

    async def _leave(self, action: Leave) -> None:
        """Send the close frame; nothing is said or heard behind it."""
        self._has_left = True
        self._waiting.clear()
        self._has_waiting.clear()
        if action.complaint:
            self._complain(action.complaint)
        if not self._socket.has_said_goodbye:
            for frame in action.frames:
                self._socket.message(frame.data, frame.kind)
            await self._socket.say_goodbye(action.code, action.reason)

    async def _speak(self, speak: Speak, tasks: asyncio.TaskGroup) -> None:
        """Perform one speech in a task of its own, which a cancel can end."""
        exchange = self._begin(speak)
        outlet = SpeechOutlet(self._preset, self._socket, speak, act=self._act)
        task = tasks.create_task(
            exchange.perform(outlet, text_chars=len(speak.text)), name=f"speak-{exchange.number}"
        )
        self._current = current = _Performance(speak, exchange, task)
        await asyncio.wait((task,))
        if self._current is current:
            self._current = None
        self._preset.over(speak.context)

    async def _cancel(self, action: Cancel) -> None:
        """Stop what is spoken and forget what waits, if it is of the context."""
        kept = [a for a in self._waiting if not _is_meant(action, a)]
        has_stopped = len(kept) < len(self._waiting)
        self._waiting = deque(kept)
        if not kept:
            self._has_waiting.clear()
        current = self._current
        if current is not None and _is_meant(action, current.speak):
            has_stopped = True
            await current.stop()
        await self._say(action.frames if has_stopped else action.idle_frames)


class _Performance:
    """A speech that is being performed."""

    def __init__(self, speak: Speak, exchange: Exchange, task: "asyncio.Task[None]") -> None:
        self.speak = speak
        self._exchange = exchange
        self._task = task

    async def stop(self) -> None:
        """End it by the client's wish."""
        self._task.cancel()
        await asyncio.wait((self._task,))
        self._exchange.release("peer", "cancel")


class SpeechOutlet:
    """Writes one speech as its preset frames it."""

    def __init__(
        self,
        preset: Preset,
        socket: Socket,
        speak: Speak,
        *,
        act: Callable[[Actions], Awaitable[None]],
    ) -> None:
        self._preset = preset
        self._socket = socket
        self._speak = speak
        self._act = act
        self._is_bare = type(preset).wrap is Preset.wrap  # nearly all audio takes the short way

    async def accept(self) -> None:
        """Mend one's manners, and send what comes before the audio."""
        self._socket.behave(Manners(answers_pings=True, close_answer_ms=0.0))
        for frame in self._speak.before:
            self._socket.message(frame.data, frame.kind)

    def send(self, data: bytes, piece: Send) -> None:
        """Send one piece as the preset frames audio, or as the frame that is asked for."""
        is_usual = piece.frame == "binary" and piece.is_final
        if self._is_bare and is_usual and not piece.owes_bytes:
            self._socket.message(data, "binary")
            return
        framed = Frame(kind="binary", data=data)
        if piece.is_audio and not self._is_bare:
            framed = self._preset.wrap(data, self._speak.context)
        if framed.kind == "text" and piece.is_audio:
            is_usual = True  # what is text cannot be divided at any byte
        if is_usual and not piece.owes_bytes:
            self._socket.message(framed.data, framed.kind)
            return
        kind = framed.kind if piece.frame == "binary" else piece.frame
        size_bytes = len(framed.data) + piece.owes_bytes
        self._socket.frame(framed.data, kind, size_bytes=size_bytes, is_final=piece.is_final)

    async def raw(self, data: bytes) -> None:
        """Send bytes past all framing, and also behind a close frame."""
        self._socket.wire.write(data)

    async def mark(self, unit: Unit) -> None:
        """Send a text or a binary message; the close frame goes by `close`."""
        if unit.how == "text" or unit.how == "binary":
            self._socket.message(unit.data, unit.how)

    async def refuse(self, refusal: Refuse) -> None:
        """Say it in the preset's words."""
        error = answers.error_of(
            refusal.status, "", cause=refusal.cause, retry_after_s=refusal.retry_after_s
        )
        await self._act(self._preset.refuse(error, self._speak.context))

    async def close(self, code: int) -> None:
        """Send a close frame and wait until the client is gone; the wire bounds that."""
        await self._socket.close(code)

    def behave(self, manners: Manners) -> None:
        """Treat pings and close frames so from now on."""
        self._socket.behave(manners)


def _is_meant(cancel: Cancel, action: Speak | Say | Leave) -> bool:
    return isinstance(action, Speak | Say) and cancel.context in (None, action.context)
