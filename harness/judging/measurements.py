"""Figures that no rule limits yet, printed beside the verdicts: name with unit → number."""

from harness.judging.demultiplexer import Demultiplexer
from harness.judging.environment import Environments, Resources


def measurements(
    environments: Environments,
    demultiplexer: Demultiplexer,
    *,
    waits_expired: int,
    connects_failed: int,
) -> dict[str, float]:
    """Return what was counted over the run, and the resources of the lane of 100 messages."""
    figures: dict[str, float] = {
        "upstream_streams": demultiplexer.ledger.streams_total,
        "streams_without_identity": demultiplexer.ledger.streams_without_identity,
        "fences": demultiplexer.fences,
        "late_fences": demultiplexer.late_fences,
        "waits_expired": waits_expired,
        "connects_failed": connects_failed,
        "suts_exited": len(environments.exits),
    }
    for source, series in environments.lags.items():
        worst = max((lag for _, _, lag in series.windows), default=0.0)
        figures[f"{source}_loop_lag_ms_max"] = round(worst, 3)
    for lane in environments.lanes.values():
        if lane.resources.samples:
            figures.update(_resources(lane.resources))
    return figures


def _resources(resources: Resources) -> dict[str, float]:
    figures: dict[str, float] = {"resource_samples": resources.samples}
    for name, most in resources.most.items():
        figures[f"{name}_first"] = resources.first[name]
        figures[f"{name}_last"] = resources.last[name]
        figures[f"{name}_max"] = most
    return figures
