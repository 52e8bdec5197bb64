"""What most protocols have in common: text that is gathered, troubles to tell, and JSON."""

from abc import abstractmethod
from collections.abc import Callable, Mapping
from typing import Any, Final

from fake_groq.answers import GroqError
from fake_groq.policy import INPUT_CHARACTERS_MAX
from fake_groq.presets.base.actions import Actions, Leave, Opening, Say, Speak
from fake_groq.presets.base.messages import marker, read_json, said
from fake_groq.presets.base.protocol import Preset
from fake_groq.presets.base.trouble import Trouble, thrown_out

SAMPLE_RATE: Final = 24_000
CONTEXTS_MAX: Final = 64


class Texts(dict[str, str]):
    """What waits to be spoken, by the contexts that are open; the oldest is the first."""

    def add(self, piece: str, context: str = "") -> None:
        """Put a piece behind the text of its context, which is opened if need be.

        Raises:
            Trouble: that is more than can be spoken at once, or one context too many.
        """
        if context not in self and len(self) >= CONTEXTS_MAX:
            raise Trouble(f"at most {CONTEXTS_MAX} contexts can be open", context=context)
        text = self.get(context, "") + piece
        if len(text) > INPUT_CHARACTERS_MAX:
            raise Trouble(f"text must be at most {INPUT_CHARACTERS_MAX} characters")
        self[context] = text

    def take(self, context: str = "") -> str:
        """Close a context and return its text, without the blanks that many put behind a piece."""
        return self.pop(context, "").rstrip(" ")


class TextPreset(Preset):
    """A protocol that gathers text; what is wrong is told by the close frame, unless it says more.

    Attributes:
        texts: what waits to be spoken.
    """

    def __init__(self, opening: Opening) -> None:
        super().__init__(opening)
        self.texts = Texts()

    def greet(self) -> Actions:
        """Return what the welcome comes to."""
        return self._answered(self.welcome)

    def hear(self, message: str | bytes) -> Actions:
        """Return what a message comes to."""
        return self._answered(lambda: self.take(message))

    def welcome(self) -> Actions:
        """Return what comes before the client has said anything.

        Raises:
            Trouble: what the opening asks for cannot be had.
        """
        return ()

    @abstractmethod
    def take(self, message: str | bytes) -> Actions:
        """Return what follows from a message of the client.

        Raises:
            Trouble: it is none of the protocol, or comes at the wrong time.
        """

    def tell(self, trouble: Trouble) -> Actions:
        """Return how the protocol says that something is wrong."""
        return thrown_out(trouble, reason=str(trouble))

    def refuse(self, error: GroqError, context: str) -> Actions:
        """Tell it as any other trouble."""
        return self.tell(
            Trouble(error.message, status=error.status, context=context, is_misuse=False)
        )

    def _answered(self, answer: Callable[[], Actions]) -> Actions:
        try:
            return answer()
        except Trouble as trouble:
            return self.tell(trouble)


class JsonPreset(TextPreset):
    """A protocol in which the client says JSON objects, in text messages."""

    def take(self, message: str | bytes) -> Actions:
        """Return what the answer to a JSON object comes to."""
        found = read_json(message) if isinstance(message, str) else None
        if found is None:
            raise Trouble("invalid JSON")
        return self.answer(found)

    @abstractmethod
    def answer(self, message: dict[str, Any]) -> Actions:
        """Return what follows from a message of the client.

        Raises:
            Trouble: it is none of the protocol, or comes at the wrong time.
        """


def spoken(
    text: str, *ends: Mapping[str, Any], context: str = "", close_code: int | None = None
) -> Actions:
    """Return that a text is spoken and these messages say that it is over, and a close with a code.

    They come by themselves, when their turn has come, where there is nothing to be heard.
    """
    if text.strip():
        ending = marker(*ends, close_code=close_code)
        return (Speak(text=text, ending=ending, context=context),)
    frames = tuple(map(said, ends))
    if close_code is not None:
        return (Leave(code=close_code, frames=frames),)
    return (Say(frames=frames, waits=True, context=context),) if frames else ()
