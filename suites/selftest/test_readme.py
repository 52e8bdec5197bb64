"""The README's tables are those of the registries, and what it names exists."""

import re

import pytest

from fake_groq.listing import FAMILIES as FAKE_FAMILIES
from fake_groq.listing import markdown
from harness.cli.base import root
from harness.cli.list import FAMILIES, markdown_table

README = (root() / "README.md").read_text(encoding="utf-8")


def table(family: str) -> str:
    found = re.search(rf"<!-- {family} -->\n(.*?)<!-- /{family} -->", README, re.DOTALL)
    assert found is not None
    return found[1]


@pytest.mark.parametrize("family", ["rules", "scenarios", "kills"])
def test_a_generated_table_is_current(family: str) -> None:
    expected = markdown_table(FAMILIES[family]())
    assert table(family) == expected, f"paste the output of: voicecert list {family} --markdown"


@pytest.mark.parametrize("family", ["presets", "timings"])
def test_a_generated_table_of_the_fake_is_current(family: str) -> None:
    expected = markdown(FAKE_FAMILIES[family]())
    assert table(family) == expected, f"paste: python -m fake_groq --list {family} --markdown"


def test_every_path_that_is_named_exists() -> None:
    paths = re.findall(r"`([a-z_]+/[a-z_/]*(?:\.py)?)`", README)
    assert paths
    missing = [path for path in paths if not (root() / path).exists()]
    assert missing == []
