"""What a client has to be told, and how."""

from fake_groq.end_markers import INTERNAL_ERROR, POLICY_VIOLATION
from fake_groq.presets.base.actions import Actions, Frame, Leave, Say


class Trouble(Exception):
    """Something that a client has to be told; the text says what is wrong.

    Attributes:
        status: the one of HTTP that is nearest.
        code: the protocol's own name for it, where it has one.
        context: the utterance that it is about.
        is_misuse: whether the client did it, and not the fake.
    """

    def __init__(
        self,
        sentence: str,
        *,
        status: int = 400,
        code: str = "",
        context: str = "",
        is_misuse: bool = True,
    ) -> None:
        super().__init__(sentence)
        self.status = status
        self.code = code
        self.context = context
        self.is_misuse = is_misuse

    @property
    def complaint(self) -> str:
        """What the ledger says of the client, if it did something."""
        return str(self) if self.is_misuse else ""

    @property
    def close_code(self) -> int:
        """How a WebSocket is closed for it, where the protocol says nothing else."""
        return INTERNAL_ERROR if self.status >= 500 else POLICY_VIOLATION


def told(trouble: Trouble, *frames: Frame) -> Actions:
    """Return that a client is told of its trouble, and may go on."""
    return (Say(frames=frames, complaint=trouble.complaint),)


def thrown_out(
    trouble: Trouble, *frames: Frame, code: int | None = None, reason: str = ""
) -> Actions:
    """Return that a client is told of its trouble, and the socket closed at once."""
    return (
        Leave(
            code=trouble.close_code if code is None else code,
            reason=reason,
            frames=frames,
            is_urgent=True,
            complaint=trouble.complaint,
        ),
    )


def require(name: str, asked: object, *had: object) -> None:
    """Refuse an encoding, a rate or the like that cannot be had; None asks for nothing.

    Raises:
        Trouble: it is not one of `had`.
    """
    if asked is not None and asked not in had:
        raise Trouble(f"{name} must be {had[0]}, which is all that can be had, not {asked!r:.60}")
