"""One seed per run; everything random is a named child of it."""

import hashlib
import random


def child_seed(seed: int, *names: str | int) -> int:
    """Return a 64-bit seed that depends on ``seed`` and the path of ``names`` only."""
    text = "/".join([str(seed), *(str(name) for name in names)])
    return int.from_bytes(hashlib.blake2b(text.encode(), digest_size=8).digest(), "big")


def child_random(seed: int, *names: str | int) -> random.Random:
    """Return a generator of its own for the path of ``names`` below ``seed``."""
    return random.Random(child_seed(seed, *names))
