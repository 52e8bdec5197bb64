"""Manifests and judgements as runs leave them, for tests of what is made of them."""

import msgspec

from harness.model.record import MANIFEST_SCHEMA, Environment, Hashes, Manifest, Toxiproxy
from harness.model.target import Sut, Target
from harness.model.verdict import (
    CHECKLIST_VERSION,
    VERDICTS_SCHEMA,
    Deadline,
    Evidence,
    Finding,
    Judgement,
    Level,
    Minimum,
    Receipt,
    RuleVerdict,
    Verdict,
)
from reports.checklist import BY_ID

JUDGED = (
    "AUD-1",
    "EOS-1",
    "EOS-2",
    "EOS-3",
    "EOS-4",
    "ISO-1",
    "MSG-1",
    "MSG-2",
    "OWN-1",
    "OWN-3",
    "STOP-1",
    "STOP-2",
    "STOP-3",
)
MS = 1_000_000


def a_target(**over: object) -> Target:
    sut = Sut(url="ws://127.0.0.1:{port}/v1/session", command=("relay", "--port", "{port}"))
    made = Target(sut=sut, name="reference", title="the reference relay")
    return msgspec.structs.replace(made, **over)


def a_manifest(**over: object) -> Manifest:
    made = Manifest(
        schema=MANIFEST_SCHEMA,
        run="reference-1",
        version="0.1.0",
        checklist=CHECKLIST_VERSION,
        started_at="2026-03-01T12:00:00+00:00",
        state="complete",
        seed=4711,
        nonce=17,
        tier="standard",
        scenarios=("happy_path", "hundred_messages", "random_stop", "upstream_latency"),
        target=a_target(),
        vantages="CUP",
        environment=Environment(
            python="3.11.9",
            platform="Linux 6.1 x86_64",
            cpu_count=2,
            toxiproxy=Toxiproxy(kind="real", version="2.12.0"),
            versions={"websockets": "17.0", "aiohttp": "3.14.0"},
        ),
        hashes=Hashes(operations="a1" * 32, faults="b2" * 32, upstream_plans="c3" * 32),
        timings_s={"start-up": 1.3, "scenarios": 31.2, "retries": 0.0, "in all": 33.1},
    )
    return msgspec.structs.replace(made, **over)


def a_rule(rule: str = "EOS-1", **over: object) -> RuleVerdict:
    known = BY_ID.get(rule)
    made = RuleVerdict(
        id=rule,
        title=known.title if known else "a rule of tomorrow",
        level=known.level if known else Level.MUST,
        vantages=known.vantages if known else "C",
        verdict=Verdict.PASS,
        exposures=240,
        exposures_by={"ended": 180, "stopped": 60},
        minimum=Minimum(total=100, by_category={"stopped": 10}),
        limits=dict(known.limits) if known else {},
    )
    return msgspec.structs.replace(made, **over)


def a_finding(**over: object) -> Finding:
    """Two end signals of a stopped message, as a relay with a race sends them."""
    made = Finding(
        sentence='message m1 of s1 got 2 end signals, 3 ms apart: "stopped", then "completed".'
        " Expected exactly 1.",
        at_ns=246 * MS,
        category="stopped",
        session="s1",
        message="m1",
        scenario="random_stop",
        scenario_run="random_stop",
        lane="shared",
        lanes=(
            line(0.0, "client", "speak m1 ──►"),
            line(4.1, "upstream", "stream 7 opened for m1"),
            line(88.0, "upstream", "stream 7 first audio"),
            line(90.4, "relay", "◄── audio m1 from sample 0: 1 frames, 80 ms"),
            line(140.0, "client", "STOP m1 (streaming) ──►"),
            line(143.0, "relay", '◄── end m1 "stopped"'),
            line(143.2, "relay", "STOP has reached the SUT (PONG)"),
            line(144.0, "upstream", "stream 7 released (peer, close 1000)"),
            line(146.0, "relay", '◄── end m1 "completed"'),
            line(146.0, "client", "◄── breach", is_breach=True),
            line(151.3, "upstream", "stream 7 socket closed"),
        ),
    )
    return msgspec.structs.replace(made, **over)


