"""The README's tables are those of the registries, and what it names exists."""

import re

import pytest

from harness.cli.base import root
from harness.cli.list import FAMILIES, markdown_table

README = (root() / "README.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("family", ["rules", "scenarios", "kills"])
def test_a_generated_table_is_current(family: str) -> None:
    found = re.search(rf"<!-- {family} -->\n(.*?)<!-- /{family} -->", README, re.DOTALL)
    assert found is not None
    expected = markdown_table(FAMILIES[family]())
    assert found[1] == expected, f"paste the output of: voicecert list {family} --markdown"


def test_every_path_that_is_named_exists() -> None:
    paths = re.findall(r"`([a-z_]+/[a-z_/]*(?:\.py)?)`", README)
    assert paths
    missing = [path for path in paths if not (root() / path).exists()]
    assert missing == []
