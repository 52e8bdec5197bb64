"""The OpenAPI document of what the fake serves over HTTP. Pure."""

from importlib.metadata import PackageNotFoundError, version
from typing import Final

from fake_groq.openapi_schemas import Schema, ref, schemas

_BASE: Final = "/openai/v1"
_ROOT: Final = "/__control__"


def document(*, server: str) -> Schema:
    """Return the document for a fake at this address, as in `http://127.0.0.1:8080`."""
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "fake_groq",
            "version": _version(),
            "description": "A fake of Groq's Orpheus speech API, and the control of it.",
        },
        "servers": [{"url": server}],
        "paths": {**_speech_paths(), **_control_paths()},
        "components": {
            "schemas": schemas(),
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}},
        },
    }


def _speech_paths() -> Schema:
    return {
        f"{_BASE}/audio/speech": {
            "post": _call(
                "speak",
                "Speak a text as WAV, sent as it is made.",
                body=ref("Speech"),
                answers={200: ("The speech.", "audio/wav", {"type": "string", "format": "binary"})},
                errors=(400, 401, 403, 404, 413, 429),
            )
        },
        f"{_BASE}/chat/completions": {
            "post": _call(
                "complete",
                "Repeat the last message of the user, for platforms with a language model.",
                body=ref("Chat"),
                answers={200: ("The message.", "application/json", {"type": "object"})},
                errors=(400, 401, 403, 413),
                streamed=True,
            )
        },
        f"{_BASE}/models": {
            "get": _call("models", "List the models.", answers=_json(ref("Models")))
        },
        f"{_BASE}/models/{{model}}": {
            "parameters": [
                {"name": "model", "in": "path", "required": True, "schema": {"type": "string"}}
            ],
            "get": _call("model", "Describe a model.", answers=_json(ref("Model")), errors=(404,)),
        },
    }


def _control_paths() -> Schema:
    counted: Schema = {"type": "object", "properties": {"rules": {"type": "integer"}}}
    anything: Schema = {"type": "object"}
    calls: Schema = {
        "/healthz": {"get": _control("healthz", "Say that it runs.", anything)},
        "/faults": {"get": _control("faults", "List the faults and their settings.", anything)},
        "/behaviour": {
            "get": _control("default_behaviour", "Return the default behaviour.", anything),
            "post": _control(
                "behave", "Set the default behaviour and rules.", counted, body=ref("Rulebook")
            ),
        },
        "/policy": {
            "get": _control("policy", "Return how requests are treated.", ref("Policy")),
            "post": _control(
                "govern", "Change how requests are treated.", ref("Policy"), body=ref("Policy")
            ),
        },
        "/plans": {
            "post": _control("plans", "Hash what would be sent.", anything, body=ref("Texts"))
        },
        "/streams": {"get": _control("streams", "List the streams that are live.", anything)},
        "/counters": {"get": _control("counters", "Return all counts.", anything)},
        "/metrics": {"get": _text("metrics", "Return all counts for Prometheus.", "text/plain")},
        "/ledger": {
            "parameters": [
                {
                    "name": "since",
                    "in": "query",
                    "description": "the number of the last event that is known already",
                    "schema": {"type": "integer", "minimum": 0, "maximum": 10**18 - 1},
                }
            ],
            "get": _text("ledger", "Return the events, a line each.", "application/x-ndjson"),
        },
        "/ledger/reset": {
            "post": _control("reset", "Let the ledger begin here.", {"type": "object"})
        },
    }
    return {f"{_ROOT}{path}": item for path, item in calls.items()}


def _call(
    name: str,
    summary: str,
    *,
    answers: dict[int, tuple[str, str, Schema]],
    body: Schema | None = None,
    errors: tuple[int, ...] = (),
    streamed: bool = False,
) -> Schema:
    responses: Schema = {
        str(status): {"description": said, "content": {kind: {"schema": schema}}}
        for status, (said, kind, schema) in answers.items()
    }
    if streamed:
        event = {"type": "object", "properties": {"data": {"type": "string"}}}
        responses["200"]["content"]["text/event-stream"] = {"schema": event}
    for status in errors:
        content: Schema = {"application/json": {"schema": ref("Error")}}
        if status == 403:
            content = {"text/plain": {"schema": {"type": "string"}}}
        responses[str(status)] = {"description": _ERRORS[status], "content": content}
    call: Schema = {"operationId": name, "summary": summary, "responses": responses}
    if body is not None:
        call["requestBody"] = {"required": True, "content": {"application/json": {"schema": body}}}
    return call


def _control(name: str, summary: str, answer: Schema, *, body: Schema | None = None) -> Schema:
    call = _call(name, summary, answers=_json(answer), body=body)
    return _guarded(call, takes_input=body is not None)


def _text(name: str, summary: str, kind: str) -> Schema:
    answers: dict[int, tuple[str, str, Schema]] = {200: ("Text.", kind, {"type": "string"})}
    return _guarded(_call(name, summary, answers=answers), takes_input=name == "ledger")


def _guarded(call: Schema, *, takes_input: bool) -> Schema:
    for status in (400, 401, 403, 413) if takes_input else (401, 403):
        content = {"application/json": {"schema": ref("ControlError")}}
        call["responses"][str(status)] = {"description": _ERRORS[status], "content": content}
    call["security"] = [{}, {"token": []}]
    return call


def _json(schema: Schema) -> dict[int, tuple[str, str, Schema]]:
    return {200: ("The answer.", "application/json", schema)}


_ERRORS: Final = {
    400: "The request is wrong; the message says how.",
    401: "The key or the token is missing.",
    403: "The request is screened out.",
    404: "There is no such thing.",
    413: "The request is too large.",
    429: "A limit is exceeded; `retry-after` says how long.",
}


def _version() -> str:
    try:
        return version("voicecert")
    except PackageNotFoundError:
        return "0"
