"""A silent upstream is given up after two seconds, and after one and a half before its first byte.

Both times are declared; how patient a platform is, is its own affair.
"""

from reference_impl import server
from reference_impl.completion_budget import CompletionBudget
from reference_impl.planting import replace
from reference_impl.relay import Session


class _Patient(Session):
    def new_budget(self) -> CompletionBudget:
        return CompletionBudget(first_byte_ms=1500, idle_ms=2000)


def plant() -> None:
    """Put it in its place."""
    replace(server, "Session", by=_Patient)
