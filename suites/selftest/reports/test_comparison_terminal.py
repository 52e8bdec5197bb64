"""A comparison on a terminal."""

import io

import pytest
from rich.console import Console

from reports.comparison import Comparison
from reports.comparison_terminal import render
from suites.selftest.reports.comparison_staging import a_comparison


def printed(comparison: Comparison, width: int) -> list[str]:
    paper = io.StringIO()
    render(comparison, Console(file=paper, width=width, color_system=None, highlight=False))
    return paper.getvalue().splitlines()


@pytest.mark.parametrize("width", [80, 140])
def test_it_fits_the_terminal(width: int) -> None:
    assert max(map(len, printed(a_comparison(), width))) <= width


def test_it_shows_each_symptom_with_count_rate_and_interval() -> None:
    text = "\n".join(printed(a_comparison(), 110))
    assert "120 of 400 sessions" in text
    assert "30 % (95 %: 26 % to 35 %)" in text
    assert "0 % (95 %: 0 % to 0.95 %)" in text
    assert "MSG-2 (123)" in text


def test_both_plots_have_the_same_scale() -> None:
    lines = printed(a_comparison(), 80)
    tops = [line for line in lines if line.startswith("800 ┤")]
    assert [top.rstrip().endswith("█") for top in tops] == [True, False]
    assert any(line.startswith(("  0 ┤▁", "  0 ┤ ")) for line in lines)


def test_a_run_with_a_problem_says_so() -> None:
    text = "\n".join(printed(a_comparison(problems=("the run did not come to its end",)), 80))
    assert "before: the run did not come to its end" in text
