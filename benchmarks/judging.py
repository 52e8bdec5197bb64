"""Judging speed, parsing included, and peak memory: printed as events/s and MiB.

Run: python benchmarks/judging.py. The baseline of the same run is decoding the envelope alone.
Memory has to stay flat: the peak of the longest record is compared with that of the one before.
Loading the rules is no part of judging, and is done before the clock starts.
"""

import multiprocessing
import resource
import sys
import tempfile
import time
from pathlib import Path

import msgspec

from harness.judging.judge import Judge
from harness.model import events as ev
from harness.model.record import MANIFEST_SCHEMA, Environment, Manifest, Toxiproxy
from harness.model.target import Sut, Target
from harness.model.trace import Reading, read_events
from harness.model.verdict import CHECKLIST_VERSION

SIZES = (20_000, 200_000, 1_000_000)
SESSIONS_AT_ONCE = 16
MESSAGES = 100  # of one session: more than any scenario asks of one
FRAMES = 20
PATIENCE_S = 600


def manifest() -> Manifest:
    """Return the manifest of a run that has everything in view."""
    return Manifest(
        schema=MANIFEST_SCHEMA,
        run="benchmark",
        version="0",
        checklist=CHECKLIST_VERSION,
        started_at="",
        state="complete",
        seed=1,
        nonce=1,
        tier="standard",
        scenarios=("benchmark",),
        target=Target(sut=Sut(url="ws://127.0.0.1/")),
        vantages="CU",
        environment=Environment(
            python="", platform="", cpu_count=2, toxiproxy=Toxiproxy(kind="none", version="")
        ),
    )


class Writer:
    """Writes the two parts of a generated trace: sessions of whole messages, interleaved."""

    def __init__(self, folder: Path) -> None:
        self.files = {
            name: (folder / f"{name}.jsonl").open("wb") for name in ("harness", "upstream")
        }
        self.count = 0
        self.at_ns = 1_000_000_000

    def event(self, part: str, source: str, kind: str, **fields: object) -> None:
        """Append one event a microsecond after the last."""
        self.count += 1
        self.at_ns += 1000
        data = msgspec.Raw(msgspec.json.encode(fields.pop("data", {})))
        event = ev.Event(
            v=1, seq=self.count, at_ns=self.at_ns, clock="b", source=source, kind=kind, data=data
        )
        event = msgspec.structs.replace(event, **fields)
        self.files[part].write(msgspec.json.encode(event) + b"\n")

    def scenario(self, first: int) -> range:
        """Start a scenario with new sessions and return their numbers."""
        sessions = range(first, first + SESSIONS_AT_ONCE)
        names = tuple(f"s{number}" for number in sessions)
        start = ev.ScenarioData(
            run=f"b-{first}", scenario="b", lane="b", isolation="session", sessions=names
        )
        self.event("harness", "runner", "scenario_started", data=start)
        for name in names:
            self.event("harness", "client", "client_connecting", session=name)
            self.event("harness", "client", "client_connected", session=name)
        return sessions

    def over(self, sessions: range) -> None:
        """Let the clients of a scenario go."""
        for number in sessions:
            left = ev.LeftData(how="close")
            self.event("harness", "client", "client_left", data=left, session=f"s{number}")
            self.event("harness", "client", "session_over", session=f"s{number}")

    def beside(self) -> None:
        """Write what is measured all the time: the canary on both links, and our own lag."""
        self.event("harness", "harness", "loop_lag", data=ev.LagData(max_ms=0.5))
        for link in ("client", "upstream"):
            trip = ev.CanaryData(lane="b", link=link, sent_ns=self.at_ns - 1_000_000, rtt_ms=1.0)
            self.event("harness", "canary", "canary_rtt", data=trip)

    def message(self, session: int, number: int) -> None:
        """Write all events of one message that was spoken to its end."""
        key = session << 32 | number << 16
        who = {"session": f"s{session}", "message": f"m{number}"}
        total = FRAMES * 1920
        opened = ev.OpenedData(
            exchange=key,
            socket=key,
            identities=((session, number, 0),),
            total_samples=total,
        )
        self.event("harness", "client", "speak_sent", data=ev.SpeakData(), **who)
        fence = ev.StopData(fence=f"f{number}")
        self.event("harness", "client", "fence_sent", data=fence, session=who["session"])
        self.event("harness", "client", "fence_passed", data=fence, session=who["session"])
        self.event("upstream", "upstream", "stream_opened", data=opened, stream=key, **who)
        self.event("harness", "client", "start_received", **who)
        for frame in range(FRAMES):
            runs = ((key, frame * 1920, 1920),)
            sent = ev.SentData(exchange=key, runs=runs, bytes=3840)
            self.event("upstream", "upstream", "stream_sent", data=sent, stream=key, **who)
            self.at_ns += 10_000_000
            audio = ev.AudioData(bytes=3840, runs=runs)
            self.event("harness", "client", "audio_received", data=audio, **who)
        ended = ev.StreamEndData(exchange=key, socket=key, marker="text", by="own", how="close")
        self.event("upstream", "upstream", "stream_ended", data=ended, stream=key, **who)
        self.event("harness", "client", "end_received", data=ev.EndData(reason="completed"), **who)
        self.event("upstream", "upstream", "stream_released", data=ended, stream=key, **who)
        closed = ev.SocketData(socket=key)
        self.event("upstream", "upstream", "socket_closed", data=closed)


