"""`POST .../chat/completions`: a language model that repeats the last thing that it was told.

So a platform with a language model in its path speaks our text, and its speech says whose it is.
"""

import asyncio
import json
import re
from collections.abc import Iterator
from typing import Any, Final

from aiohttp import web

from fake_groq.service import Service
from fake_groq.speech import body_of, check_credentials, refusal
from fake_groq.validation import Refused, document, invalid
from fake_groq.wire import Wire

CREATED: Final = 1_766_186_316  # a date that does not move: the same request, the same answer

_PIECE: Final = re.compile(r"\s*\S+\s*$|\s*\S+|\s+")


async def complete(request: web.BaseRequest, service: Service, wire: Wire) -> web.StreamResponse:
    """Answer with the last message of the user: whole, or streamed word by word."""
    try:
        data = await body_of(request)
        check_credentials(request, service)
        body = document(data)
        text = _last_of_user(body)
    except Refused as refused:
        return refusal(refused.error, service, wire)
    number = service.next_exchange()
    is_stream = body.get("stream") is True
    service.ledger.write(
        "chat_completed",
        {
            "exchange": number,
            "socket": wire.number,
            "text_chars": len(text),
            "is_streamed": is_stream,
        },
    )
    head = {
        "id": f"chatcmpl-{number}",
        "created": CREATED,
        "model": str(body.get("model") or "echo"),
    }
    headers = service.headers(number, "")
    if not is_stream:
        return web.json_response(_whole(head, text), headers=headers)
    response = web.StreamResponse(headers=headers)
    response.content_type = "text/event-stream"
    await wire.while_there(_send(request, response, _events(head, text)))
    return response


async def _send(
    request: web.BaseRequest, response: web.StreamResponse, events: Iterator[str]
) -> None:
    await response.prepare(request)
    for event in events:
        await response.write(f"data: {event}\n\n".encode("utf-8", "surrogatepass"))
        await asyncio.sleep(0)  # others have their turn
    await response.write_eof()


def pieces(text: str) -> Iterator[str]:
    """Yield a text word by word; together they are the text."""
    at = 0
    while at < len(text):
        found = _PIECE.match(text, at)
        assert found is not None, "a text begins with a blank or without one"
        yield found[0]
        at = found.end()


def _whole(head: dict[str, Any], text: str) -> dict[str, Any]:
    message = {"role": "assistant", "content": text}
    choice = {"index": 0, "message": message, "logprobs": None, "finish_reason": "stop"}
    return {"object": "chat.completion", **head, "choices": [choice], "usage": _usage(text)}


def _events(head: dict[str, Any], text: str) -> Iterator[str]:
    yield _chunk(head, {"role": "assistant", "content": ""})
    for piece in pieces(text):
        yield _chunk(head, {"content": piece})
    yield _chunk(head, {}, finish_reason="stop")
    yield "[DONE]"


def _chunk(head: dict[str, Any], delta: dict[str, str], finish_reason: str | None = None) -> str:
    choice = {"index": 0, "delta": delta, "logprobs": None, "finish_reason": finish_reason}
    return json.dumps({"object": "chat.completion.chunk", **head, "choices": [choice]})


def _usage(text: str) -> dict[str, int]:
    tokens = len(text.split())
    return {"prompt_tokens": tokens, "completion_tokens": tokens, "total_tokens": 2 * tokens}


def _last_of_user(body: dict[str, Any]) -> str:
    messages = body.get("messages")
    said = messages if isinstance(messages, list) else []
    for message in reversed(said):
        if isinstance(message, dict) and message.get("role") == "user":
            return _content(message.get("content"))
    raise Refused(invalid("messages must hold a message of the role 'user'"))


def _content(content: object) -> str:
    """Return the text of a message, which may come in parts."""
    if isinstance(content, str):
        return content
    parts = content if isinstance(content, list) else []
    texts = (part.get("text") for part in parts if isinstance(part, dict))
    return "".join(text for text in texts if isinstance(text, str))
