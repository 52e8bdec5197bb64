"""One user session: who decides, who reads, who writes, and who holds the upstream.

Four kinds of tasks live in the session's TaskGroup. `read-client` turns what the client sends into
inputs; `write-client` is the only one to write to it; `speak-N` brings the audio of one message;
`decide` takes all their inputs from one inbox, one at a time, asks the `MessageStream` and obeys.
So everything that must happen in an order happens in one place, and nobody there waits for a
network.
"""

import asyncio
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from reference_impl.completion_budget import BudgetExpired, CompletionBudget
from reference_impl.downstream import ClientGone, Downstream
from reference_impl.framing import Chunker, Lull
from reference_impl.journal import Journal
from reference_impl.message_stream import MessageStream, Phase
from reference_impl.ownership import Census, Partings
from reference_impl.upstream import SpeechRequest, Upstream, UpstreamFailed
from reference_impl.vocabulary import (
    AudioArrived,
    AwaitDrain,
    CleanUp,
    CleanUpNow,
    ClientLeft,
    CloseClient,
    Command,
    Drained,
    Ending,
    EndReason,
    Input,
    OpenUpstream,
    ReleaseUpstream,
    Retire,
    SendAudio,
    SendEnd,
    SendError,
    SendPong,
    SendStart,
    Speak,
    Stop,
    UpstreamEnded,
)

INBOX_MAX = 256
PARTING_DEADLINE_S = 0.25
"""So long an upstream may take to answer our close frame; then its connection is dropped."""

INTERNAL_ERROR = 1011


