"""From one stream of events to views: each message's view is closed as soon as it is settled.

Memory is bounded by open messages: when a message's quiet window has passed and its upstream is
settled, its view goes to ``on_message`` and then loses its audio. When a session is over, its
view goes to ``on_session``.
"""

import heapq
from collections.abc import Callable
from functools import partial

import msgspec

from harness.judging.asides import ASIDES, CLOSED_BELOW, said_of_audio
from harness.judging.environment import NOTICED_NS, READ_LATE_NS, Environments
from harness.judging.ledger import Ledger, note_resets
from harness.judging.open_session import OpenSession
from harness.judging.rivals import Rivals
from harness.judging.spans import Spans
from harness.model import events as ev
from harness.model.events import Event
from harness.model.session_view import LoggedCleanup, SessionView
from harness.model.target import Behaviour
from harness.model.units import NS_PER_MS
from harness.model.views import (
    SILENT_WAYS,
    AudioReceived,
    Command,
    MessageView,
    Origin,
    Signal,
    StreamView,
)

AFTER_IDLE_NS = 2000 * NS_PER_MS
SETTLE_NS = 12_000 * NS_PER_MS
LOOK_AGAIN_NS = 200 * NS_PER_MS

_audio = msgspec.json.Decoder(ev.AudioData).decode
_end = msgspec.json.Decoder(ev.EndData).decode
_stop = msgspec.json.Decoder(ev.StopData).decode
_left = msgspec.json.Decoder(ev.LeftData).decode
_scenario = msgspec.json.Decoder(ev.ScenarioData).decode
_speak = msgspec.json.Decoder(ev.SpeakData).decode
_start = msgspec.json.Decoder(ev.StartData).decode


