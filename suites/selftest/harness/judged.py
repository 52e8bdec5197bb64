"""What the judge says of stories: each function judges them afresh, as a run of their own."""

from collections.abc import Mapping
from pathlib import Path
from typing import TypedDict, Unpack

import msgspec

from harness.judging.judge import Judge
from harness.model.events import Event
from harness.model.record import MANIFEST_SCHEMA, Environment, Manifest, RunFolder, Toxiproxy
from harness.model.target import Behaviour, Sut, Target
from harness.model.verdict import CHECKLIST_VERSION, Judgement, RuleVerdict, Verdict
from suites.selftest.harness.story import Story


class Options(TypedDict, total=False):
    """What a story was played on; the default is the reference, seen from everywhere."""

    behaviour: Mapping[str, object]
    limits: Mapping[str, dict[str, float] | float]
    vantages: str
    tier: str
    state: str
    cpu_count: int


def manifest(**options: Unpack[Options]) -> Manifest:
    declared = {"completion_idle_ms": 1000, **options.get("behaviour", {})}
    target = Target(
        sut=Sut(url="ws://127.0.0.1:1/", command=("relay",)),
        name="story",
        behaviour=msgspec.convert(declared, Behaviour),
        limits=dict(options.get("limits", {})),
    )
    return Manifest(
        schema=MANIFEST_SCHEMA,
        run="story",
        version="0",
        checklist=CHECKLIST_VERSION,
        started_at="",
        state=options.get("state", "complete"),
        seed=1,
        nonce=7,
        tier=options.get("tier", "smoke"),
        scenarios=("happy_path",),
        target=target,
        vantages=options.get("vantages", "CUP"),
        environment=Environment(
            python="",
            platform="",
            cpu_count=options.get("cpu_count", 2),
            toxiproxy=Toxiproxy(kind="none", version=""),
        ),
    )


def told(*stories: Story) -> list[Event]:
    """Return the events of stories that happened at the same time, in the order of a record."""
    lines = [event for story in stories for event in story.events()]
    return sorted(lines, key=lambda event: (event.at_ns, event.source, event.seq))


def recorded(path: Path, *stories: Story, **options: Unpack[Options]) -> RunFolder:
    """Return the run folder of stories, as a run would have left it."""
    folder = RunFolder(path)
    folder.create()
    folder.write_manifest(manifest(**options))
    lines = b"".join(msgspec.json.encode(event) + b"\n" for event in told(*stories))
    (folder.parts / "harness.jsonl").write_bytes(lines)
    return folder


def judged(*stories: Story, **options: Unpack[Options]) -> Judgement:
    judge = Judge(manifest(**options))
    for event in told(*stories):
        judge.feed(event)
    return judge.judgement()


def judged_by(rule: str, *stories: Story, **options: Unpack[Options]) -> RuleVerdict:
    """Return what one rule says; a check that crashed is a failure of the test."""
    found = next(one for one in judged(*stories, **options).rules if one.id == rule)
    assert found.verdict is not Verdict.ERROR, found.why
    return found


def findings(rule: str, *stories: Story, **options: Unpack[Options]) -> list[str]:
    return [finding.sentence for finding in judged_by(rule, *stories, **options).findings]


def finding(rule: str, *stories: Story, **options: Unpack[Options]) -> str:
    """Return the one sentence; none or several are a failure of the test."""
    (sentence,) = findings(rule, *stories, **options)
    return sentence


def exposures(rule: str, *stories: Story, **options: Unpack[Options]) -> dict[str, int]:
    return judged_by(rule, *stories, **options).exposures_by


def unjudged(rule: str, *stories: Story, **options: Unpack[Options]) -> dict[str, int]:
    return judged_by(rule, *stories, **options).unjudged


def verdict(rule: str, *stories: Story, **options: Unpack[Options]) -> Verdict:
    return judged_by(rule, *stories, **options).verdict


def all_findings(*stories: Story, **options: Unpack[Options]) -> dict[str, list[str]]:
    """Return every rule that found something, with its sentences: {} for a story that is right."""
    return {
        rule.id: [finding.sentence for finding in (*rule.findings, *rule.excused)] or [rule.why]
        for rule in judged(*stories, **options).rules
        if rule.findings or rule.excused or rule.verdict is Verdict.ERROR
    }
