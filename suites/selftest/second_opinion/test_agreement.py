"""Both judges say the same: of short stories, of records on disk, and of 10,000 made-up records."""

from collections import Counter
from pathlib import Path

import msgspec
import pytest

from harness.model.record import RunFolder
from suites.selftest.harness.judged import findings, manifest, told
from suites.selftest.harness.story import FRAME, Story, key
from suites.selftest.second_opinion.agreement import agree, compare_record
from suites.selftest.second_opinion.generated import generated
from suites.selftest.second_opinion.opinion import RULES, opinions
from suites.selftest.second_opinion.words import Doubt

SEED = 20261124
CHUNKS, CHUNK_RECORDS = 10, 1000


def differences(story: Story, **behaviour: object) -> list[str]:
    return agree(manifest(behaviour=behaviour), told(story))


def test_both_find_nothing_in_a_right_story() -> None:
    assert differences(Story().voiced(0).voiced(500, message=2).later(9000)) == []


def test_both_find_the_same_breaches() -> None:
    story = Story(sessions=(1, 2)).voiced(0).end(700).voiced(0, session=2).later(9000)
    assert differences(story.heard(800, first_frame=1, session=2)) == []


def test_a_record_on_disk_is_compared(tmp_path: Path) -> None:
    folder = RunFolder(tmp_path)
    folder.create()
    folder.write_manifest(manifest())
    lines = [msgspec.json.encode(event) for event in told(Story().voiced(0).end(700))]
    (folder.parts / "harness.jsonl").write_bytes(b"\n".join([*lines, b""]))
    assert compare_record(tmp_path) == []


@pytest.mark.slow
@pytest.mark.timeout(300)
@pytest.mark.parametrize("chunk", range(CHUNKS))
def test_both_agree_on_generated_records(chunk: int) -> None:
    numbers = range(chunk * CHUNK_RECORDS, (chunk + 1) * CHUNK_RECORDS)
    found = []
    for number in numbers:
        record = generated(SEED, number)
        found += [
            f"seed {SEED}, record {number}: {difference}"
            for difference in agree(record.manifest, record.events)
        ]
    assert found == []


def test_generated_records_break_each_rule_and_leave_little_open() -> None:
    said: Counter[tuple[str, Doubt]] = Counter()
    for number in range(300):
        record = generated(SEED, number)
        said.update((one.rule, one.doubt) for one in opinions(record.manifest, record.events))
    for rule in RULES:
        assert said[rule, Doubt.NONE] >= 5, rule
    assert sum(n for (_, doubt), n in said.items() if doubt is Doubt.SOME) < 100


def test_the_same_numbers_give_the_same_record() -> None:
    assert generated(SEED, 7).events == generated(SEED, 7).events


# -- stories on which they once differed ---------------------------------------------------


def test_a_split_sample_is_a_breach_even_where_extra_audio_is_allowed() -> None:
    story = Story().begun(0, 101, frames=2).audio(200, (key(), FRAME, FRAME), odd=1)
    assert differences(story.sent(180, first_frame=1).end(300), extra_audio="allowed") == []


def test_a_first_sentence_that_nobody_heard_is_lost_in_the_middle() -> None:
    story = Story().speak(0, sentences=2).start(3)
    story.opened(5, exchange=1, frames=1).sent(100, exchange=1).ended(181, 1)
    story.opened(185, exchange=2, sentences=(1,)).sent(280, exchange=2, sentence=1)
    story.audio(281, (key(sentence=1), 0, FRAME)).stop(300).released(302, 2)
    story.end(303, reason="stopped").later(9000)
    assert differences(story, segments="sequential") == []


def test_foreign_audio_outside_any_message_is_heard_by_msg_1() -> None:
    story = Story().audio(-20, message=None, foreign=2400).voiced(100).later(9000)
    assert differences(story) == []


def test_a_strip_of_silence_must_not_take_speech_of_the_same_length() -> None:
    story = Story().speak(0).start(3).opened(5, frames=3).sent(100)
    story.event(150, "upstream", "stream_sent", {"exchange": 1, "runs": [], "zeros": 480})
    for first in (FRAME + 480, 2 * FRAME + 480):
        run = (key(), first, FRAME)
        sent = {"exchange": 1, "runs": [run], "zeros": 0, "bytes": 2 * FRAME}
        story.event(180 + first / 48, "upstream", "stream_sent", sent)
    story.heard(101).audio(261, (key(), FRAME + 480, FRAME - 480))
    story.audio(341, (key(), 2 * FRAME + 480, FRAME)).ended(350).end(360).later(9000)
    assert differences(story, silence="strip") == []


def test_a_queue_that_forgets_a_message_owes_its_end_signal() -> None:
    story = Story().voiced(0).speak(100, 2).later(9000)
    assert differences(story, on_new_message="queue") == []


def test_a_pause_that_is_passed_on_as_the_fake_upstream_made_it_is_right() -> None:
    story = Story().speak(0).start(3).opened(5, frames=3).sent(100).heard(101)
    pause = {"exchange": 1, "runs": [], "zeros": FRAME, "bytes": 2 * FRAME}
    story.event(180, "upstream", "stream_sent", pause).audio(181, zeros=FRAME)
    story.sent(260, first_frame=2).heard(261, first_frame=2).ended(340).end(350)
    assert differences(story.later(9000)) == []


def test_an_end_signal_is_not_missing_while_it_may_still_come() -> None:
    story = Story().begun(0, 300, frames=3).ended(340).socket_closed(345).leave(940)
    judged = [line for line in findings("EOS-1", story) if "no end signal" in line]
    assert judged == []


def test_a_pause_that_begins_and_ends_inside_frames_is_right() -> None:
    story = Story().speak(0).start(3).opened(5, frames=4)
    frames = (((key(), 0, 1500), 420), (None, FRAME), ((key(), 4000, 1760), 160))
    for place, (run, zeros) in enumerate((*frames, ((key(), 5760, FRAME), 0))):
        runs = [] if run is None else [run]
        sent = {"exchange": 1, "runs": runs, "zeros": zeros, "bytes": 2 * FRAME}
        story.event(100 + 80 * place, "upstream", "stream_sent", sent)
        story.audio(101 + 80 * place, *runs, zeros=zeros)
    assert differences(story.ended(420).end(430).later(9000)) == []


def test_what_reaches_a_client_that_had_left_is_left_open() -> None:
    story = Story().voiced(0).leave(500).audio(501, message=None, foreign=30).later(9000)
    assert differences(story) == []
