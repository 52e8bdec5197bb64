"""Groq's words: the JSON of its errors, its headers, its request ids. Pure."""

import random
from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any, Final

REGION: Final = "fra"
REQUESTS_PER_DAY: Final = 100_000
TOKENS_PER_MINUTE: Final = 50_000
RETRY_AFTER_S: Final = 2.0  # of a 429 that says nothing else

_RATE_LIMITED: Final = (
    "Rate limit reached for model `{model}` in organization `org_fake` service tier `on_demand` on "
    "tokens per minute (TPM): Limit 50000, Used 49990, Requested 146. Please try again in 2s."
)
_ID_LETTERS: Final = "0123456789abcdefghjkmnpqrstvwxyz"
_SECONDS_PER_DAY: Final = 86_400


@dataclass(frozen=True, slots=True, kw_only=True)
class GroqError:
    """An error as Groq tells it; `code` is absent on plain validation errors."""

    status: int
    message: str
    type: str = "invalid_request_error"
    code: str | None = None

    def body(self) -> dict[str, Any]:
        """Return the JSON document."""
        error = {"message": self.message, "type": self.type}
        return {"error": error if self.code is None else {**error, "code": self.code}}


def error_of(status: int, model: str) -> GroqError:
    """Return what Groq says with a status that has no cause of its own in the request."""
    phrase = HTTPStatus(status).phrase if status in set(HTTPStatus) else "Unknown error"
    known: dict[int, tuple[str, str, str | None]] = {
        401: ("Invalid API Key", "invalid_request_error", "invalid_api_key"),
        429: (_RATE_LIMITED.format(model=model), "tokens", "rate_limit_exceeded"),
        498: ("Flex tier capacity exceeded", "capacity_exceeded", "capacity_exceeded"),
    }
    kind = "internal_server_error" if status >= HTTPStatus.INTERNAL_SERVER_ERROR else None
    message, type_, code = known.get(status, (phrase, kind or "invalid_request_error", None))
    return GroqError(status=status, message=message, type=type_, code=code)


def unknown_address(method: str, path: str) -> GroqError:
    """Return what Groq says to an address that it does not serve."""
    return GroqError(
        status=404,
        message=f"Unknown request URL: {method} {path}. Please check the URL for typos, or see the "
        "docs at https://console.groq.com/docs/",
        code="unknown_url",
    )


def headers(*, seed: int, exchange: int, tokens: int = 0) -> Mapping[str, str]:
    """Return the headers of an answer: request id, region and rate limits.

    A token of the limiter is about one character. Durations are written as Go writes them.
    """
    chance = random.Random(f"{seed} {exchange}")
    used_s = exchange * _SECONDS_PER_DAY / REQUESTS_PER_DAY
    return {
        "x-request-id": "req_01" + "".join(chance.choices(_ID_LETTERS, k=24)),
        "x-groq-region": REGION,
        "x-ratelimit-limit-requests": str(REQUESTS_PER_DAY),
        "x-ratelimit-remaining-requests": str(max(0, REQUESTS_PER_DAY - exchange)),
        "x-ratelimit-reset-requests": go_duration(used_s),
        "x-ratelimit-limit-tokens": str(TOKENS_PER_MINUTE),
        "x-ratelimit-remaining-tokens": str(max(0, TOKENS_PER_MINUTE - tokens)),
        "x-ratelimit-reset-tokens": go_duration(tokens * 60 / TOKENS_PER_MINUTE),
    }


def go_duration(seconds: float) -> str:
    """Return a duration as Go prints it: 547ms, 2m52.8s, 8h25m36s; whole ms."""
    if seconds < 1:
        return f"{round(seconds * 1000)}ms" if round(seconds * 1000) else "0s"
    minutes, rest = divmod(round(seconds, 3), 60)
    hours, minutes = divmod(int(minutes), 60)
    text = f"{rest:.3f}".rstrip("0").rstrip(".") + "s"
    if hours:
        return f"{hours}h{minutes}m{text}"
    return f"{minutes}m{text}" if minutes else text
