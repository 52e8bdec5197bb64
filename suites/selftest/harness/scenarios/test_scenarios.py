import itertools
import random

import pytest

from harness.engine.schedule import Scheduler, faults_hash, operations_hash
from harness.faults.base import FAULTS, check_parameters
from harness.model.operations import AwaitEnd, Connect, Disconnect, Pause, SendInvalid, Speak, Stop
from harness.model.target import Behaviour
from harness.scenarios.base import SCENARIOS, Draft

NAMES = SCENARIOS.names()


def draft(tier: str = "standard", seed: int = 1) -> Draft:
    numbers = itertools.count(1)
    return Draft(
        chance=random.Random(seed),
        tier=tier,
        behaviour=Behaviour(
            completion_idle_ms=1000, vanish_detection="ping", vanish_detection_ms=4000
        ),
        next_session=lambda: next(numbers),
        forbidden=("no_json", "an_array", "no_type"),
        broken=("reserved_bit_1", "unmasked_text", "close_code_0", "a", "b", "c"),
    )


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("tier", ["smoke", "standard", "full"])
def test_every_session_connects_first_and_every_text_fits_the_provider(
    name: str, tier: str
) -> None:
    plan = SCENARIOS.get(name).plan(draft(tier))
    assert plan.sessions
    for session in plan.sessions:
        first = next(op for op in session.operations if not isinstance(op, Pause))
        assert isinstance(first, Connect)
        texts = [op.text for op in session.operations if isinstance(op, Speak)]
        assert all(60 <= len(text) <= 200 for text in texts)
        assert len(set(texts)) == len(texts) or name == "returning_users"


@pytest.mark.parametrize("name", NAMES)
def test_every_session_waits_for_its_end_or_leaves(name: str) -> None:
    for session in SCENARIOS.get(name).plan(draft()).sessions:
        assert isinstance(session.operations[-1], AwaitEnd | Disconnect | SendInvalid)


@pytest.mark.parametrize("name", NAMES)
def test_every_fault_of_a_schedule_exists_with_its_parameters(name: str) -> None:
    for plan in SCENARIOS.get(name).plan(draft()).faults:
        assert plan.link in {"client", "upstream"}
        check_parameters(FAULTS.get(plan.fault), plan.parameters)


def test_the_same_seed_gives_the_same_operations_and_faults() -> None:
    def hashes(seed: int) -> tuple[str, str]:
        scheduler = Scheduler(seed=seed, tier="standard", behaviour=Behaviour())
        plans = [item.plan for item in scheduler.plan(NAMES)]
        return operations_hash(plans), faults_hash(plans)

    assert hashes(7) == hashes(7)
    assert hashes(7) != hashes(8)


def test_a_scenario_is_the_same_whether_it_is_played_alone_or_among_others() -> None:
    """Only the session numbers differ, since they are unique over a run."""

    def shape(names: tuple[str, ...]) -> list[float]:
        scheduler = Scheduler(seed=3, tier="standard", behaviour=Behaviour())
        (item,) = [i for i in scheduler.plan(names) if i.run == "random_stop"]
        return [
            op.upstream["first_audio_ms"]
            for session in item.plan.sessions
            for op in session.operations
            if isinstance(op, Speak)
        ]

    assert shape(("random_stop",)) == shape(NAMES)


def test_the_standard_tier_plans_sixty_stops() -> None:
    stops = sum(
        isinstance(op, Stop)
        for name in NAMES
        for session in SCENARIOS.get(name).plan(draft()).sessions
        for op in session.operations
    )
    assert stops >= 60


def test_session_numbers_are_unique_over_a_run_and_its_retries() -> None:
    scheduler = Scheduler(seed=3, tier="smoke", behaviour=Behaviour())
    again = scheduler.retry("random_stop", original="random_stop", attempt=1)
    items = [*scheduler.plan(NAMES), again]
    numbers = [session.session for item in items for session in item.plan.sessions]
    assert len(numbers) == len(set(numbers))
