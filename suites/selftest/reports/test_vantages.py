"""What a run could not see is said, with what it would have shown."""

from reports.vantages import vantages_of


def test_a_remote_platform_names_what_its_processes_would_have_shown() -> None:
    process_tree = next(seen for seen in vantages_of("CU") if seen.vantage == "P")
    assert not process_tree.is_seen
    for word in ("sockets", "descriptors", "threads", "stay open"):
        assert word in process_tree.shows
    assert "its processes could not be looked into" in process_tree.why_missing


def test_a_vantage_that_was_there_needs_no_excuse() -> None:
    assert [seen.vantage for seen in vantages_of("CUP") if not seen.why_missing] == ["C", "U", "P"]
