"""`voicecert selftest`: the proof that each rule bites, and that no right variant is bitten."""

import sys
from typing import Annotated

import msgspec
import typer
from rich.table import Table

from harness.cli.base import (
    AsJson,
    Out,
    Seed,
    app,
    console,
    out_folder,
    root,
    seed_of,
    target_of,
)
from harness.cli.list import kill_rows, plain_table
from harness.cli.matrix import make_matrix
from harness.model.errors import HarnessError, UnknownNameError
from harness.model.matrix import Matrix, proof_of
from harness.model.target import shipped_targets


@app.command()
def selftest(
    seed: Seed = None,
    out: Out = None,
    repeat: Annotated[
        int, typer.Option(min=1, help="Run each SUT so many times, each with a seed of its own.")
    ] = 1,
    only: Annotated[list[str] | None, typer.Option(help="Only this known-bad or variant.")] = None,
    as_json: AsJson = False,  # noqa: FBT002 - a flag of the command line
) -> None:
    """Run every known-bad and every right variant, and print which rule kills what."""
    names = _names(only)
    number = seed_of(seed)
    place = out_folder(out, name="selftest")
    screen = console()
    screen.print(f"selftest: {len(names)} SUT{'s' if len(names) != 1 else ''}, seed {number}")
    matrix = make_matrix(
        [target_of(name) for name in names],
        seed=number,
        repeat=repeat,
        folder=place,
        say=lambda text: screen.print(f"  {text}"),
        is_whole=not only,
    )
    document = msgspec.json.format(msgspec.json.encode(matrix), indent=1)
    (place / "matrix.json").write_bytes(document + b"\n")
    proof = msgspec.json.format(msgspec.json.encode(proof_of(matrix)), indent=1)
    (place / "proof.json").write_bytes(proof + b"\n")
    if as_json:
        sys.stdout.write(document.decode() + "\n")
    else:
        screen.print(_suts(matrix))
        screen.print(plain_table(kill_rows(proof_of(matrix))))
        sys.stdout.write(f"{place / 'matrix.json'}\n")
    raise typer.Exit(0 if matrix.is_proven else 1)


def _names(only: list[str] | None) -> list[str]:
    known = [
        name
        for name, path in shipped_targets(root()).items()
        if path.parent.name in {"mutants", "variants"}
    ]
    if not known:
        raise HarnessError("no known-bads or variants are installed.")
    for name in only or ():
        if name not in known:
            raise UnknownNameError("known-bad or variant", name, known)
    return list(only or known)


def _suts(matrix: Matrix) -> Table:
    table = Table("SUT", "expected", "killed by", "as expected", title="SUT x rule")
    for row in matrix.rows:
        expected = row.expected_rule or "passes"
        mark = "yes" if row.is_as_expected else "NO"
        killed = " ".join(f"{rule}{_share(n, row.runs)}" for rule, n in row.failed.items())
        table.add_row(row.target, expected, killed or "-", mark)
    return table


def _share(failed: int, runs: int) -> str:
    return "" if failed == runs else f" ({failed}/{runs})"
