"""The pass over a record: what stands on the sheets."""

from suites.selftest.harness.judged import manifest, told
from suites.selftest.harness.story import Story
from suites.selftest.second_opinion.sheets import NEVER_NS, Sheet, sheets_of


def sheets(story: Story) -> list[Sheet]:
    return sheets_of(manifest(), told(story))


def test_each_session_has_a_sheet_of_its_own() -> None:
    story = Story(sessions=(1, 2)).voiced(0).voiced(40, session=2)
    assert [(sheet.name, sheet.spoken) for sheet in sheets(story)] == [("s1", [1]), ("s2", [1])]


def test_the_ledger_s_lines_stand_with_their_message() -> None:
    (sheet,) = sheets(Story().voiced(0, 3))
    (stream,) = sheet.streams[1]
    assert stream.sent_until == 3 * 1920
    assert set(stream.said) == {"stream_opened", "stream_sent", "stream_ended"}


def test_the_pause_of_an_upstream_is_known_by_its_place() -> None:
    story = Story().voiced(0, 1)
    story.event(190, "upstream", "stream_sent", {"exchange": 1, "runs": [], "zeros": 480})
    (sheet,) = sheets(story)
    assert sheet.streams[1][0].silences == {1920: 480}


def test_a_client_is_watched_until_it_leaves() -> None:
    story = Story(sessions=(1, 2)).voiced(0).leave(600).later(9000)
    one, two = sheets(story)
    assert one.gone_how == "client_left"
    assert (two.gone_ns, two.watched_ns) == (NEVER_NS, two.world.last_ns)


def test_nothing_is_read_behind_a_lost_vantage() -> None:
    story = Story().event(50, "runner", "vantage_lost").voiced(100)
    (sheet,) = sheets(story)
    assert sheet.spoken == []


def test_a_connection_that_a_fault_may_have_cut_was_not_closed_by_the_sut() -> None:
    reset = {"fault": "network_reset", "link": "client", "lane": "lane", "can_lose_bytes": True}
    story = Story().begun(0, 300).event(250, "network", "fault_started", reset).lost(300)
    (sheet,) = sheets(story)
    assert sheet.gone_how == "cut"
