"""Groq's words: the JSON of its errors, its headers, its request ids. Pure."""

import random
from collections.abc import Mapping
from dataclasses import dataclass, replace
from http import HTTPStatus
from typing import Any, Final
from urllib.parse import quote

from fake_groq.limits import TIERS, Exceeded

REGION: Final = "fra"
PROXY_HEADERS: Final = ("server", "cf-ray")  # of the proxy before the service
RETRY_AFTER_S: Final = 2.0  # of a 429 that says nothing else
ORGANISATION: Final = "org_01fake0000000000000000000"
DAILY_FROM_S: Final = 60  # who has to wait longer has met a limit of the day

_UPGRADE: Final = (
    "Need more tokens? Upgrade to Dev Tier today at https://console.groq.com/settings/billing"
)
_ID_LETTERS: Final = "0123456789abcdefghjkmnpqrstvwxyz"
_REQUESTED: Final = 146  # characters of a usual text


@dataclass(frozen=True, slots=True, kw_only=True)
class GroqError:
    """An error as Groq tells it; `code` is absent on plain validation errors.

    `page` is what the proxy before it answers in the place of JSON, and `page_type` its type.
    """

    status: int
    message: str
    type: str = "invalid_request_error"
    code: str | None = None
    page: str = ""
    page_type: str = "text/html"

    def body(self) -> dict[str, Any]:
        """Return the JSON document."""
        error = {"message": self.message, "type": self.type}
        return {"error": error if self.code is None else {**error, "code": self.code}}


def error_of(
    status: int, model: str, *, cause: str = "", retry_after_s: float | None = None
) -> GroqError:
    """Return what Groq says with a status that has no cause of its own in the request.

    `cause` chooses among errors of the same status: see `CAUSES`.
    """
    if cause:
        error = CAUSES[cause]
        message = error.message.format(model=model, quoted=quote(model, safe=""))
        return replace(error, status=status, message=message)
    if status == HTTPStatus.TOO_MANY_REQUESTS:
        return rate_limited(
            model, _exceeded(RETRY_AFTER_S if retry_after_s is None else retry_after_s)
        )
    phrase = HTTPStatus(status).phrase if status in set(HTTPStatus) else "Unknown error"
    known: dict[int, tuple[str, str, str | None]] = {
        401: ("Invalid API Key", "invalid_request_error", "invalid_api_key"),
        498: ("Flex tier capacity exceeded", "capacity_exceeded", "capacity_exceeded"),
    }
    kind = "internal_server_error" if status >= HTTPStatus.INTERNAL_SERVER_ERROR else None
    message, type_, code = known.get(status, (phrase, kind or "invalid_request_error", None))
    return GroqError(status=status, message=message, type=type_, code=code)


def rate_limited(model: str, exceeded: Exceeded) -> GroqError:
    """Return what Groq says when a limit is exceeded."""
    limit = exceeded.limit
    return GroqError(
        status=HTTPStatus.TOO_MANY_REQUESTS,
        message=f"Rate limit reached for model `{model}` in organization `{ORGANISATION}` service"
        f" tier `on_demand` on {limit.what} ({limit.short}): Limit {limit.amount}, Used"
        f" {exceeded.used}, Requested {exceeded.requested}. Please try again in"
        f" {go_duration(exceeded.wait_s)}. {_UPGRADE}",
        type="tokens" if limit.is_tokens else "requests",
        code="rate_limit_exceeded",
    )


def _exceeded(wait_s: float) -> Exceeded:
    """Return a limit that is exceeded by so much that one has to wait so long."""
    short = "TPD" if wait_s > DAILY_FROM_S else "TPM"
    limit = next(limit for limit in TIERS["free"] if limit.short == short)
    over = wait_s * limit.amount / limit.period_s
    used = round(limit.amount - _REQUESTED + over)
    return Exceeded(limit=limit, used=used, requested=_REQUESTED, wait_s=wait_s)


def unknown_address(method: str, path: str) -> GroqError:
    """Return what Groq says to an address that it does not serve."""
    return GroqError(
        status=404,
        message=f"Unknown request URL: {method} {path}. Please check the URL for typos, or see the "
        "docs at https://console.groq.com/docs/",
        code="unknown_url",
    )


CAUSES: Final[dict[str, GroqError]] = {
    "terms": GroqError(
        status=400,
        message="The model `{model}` requires terms acceptance. Please have the org admin accept "
        "the terms at https://console.groq.com/playground?model={quoted}",
        code="model_terms_required",
    ),
    "screened": GroqError(  # Cloudflare's answer to a request without a User-Agent
        status=403,
        message="error code: 1010",
        code="screened",
        page="error code: 1010",
        page_type="text/plain",
    ),
    "gateway": GroqError(
        status=502,
        message="Bad Gateway",
        type="internal_server_error",
        page="<html>\r\n<head><title>502 Bad Gateway</title></head>\r\n<body>\r\n"
        "<center><h1>502 Bad Gateway</h1></center>\r\n<hr><center>cloudflare</center>\r\n"
        "</body>\r\n</html>\r\n",
    ),
}


def headers(
    *, seed: int, exchange: int, limits: Mapping[str, tuple[int, float, float]]
) -> Mapping[str, str]:
    """Return the headers of an answer: request id, region and rate limits.

    `limits` holds limit, remainder and reset in s by name. Durations are written as Go writes them.
    """
    chance = random.Random(f"{seed} {exchange}")
    found = {
        "server": "cloudflare",
        "cf-ray": f"{chance.getrandbits(64):016x}-FRA",
        "x-request-id": "req_01" + "".join(chance.choices(_ID_LETTERS, k=24)),
        "x-groq-region": REGION,
    }
    for name, (limit, remaining, reset_s) in limits.items():
        found[f"x-ratelimit-limit-{name}"] = str(limit)
        found[f"x-ratelimit-remaining-{name}"] = str(max(0, int(remaining)))
        found[f"x-ratelimit-reset-{name}"] = go_duration(reset_s)
    return found


def go_duration(seconds: float) -> str:
    """Return a duration as Go prints it: 547ms, 2m52.8s, 8h25m36s; whole ms."""
    whole_ms = round(seconds * 1000)
    if whole_ms < 1000:
        return f"{whole_ms}ms" if whole_ms else "0s"
    minutes, rest = divmod(round(seconds, 3), 60)
    hours, minutes = divmod(int(minutes), 60)
    text = f"{rest:.3f}".rstrip("0").rstrip(".") + "s"
    if hours:
        return f"{hours}h{minutes}m{text}"
    return f"{minutes}m{text}" if minutes else text