def write_trace(folder: Path, size: int) -> list[Path]:
    """Write at least ``size`` events and return the parts."""
    writer = Writer(folder)
    sessions = range(1)
    while writer.count < size:
        sessions = writer.scenario(sessions.stop)
        for number in range(1, MESSAGES + 1):
            if writer.count < size:
                writer.beside()
                for session in sessions:
                    writer.message(session, number)
        writer.over(sessions)
    for file in writer.files.values():
        file.close()
    return sorted(folder.glob("*.jsonl"))


def measure(size: int, answers: "multiprocessing.Queue[dict[str, float]]") -> None:
    """Judge one trace in a process of its own, so that its peak memory is its own."""
    with tempfile.TemporaryDirectory() as place:
        parts = write_trace(Path(place), size)
        before_kib = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        begin = time.process_time()
        count = sum(1 for _ in read_events(parts, Reading()))
        parsed_s = time.process_time() - begin
        judge = Judge(manifest())
        begin = time.process_time()
        for event in read_events(parts, Reading()):
            judge.feed(event)
        verdicts = judge.judgement()
        judged_s = time.process_time() - begin
        peak_kib = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    assert verdicts.events == count
    answers.put(
        {
            "events": count,
            "parsed": count / parsed_s,
            "judged": count / judged_s,
            "peak_mib": peak_kib / 1024,
            "grown_mib": (peak_kib - before_kib) / 1024,
        }
    )


def main() -> None:
    """Print one line per size, and by how much the last two differ in memory."""
    peaks_mib: list[float] = []
    for size in SIZES:
        context = multiprocessing.get_context("spawn")
        answers: multiprocessing.Queue[dict[str, float]] = context.Queue()
        process = context.Process(target=measure, args=(size, answers))
        process.start()
        row = answers.get(timeout=PATIENCE_S)
        process.join()
        sys.stdout.write(
            f"{row['events']:9.0f} events: judged {row['judged']:9.0f} events/s, envelopes alone"
            f" {row['parsed']:9.0f} events/s (ratio {row['judged'] / row['parsed']:.2f});"
            f" peak {row['peak_mib']:.0f} MiB, grown by {row['grown_mib']:.1f} MiB while judging\n"
        )
        peaks_mib.append(row["peak_mib"])
    more_mib = peaks_mib[-1] - peaks_mib[-2]
    sys.stdout.write(
        f"from {SIZES[-2]} to {SIZES[-1]} events the peak grew by {more_mib:.1f} MiB\n"
    )


if __name__ == "__main__":
    main()
