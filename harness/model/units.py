"""Conversion factors between units; no other module holds one."""

NS_PER_MS = 1_000_000
NS_PER_S = 1_000_000_000
SAMPLE_RATE_HZ = 24_000
BYTES_PER_SAMPLE = 2


def ms(ns: int) -> float:
    """Return nanoseconds as milliseconds."""
    return ns / NS_PER_MS


def ns(milliseconds: float) -> int:
    """Return milliseconds as whole nanoseconds."""
    return round(milliseconds * NS_PER_MS)


def audio_ms(samples: int) -> float:
    """Return how long ``samples`` sound at 24 kHz, in ms."""
    return samples * 1000 / SAMPLE_RATE_HZ
