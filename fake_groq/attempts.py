"""Which requests are tries of the same call: equal bodies with rising `x-stainless-retry-count`.

The SDKs send no key of idempotency, so this is all that tells a retry from a new call. Calls with
equal bodies that are under way at the same time can be taken for each other.
"""

from collections import OrderedDict
from dataclasses import dataclass
from hashlib import blake2b
from typing import Final

CALLS_KEPT: Final = 100_000  # the oldest are forgotten beyond
HEADER: Final = "x-stainless-retry-count"


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """The try of this number, from 0, of the call of that number, from 1."""

    call: int
    attempt: int


class Attempts:
    """Knows the last try of each call."""

    def __init__(self) -> None:
        self._calls = 0
        self._last: OrderedDict[bytes, Attempt] = OrderedDict()

    def of(self, body: bytes, retry_count: str | None) -> Attempt:
        """Return which attempt a request is; without a count it is the first of a call."""
        digest = blake2b(body, digest_size=16).digest()
        last = self._last.pop(digest, None)
        number = int(retry_count) if retry_count is not None and _is_count(retry_count) else 0
        if number and last is not None and last.attempt == number - 1:
            attempt = Attempt(call=last.call, attempt=number)
        else:
            self._calls += 1
            attempt = Attempt(call=self._calls, attempt=number)
        self._last[digest] = attempt
        if len(self._last) > CALLS_KEPT:
            self._last.popitem(last=False)
        return attempt


def _is_count(written: str) -> bool:
    return written.isascii() and written.isdecimal() and len(written) < 10
