"""The log."""

import io
import json

from reference_impl.journal import Journal


def test_a_cleanup_call_is_one_line() -> None:
    stream = io.StringIO()
    Journal(stream).cleanup(session="a", message_id="m1", cause="stop", call=2, effective=False)
    (line,) = map(json.loads, stream.getvalue().splitlines())
    assert line.pop("at_ns") > 0
    assert line == {
        "event": "cleanup",
        "session": "a",
        "message_id": "m1",
        "cause": "stop",
        "call": 2,
        "effective": False,
    }


def test_a_log_that_cannot_be_written_stops_nothing() -> None:
    class Full(io.StringIO):
        def write(self, _: str, /) -> int:
            raise OSError(28, "No space left on device")

    Journal(Full()).note("listening", port=1)
