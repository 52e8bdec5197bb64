"""What our own faults did to the links is nobody's breach, and hides none."""

from harness.model.events import FaultData
from suites.selftest.harness.judged import all_findings, exposures, findings, unjudged
from suites.selftest.harness.story import Story

WITHOUT_LOG = {"OWN-6"}


def found(story: Story) -> set[str]:
    return set(all_findings(story)) - WITHOUT_LOG


def reset_upstream(*, fault: str = "network_reset") -> Story:
    """Two of ten frames come; then the link is reset, as the ledger sees it."""
    story = Story().fault(250, 550, name=fault, link="upstream", duration_ms=300)
    story.speak(0).start(3).opened(5, frames=10).sent(120, 3).heard(121, 2)
    story.released(290, how="rst").socket_closed(290, how="rst")
    story.error(292, code="upstream_reset").end(293, reason="upstream_error")
    return story.leave(4000).later(30_000)


def test_a_message_whose_upstream_link_we_reset_has_failed_and_misses_nothing() -> None:
    assert found(reset_upstream()) == set()
    assert exposures("EOS-1", reset_upstream()) == {"failed": 1}
    assert exposures("EOS-4", reset_upstream()) == {"ended": 1}


def test_a_reset_in_no_window_of_ours_is_the_suts_own() -> None:
    assert "EOS-3" in found(reset_upstream(fault="network_moon"))


def test_an_end_that_never_comes_after_our_reset_is_still_a_breach() -> None:
    story = Story().fault(250, 550, name="network_reset", link="upstream", duration_ms=300)
    story.speak(0).start(3).opened(5, frames=10).sent(120, 3).heard(121, 2)
    story.released(290, how="rst").socket_closed(290, how="rst").leave(4000).later(30_000)
    assert "EOS-1" in found(story)


def reset_client(*, at_ms: float = 300) -> Story:
    story = Story().fault(250, 550, name="network_reset", link="client", duration_ms=300)
    story.speak(0).start(3).opened(5, frames=10).sent(120, 3).heard(121, 2)
    story.lost(at_ms, how="rst").released(at_ms + 3).socket_closed(at_ms + 4)
    return story.later(30_000)


def test_a_client_whose_link_we_reset_has_left() -> None:
    assert found(reset_client()) == set()
    assert exposures("OWN-3", reset_client()) == {"client left": 1}


def test_a_connection_that_the_sut_resets_by_itself_is_a_breach() -> None:
    assert "EOS-1" in found(reset_client(at_ms=900))


def losing(story: Story) -> Story:
    data = FaultData(
        fault="network_bandwidth", link="upstream", lane=story.lane, can_lose_bytes=True
    )
    return story.event(-90, "network", "fault_started", data)


def test_a_tail_that_a_losing_link_may_have_cut_is_not_judged() -> None:
    def cut() -> Story:
        story = Story().speak(0).start(3).opened(5, frames=4).sent(120, 4).heard(121, 2)
        return story.ended(361).end(370).released(372).socket_closed(373).leave(4000).later(30_000)

    assert len(findings("EOS-3", cut())) == 1
    assert findings("EOS-3", losing(cut())) == []
    assert unjudged("EOS-3", losing(cut()))["link_fault"] == 1


def test_a_whole_message_over_a_losing_link_counts() -> None:
    assert exposures("EOS-3", losing(Story().voiced(0).leave(4000))) == {"completed": 1}
