"""The upstream's side of the trace: its streams and sockets, as its ledger wrote them."""

from collections import Counter
from collections.abc import Callable

import msgspec

from harness.model import events as ev
from harness.model.events import Event, Run
from harness.model.units import BYTES_PER_SAMPLE, NS_PER_S, SAMPLE_RATE_HZ, audio_ms, ns
from harness.model.views import MessageView, StreamView

BYTE_MIN_NS = NS_PER_S // (SAMPLE_RATE_HZ * BYTES_PER_SAMPLE)  # how long a byte sounds at least

_sent = msgspec.json.Decoder(ev.SentData).decode
_opened = msgspec.json.Decoder(ev.OpenedData).decode
_stream_end = msgspec.json.Decoder(ev.StreamEndData).decode
_socket = msgspec.json.Decoder(ev.SocketData).decode


class Ledger:
    """Keeps the streams that are still of interest; each new one is handed to ``on_stream``.

    ``handlers`` take the events that the upstream wrote, by kind.
    """

    def __init__(self, *, on_stream: Callable[[StreamView], None]) -> None:
        self._on_stream = on_stream
        self._streams: dict[int, StreamView] = {}
        self._on_socket: dict[int, list[StreamView]] = {}
        self.streams_without_identity = 0
        self.streams_total = 0
        self.profiles: Counter[str] = Counter()
        self.handlers: dict[str, Callable[[Event], None]] = {
            "stream_opened": self._stream_opened,
            "stream_refused": self._stream_refused,
            "stream_sent": self._stream_sent,
            "stream_ended": self._stream_ended,
            "stream_stalled": self._stream_stalled,
            "stream_failed": self._stream_failed,
            "stream_released": self._stream_released,
            "socket_closed": self._socket_closed,
        }

    def forget(self, stream: StreamView) -> None:
        """Let go of a stream whose message has been judged; one that is still live is kept."""
        if stream.live_until_ns is None:
            return
        self._streams.pop(stream.exchange, None)
        beside = self._on_socket.get(stream.socket)
        if beside is not None:  # else a pooled socket would remember all that it ever carried
            self._on_socket[stream.socket] = [other for other in beside if other is not stream]

    def _stream_opened(self, event: Event) -> None:
        data = _opened(event.data)
        stream = StreamView(
            exchange=data.exchange,
            socket=data.socket,
            opened_ns=event.at_ns,
            key=event.stream,
            session=event.session,
            message=event.message,
            sentences=tuple(sentence for _, _, sentence in data.identities),
            is_mixed=data.mixed,
            count=data.count,
            profile=data.profile,
            total_samples=data.total_samples,
            fault=None if data.harmless else data.fault,
        )
        self.profiles[data.profile] += 1  # a refusal does not say over which it came
        self._add(stream)

    def _add(self, stream: StreamView) -> None:
        self.streams_total += 1
        self.streams_without_identity += stream.session is None
        self._streams[stream.exchange] = stream
        self._on_socket.setdefault(stream.socket, []).append(stream)
        self._on_stream(stream)

    def _stream_refused(self, event: Event) -> None:
        data = _stream_end(event.data)
        stream = self._streams.get(data.exchange)
        if stream is None:
            stream = StreamView(
                exchange=data.exchange,
                socket=-1 if data.socket is None else data.socket,
                opened_ns=event.at_ns,
                session=event.session,
                message=event.message,
            )
            self._add(stream)
        if stream.socket < 0:
            stream.socket_closed_ns = event.at_ns  # the ledger cannot say, so nobody is to blame
        stream.failed_ns = stream.ended_ns = event.at_ns
        stream.failed_how = f"status {data.status}"
        stream.fault = stream.fault or data.fault or "error_status"

    def _stream_sent(self, event: Event) -> None:
        data, at_ns = _sent(event.data), event.at_ns
        stream = self._streams.get(data.exchange)
        if stream is None:
            return
        first_ns = stream.first_byte_ns
        if first_ns is None:
            stream.first_byte_ns = at_ns
        elif at_ns - first_ns >= (stream.sent_bytes - BYTES_PER_SAMPLE) * BYTE_MIN_NS:
            _keep_pace(stream, at_ns - first_ns)  # nearly all are surely not late
        stream.sent_zeros += data.zeros
        stream.sent_bytes += data.bytes
        if data.runs:
            _note_runs(stream, data.runs)
            if stream.first_sent_ns is None:
                stream.first_sent_ns = at_ns
        silence_ns = at_ns - (stream.last_sent_ns or stream.opened_ns)
        if silence_ns > stream.silence_ns:
            stream.silence_ns = silence_ns
        stream.last_sent_ns = at_ns

    def _stream_ended(self, event: Event) -> None:
        data = _stream_end(event.data)
        stream = self._streams.get(data.exchange)
        if stream is not None and stream.ended_ns is None:
            stream.ended_ns = event.at_ns
            stream.marker = data.marker

    def _stream_stalled(self, event: Event) -> None:
        data = _stream_end(event.data)
        stream = self._streams.get(data.exchange)
        if stream is not None:
            stream.fault = stream.fault or data.fault or "stall"

    def _stream_failed(self, event: Event) -> None:
        data = _stream_end(event.data)
        stream = self._streams.get(data.exchange)
        if stream is not None and stream.failed_ns is None:
            stream.failed_ns = event.at_ns
            stream.failed_how = data.how

    def _stream_released(self, event: Event) -> None:
        data = _stream_end(event.data)
        stream = self._streams.get(data.exchange)
        if stream is not None and stream.released_ns is None:
            stream.released_ns = event.at_ns
            stream.released_by, stream.released_how = data.by, data.how

    def _socket_closed(self, event: Event) -> None:
        data = _socket(event.data)
        for stream in self._on_socket.pop(data.socket, ()):
            stream.socket_closed_ns = event.at_ns


def _keep_pace(stream: StreamView, after_ns: int) -> None:
    """Note how late the bytes that come now are for one who has played all that came before."""
    late_ns = after_ns - ns(audio_ms(stream.sent_bytes // BYTES_PER_SAMPLE))
    if late_ns > stream.late_ns:
        stream.late_ns = late_ns


def _note_runs(stream: StreamView, runs: tuple[Run, ...]) -> None:
    """Note what was sent, and the places that the runs pass over: the samples there were zeros."""
    place = stream.sent_until
    for _, first, count in runs:
        if first > place:
            stream.pauses.append((place, first - place))
        if first + count > place:
            place = first + count
        stream.sent_samples += count
    stream.sent_until = place


def note_resets(message: MessageView) -> None:
    """Note the streams that our own reset of the link ended: to the SUT the upstream failed."""
    conditions = message.origin.conditions
    for stream in message.streams:
        is_open = stream.failed_ns is None and stream.ended_ns is None
        at_ns = stream.released_ns
        was_reset = stream.released_how == "rst" and conditions.was_reset("upstream", at_ns or 0)
        if is_open and was_reset:
            stream.failed_ns, stream.failed_how = at_ns, "rst of the link"
