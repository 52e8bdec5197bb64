"""Figures that no rule limits yet, printed beside the verdicts: name with unit → number."""

from harness.judging.demultiplexer import Demultiplexer
from harness.judging.environment import Environments
from harness.model.events import ProcessData

RESOURCE_LANE = "hundred_messages"


def measurements(
    environments: Environments, demultiplexer: Demultiplexer, *, waits_expired: int
) -> dict[str, float]:
    """Return what was counted over the run, and the resources of the lane of 100 messages."""
    figures: dict[str, float] = {
        "upstream_streams": demultiplexer.ledger.streams_total,
        "streams_without_identity": demultiplexer.ledger.streams_without_identity,
        "fences": demultiplexer.fences,
        "late_fences": demultiplexer.late_fences,
        "waits_expired": waits_expired,
    }
    for source, series in environments.lags.items():
        worst = max((lag for _, _, lag in series.windows), default=0.0)
        figures[f"{source}_loop_lag_ms_max"] = round(worst, 3)
    for name, lane in environments.lanes.items():
        if name.startswith(RESOURCE_LANE) and lane.resources:
            figures.update(_resources([data for _, data in lane.resources]))
    return figures


def _resources(samples: list[ProcessData]) -> dict[str, float]:
    first, last = samples[min(len(samples) - 1, 4)], samples[-1]
    figures: dict[str, float] = {"resource_samples": len(samples)}
    for name in ("sockets", "upstream_sockets", "descriptors", "threads", "rss_bytes"):
        values = [getattr(sample, name) for sample in samples]
        figures[f"{name}_first"] = getattr(first, name)
        figures[f"{name}_last"] = getattr(last, name)
        figures[f"{name}_max"] = max(values)
    return figures
