"""Speech into a file, to be listened to: the spectral mark, which sounds like somebody babbling."""

import random
from pathlib import Path
from typing import Final

from fake_groq.behaviour import DEFAULT_BEHAVIOUR, Behaviour, read_behaviour
from fake_groq.identity import message_text
from fake_groq.plan import SpeechRequest, make_plan
from fake_groq.steps import Send

MS_PER_CHARACTER: Final = 65.0  # about 15 characters a second, as people speak
SENTENCES: Final = 2


def demo_behaviour(given: dict[str, object]) -> Behaviour:
    """Return how the demo speaks: with what was asked for, else so that it can be listened to."""
    listenable = {
        "mark": "spectral",
        "ms_per_character": MS_PER_CHARACTER,
        "wav_header": "exact",
        "pauses": [[4200, 300]],
    }
    return read_behaviour(listenable | given, DEFAULT_BEHAVIOUR)


def save(path: Path, behaviour: Behaviour, *, seed: int, nonce: int) -> str:
    """Speak a message into a file, and return its text.

    Raises:
        OSError: the file cannot be written.
    """
    text = message_text(1, 1, sentences=SENTENCES, rng=random.Random(seed))
    request = SpeechRequest(text=text, profile="http")
    plan = make_plan(request, behaviour, seed=seed, nonce=nonce)
    with path.open("wb") as file:
        for step in plan.steps:
            if isinstance(step, Send):
                file.write(plan.payload(step))
    return text
