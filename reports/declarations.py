"""What a target declares, beside what the reference declares, and which of it is looser.

Looser means that a rule then allows more, asks for less, or can see less. A policy that is merely
another one is marked as such. A value that the target file need not say is marked as the default:
a target does not know which of its keys were written.
"""

from collections.abc import Callable
from typing import get_args

import msgspec

from harness.model.target import Behaviour, Reason
from reports.parts import Declaration

REFERENCE = Behaviour(
    end_markers=("text", "json", "close"),
    completion_idle_ms=1000,
    vanish_detection_ms=4000,
    user_key=True,
    reasons={reason: reason for reason in get_args(Reason)},
)
"""What the reference relay's own target file declares."""

ORDERS: dict[str, tuple[str, ...]] = {
    "segments": ("one", "sequential", "prefetch"),
    "upstream_socket": ("per_message", "per_session", "pooled"),
    "end_signal": ("delivery", "playback", "synthesis"),
    "fidelity": ("exact", "spectral", "none"),
    "extra_audio": ("none", "allowed"),
    "text": ("verbatim", "normalised", "generated"),
}
"""From strict to loose."""

LOOSER, DIFFERS, IS_DEFAULT = "looser", "differs", "default"
DEFAULTS = Behaviour()

LARGER_IS_LOOSER = frozenset(
    {
        "streams_live_max",
        "prefetch_next",
        "completion_idle_ms",
        "first_byte_ms",
        "jitter_buffer_ms",
        "vanish_detection_ms",
        "buffer_bytes_max",
        "close_handshake_ms",
    }
)
SMALLER_IS_LOOSER = frozenset({"quiet_ms", "user_key"})


def declarations(behaviour: Behaviour) -> tuple[Declaration, ...]:
    """Return every declaration in the order of the target file's own keys."""
    return tuple(_declaration(name, behaviour) for name in Behaviour.__struct_fields__)


def _declaration(name: str, behaviour: Behaviour) -> Declaration:
    own, reference = _effective(name, behaviour), _effective(name, REFERENCE)
    mark = _mark(name, own, reference)
    if getattr(behaviour, name) == getattr(DEFAULTS, name):
        mark = f"{IS_DEFAULT}, looser than the reference" if mark == LOOSER else IS_DEFAULT
    return Declaration(name=name, value=_text(own), reference=_text(reference), mark=mark)


def _effective(name: str, behaviour: Behaviour) -> object:
    """Return the value that counts: a first-byte time that is not given is the idle time."""
    if name == "first_byte_ms":
        return behaviour.silence_budget_ms
    return getattr(behaviour, name)


def _mark(name: str, own: object, reference: object) -> str:
    if own == reference:
        return ""
    is_looser = _looser_by(name)
    return LOOSER if is_looser is not None and is_looser(own, reference) else DIFFERS


def _looser_by(name: str) -> Callable[[object, object], bool] | None:
    order = ORDERS.get(name)
    if order is not None:
        return lambda own, reference: order.index(str(own)) > order.index(str(reference))
    if name == "reasons":
        return lambda own, _: own is None
    if name == "silence":
        return lambda own, _: own != "pass"
    if name in LARGER_IS_LOOSER:
        return lambda own, reference: _amount(own) > _amount(reference)
    if name in SMALLER_IS_LOOSER:
        return lambda own, reference: _amount(own) < _amount(reference)
    return None


def _amount(value: object) -> float:
    assert isinstance(value, int | float)
    return value


def _text(value: object) -> str:
    if isinstance(value, tuple):
        return ", ".join(map(str, value)) or "none"
    if isinstance(value, dict):
        return msgspec.json.encode(value).decode()
    if isinstance(value, bool):
        return "yes" if value else "no"
    return "none" if value is None else str(value)
