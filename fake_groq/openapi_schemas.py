"""The schemas of the OpenAPI document: what is sent to the fake, and what it says. Pure."""

from dataclasses import fields
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

_TEXT: Final[Schema] = {"type": "string"}


def schemas() -> dict[str, Schema]:
    """Return all by their names."""
    return {
        "Speech": _speech(),
        "Chat": _chat(),
        "Models": _object({"data": {"type": "array", "items": ref("Model")}}, "object", "data"),
        "Model": _object({}, "id", "object", "created", "owned_by"),
        "Error": _object({"error": _object({}, "message", "type")}, "error"),
        "ControlError": _object({"error": _TEXT}, "error"),
        "Behaviour": _behaviour(),
        "Rulebook": _closed(
            {
                "default": ref("Behaviour"),
                "replace": {"type": "boolean"},
                "rules": {"type": "array", "items": _rule()},
            }
        ),
        "Policy": _policy(),
        "Texts": _object(
            {"texts": {"type": "array", "items": _TEXT}, "profile": {"enum": ["ws", "http"]}},
            "texts",
        ),
    }


def ref(name: str) -> Schema:
    """Return a reference to a schema."""
    return {"$ref": f"#/components/schemas/{name}"}


def _object(properties: Schema, *required: str) -> Schema:
    return {"type": "object", "required": list(required), "properties": properties}


def _closed(properties: Schema, *required: str) -> Schema:
    return {**_object(properties, *required), "additionalProperties": False}


def _speech() -> Schema:
    voices = sorted(voice for model in MODELS.values() for voice in model.voices)
    properties = {
        "model": {"enum": sorted(MODELS)},
        "input": {"type": "string", "minLength": 1, "maxLength": 200},
        "voice": {"enum": voices},
        "response_format": {"enum": ["wav"]},
        "speed": {"type": "number", "minimum": 0.5, "maximum": 5},
        "sample_rate": {"type": "integer"},
    }
    return _object(properties, "model", "input", "voice", "response_format")


def _chat() -> Schema:
    message = _object({"role": {"enum": ["user"]}, "content": _TEXT}, "role", "content")
    messages = {"type": "array", "minItems": 1, "items": message}
    properties = {"model": _TEXT, "stream": {"type": "boolean"}, "messages": messages}
    return _object(properties, "messages")


def _rule() -> Schema:
    number = {"type": "integer"}
    by_text = _closed({"text": _TEXT}, "text")
    by_identity = _closed({"session": number, "message": number}, "session")
    match = {"oneOf": [by_text, by_identity]}
    return _closed({"match": match, "behaviour": ref("Behaviour")}, "match", "behaviour")


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
        "faults": {"type": "array", "maxItems": 8, "items": _fault()},
    }
    defaults = written_behaviour(Behaviour())
    names = [setting.name for setting in fields(Behaviour)]
    properties = {name: {**known.get(name, ms), "default": defaults[name]} for name in names}
    return _closed(properties)


def _fault() -> Schema:
    """Return a fault: its name, or an object with its settings, which `GET faults` lists."""
    name: Schema = {"enum": sorted(known_faults())}
    properties = {
        "name": name,
        "every": {"type": "integer", "minimum": 1},
        "probability": {"type": "number", "minimum": 0, "maximum": 1},
    }
    return {"anyOf": [name, {"type": "object", "required": ["name"], "properties": properties}]}


def _policy() -> Schema:
    return _closed(
        {
            "unknown_fields": {"enum": ["ignore", "refuse"]},
            "over_length": {"enum": list(get_args(OverLength))},
            "length_unit": {"enum": list(get_args(LengthUnit))},
            "length_max": {"type": "integer", "minimum": 1, "maximum": 10_000},
            "voices": {"enum": list(VOICE_SETS)},
            "terms_required": {"type": "array", "items": {"enum": sorted(MODELS)}},
            "requires_key": {"type": "boolean"},
            "tier": {"enum": list(TIERS)},
            "requires_user_agent": {"type": "boolean"},
        }
    )
