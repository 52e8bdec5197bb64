"""The HTTP profile: Groq's speech endpoint as its SDKs meet it."""

import json
import math
from collections.abc import Mapping
from http import HTTPStatus
from typing import Final

from aiohttp import ClientPayloadError, hdrs, web
from aiohttp.http import HttpVersion11

from fake_groq import answers
from fake_groq.answers import GroqError
from fake_groq.attempts import HEADER as RETRY_COUNT
from fake_groq.attempts import Attempt
from fake_groq.end_markers import Unit
from fake_groq.faults.base import HEADER, Fault, FaultError, parse_header
from fake_groq.service import Service
from fake_groq.steps import Manners, Refuse, Send
from fake_groq.tokens import is_same_token
from fake_groq.validation import Refused, Wish, no_such_model, wish_of
from fake_groq.voices import MODELS
from fake_groq.wire import Wire

KEY_PREFIX: Final = "Bearer gsk_"
GUARD_HEADER: Final = "x-fake-token"
BODY_TOO_LARGE: Final = GroqError(
    status=413, message="Request Entity Too Large", code="request_too_large"
)

BODY_UNREADABLE: Final = GroqError(status=400, message="request body could not be read")


async def speak(request: web.BaseRequest, service: Service, wire: Wire) -> web.StreamResponse:
    """Answer `POST .../audio/speech` with a WAV that is sent as it is made."""
    try:
        data = await body_of(request)
    except Refused as refused:
        return refusal(refused.error, service, wire)
    attempt = service.attempts.of(data, request.headers.get(RETRY_COUNT))
    try:
        check_credentials(request, service)
        wish = wish_of(data, service.policy)
        asked = faults_of(request, service)
    except FaultError as wrong:
        return refusal(wrong_fault(wrong), service, wire, attempt=attempt)
    except Refused as refused:
        return refusal(
            refused.error,
            service,
            wire,
            text=refused.text,
            model=refused.model,
            attempt=attempt,
        )
    exceeded = service.ask(wish.model, len(wish.text))
    if exceeded is not None:
        return refusal(
            answers.rate_limited(wish.model, exceeded),
            service,
            wire,
            text=wish.text,
            model=wish.model,
            attempt=attempt,
            retry_after_s=exceeded.retry_after_s,
        )
    exchange = service.exchange(wire, "http", wish.text, asked=asked, attempt=attempt)
    headers = service.headers(exchange.number, wish.model)
    outlet = HttpOutlet(request, headers, wire=wire, wish=wish)
    await wire.while_there(exchange.perform(outlet, text_chars=len(wish.text)))
    return outlet.response


async def body_of(request: web.BaseRequest) -> bytes:
    """Return the body of a request.

    Raises:
        Refused: it is too large, or not what its headers say.
    """
    try:
        return await request.read()
    except web.HTTPRequestEntityTooLarge as error:
        raise Refused(BODY_TOO_LARGE) from error
    except (web.RequestPayloadError, ClientPayloadError) as error:
        raise Refused(BODY_UNREADABLE) from error


def check_credentials(request: web.BaseRequest, service: Service) -> None:
    """Screen a request as the proxy before the service does, and look at its key.

    Raises:
        Refused: it has no User-Agent, or no key where one is needed.
    """
    policy = service.policy
    if policy.requires_user_agent and not request.headers.get(hdrs.USER_AGENT):
        raise Refused(answers.error_of(403, "", cause="screened"))
    key = request.headers.get(hdrs.AUTHORIZATION, "")
    if policy.requires_key and not key.startswith(KEY_PREFIX):
        raise Refused(answers.error_of(401, ""))


def faults_of(request: web.BaseRequest, service: Service) -> tuple[Fault, ...]:
    """Return the faults that a request asks for by its header.

    Raises:
        FaultError: one of them is wrong, or the token that guards the fake is missing.
    """
    faults = parse_header(request.headers.get(HEADER, ""))
    given = request.headers.get(GUARD_HEADER, "")
    if faults and service.token is not None and not is_same_token(given, service.token):
        raise FaultError(f"it needs the token of this fake in {GUARD_HEADER}")
    return faults


def wrong_fault(error: FaultError) -> GroqError:
    """Return what is said to somebody who asked for a fault that is none."""
    return GroqError(status=400, message=f"{HEADER}: {error}", code="fake_fault")


