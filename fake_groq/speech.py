"""The HTTP profile: Groq's speech endpoint as its SDKs meet it, and its list of models."""

import json
from collections.abc import Mapping
from typing import Any, Final

from aiohttp import hdrs, web
from aiohttp.http import HttpVersion11

from fake_groq import answers
from fake_groq.answers import GroqError
from fake_groq.end_markers import Unit
from fake_groq.faults.base import HEADER, Fault, FaultError, parse_header
from fake_groq.service import Service
from fake_groq.steps import Manners, Refuse, Send
from fake_groq.voices import MODELS
from fake_groq.wire import Wire

# Groq documents 200 characters; what it does beyond them is not known, so they are spoken here.
INPUT_CHARACTERS_MAX: Final = 10_000

_FORMATS: Final = ("wav",)


async def speak(request: web.BaseRequest, service: Service, wire: Wire) -> web.StreamResponse:
    """Answer `POST .../audio/speech` with a WAV that is sent as it is made."""
    try:
        body = _document(await request.read())
        text = _text_of(body)
        asked = faults_of(request)
    except FaultError as wrong:
        return refusal(wrong_fault(wrong), service, wire)
    except _Refused as refused:
        return refusal(refused.error, service, wire, text=refused.text)
    except web.HTTPRequestEntityTooLarge:
        error = GroqError(status=413, message="Request Entity Too Large", code="request_too_large")
        return refusal(error, service, wire)
    exchange = service.exchange(wire, "http", text, asked=asked)
    headers = answers.headers(seed=service.seed, exchange=exchange.number, tokens=len(text))
    outlet = HttpOutlet(request, headers, wire=wire, model=str(body["model"]))
    await wire.while_there(exchange.perform(outlet, text_chars=len(text)))
    return outlet.response


def faults_of(request: web.BaseRequest) -> tuple[Fault, ...]:
    """Return the faults that a request asks for by its header.

    Raises:
        FaultError: one of them is wrong.
    """
    return parse_header(request.headers.get(HEADER, ""))


def wrong_fault(error: FaultError) -> GroqError:
    """Return what is said to somebody who asked for a fault that is none."""
    return GroqError(status=400, message=f"{HEADER}: {error}", code="fake_fault")


def models(request: web.BaseRequest, service: Service, wire: Wire) -> web.StreamResponse:
    """Answer `GET .../models` and `GET .../models/ID`."""
    name = request.path.partition("/models")[2].lstrip("/")
    if not name:
        listing: object = {"object": "list", "data": [m.listing() for m in MODELS.values()]}
        return web.json_response(listing)
    if name not in MODELS:
        return refusal(_no_such_model(name), service, wire)
    return web.json_response(MODELS[name].listing())


def refusal(
    error: GroqError,
    service: Service,
    wire: Wire,
    *,
    text: str = "",
    number: int | None = None,
    retry_after_s: float | None = None,
) -> web.Response:
    """Return an error as Groq sends it, and note it, unless it has a number already."""
    if number is None:
        code = error.code or error.type
        number = service.refuse(wire, status=error.status, code=code, text=text)
    headers = dict(answers.headers(seed=service.seed, exchange=number))
    if retry_after_s is not None:
        headers[hdrs.RETRY_AFTER] = f"{retry_after_s:.0f}"
    return web.json_response(error.body(), status=error.status, headers=headers)


class HttpOutlet:
    """Writes a stream as a chunked WAV; `response` is what the handler must return."""

    def __init__(
        self, request: web.BaseRequest, headers: Mapping[str, str], *, wire: Wire, model: str
    ) -> None:
        self._request = request
        self._wire = wire
        self._has_ended = False
        self._headers = headers
        self._model = model
        self.response: web.StreamResponse = web.Response(status=500)

    async def accept(self) -> None:
        """Send the head of the answer."""
        self.response = web.StreamResponse(headers=self._headers)
        self.response.content_type = "audio/wav"
        if self._request.version >= HttpVersion11:
            self.response.enable_chunked_encoding()
        await self.response.prepare(self._request)

    async def send(self, data: bytes, piece: Send) -> None:
        """Send one chunk, past aiohttp where it is cut short or follows the last chunk."""
        if not self._has_ended and not piece.owes_bytes:
            await self.response.write(data)
            return
        end = b"" if piece.owes_bytes else b"\r\n"
        await self.raw(b"%x\r\n%s%s" % (len(data) + piece.owes_bytes, data, end))

    async def raw(self, data: bytes) -> None:
        """Send bytes past all framing."""
        self._wire.write(data)

    async def mark(self, unit: Unit) -> None:
        """Send the last chunk: over HTTP the end of the body is the only marker."""
        if unit.how == "last chunk":
            self._has_ended = True
            await self.response.write_eof()

    async def refuse(self, refusal: Refuse) -> None:
        """Send an error in the place of a WAV."""
        error = answers.error_of(refusal.status, self._model)
        headers = dict(self._headers)
        retry_after_s = refusal.retry_after_s
        if retry_after_s is None and refusal.status == 429:
            retry_after_s = answers.RETRY_AFTER_S
        if retry_after_s is not None:
            headers[hdrs.RETRY_AFTER] = f"{retry_after_s:.0f}"
        text = json.dumps(error.body())
        if refusal.is_broken:
            text = text[: len(text) // 2]
        self.response = web.json_response(text=text, status=error.status, headers=headers)

    def behave(self, manners: Manners) -> None:
        """Never called: HTTP has neither pings nor close frames."""
        raise AssertionError(f"HTTP knows no {manners}.")

    async def close(self, code: int) -> None:
        """Never called: a body has no close frame."""
        raise AssertionError(f"A body cannot be closed with {code}.")


class _Refused(Exception):
    """A request that is answered with this error."""

    def __init__(self, error: GroqError, text: str = "") -> None:
        super().__init__(error.message)
        self.error = error
        self.text = text


def _document(data: bytes) -> dict[str, Any]:
    try:
        body = json.loads(data)
    except ValueError:
        body = None
    if not isinstance(body, dict):
        raise _Refused(GroqError(status=400, message="request body is not a JSON object"))
    return body


def _text_of(body: dict[str, Any]) -> str:
    """Return the text of a valid request; what is not known in it is accepted and ignored."""
    text = body.get("input")
    said = text if isinstance(text, str) else ""
    model = body.get("model")
    if not model:
        raise _invalid("model is required", said)
    if not isinstance(model, str) or model not in MODELS:
        raise _Refused(_no_such_model(str(model)), said)
    if not said:
        raise _invalid("input is required", said)
    if len(said) > INPUT_CHARACTERS_MAX:
        raise _invalid(f"input must be at most {INPUT_CHARACTERS_MAX} characters", said)
    if not body.get("voice"):
        raise _invalid("voice is required", said)
    voices = MODELS[model].voices
    if body["voice"] not in voices:
        listed = " ".join(voices)
        raise _invalid(f"voice must be one of the following voices: [{listed}]", said)
    if body.get("response_format") not in _FORMATS:
        raise _invalid(f"response_format must be one of [{' '.join(_FORMATS)}]", said)
    return said


def _invalid(message: str, text: str) -> _Refused:
    return _Refused(GroqError(status=400, message=message), text)


def _no_such_model(name: str) -> GroqError:
    return GroqError(
        status=404,
        message=f"The model `{name}` does not exist or you do not have access to it.",
        code="model_not_found",
    )
