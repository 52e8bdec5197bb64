"""Drive, disturb, observe and judge a voice platform: one folder a room, in the order of the flow.

The dependencies run downwards only (``[tool.importlinter]`` in ``pyproject.toml`` enforces it):

=================  ===============================================================================
``cli``            the command line, one file per sub-command
``engine``         makes a run happen; the only room that owns processes, tasks and sockets
``judging``        makes verdicts of a record; pure, may be repeated next year
``probes``         vantage points: outside facts become events
``sut``            ways to start or to reach the system under test
``faults``         named abnormal conditions; leaving one heals it
``toxiproxy``      the proxy: client, server, stand-in
``scenarios``      data: operations, fault schedule, isolation
``adapters``       client protocols without I/O: bytes to events, operations to bytes
``checks``         one rule per file: a pure function over a view
``audio``          decodes the watermark and attributes samples
``model``          the vocabulary that all others share: pure data
=================  ===============================================================================
"""

__version__ = "0.1.0"