def models(request: web.BaseRequest, service: Service, wire: Wire) -> web.StreamResponse:
    """Answer `GET .../models` and `GET .../models/ID`."""
    try:
        check_credentials(request, service)
    except Refused as refused:
        return refusal(refused.error, service, wire)
    name = request.path.partition("/models")[2].lstrip("/")
    if name and name not in MODELS:
        return refusal(no_such_model(name), service, wire)
    listing: object = {"object": "list", "data": [m.listing() for m in MODELS.values()]}
    headers = service.headers(service.next_exchange(), name)
    return web.json_response(MODELS[name].listing() if name else listing, headers=headers)


def refusal(
    error: GroqError,
    service: Service,
    wire: Wire,
    *,
    text: str = "",
    model: str = "",
    number: int | None = None,
    attempt: Attempt | None = None,
    retry_after_s: float | None = None,
) -> web.Response:
    """Return an error as Groq sends it, and note it, unless it has a number already."""
    if number is None:
        code = error.code or error.type
        number = service.refuse(wire, status=error.status, code=code, text=text, attempt=attempt)
    return error_response(error, service.headers(number, model), retry_after_s=retry_after_s)


def error_response(
    error: GroqError,
    headers: Mapping[str, str],
    *,
    retry_after_s: float | None = None,
    is_broken: bool = False,
) -> web.Response:
    """Return the answer to an error: Groq's JSON, or the page of the proxy before it."""
    if error.page:
        proxy = {name: headers[name] for name in answers.PROXY_HEADERS}
        return web.Response(
            text=error.page, status=error.status, content_type=error.page_type, headers=proxy
        )
    text = json.dumps(error.body())
    if retry_after_s is None and error.status == HTTPStatus.TOO_MANY_REQUESTS:
        retry_after_s = answers.RETRY_AFTER_S
    if retry_after_s is not None:
        headers = {**headers, hdrs.RETRY_AFTER: str(math.ceil(retry_after_s))}
    if is_broken:
        text = text[: len(text) // 2]
    return web.json_response(text=text, status=error.status, headers=headers)


class HttpOutlet:
    """Writes a stream as a chunked WAV; `response` is what the handler must return."""

    def __init__(
        self, request: web.BaseRequest, headers: Mapping[str, str], *, wire: Wire, wish: Wish
    ) -> None:
        self._request = request
        self._wire = wire
        self._is_chunked = request.version >= HttpVersion11
        self._headers = headers
        self._model = wish.model
        self.response: web.StreamResponse = web.Response(status=500)

    async def accept(self) -> None:
        """Send the head of the answer."""
        self.response = web.StreamResponse(headers=self._headers)
        self.response.content_type = "audio/wav"
        if self._is_chunked:
            self.response.enable_chunked_encoding()
        await self.response.prepare(self._request)

    def send(self, data: bytes, piece: Send) -> None:
        """Send one chunk past aiohttp: it costs less, may be cut short, and may follow the last."""
        if not self._is_chunked:
            self._wire.write(data)
            return
        end = b"" if piece.owes_bytes else b"\r\n"
        self._wire.write(b"%x\r\n%s%s" % (len(data) + piece.owes_bytes, data, end))

    async def raw(self, data: bytes) -> None:
        """Send bytes past all framing: chunk syntax, which HTTP/1.0 does not have."""
        if self._is_chunked:
            self._wire.write(data)

    async def mark(self, unit: Unit) -> None:
        """Send the last chunk: over HTTP the end of the body is the only marker."""
        if unit.how == "last chunk":
            await self.response.write_eof()

    async def refuse(self, refusal: Refuse) -> None:
        """Send an error in the place of a WAV."""
        wait_s = refusal.retry_after_s
        self.response = error_response(
            answers.error_of(
                refusal.status, self._model, cause=refusal.cause, retry_after_s=wait_s
            ),
            self._headers,
            retry_after_s=wait_s,
            is_broken=refusal.is_broken,
        )

    def behave(self, manners: Manners) -> None:
        """Never called: HTTP has neither pings nor close frames."""
        raise AssertionError(f"HTTP knows no {manners}.")

    async def close(self, code: int) -> None:
        """Never called: a body has no close frame."""
        raise AssertionError(f"A body cannot be closed with {code}.")