class Demultiplexer:
    """Feed events in order; views come out through two callbacks, late signals through a third.

    A late signal is one of a message whose view has been closed; that view has it already.
    """

    def __init__(
        self,
        *,
        behaviour: Behaviour,
        has_upstream: bool,
        has_log: bool = False,
        environments: Environments,
        on_message: Callable[[MessageView], None],
        on_session: Callable[[SessionView], None],
        on_late_signal: Callable[[MessageView, Signal], None],
    ) -> None:
        self._behaviour = behaviour
        self._has_upstream = has_upstream
        self._session_ns = READ_LATE_NS if has_log else NOTICED_NS
        self._environments = environments
        self._on_message = on_message
        self._on_session = on_session
        self._on_late_signal = on_late_signal
        self._sessions: dict[str, OpenSession] = {}
        self._origins: dict[str, tuple[Origin, int]] = {}
        self.ledger = Ledger(on_stream=self._place)
        self._due: list[tuple[int, str, str, int]] = []
        self._now_ns = 0
        self.rivals = Rivals()
        self.late_fences = 0
        self.fences = 0
        self._handlers: dict[str, Callable[[Event], None]] = {
            "scenario_started": self._scenario_started,
            "client_connecting": self._client_connecting,
            "client_connected": self._client_connected,
            "speak_sent": self._speak_sent,
            "stop_sent": self._stop_sent,
            "fence_sent": self._fence_sent,
            "fence_passed": self._fence_passed,
            "start_received": self._start_received,
            "audio_received": self._audio_received,
            "end_received": self._end_received,
            "error_received": self._error_received,
            "client_left": self._client_left,
            "connection_lost": self._connection_lost,
            "session_over": self._session_over,
            "cleanup_logged": self._cleanup_logged,
            "lane_closing": self._lane_closing,
        }
        self._handlers |= {kind: partial(self._aside, take) for kind, take in ASIDES.items()}
        self._handlers_of_upstream = self.ledger.handlers | self._handlers

    def feed(self, event: Event) -> None:
        """Take one event; unknown kinds only move the time."""
        self._now_ns = at_ns = event.at_ns
        is_upstream = event.source == "upstream"
        handlers = self._handlers_of_upstream if is_upstream else self._handlers
        handler = handlers.get(event.kind)
        if handler is not None:
            handler(event)
        while self._due and self._due[0][0] <= at_ns:
            self._look(self._due[0])

    def finish(self, *, is_cut: bool) -> None:
        """Close what is still open; ``is_cut`` says that the record ended before the run did."""
        for session in list(self._sessions.values()):
            for message in list(session.open.values()):
                message.is_cut = message.is_cut or is_cut
                self._close_message(session, message)
            session.over_ns = self._now_ns - self._session_ns
            self._close_session_if_done(session)

    # -- closing ---------------------------------------------------------------------------

    def _look(self, due: tuple[int, str, str, int]) -> None:
        heapq.heappop(self._due)
        _, session_name, message_name, last_ns = due
        session = self._sessions.get(session_name)
        message = session.open.get(message_name) if session else None
        if session is not None and not message_name:
            self._close_session_if_done(session)
        if session is None or message is None:
            return
        is_settled = all(self._is_settled(stream) for stream in message.streams)
        if is_settled or self._now_ns >= last_ns:
            self._close_message(session, message)
        else:
            again_ns = self._now_ns + LOOK_AGAIN_NS
            heapq.heappush(self._due, (again_ns, session_name, message_name, last_ns))

    def _is_settled(self, stream: StreamView) -> bool:
        if self._behaviour.upstream_socket == "per_message":
            return stream.is_settled
        return stream.live_until_ns is not None

    def _close_later(self, message: MessageView) -> None:
        """Close it when its quiet window is over, and the idle time: a forgotten timer fires."""
        behaviour = self._behaviour
        idle_ns = behaviour.completion_idle_ms * NS_PER_MS + AFTER_IDLE_NS
        due_ns = self._now_ns + max(behaviour.quiet_ms * NS_PER_MS, idle_ns)
        settle_ns = SETTLE_NS
        if message.left_how in SILENT_WAYS:
            settle_ns = max(settle_ns, behaviour.vanish_detection_ms * NS_PER_MS + AFTER_IDLE_NS)
        due = (due_ns, message.session, message.message, self._now_ns + settle_ns)
        heapq.heappush(self._due, due)

    def _close_message(self, session: OpenSession, message: MessageView) -> None:
        session.cut_span()
        del session.open[message.message]
        session.over(message.message, self._now_ns)
        message.seen_until_ns = message.seen_until_ns or self._now_ns
        for command in (message.speak, message.stop, message.superseded):
            if command is not None:
                self._settle_command(session, command)
        note_resets(message)
        self._on_message(message)
        message.audio = []
        session.view.messages.append(message)
        for stream in message.streams:
            self.ledger.forget(stream)
        self._close_session_if_done(session)

    def _close_session_if_done(self, session: OpenSession) -> None:
        if session.over_ns is None or session.open or session.view.session not in self._sessions:
            return
        if self._now_ns < session.over_ns + self._session_ns:
            return  # it is looked at again by then
        session.cut_span()
        invalid = [sent.command for sent in session.view.invalids]
        for command in (*session.view.idle_stops, *invalid):
            self._settle_command(session, command)
        session.view.messages.sort(key=lambda message: message.speak.at_ns)
        del self._sessions[session.view.session]
        self.rivals.forget(session.view)
        self._on_session(session.view)

    def _settle_command(self, session: OpenSession, command: Command) -> None:
        if session.fences.settle(command, session.view.origin.conditions):
            self.fences += 1
            self.late_fences += command.is_fence_late

    def _scenario_started(self, event: Event) -> None:
        data = _scenario(event.data)
        origin = Origin(
            scenario=data.scenario,
            scenario_run=data.run,
            lane=data.lane,
            retry_of=data.retry_of,
            behaviour=self._behaviour,
            conditions=self._environments.conditions(data.lane),
        )
        for session in data.sessions:
            self._origins[session] = (origin, len(data.sessions))

    def _lane_closing(self, event: Event) -> None:
        lane = msgspec.json.decode(event.data, type=ev.LaneData).lane
        for session in list(self._sessions.values()):
            if session.view.origin.lane == lane:
                for message in list(session.open.values()):
                    if not message.seen_until_ns:
                        self._mark_unwatched(message)
                        self._close_message(session, message)
                self._end_session(session)

    def _mark_unwatched(self, message: MessageView) -> None:
        """Note that nobody listens any more; if its client never left, it was cut off."""
        is_over = message.ends or message.left_ns is not None or message.lost_ns is not None
        message.is_cut = not is_over
        message.seen_until_ns = self._now_ns

    def _end_session(self, session: OpenSession) -> None:
        """Close it when a vantage whose loss ended it would have been noticed."""
        if session.over_ns is None:
            session.over_ns = self._now_ns
            due_ns = self._now_ns + self._session_ns
            heapq.heappush(self._due, (due_ns, session.view.session, "", due_ns))
        self._close_session_if_done(session)

    def _session(self, event: Event) -> OpenSession:
        name = event.session or ""
        session = self._sessions.get(name)
        if session is None:
            origin, peers = self._origins.get(name, (Origin(behaviour=self._behaviour), 1))
            view = SessionView(
                session=name, origin=origin, peers=peers, has_upstream=self._has_upstream
            )
            own = int(name[1:]) if name else -1
            spans = Spans(own, view.spans)
            session = self._sessions[name] = OpenSession(view, own, spans)
        return session

    # -- client ----------------------------------------------------------------------------

    def _client_connecting(self, event: Event) -> None:
        view = self._session(event).view
        view.user = msgspec.json.decode(event.data, type=ev.ConnectedData).user
        met = self.rivals.connecting(view)
        if met in self._sessions:
            self._sessions[met].void(event.at_ns)

    def _client_connected(self, event: Event) -> None:
        session = self._session(event)
        data = msgspec.json.decode(event.data, type=ev.ConnectedData)
        session.view.connected_ns = event.at_ns
        self.rivals.connected(session.view.session, event.at_ns)
        session.fences.idle_round_trip_ns = round(data.rtt_ms * NS_PER_MS)

    def _speak_sent(self, event: Event) -> None:
        session = self._session(event)
        session.cut_span()
        name = event.message or ""
        command = Command(at_ns=event.at_ns, seq=event.seq, message=name)
        session.fences.follow(command)
        session.speak(name, command, sentences=_speak(event.data).sentences)

    def _stop_sent(self, event: Event) -> None:
        session = self._session(event)
        session.cut_span()
        command = Command(at_ns=event.at_ns, seq=event.seq)
        session.fences.follow(command)
        session.stop(command)

    def _fence_sent(self, event: Event) -> None:
        data = _stop(event.data)
        self._session(event).fences.sent(data.fence, command_seq=data.command)

    def _fence_passed(self, event: Event) -> None:
        self._session(event).fences.passed(_stop(event.data).fence, event.at_ns)

    def _start_received(self, event: Event) -> None:
        session = self._session(event)
        session.cut_span()
        session.spans.start(event.message)
        message = session.open.get(event.message or "")
        detail = said_of_audio(_start(event.data))
        signal = Signal(at_ns=event.at_ns, seq=event.seq, kind="start", detail=detail)
        if message is not None:
            message.starts.append(signal)
            return
        session.view.stray_signals.append((event.message or "", signal))
        closed = session.closed(event.message or "")
        if closed is not None:
            closed.starts.append(signal)
            self._on_late_signal(closed, signal)

    def _aside(self, take: Callable[[OpenSession, Event], None], event: Event) -> None:
        take(self._session(event), event)

    def _audio_received(self, event: Event) -> None:
        session = self._sessions.get(event.session or "") or self._session(event)
        data = _audio(event.data)
        label = event.message
        if label is None:  # a protocol without names: marks decide, else what was heard last
            own = [key for key, _, _ in data.runs if key >> 32 == session.own]
            label = f"m{own[0] >> 16 & 0xFFFF}" if own else session.spans.heard
        session.hear(
            AudioReceived(
                at_ns=event.at_ns,
                seq=event.seq,
                label=label,
                bytes=data.bytes,
                runs=data.runs,
                zeros=data.zeros,
                foreign=data.foreign,
                odd=data.odd,
            )
        )

    def _end_received(self, event: Event) -> None:
        session = self._session(event)
        session.cut_span()
        data = _end(event.data)
        signal = Signal(at_ns=event.at_ns, seq=event.seq, kind="end", detail=data.reason or "")
        session.over(event.message or "", event.at_ns)
        message = session.open.get(event.message or "")
        if message is None:
            session.view.stray_signals.append((event.message or "", signal))
            closed = session.closed(event.message or "")
            if closed is not None:
                closed.ends.append(signal)
                self._on_late_signal(closed, signal)
            return
        message.ends.append(signal)
        if len(message.ends) == 1:
            self._close_later(message)

    def _error_received(self, event: Event) -> None:
        session = self._session(event)
        data = _end(event.data)
        signal = Signal(at_ns=event.at_ns, seq=event.seq, kind="error", detail=data.code or "")
        name = event.message or ""
        message, closed = session.open.get(name), session.closed(name)
        session.take_answer(signal)
        if name in session.repeated or not name:
            session.view.errors.append(signal)
            return
        if message is not None:
            session.refuse(message, signal)
        elif closed is not None:
            closed.errors.append(signal)
            self._on_late_signal(closed, signal)

    def _client_left(self, event: Event) -> None:
        self._leave(self._session(event), event.at_ns, _left(event.data).how)

    def _leave(self, session: OpenSession, at_ns: int, how: str) -> None:
        for message in session.leave(at_ns, how):
            self._close_later(message)

    def _connection_lost(self, event: Event) -> None:
        session = self._session(event)
        how = _left(event.data).how
        if self.rivals.over(session.view.session, event.at_ns):
            session.void(event.at_ns)  # refused after it was let in: it may never have been read
        if session.view.invalids and how in CLOSED_BELOW:
            session.void(event.at_ns, is_broken_off=True)
        if how == "rst" and session.view.origin.conditions.was_reset("client", event.at_ns):
            self._leave(session, event.at_ns, how)  # we did it: to the SUT its client is gone
            return
        session.lose(event.at_ns, how)

    def _cleanup_logged(self, event: Event) -> None:
        session = self._sessions.get(event.session or "")
        lane = msgspec.json.decode(event.data, type=ev.LaneData).lane
        if session is not None and session.view.origin.lane == lane:
            session.view.logged.append(LoggedCleanup(at_ns=event.at_ns, message=event.message))

    def _session_over(self, event: Event) -> None:
        session = self._session(event)
        session.view.seen_until_ns = event.at_ns
        for message in session.open.values():
            if message.end_ns is None and message.left_ns is None and not message.seen_until_ns:
                self._mark_unwatched(message)
                due_ns = self._now_ns + NOTICED_NS
                due = (due_ns, message.session, message.message, due_ns)
                heapq.heappush(self._due, due)
        self._end_session(session)

    # -- upstream --------------------------------------------------------------------------

    def _place(self, stream: StreamView) -> None:
        """Give a new upstream stream to the message that it was made for."""
        session = self._sessions.get(stream.session or "")
        if session is None:
            return
        message = session.open.get(stream.message or "")
        if message is not None:
            message.streams.append(stream)
            return
        for closed in session.view.messages:
            if closed.message == stream.message:
                closed.streams.append(stream)