class _SessionOver(Exception):
    """Ends the session's TaskGroup from inside."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionSettings:
    """What all sessions of a relay share; times in ms."""

    model: str
    first_byte_ms: int
    completion_idle_ms: int
    new_upstream: Callable[[Partings], Upstream]


@dataclass(slots=True, kw_only=True)
class _Asked:
    """An input in the inbox, and the future of whoever waits until it was obeyed."""

    arrived: Input
    obeyed: "asyncio.Future[tuple[Command, ...]]"

    def answer(self, commands: tuple[Command, ...]) -> None:
        """Tell the one who waits, if anybody still does."""
        if not self.obeyed.done():
            self.obeyed.set_result(commands)


@dataclass(slots=True, kw_only=True)
class Exchange:
    """The upstream side of one message: the task that speaks it and the stream that is live."""

    number: int
    upstream: Upstream | None = None
    task: "asyncio.Task[None] | None" = None
    is_released: bool = False

    def release(self) -> bool:
        """Let go of the upstream and end the task; say whether this call did it."""
        if self.is_released:
            return False
        self.is_released = True
        if self.upstream is not None:
            self.upstream.release()
        if self.task is not None:
            self.task.cancel()
        return True


class Session:
    """One client connection and the messages spoken on it."""

    def __init__(
        self,
        *,
        session_id: str,
        user: str | None,
        client: Downstream,
        settings: SessionSettings,
        journal: Journal,
        census: Census,
    ) -> None:
        self.session_id = session_id
        self.user = user
        self.client = client
        self._settings = settings
        self._journal = journal
        self._census = census
        self._stream = MessageStream()
        self._inbox: asyncio.Queue[_Asked] = asyncio.Queue(INBOX_MAX)
        self._upstream_turn = asyncio.Lock()  # whoever holds it may have a live upstream stream
        self._exchange: Exchange | None = None
        self._tasks = asyncio.TaskGroup()
        self._partings = Partings(deadline_s=PARTING_DEADLINE_S)
        self._close_code = INTERNAL_ERROR  # unless a better one is decided
        self._is_over = False
        self._ended = asyncio.Event()
        self._handlers: Mapping[type[Command], Callable[..., None]] = {
            SendStart: self.send_start,
            SendAudio: self.send_audio,
            SendError: self.send_error,
            SendEnd: self.send_end,
            SendPong: self.send_pong,
            OpenUpstream: self.open_upstream,
            ReleaseUpstream: lambda _: self.release_upstream(),
            AwaitDrain: self.await_drain,
            CleanUp: self.clean_up,
            CloseClient: self.close_client,
        }

    # ------------------------------------------------------------------------ for the server

    async def run(self) -> None:
        """Live until the client leaves or the session is retired; then nothing is held."""
        self._journal.note("session_opened", session=self.session_id)
        try:
            with self._census.holding("sessions"):
                async with self._partings:
                    await self._live()
        finally:
            self._ended.set()
            self._journal.note("session_closed", session=self.session_id)

    async def call_cleanup(self) -> CleanUp | None:
        """Clean up the current message, if any; the session goes on. None if it is over."""
        commands = await self.ask(CleanUpNow())
        return next((command for command in commands if isinstance(command, CleanUp)), None)

    async def retire(self, *, close_code: int, cause: str) -> None:
        """End the session: its message with `cleanup`, then the connection with this code.

        Returns when the upstream has been released and the end signal is on its way.
        """
        await self.ask(Retire(close_code=close_code, cause=cause))

    async def ended(self) -> None:
        """Wait until the session is over and its connection closed."""
        await self._ended.wait()

    @property
    def waiters(self) -> int:
        """How many wait for an answer of this session."""
        return self._inbox.qsize() + self.client.marks_waiting

    async def _live(self) -> None:
        try:
            async with self._tasks:
                for name, task in (
                    ("read-client", self.read_client()),
                    ("write-client", self.write_client()),
                    ("decide", self.decide()),
                ):
                    self._tasks.create_task(task, name=f"{name} {self.session_id}")
        except* _SessionOver:
            pass
        finally:
            self._is_over = True
            self._answer_the_rest()
            await self.client.close(self._close_code)

    # ------------------------------------------------------------------------ the tasks

    async def read_client(self) -> None:
        """Read always: neither a full buffer nor an upstream may keep a STOP from being seen."""
        while True:
            arrived = await self.client.receive()
            if isinstance(arrived, Stop):
                await self.take_stop(arrived)
            else:
                await self.post(arrived)
            if isinstance(arrived, ClientLeft | Retire):
                return

    async def write_client(self) -> None:
        """Write to the client until it is gone."""
        try:
            await self.client.write()
        except ClientGone as gone:
            await self.post(ClientLeft(cause=str(gone)))

    async def decide(self) -> None:
        """Be the one who decides, until the session is over."""
        while self._stream.phase is not Phase.CLOSED:
            asked = await self._inbox.get()
            try:
                asked.answer(await self.decide_on(asked.arrived))
            finally:
                asked.answer(())  # whatever happens, nobody waits for ever
            if isinstance(asked.arrived, Retire):
                await self.client.flush()
        raise _SessionOver

    async def decide_on(self, arrived: Input) -> tuple[Command, ...]:
        """Decide, obey, and return what was obeyed."""
        try:
            commands = self._stream.receive(arrived)
            await self.obey(commands)
        except ClientGone as gone:  # it asks and does not read
            commands = self._stream.receive(ClientLeft(cause=str(gone)))
            await self.obey(commands)
        return commands

    async def speak(self, exchange: Exchange, message: Speak) -> None:
        """Bring the audio of one message, segment by segment, and say how it ended."""
        chunker = self.new_chunker()
        ending = Ending(reason=EndReason.COMPLETED)
        for text in self.segments(message.text):
            request = SpeechRequest(model=self._settings.model, text=text, voice=message.voice)
            ending = await self.speak_segment(exchange, request, chunker)
            if ending.reason is not EndReason.COMPLETED:
                break
        await self.pass_on(exchange, chunker.flush())
        await self.ask(UpstreamEnded(exchange=exchange.number, ending=ending))

    async def speak_segment(
        self, exchange: Exchange, request: SpeechRequest, chunker: Chunker
    ) -> Ending:
        """Hold one upstream stream from its opening to its end."""
        async with self._upstream_turn:
            upstream = self.new_upstream()
            exchange.upstream = upstream
            try:
                with self._census.holding("upstream_streams"):
                    return await self.receive_all(exchange, upstream, request, chunker)
            except UpstreamFailed as failed:
                return Ending(reason=EndReason.UPSTREAM_ERROR, failure=failed.failure)
            except BudgetExpired:
                return Ending(reason=EndReason.TIMEOUT)
            finally:
                upstream.release()

    async def receive_all(
        self, exchange: Exchange, upstream: Upstream, request: SpeechRequest, chunker: Chunker
    ) -> Ending:
        """Open one upstream stream and bring its audio, up to its end."""
        budget = self.new_budget()
        framing = upstream.framing()
        await upstream.open(request, budget)
        while True:
            try:
                framed = framing.take(await budget.wait_for(upstream.receive))
            except BudgetExpired:
                framed = framing.take(Lull())
            budget.byte_arrived()
            await self.pass_on(exchange, chunker.feed(framed.pcm))
            if framed.ending is not None:
                return framed.ending

    async def pass_on(self, exchange: Exchange, frames: Iterable[bytes]) -> None:
        """Bring frames to the client, no faster than it reads."""
        for pcm in frames:
            await self.client.room()
            await self.ask(AudioArrived(exchange=exchange.number, pcm=pcm))

    # ------------------------------------------------------------------------ policy, to be varied

    def segments(self, text: str) -> tuple[str, ...]:
        """Cut a message into the texts that are spoken one after the other: here one."""
        return (text,)

    def new_upstream(self) -> Upstream:
        """Return what one stream is asked of: here one that is not connected yet."""
        return self._settings.new_upstream(self._partings)

    def new_chunker(self) -> Chunker:
        """Return what cuts the samples of one message into frames."""
        return Chunker()

    def new_budget(self) -> CompletionBudget:
        """Return what bounds the silence of one upstream stream."""
        return CompletionBudget(
            first_byte_ms=self._settings.first_byte_ms, idle_ms=self._settings.completion_idle_ms
        )

    async def take_stop(self, stop: Stop) -> None:
        """Obey a STOP: at once."""
        await self.post(stop)

    # ------------------------------------------------------------------------ the inbox

    async def post(self, arrived: Input) -> None:
        """Hand an input to the one who decides, and go on."""
        obeyed: asyncio.Future[tuple[Command, ...]] = asyncio.get_running_loop().create_future()
        await self._inbox.put(_Asked(arrived=arrived, obeyed=obeyed))

    async def ask(self, arrived: Input) -> tuple[Command, ...]:
        """Hand over an input and wait until it was obeyed; () where the session is over."""
        asked = _Asked(arrived=arrived, obeyed=asyncio.get_running_loop().create_future())
        if not self._is_over:
            await self._inbox.put(asked)
        return () if self._is_over else await asked.obeyed

    def _answer_the_rest(self) -> None:
        while not self._inbox.empty():
            self._inbox.get_nowait().answer(())

    # ------------------------------------------------------------------------ the commands

    async def obey(self, commands: Iterable[Command]) -> None:
        """Do what was decided, in its order. Nothing in here waits for a network."""
        for command in commands:
            self._handlers[type(command)](command)

    def send_start(self, command: SendStart) -> None:
        """Announce a message."""
        self.client.send_start(command.message_id)

    def send_audio(self, command: SendAudio) -> None:
        """Pass samples to the client."""
        self.client.send_audio(command.pcm)

    def send_error(self, command: SendError) -> None:
        """Tell the client what went wrong."""
        self.client.send_error(command.message_id, command.failure)

    def send_end(self, command: SendEnd) -> None:
        """Send the end signal."""
        self.client.send_end(command.message_id, command.reason)

    def send_pong(self, command: SendPong) -> None:
        """Answer a PING."""
        self.client.send_pong(command.payload)

    def open_upstream(self, command: OpenUpstream) -> None:
        """Begin to speak a message."""
        exchange = Exchange(number=command.exchange)
        speak = self.speak(exchange, command.message)
        name = f"speak-{command.exchange} {self.session_id}"
        exchange.task = self._tasks.create_task(speak, name=name)
        self._exchange = exchange

    def release_upstream(self) -> None:
        """Let go of the current upstream stream, if it is still held."""
        if self._exchange is not None:
            self._exchange.release()

    def await_drain(self, command: AwaitDrain) -> None:
        """Report when the client has got everything."""
        drained = Drained(exchange=command.exchange)
        self.client.when_drained(lambda: self.post(drained))

    def clean_up(self, command: CleanUp) -> None:
        """Release the upstream, drop what the client has not got, and say so."""
        self.release_upstream()
        self.client.drop_audio()
        self._journal.cleanup(
            session=self.session_id,
            message_id=command.message_id,
            cause=command.cause,
            call=command.call,
            effective=command.effective,
        )

    def close_client(self, command: CloseClient) -> None:
        """Note the code; the connection is closed when the session ends."""
        self._close_code = command.close_code
