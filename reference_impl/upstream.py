"""The upstream exchange: one request for speech, its answer, and the release of both.

An `Upstream` owns its connection from the first byte to the last. `release` is the only way to let
go of it; it never waits: what a peer must be told is written at once, and the rest of the goodbye
is the partings' business. Two kinds: `upstream_websocket` and `upstream_http`.
"""

import os
from abc import ABC, abstractmethod
from dataclasses import dataclass

from reference_impl.completion_budget import CompletionBudget
from reference_impl.framing import Framing, Part
from reference_impl.vocabulary import Failure


@dataclass(frozen=True, slots=True, kw_only=True)
class SpeechRequest:
    """What the upstream is asked for."""

    model: str
    text: str
    voice: str


class UpstreamFailed(Exception):
    """The upstream refused, failed or went; `failure` is what the client is told."""

    def __init__(self, *, code: str, message: str) -> None:
        super().__init__(message)
        self.failure = Failure(code=code, message=message)


class Upstream(ABC):
    """One upstream stream, used once: open, receive until its end, release."""

    @abstractmethod
    def framing(self) -> Framing:
        """Return a new reader for what this upstream sends."""

    @abstractmethod
    async def open(self, request: SpeechRequest, budget: CompletionBudget) -> None:
        """Connect and send the request; `budget.opened()` is called when it has been sent.

        Raises:
            UpstreamFailed: nobody answers, or the answer is a refusal.
            BudgetExpired: the request was sent and nothing came back.
        """

    @abstractmethod
    async def receive(self) -> Part:
        """Return the next part of the answer.

        Raises:
            UpstreamFailed: the connection was reset, or the answer is broken.
        """

    @abstractmethod
    def release(self) -> bool:
        """Let go of the upstream at once and say whether this call did it; idempotent."""


def unreachable(error: OSError) -> UpstreamFailed:
    """Return the failure to connect, without the addresses of our own network."""
    return UpstreamFailed(
        code="upstream_unreachable", message=f"The upstream cannot be reached: {reason_of(error)}."
    )


def reason_of(error: Exception) -> str:
    """Return a few words on `error` that a client may see."""
    number = getattr(error, "errno", None)
    return os.strerror(number) if isinstance(number, int) else type(error).__name__
