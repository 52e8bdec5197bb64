"""A comparison as HTML: one file, one plot, no script, and nothing that is not escaped."""

import re
from xml.etree import ElementTree as ET

import msgspec

from reports.comparison_html import HEIGHT, LABEL_APART, plot_of, render
from suites.selftest.reports.comparison_staging import a_comparison, a_side


def test_it_is_one_file_with_one_plot_and_no_script() -> None:
    page = render(a_comparison())
    assert page.count("<svg") == 1
    assert "<script" not in page
    assert re.findall(r"(?:src|href)=\"(?!data:)[^\"]*", page) == []


def test_the_plot_has_a_line_for_each_side_with_its_name_at_the_end() -> None:
    svg = re.search(r"<svg.*</svg>", render(a_comparison()), re.DOTALL)
    assert svg is not None
    tree = ET.fromstring(svg[0])
    assert len(tree.findall(".//polyline")) == 2
    labels = [text.text for text in tree.findall(".//text[@class='end']")]
    assert labels == ["before: 800", "reference: 20"]


def test_the_names_of_two_lines_that_end_together_stand_apart() -> None:
    same = (a_side("before"), a_side("reference"))
    one, other = plot_of(msgspec.structs.replace(a_comparison(), sides=same)).curves
    assert other.label_y - one.label_y >= LABEL_APART


def test_a_run_without_connections_is_a_flat_line() -> None:
    none = (a_side("before", most=0), a_side("reference", most=0))
    plot = plot_of(msgspec.structs.replace(a_comparison(), sides=none))
    assert all(f",{HEIGHT}" in point for point in plot.curves[0].points.split())


def test_what_a_target_says_is_escaped() -> None:
    sides = (msgspec.structs.replace(a_side("before"), title="<b>bold"), a_side("reference"))
    page = render(msgspec.structs.replace(a_comparison(), sides=sides))
    assert "<b>bold" not in page
    assert "&lt;b&gt;bold" in page
