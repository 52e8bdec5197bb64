"""The OpenAPI document of what the fake serves over HTTP. Pure."""

from dataclasses import fields
from importlib.metadata import PackageNotFoundError, version
from typing import Any, Final, get_args

from fake_groq.behaviour import Behaviour, Timing, written_behaviour
from fake_groq.end_markers import Order
from fake_groq.faults.base import known_faults
from fake_groq.limits import TIERS
from fake_groq.policy import LengthUnit, OverLength
from fake_groq.steps import Mark
from fake_groq.voices import MODELS, VOICE_SETS
from fake_groq.wav import WAV_HEADERS

Schema = dict[str, Any]

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
            "schemas": _schemas(),
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}},
        },
    }


def _speech_paths() -> Schema:
    return {
        f"{_BASE}/audio/speech": {
            "post": _call(
                "speak",
                "Speak a text as WAV, sent as it is made.",
                body=_ref("Speech"),
                answers={200: ("The speech.", "audio/wav", {"type": "string", "format": "binary"})},
                errors=(400, 401, 403, 404, 413, 429),
            )
        },
        f"{_BASE}/chat/completions": {
            "post": _call(
                "complete",
                "Repeat the last message of the user, for platforms with a language model.",
                body=_ref("Chat"),
                answers={200: ("The message.", "application/json", {"type": "object"})},
                errors=(400, 401, 403, 413),
                streamed=True,
            )
        },
        f"{_BASE}/models": {
            "get": _call("models", "List the models.", answers=_json(_ref("Models")))
        },
        f"{_BASE}/models/{{model}}": {
            "parameters": [
                {"name": "model", "in": "path", "required": True, "schema": {"type": "string"}}
            ],
            "get": _call("model", "Describe a model.", answers=_json(_ref("Model")), errors=(404,)),
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
                "behave", "Set the default behaviour and rules.", counted, body=_ref("Rulebook")
            ),
        },
        "/policy": {
            "get": _control("policy", "Return how requests are treated.", _ref("Policy")),
            "post": _control(
                "govern", "Change how requests are treated.", _ref("Policy"), body=_ref("Policy")
            ),
        },
        "/plans": {
            "post": _control("plans", "Hash what would be sent.", anything, body=_ref("Texts"))
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
        responses["200"]["content"]["text/event-stream"] = {"schema": {"type": "string"}}
    for status in errors:
        content: Schema = {"application/json": {"schema": _ref("Error")}}
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
        content = {"application/json": {"schema": _ref("ControlError")}}
        call["responses"][str(status)] = {"description": _ERRORS[status], "content": content}
    call["security"] = [{}, {"token": []}]
    return call


def _json(schema: Schema) -> dict[int, tuple[str, str, Schema]]:
    return {200: ("The answer.", "application/json", schema)}


def _ref(name: str) -> Schema:
    return {"$ref": f"#/components/schemas/{name}"}


_ERRORS: Final = {
    400: "The request is wrong; the message says how.",
    401: "The key or the token is missing.",
    403: "The request is screened out.",
    404: "There is no such thing.",
    413: "The request is too large.",
    429: "A limit is exceeded; `retry-after` says how long.",
}


def _schemas() -> dict[str, Schema]:
    model = {"type": "object", "required": ["id", "object", "created", "owned_by"]}
    error = {"type": "object", "required": ["message", "type"]}
    text: Schema = {"type": "string"}
    behaviour = _behaviour()
    return {
        "Speech": {
            "type": "object",
            "required": ["model", "input", "voice", "response_format"],
            "properties": {
                "model": {"enum": sorted(MODELS)},
                "input": {"type": "string", "minLength": 1, "maxLength": 200},
                "voice": {"enum": sorted(v for m in MODELS.values() for v in m.voices)},
                "response_format": {"enum": ["wav"]},
                "speed": {"type": "number", "minimum": 0.5, "maximum": 5},
                "sample_rate": {"type": "integer"},
            },
        },
        "Chat": {
            "type": "object",
            "required": ["messages"],
            "properties": {
                "model": text,
                "stream": {"type": "boolean"},
                "messages": {
                    "type": "array",
                    "minItems": 1,
                    "items": {
                        "type": "object",
                        "required": ["role", "content"],
                        "properties": {"role": {"enum": ["user"]}, "content": text},
                    },
                },
            },
        },
        "Models": {
            "type": "object",
            "required": ["object", "data"],
            "properties": {"data": {"type": "array", "items": _ref("Model")}},
        },
        "Model": model,
        "Error": {"type": "object", "required": ["error"], "properties": {"error": error}},
        "ControlError": {"type": "object", "required": ["error"], "properties": {"error": text}},
        "Behaviour": behaviour,
        "Rulebook": {
            "type": "object",
            "additionalProperties": False,
            "properties": {
                "default": _ref("Behaviour"),
                "replace": {"type": "boolean"},
                "rules": {"type": "array", "items": _rule()},
            },
        },
        "Policy": _policy(),
        "Texts": {
            "type": "object",
            "required": ["texts"],
            "properties": {
                "texts": {"type": "array", "items": text},
                "profile": {"enum": ["ws", "http"]},
            },
        },
    }


def _rule() -> Schema:
    by_text = {"type": "object", "required": ["text"], "additionalProperties": False}
    by_identity = {"type": "object", "required": ["session"], "additionalProperties": False}
    number = {"type": "integer"}
    match = {
        "oneOf": [
            {**by_text, "properties": {"text": {"type": "string"}}},
            {**by_identity, "properties": {"session": number, "message": number}},
        ]
    }
    return {
        "type": "object",
        "required": ["match", "behaviour"],
        "additionalProperties": False,
        "properties": {"match": match, "behaviour": _ref("Behaviour")},
    }


def _behaviour() -> Schema:
    ms = {"type": "number", "minimum": 0, "maximum": 86_400_000}
    known: dict[str, Schema] = {
        "pace": {"type": "string", "pattern": r"^(real-time|max|[1-9]\d{0,2}(\.\d{1,3})?x)$"},
        "timing": {"enum": [*get_args(Timing), None]},
        "end_marker": {"type": "string", "examples": ["text:__END__", "json:type=done", "empty"]},
        "marker_order": {"enum": list(get_args(Order))},
        "after_marker": {"enum": ["close", "close:1011", "stay", "reset", "audio"]},
        "frame_samples": {"type": "integer", "minimum": 24, "maximum": 24_000},
        "mark": {"enum": list(get_args(Mark))},
        "wav_header": {"enum": list(WAV_HEADERS)},
        "header_alone": {"type": "boolean"},
        "pauses": {
            "type": "array",
            "items": {"type": "array", "minItems": 2, "maxItems": 2, "items": ms},
        },
        "faults": {"type": "array", "maxItems": 8, "items": {"enum": sorted(known_faults())}},
    }
    defaults = written_behaviour(Behaviour())
    names = [setting.name for setting in fields(Behaviour)]
    properties = {name: {**known.get(name, ms), "default": defaults[name]} for name in names}
    return {"type": "object", "additionalProperties": False, "properties": properties}


def _policy() -> Schema:
    return {
        "type": "object",
        "additionalProperties": False,
        "properties": {
            "unknown_fields": {"enum": ["ignore", "refuse"]},
            "over_length": {"enum": list(get_args(OverLength))},
            "length_unit": {"enum": list(get_args(LengthUnit))},
            "length_max": {"type": "integer", "minimum": 1, "maximum": 100_000},
            "voices": {"enum": list(VOICE_SETS)},
            "terms_required": {"type": "array", "items": {"enum": sorted(MODELS)}},
            "requires_key": {"type": "boolean"},
            "tier": {"enum": list(TIERS)},
            "requires_user_agent": {"type": "boolean"},
        },
    }


def _version() -> str:
    try:
        return version("voicecert")
    except PackageNotFoundError:
        return "0"
