"""The contract of a network fault, and the handle of a link that it may use."""

from collections.abc import Callable, Mapping
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from typing import Protocol

from harness.model.errors import UnknownNameError
from harness.model.registry import Registry

RESET_TOXIC = "reset-downstream"  # network_armed owns it, network_reset lets it bite


class Link(Protocol):
    """One link of a lane together with its twin, through which the canary goes."""

    async def add_toxic(
        self,
        name: str,
        kind: str,
        stream: str,
        attributes: Mapping[str, int],
        *,
        toxicity: float = 1.0,
    ) -> None:
        """Add a toxic to the link and to its twin; it bites that share of the connections."""
        ...

    async def set_toxicity(self, name: str, toxicity: float) -> bool:
        """Let the toxic bite that share of all connections, live ones too; False if it is gone."""
        ...

    async def renew_canary(self) -> None:
        """Let the canary begin new connections through the twin."""
        ...

    async def remove_toxic(self, name: str) -> None:
        """Remove the toxic from both; harmless when it is gone."""
        ...


Fault = Callable[[Link, Mapping[str, float]], AbstractAsyncContextManager[None]]


@dataclass(frozen=True, slots=True, kw_only=True)
class FaultMember:
    """A fault by name: what it takes, and whether it can lose bytes that the upstream sent."""

    name: str
    parameters: tuple[str, ...]
    can_lose_bytes: bool
    enter: Fault
    summary: str


FAULTS: Registry[FaultMember] = Registry("harness.faults", "fault")


def fault(
    name: str, *, parameters: tuple[str, ...], can_lose_bytes: bool
) -> Callable[[Fault], Fault]:
    """Register the decorated async context manager as a fault."""

    def register(enter: Fault) -> Fault:
        summary = (enter.__doc__ or name).strip().splitlines()[0]
        member = FaultMember(
            name=name,
            parameters=parameters,
            can_lose_bytes=can_lose_bytes,
            enter=enter,
            summary=summary,
        )
        FAULTS.register(name, member, module=enter.__module__)
        return enter

    return register


def check_parameters(member: FaultMember, parameters: Mapping[str, float]) -> None:
    """Refuse parameters that the fault does not take.

    Raises:
        UnknownNameError: names the nearest that it takes.
    """
    for name in parameters:
        if name not in member.parameters:
            raise UnknownNameError(f"parameter of {member.name}", name, member.parameters)
