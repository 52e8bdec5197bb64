"""Short stories in the envelope of the record.

Times are ms after the story begins. A story is written in any order; what happens in the same ms
is told in the order of writing. Without another word everything is of session s1, message m1,
upstream stream 1 on socket 1.
"""

from typing import Any, Self

import msgspec

from harness.model import events as ev
from harness.model.events import Event, Run
from harness.model.units import ns

FRAME = 1920
"""Samples of 80 ms."""

BEGIN_MS = 10_000
UPSTREAM = "upstream"


def key(message: int = 1, *, session: int = 1, sentence: int = 0, count: int = 0) -> int:
    """Return a stream key as the watermark carries it."""
    return session << 32 | message << 16 | sentence << 8 | count


class Story:
    """What happened, written down line by line; every method returns the story."""

    def __init__(
        self,
        *,
        scenario: str = "happy_path",
        run: str | None = None,
        lane: str = "lane",
        sessions: tuple[int, ...] = (1,),
        retry_of: str | None = None,
        absent: tuple[int, ...] = (),
    ) -> None:
        """All ``sessions`` connect before the story begins, but for those that are ``absent``."""
        self.lane = lane
        self._lines: list[tuple[float, Event]] = []
        self._fences = 0
        data = ev.ScenarioData(
            run=run or scenario,
            scenario=scenario,
            lane=lane,
            isolation="session",
            sessions=tuple(f"s{number}" for number in sessions),
            retry_of=retry_of,
        )
        self.event(-100, "runner", "scenario_started", data)
        for number in (one for one in sessions if one not in absent):
            connected = ev.ConnectedData(rtt_ms=2.0)
            self.event(-50, "client", "client_connected", connected, session=number)

    def events(self) -> list[Event]:
        """Return the lines in the order of a merged record, numbered as their writers would."""
        lines = sorted(self._lines, key=lambda line: line[0])
        numbers = {True: 0, False: 0}
        numbered = []
        for _, event in lines:
            is_upstream = event.source == UPSTREAM
            numbers[is_upstream] += 1
            numbered.append(msgspec.structs.replace(event, seq=numbers[is_upstream]))
        return sorted(numbered, key=lambda event: (event.at_ns, event.source, event.seq))

    def event(
        self,
        at_ms: float,
        source: str,
        kind: str,
        data: msgspec.Struct | dict[str, Any] | None = None,
        *,
        session: int | None = None,
        message: int | None = None,
        stream: int | None = None,
    ) -> Self:
        event = Event(
            v=ev.ENVELOPE_VERSION,
            seq=0,
            at_ns=ns(BEGIN_MS + at_ms),
            clock="story",
            source=source,
            kind=kind,
            session=None if session is None else f"s{session}",
            message=None if message is None else f"m{message}",
            stream=stream,
            data=msgspec.Raw(msgspec.json.encode({} if data is None else data)),
        )
        self._lines.append((at_ms, event))
        return self

    # -- the client ------------------------------------------------------------------------

    def speak(
        self,
        at_ms: float,
        message: int = 1,
        *,
        session: int = 1,
        sentences: int = 1,
        pong_after_ms: float | None = 2,
    ) -> Self:
        data = ev.SpeakData(sentences=sentences, characters=80)
        self.event(at_ms, "client", "speak_sent", data, session=session, message=message)
        return self._fence(at_ms, session, pong_after_ms)

    def stop(self, at_ms: float, *, session: int = 1, pong_after_ms: float | None = 2) -> Self:
        self.event(at_ms, "client", "stop_sent", session=session)
        return self._fence(at_ms, session, pong_after_ms)

    def _fence(self, at_ms: float, session: int, pong_after_ms: float | None) -> Self:
        self._fences += 1
        data = ev.StopData(fence=f"f{self._fences}")
        self.event(at_ms, "client", "fence_sent", data, session=session)
        if pong_after_ms is not None:
            self.event(at_ms + pong_after_ms, "client", "fence_passed", data, session=session)
        return self

    def start(self, at_ms: float, message: int = 1, *, session: int = 1) -> Self:
        return self.event(at_ms, "client", "start_received", session=session, message=message)

    def audio(
        self,
        at_ms: float,
        *runs: Run,
        message: int | None = 1,
        session: int = 1,
        **counts: int,
    ) -> Self:
        """One frame: ``message`` is its label, ``counts`` are bytes, zeros, foreign, odd."""
        samples = sum(count for _, _, count in runs) + counts.get("zeros", 0)
        samples += counts.get("foreign", 0)
        counts.setdefault("bytes", 2 * samples + counts.get("odd", 0))
        data = ev.AudioData(runs=runs, **counts)
        return self.event(at_ms, "client", "audio_received", data, session=session, message=message)

    def heard(
        self,
        at_ms: float,
        frames: int = 1,
        message: int = 1,
        *,
        session: int = 1,
        first_frame: int = 0,
        every_ms: float = 80,
        samples: int = FRAME,
    ) -> Self:
        """So many frames in a row of the message's one stream, from frame ``first_frame`` on."""
        for place in range(frames):
            run = (key(message, session=session), (first_frame + place) * samples, samples)
            self.audio(at_ms + place * every_ms, run, message=message, session=session)
        return self

    def end(
        self, at_ms: float, message: int = 1, *, reason: str = "completed", session: int = 1
    ) -> Self:
        data = ev.EndData(reason=reason)
        return self.event(at_ms, "client", "end_received", data, session=session, message=message)

    def error(
        self, at_ms: float, message: int | None = 1, *, code: str = "refused", session: int = 1
    ) -> Self:
        data = ev.EndData(code=code)
        return self.event(at_ms, "client", "error_received", data, session=session, message=message)

    def stray(self, at_ms: float, text: str, *, session: int = 1) -> Self:
        return self.event(at_ms, "client", "stray_signal", ev.EndData(text=text), session=session)

    def leave(self, at_ms: float, *, how: str = "close", session: int = 1) -> Self:
        """The client goes, and with it the session."""
        self.event(at_ms, "client", "client_left", ev.LeftData(how=how), session=session)
        return self.event(at_ms + 5, "client", "session_over", session=session)

    def lost(self, at_ms: float, *, how: str = "fin", session: int = 1) -> Self:
        """The SUT lets go of the connection."""
        self.event(at_ms, "client", "connection_lost", ev.LeftData(how=how), session=session)
        return self.event(at_ms + 1, "client", "session_over", session=session)

    # -- the upstream ----------------------------------------------------------------------

    def opened(
        self,
        at_ms: float,
        message: int = 1,
        *,
        exchange: int | None = None,
        socket: int | None = None,
        session: int = 1,
        frames: int = 3,
        sentences: tuple[int, ...] = (0,),
        count: int = 0,
        fault: str | None = None,
        mixed: bool = False,
        profile: str = "ws",
    ) -> Self:
        """A stream whose speech lasts ``frames`` frames; by default its number is the message's."""
        number = message if exchange is None else exchange
        data = ev.OpenedData(
            exchange=number,
            socket=number if socket is None else socket,
            profile=profile,
            identities=tuple((session, message, sentence) for sentence in sentences),
            mixed=mixed,
            count=count,
            total_samples=frames * FRAME,
            fault=fault,
        )
        stream = key(message, session=session, sentence=sentences[0], count=count)
        return self.event(
            at_ms, UPSTREAM, "stream_opened", data, session=session, message=message, stream=stream
        )

    def sent(
        self,
        at_ms: float,
        frames: int = 1,
        message: int = 1,
        *,
        exchange: int | None = None,
        session: int = 1,
        sentence: int = 0,
        count: int = 0,
        first_frame: int = 0,
        every_ms: float = 80,
        zeros: int = 0,
    ) -> Self:
        number = message if exchange is None else exchange
        stream = key(message, session=session, sentence=sentence, count=count)
        for place in range(frames):
            run = (stream, (first_frame + place) * FRAME, FRAME)
            data = ev.SentData(exchange=number, runs=(run,), zeros=zeros, bytes=2 * FRAME)
            self.event(at_ms + place * every_ms, UPSTREAM, "stream_sent", data)
        return self

    def ended(self, at_ms: float, exchange: int = 1, *, marker: str = "text") -> Self:
        data = ev.StreamEndData(exchange=exchange, marker=marker)
        return self.event(at_ms, UPSTREAM, "stream_ended", data)

    def released(
        self, at_ms: float, exchange: int = 1, *, by: str = "peer", how: str = "close 1000"
    ) -> Self:
        data = ev.StreamEndData(exchange=exchange, by=by, how=how)
        return self.event(at_ms, UPSTREAM, "stream_released", data)

    def failed(self, at_ms: float, exchange: int = 1, *, how: str = "rst") -> Self:
        data = ev.StreamEndData(exchange=exchange, how=how)
        return self.event(at_ms, UPSTREAM, "stream_failed", data)

    def stalled(self, at_ms: float, exchange: int = 1, *, fault: str = "stall_mid_stream") -> Self:
        data = ev.StreamEndData(exchange=exchange, fault=fault)
        return self.event(at_ms, UPSTREAM, "stream_stalled", data)

    def refused(
        self,
        at_ms: float,
        exchange: int = 1,
        *,
        message: int | None = 1,
        session: int | None = 1,
        socket: int | None = 1,
        status: int = 503,
    ) -> Self:
        data = ev.StreamEndData(exchange=exchange, socket=socket, status=status)
        return self.event(at_ms, UPSTREAM, "stream_refused", data, session=session, message=message)

    def socket_closed(self, at_ms: float, socket: int = 1, *, how: str = "fin") -> Self:
        data = ev.SocketData(socket=socket, by="peer", how=how)
        return self.event(at_ms, UPSTREAM, "socket_closed", data)

    # -- all of it at once -----------------------------------------------------------------

    def voiced(self, at_ms: float, frames: int = 3, message: int = 1, *, session: int = 1) -> Self:
        """A whole message that is right: its end signal comes 120 + 80 × frames ms later."""
        stream = 100 * session + message if session > 1 else message
        over_ms = at_ms + 110 + 80 * frames
        self.speak(at_ms, message, session=session)
        self.start(at_ms + 3, message, session=session)
        self.opened(at_ms + 5, message, session=session, exchange=stream, frames=frames)
        self.sent(at_ms + 100, frames, message, session=session, exchange=stream)
        self.heard(at_ms + 101, frames, message, session=session)
        self.ended(over_ms, stream)
        self.end(over_ms + 10, message, session=session)
        return self.socket_closed(over_ms + 12, stream)

    def begun(self, at_ms: float, until_ms: float, message: int = 1, *, frames: int = 20) -> Self:
        """A message of ``frames`` that is heard until ``until_ms``: speech begins after 100 ms."""
        count = max(0, min(frames, int((until_ms - at_ms - 101) // 80) + 1))
        self.speak(at_ms, message).start(at_ms + 3, message)
        self.opened(at_ms + 5, message, frames=frames)
        self.sent(at_ms + 100, count, message)
        return self.heard(at_ms + 101, count, message)

    def let_go(self, at_ms: float, message: int = 1, *, socket_after_ms: float = 5) -> Self:
        """The SUT lets go of a live stream and its socket."""
        self.released(at_ms, message)
        return self.socket_closed(at_ms + socket_after_ms, message)

    def stopped(self, at_ms: float, stop_ms: float, message: int = 1) -> Self:
        """A message that is stopped at ``stop_ms`` and ended 3 ms later, as is right."""
        self.begun(at_ms, stop_ms, message).stop(stop_ms)
        return self.let_go(stop_ms + 2, message).end(stop_ms + 3, message, reason="stopped")

    # -- the world -------------------------------------------------------------------------

    def canary(
        self, from_ms: float, until_ms: float, *, link: str, rtt_ms: float, every_ms: float = 100
    ) -> Self:
        """Pings through the twin of a link; each is recorded when it comes back."""
        at_ms = from_ms
        while at_ms < until_ms:
            data = ev.CanaryData(
                lane=self.lane, link=link, sent_ns=ns(BEGIN_MS + at_ms), rtt_ms=rtt_ms
            )
            self.event(at_ms + rtt_ms, "canary", "canary_rtt", data)
            at_ms += every_ms
        return self

    def lag(self, at_ms: float, worst_ms: float, *, source: str = "harness") -> Self:
        return self.event(at_ms, source, "loop_lag", ev.LagData(max_ms=worst_ms))

    def processes(
        self, at_ms: float, *, run_delay_ms: float = 0, cpu_ms: float = 0, window_ms: float = 250
    ) -> Self:
        data = ev.ProcessData(
            lane=self.lane, run_delay_ms=run_delay_ms, cpu_ms=cpu_ms, window_ms=window_ms
        )
        return self.event(at_ms, "process", "process_sample", data)

    def fault(
        self,
        from_ms: float,
        until_ms: float | None,
        *,
        name: str,
        link: str,
        run: str = "",
        **parameters: float,
    ) -> Self:
        data = ev.FaultData(fault=name, link=link, lane=self.lane, run=run, parameters=parameters)
        self.event(from_ms, "network", "fault_started", data)
        if until_ms is not None:
            self.event(until_ms, "network", "fault_healed", data)
        return self

    def latency(self, from_ms: float, until_ms: float, *, link: str, latency_ms: float) -> Self:
        """A latency on a link, with the canary's word for it on both."""
        other = "upstream" if link == "client" else "client"
        self.fault(from_ms, until_ms, name="network_latency", link=link, latency_ms=latency_ms)
        self.canary(from_ms, until_ms, link=link, rtt_ms=2 * latency_ms + 1)
        return self.canary(from_ms, until_ms, link=other, rtt_ms=1)

    def lane_closing(self, at_ms: float) -> Self:
        return self.event(at_ms, "runner", "lane_closing", ev.LaneData(lane=self.lane))

    def later(self, at_ms: float) -> Self:
        """Time goes on."""
        return self.event(at_ms, "runner", "nothing")
