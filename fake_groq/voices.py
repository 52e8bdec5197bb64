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
