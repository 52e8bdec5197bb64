"""Groq's HTTP endpoint as the upstream: one request per message, the answer a streamed WAV file."""

import asyncio
import json
from contextlib import suppress
from http import HTTPStatus
from types import SimpleNamespace

import aiohttp

from reference_impl.completion_budget import CompletionBudget
from reference_impl.framing import Chunk, Finish, Framing, HttpFraming, Part
from reference_impl.ownership import Census, Owned
from reference_impl.upstream import (
    SpeechRequest,
    Upstream,
    UpstreamFailed,
    reason_of,
    unreachable,
)

ERROR_BODY_BYTES_MAX = 4096
ERROR_BODY_PATIENCE_S = 0.25


class HttpUpstream(Upstream):
    """Groq's speech endpoint: one request, the answer a WAV file as it is made.

    Args:
        client: shared by all; made by `http_client`, so that each request has its own connection.
        url: the whole address of the endpoint.
        key: sent as a bearer token where there is one.
        connect_ms: how long connecting and sending the request may take.
        census: where the exchange is counted as a socket, from its start.
    """

    def __init__(
        self,
        *,
        client: aiohttp.ClientSession,
        url: str,
        key: str | None,
        connect_ms: int,
        census: Census,
    ) -> None:
        self._client = client
        self._url = url
        self._headers = {"Authorization": f"Bearer {key}"} if key else {}
        self._connect_s = connect_ms / 1000
        self._census = census
        self._response: Owned[aiohttp.ClientResponse] | None = None

    def framing(self) -> Framing:
        """Return a reader of WAV."""
        return HttpFraming()

    async def open(self, request: SpeechRequest, budget: CompletionBudget) -> None:
        """Send the request and wait for the head of the answer."""
        try:
            with self._census.holding("upstream_sockets"):
                response = await self._post(request, budget)
        except TimeoutError as late:
            raise (budget.expired() if budget.is_opened else unreachable(late)) from late
        except OSError as error:
            raise unreachable(error) from error
        except aiohttp.ClientError as error:
            raise UpstreamFailed(
                code="upstream_reset", message=f"The upstream gave no answer: {reason_of(error)}."
            ) from error
        self._response = Owned(
            response,
            release=_close_response_later,
            abandon=aiohttp.ClientResponse.close,
            census=self._census,
            kind="upstream_sockets",
        )
        if response.status != HTTPStatus.OK:
            raise await _refused(response)

    async def receive(self) -> Part:
        """Return the next piece of the body, or its clean end."""
        assert self._response is not None, "receive comes after open"
        response = self._response.resource
        try:
            data = await response.content.readany()
        except (aiohttp.ClientError, OSError) as error:
            raise UpstreamFailed(
                code="upstream_reset",
                message=f"The upstream's answer broke off: {reason_of(error)}.",
            ) from error
        return Chunk(payload=data) if data else Finish(is_clean=True, how="end of body")

    def release(self) -> bool:
        """Close the connection, wherever the answer stands."""
        return self._response is not None and self._response.abandon()

    async def _post(
        self, request: SpeechRequest, budget: CompletionBudget
    ) -> aiohttp.ClientResponse:
        body = {
            "model": request.model,
            "input": request.text,
            "voice": request.voice,
            "response_format": "wav",
        }
        async with asyncio.timeout(self._connect_s) as patience:

            def sent() -> None:
                budget.opened()
                patience.reschedule(budget.due_at())

            return await self._client.post(
                self._url,
                json=body,
                headers=self._headers,
                allow_redirects=False,
                trace_request_ctx=sent,
            )


def http_client() -> aiohttp.ClientSession:
    """Return a client without pool, limits and timeouts of its own: those are ours to set."""
    trace = aiohttp.TraceConfig()
    trace.on_request_headers_sent.append(_report_sent)
    return aiohttp.ClientSession(
        connector=aiohttp.TCPConnector(force_close=True, limit=0),
        timeout=aiohttp.ClientTimeout(total=None, sock_connect=None),
        headers={"User-Agent": "reference-relay/1", "Accept-Encoding": "identity"},
        auto_decompress=False,
        trace_configs=[trace],
    )


async def _report_sent(
    _client: aiohttp.ClientSession,
    context: SimpleNamespace,
    _params: aiohttp.TraceRequestHeadersSentParams,
) -> None:
    context.trace_request_ctx()


async def _close_response_later(response: aiohttp.ClientResponse) -> None:
    response.close()


async def _refused(response: aiohttp.ClientResponse) -> UpstreamFailed:
    """Return the refusal with the upstream's own words, where they come soon enough."""
    message = f"The upstream refused with status {response.status}"
    with suppress(TimeoutError, aiohttp.ClientError, OSError, ValueError, KeyError, TypeError):
        async with asyncio.timeout(ERROR_BODY_PATIENCE_S):
            body = await response.content.read(ERROR_BODY_BYTES_MAX)
        message += f": {json.loads(body)['error']['message']}"
    return UpstreamFailed(code="upstream_refused", message=f"{message.rstrip('.')}.")