def a_late_release(**over: object) -> Finding:
    """An upstream stream that was let go half a second after STOP."""
    made = Finding(
        sentence="the upstream stream of message m4 of s2, stopped while streaming, was released"
        " 512 ms after STOP had reached the SUT. Limit: 250 ms.",
        at_ns=900 * MS,
        category="streaming",
        session="s2",
        message="m4",
        scenario="upstream_latency",
        scenario_run="upstream_latency",
        lane="upstream_latency",
        deadline=Deadline(from_ns=388 * MS, until_ns=900 * MS, measured_ms=512.0, limit_ms=250.0),
        excuse_ms=3.125,
        lanes=(
            line(0.0, "client", "speak m4 ──►"),
            line(4.1, "upstream", "stream 9 opened for m4"),
            line(140.0, "client", "STOP m4 (streaming) ──►"),
            line(143.2, "relay", "STOP has reached the SUT (PONG)"),
            line(655.2, "upstream", "stream 9 released (peer, close 1000)"),
            line(655.2, "client", "◄── breach", is_breach=True),
        ),
    )
    return msgspec.structs.replace(made, **over)


def line(at_ms: float, lane: str, text: str, *, is_breach: bool = False) -> Evidence:
    return Evidence(at_ms=at_ms, lane=lane, text=text, is_breach=is_breach)


def a_judgement(*rules: RuleVerdict, **over: object) -> Judgement:
    """A judgement of the rules given, or of all thirteen, passed."""
    listed = rules or tuple(a_rule(rule) for rule in JUDGED)
    must = {rule.verdict for rule in listed if rule.level is Level.MUST}
    exit_code = 1 if Verdict.FAIL in must else 3 if Verdict.ERROR in must else 0
    if not exit_code and Verdict.INCONCLUSIVE in must:
        exit_code = 2
    made = Judgement(
        schema=VERDICTS_SCHEMA,
        checklist=CHECKLIST_VERSION,
        grade="CUP",
        certified=exit_code == 0,
        exit_code=exit_code,
        rules=listed,
        receipts=(
            Receipt(
                fault="network_latency",
                link="upstream",
                lane="upstream_latency",
                has_bitten=True,
                sentence="canary round trip 1.2 ms before, at least 241.0 ms with 240 ms asked",
            ),
        ),
        measurements={
            "upstream_streams": 312,
            "fences": 140,
            "late_fences": 0,
            "harness_loop_lag_ms_max": 3.214,
            "resource_samples": 120,
            "sockets_first": 4,
            "sockets_last": 4,
            "sockets_max": 6,
            "rss_bytes_first": 41_000_000,
            "rss_bytes_last": 41_900_000,
            "rss_bytes_max": 42_100_000,
        },
        events=48_213,
    )
    return msgspec.structs.replace(made, **over)


def a_failed_judgement(**over: object) -> Judgement:
    """A judgement with two broken rules, one that is open, and one late answer that is settled."""
    excused = a_late_release(
        sentence="STOP of message m2 of s3, sent while streaming, was confirmed 260 ms after it had"
        " reached the SUT. Limit: 250 ms.",
        session="s3",
        message="m2",
        scenario="random_stop",
        scenario_run="random_stop",
        lane="shared",
        excuse_ms=14.0,
        deadline=Deadline(from_ns=0, until_ns=260 * MS, measured_ms=260.0, limit_ms=250.0),
    )
    changed = {
        "EOS-1": a_rule(
            "EOS-1",
            verdict=Verdict.FAIL,
            findings_total=12,
            findings=tuple(
                a_finding(
                    session=f"s{number}", sentence=a_finding().sentence.replace("s1", f"s{number}")
                )
                for number in range(1, 11)
            ),
        ),
        "STOP-2": a_rule(
            "STOP-2", verdict=Verdict.FAIL, findings_total=1, findings=(a_late_release(),)
        ),
        "STOP-3": a_rule(
            "STOP-3",
            excused=(excused,),
            notes=("1 late answers were in time when tried again alone",),
        ),
        "ISO-1": a_rule(
            "ISO-1",
            verdict=Verdict.INCONCLUSIVE,
            why="not_exercised: 16 of 48 in all, 16 at once 16 of 48",
            exposures=16,
            exposures_by={"16 at once": 16},
            minimum=Minimum(total=48, by_category={"16 at once": 48}),
        ),
    }
    rules = tuple(changed.get(rule) or a_rule(rule) for rule in JUDGED)
    return a_judgement(*rules, problems=("3 lines of harness.jsonl are no events",), **over)
