"""A message that comes while another is spoken waits for its turn: declared as queue.

STOP stops the one that is spoken; the next one follows. An id that was used is refused at once.
"""

from reference_impl import server
from reference_impl.planting import replace
from reference_impl.queueing import QueueingSession


def plant() -> None:
    """Put it in its place."""
    replace(server, "Session", by=QueueingSession)
