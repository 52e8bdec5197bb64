"""`voicecert list` for people: a table that fits a terminal."""

import pytest

from harness.cli.list import FAMILIES, list_family


@pytest.mark.parametrize("family", FAMILIES)
def test_a_list_fits_eighty_columns_and_has_a_header(
    family: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    list_family(family)
    rows, lines = FAMILIES[family](), capsys.readouterr().out.splitlines()
    assert max(map(len, lines)) <= 80
    first = [next(iter(rows[0])), *(next(iter(row.values())) for row in rows)]
    assert [line.split(" ")[0] for line in lines if line[:1].strip()] == first
    assert not any("`" in line for line in lines)
    said = "".join("".join(line.split()) for line in lines)
    assert "2xlatency_ms" in said or family != "faults"
