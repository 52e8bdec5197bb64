"""One seed per run; everything random is a named child of it."""

from hypothesis import given
from hypothesis import strategies as st

from harness.model.seeds import child_random, child_seed

SEEDS = st.integers(min_value=0, max_value=2**64 - 1)
NAMES = st.lists(st.one_of(st.text(), st.integers()), max_size=4)


@given(SEEDS, NAMES)
def test_the_same_path_gives_the_same_seed(seed: int, names: list[str | int]) -> None:
    assert child_seed(seed, *names) == child_seed(seed, *names)
    assert 0 <= child_seed(seed, *names) < 2**64


@given(SEEDS)
def test_another_seed_or_name_gives_another_one(seed: int) -> None:
    named = {child_seed(seed, name) for name in ("a", "b", 1)}
    assert len({child_seed(seed), child_seed(seed + 1), *named}) == 5


def test_children_do_not_depend_on_how_often_others_were_asked() -> None:
    one = child_random(7, "scenario", "happy_path")
    one.random()
    assert child_random(7, "scenario", "random_stop").random() == (
        child_random(7, "scenario", "random_stop").random()
    )


def test_the_numbers_stay_the_same_over_the_years() -> None:
    assert child_seed(1, "nonce") == 6560981460954658246
