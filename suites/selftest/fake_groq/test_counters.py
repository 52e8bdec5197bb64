from fake_groq.counters import Counters
from fake_groq.metrics import exposition


def counted(*events: tuple[str, dict[str, object]]) -> Counters:
    counters = Counters()
    for kind, data in events:
        counters.take(kind, data)
    return counters


STORY: tuple[tuple[str, dict[str, object]], ...] = (
    ("socket_opened", {"socket": 1}),
    ("socket_opened", {"socket": 2}),
    ("stream_opened", {"preset": "cartesia", "profile": "ws", "fault": "burst+marker_twice"}),
    ("stream_opened", {"preset": None, "profile": "http", "fault": None}),
    ("stream_sent", {"bytes": 3840}),
    ("stream_ended", {"marker": "body"}),
    ("stream_ended", {"marker": "body", "again": True}),
    ("stream_released", {"by": "peer", "how": "close 4001"}),
    ("stream_refused", {"status": 429, "fault": "burst"}),
    ("stream_failed", {"how": "rst"}),
    ("chat_completed", {}),
    ("socket_closed", {"by": "peer"}),
    ("loop_lag", {"max_ms": 1}),
)


def test_what_is_open_is_what_was_opened_less_what_was_let_go() -> None:
    summary = counted(*STORY).summary()
    assert summary["sockets"]["open"] == 1
    assert summary["streams"] == {
        "open": 1,
        "opened": {"cartesia": 1, "http": 1},
        "released": {"peer close": 1},
        "ended": 1,
        "failed": 1,
    }
    assert summary["faults"] == {"burst": 2, "marker_twice": 1}
    assert (summary["refusals"], summary["audio_bytes"]) == ({"429": 1}, 3840)


def test_prometheus_reads_the_same() -> None:
    text = exposition(counted(*STORY)).decode()
    for line in (
        "fake_groq_streams_open 1.0",
        'fake_groq_streams_opened_total{protocol="cartesia"} 1.0',
        'fake_groq_streams_released_total{by="peer",how="close"} 1.0',
        'fake_groq_refusals_total{status="429"} 1.0',
        "fake_groq_audio_bytes_total 3840.0",
    ):
        assert line in text.splitlines()


def test_a_new_fake_has_counted_nothing() -> None:
    assert "fake_groq_streams_open 0.0" in exposition(Counters()).decode()
