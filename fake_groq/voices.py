"""The two Orpheus models as Groq lists them, with their voices."""

from dataclasses import dataclass
from typing import Any, Final


@dataclass(frozen=True, slots=True, kw_only=True)
class Model:
    """A model and its voices, in the order of Groq's own messages."""

    id: str
    created: int
    voices: tuple[str, ...]

    def listing(self) -> dict[str, Any]:
        """Return the row of `GET /openai/v1/models`."""
        return {
            "id": self.id,
            "object": "model",
            "created": self.created,
            "owned_by": "Canopy Labs",
            "active": True,
            "context_window": 4000,
            "public_apps": None,
            "max_completion_tokens": 50000,
        }


MODELS: Final = {
    model.id: model
    for model in (
        Model(
            id="canopylabs/orpheus-arabic-saudi",
            created=1765926439,
            voices=("abdullah", "fahad", "sultan", "lulwa", "noura", "aisha"),
        ),
        Model(
            id="canopylabs/orpheus-v1-english",
            created=1766186316,
            voices=("autumn", "diana", "hannah", "austin", "daniel", "troy"),
        ),
    )
}

VOICE_SETS: Final[dict[str, frozenset[str]]] = {
    "2026-04": frozenset(),
    "2025-12": frozenset({"abdullah", "aisha"}),
}
"""By the month from which a set of voices held: those that were not there yet."""


def voices_of(model: str, voice_set: str) -> tuple[str, ...]:
    """Return the voices of a model in a set, in the order of Groq's own messages."""
    return tuple(voice for voice in MODELS[model].voices if voice not in VOICE_SETS[voice_set])
