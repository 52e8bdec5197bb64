"""The counts of the fake as Prometheus reads them; names and units as it wants them."""

from collections import Counter
from collections.abc import Iterator
from typing import Final

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from fake_groq.counters import Counters

TYPE: Final = "text/plain; version=0.0.4; charset=utf-8"


def exposition(counters: Counters) -> bytes:
    """Return all counts in the text format."""
    registry = CollectorRegistry(auto_describe=False)
    registry.register(_Exposed(counters))
    return generate_latest(registry)


class _Exposed(Collector):
    """The counts as metrics."""

    def __init__(self, counters: Counters) -> None:
        self._counters = counters

    def collect(self) -> Iterator[Metric]:
        counters = self._counters
        summary = counters.summary()
        yield _gauge("sockets_open", "Connections that are open.", summary["sockets"]["open"])
        yield _gauge("streams_open", "Speech streams that are live.", summary["streams"]["open"])
        yield _plain("sockets_opened", "Connections taken.", counters.sockets_opened)
        yield _split(
            "sockets_closed", "Connections closed, by who let go.", "by", counters.sockets_closed
        )
        yield _split(
            "streams_opened", "Streams begun, by protocol.", "protocol", counters.streams_opened
        )
        yield _released(counters.streams_released)
        yield _plain("streams_ended", "Streams whose end was told.", counters.streams_ended)
        yield _plain("streams_failed", "Streams that failed.", counters.streams_failed)
        yield _split("refusals", "Requests refused, by status.", "status", counters.refusals)
        yield _split("faults", "Faults that bent a stream, by name.", "fault", counters.faults)
        yield _plain("chats", "Chat completions.", counters.chats)
        yield _plain("audio_bytes", "Bytes of audio sent.", counters.audio_bytes)


def _gauge(name: str, text: str, value: int) -> Metric:
    return GaugeMetricFamily(f"fake_groq_{name}", text, value=value)


def _plain(name: str, text: str, value: int) -> Metric:
    return CounterMetricFamily(f"fake_groq_{name}", text, value=value)


def _split(name: str, text: str, label: str, counts: Counter[str]) -> Metric:
    family = CounterMetricFamily(f"fake_groq_{name}", text, labels=[label])
    for value, count in sorted(counts.items()):
        family.add_metric([value], count)
    return family


def _released(counts: Counter[str]) -> Metric:
    text = "Streams let go, by whom and how."
    family = CounterMetricFamily("fake_groq_streams_released", text, labels=["by", "how"])
    for value, count in sorted(counts.items()):
        family.add_metric(value.split(" "), count)
    return family
