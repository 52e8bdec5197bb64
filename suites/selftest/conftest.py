"""What all selftests share: the order by cost, and how hard Hypothesis tries.

``HYPOTHESIS_PROFILE`` chooses: ``dev`` (the default, quick), ``ci`` (the same examples every
time, nothing kept on disk) or ``soak`` (many; each failure prints how to repeat it).
"""

import os

import pytest
from hypothesis import HealthCheck, settings

_COSTS = ("slow", "proxy_binary", "io")

# No deadline per example: the machine is shared, and time is judged elsewhere.
settings.register_profile(
    "patient", deadline=None, suppress_health_check=[HealthCheck.too_slow], print_blob=True
)
_PATIENT = settings.get_profile("patient")

settings.register_profile("dev", _PATIENT, max_examples=25, database=None)
settings.register_profile("ci", _PATIENT, max_examples=50, database=None, derandomize=True)
settings.register_profile("soak", _PATIENT, max_examples=5_000)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "dev"))


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Run pure tests first, then those with sockets, then the slow ones."""
    items.sort(key=_cost)


def _cost(item: pytest.Item) -> int:
    costs = [len(_COSTS) - at for at, mark in enumerate(_COSTS) if item.get_closest_marker(mark)]
    return max(costs, default=0)
