"""The web application around the conversations.

What is wrong here: a client that leaves takes nothing with it. Its sockets towards the provider,
its listeners, its tasks and its timer live on, since no one has been told to let go of them.
"""

import argparse
import json
from collections.abc import AsyncIterator, Sequence

from aiohttp import ClientSession, TCPConnector, WSMsgType, web

from reference_impl.before.conversation import Conversation

PROVIDER = web.AppKey("provider", ClientSession)
CONVERSATIONS = web.AppKey("conversations", list[Conversation])


def application(upstream_url: str, *, silence_ms: int) -> web.Application:
    """Return the application; a silence of so many ms is taken for the end of a message."""

    async def serve(request: web.Request) -> web.WebSocketResponse:
        client = web.WebSocketResponse()
        await client.prepare(request)
        conversation = Conversation(
            client,
            request.app[PROVIDER],
            upstream_url=upstream_url,
            silence_s=silence_ms / 1000,
        )
        request.app[CONVERSATIONS].append(conversation)  # and nobody takes it out
        async for message in client:
            if message.type is WSMsgType.TEXT:
                await _obey(conversation, json.loads(message.data))
        return client

    app = web.Application()
    app[CONVERSATIONS] = []
    app.cleanup_ctx.append(_provider)
    app.router.add_get("/v1/session", serve)
    app.router.add_get("/healthz", _tell_health)
    return app


def main(arguments: Sequence[str]) -> int:
    """Serve until a signal comes; return the exit code."""
    parser = argparse.ArgumentParser(
        prog="reference_impl.before", description="A speech relay whose state has no owners."
    )
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=8080)
    parser.add_argument("--upstream-ws", required=True, metavar="URL")
    parser.add_argument("--silence-ms", type=int, default=600, metavar="MS")
    given = parser.parse_args(arguments)
    app = application(given.upstream_ws, silence_ms=given.silence_ms)
    web.run_app(app, host=given.host, port=given.port, access_log=None, print=None)
    return 0


async def _obey(conversation: Conversation, command: dict[str, str]) -> None:
    if command["type"] == "speak":
        await conversation.speak(
            command["message_id"], command["text"], command.get("voice", "fahad")
        )
    elif command["type"] == "stop":
        conversation.stop()


async def _tell_health(_: web.Request) -> web.Response:
    return web.json_response({"status": "ready"})


async def _provider(app: web.Application) -> AsyncIterator[None]:
    # Without a limit: with aiohttp's own of 100 the sockets that are never closed would soon
    # leave nobody a connection, which is one more way in which this design fails.
    async with ClientSession(connector=TCPConnector(limit=0)) as session:
        app[PROVIDER] = session
        yield
