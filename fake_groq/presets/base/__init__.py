"""What a preset is: one protocol on a WebSocket, from frames to actions and back. Pure.

A file of this folder holds a subclass of `Preset` with the decorator `preset`, of the same name; or
several, where one maker says two protocols in the same words. An instance is one socket. It is told
what the client sends and answers with actions; it frames the audio, and says which frames end a
speech. When audio is due, what the faults do to it, and how the connection is closed is not its
business.

Each is served at its own paths and below `/presets/NAME`. What is generated is 24 kHz s16le mono,
whatever a client asks for; a protocol that asks for another format is told that it cannot be had.
"""

from fake_groq.policy import INPUT_CHARACTERS_MAX
from fake_groq.presets.base.actions import (
    Action,
    Actions,
    Cancel,
    Frame,
    Leave,
    Opening,
    Say,
    Speak,
)
from fake_groq.presets.base.messages import (
    audio_text,
    identifier,
    marker,
    object_in,
    read_json,
    said,
    seconds_in,
    text_in,
)
from fake_groq.presets.base.protocol import PREFIX, Preset, known_presets, preset, preset_at
from fake_groq.presets.base.text_preset import (
    CONTEXTS_MAX,
    SAMPLE_RATE,
    JsonPreset,
    TextPreset,
    spoken,
)
from fake_groq.presets.base.trouble import Trouble, require, thrown_out, told

__all__ = [
    "CONTEXTS_MAX",
    "INPUT_CHARACTERS_MAX",
    "PREFIX",
    "SAMPLE_RATE",
    "Action",
    "Actions",
    "Cancel",
    "Frame",
    "JsonPreset",
    "Leave",
    "Opening",
    "Preset",
    "Say",
    "Speak",
    "TextPreset",
    "Trouble",
    "audio_text",
    "identifier",
    "known_presets",
    "marker",
    "object_in",
    "preset",
    "preset_at",
    "read_json",
    "require",
    "said",
    "seconds_in",
    "spoken",
    "text_in",
    "thrown_out",
    "told",
]
