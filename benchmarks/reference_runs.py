"""The reference, run after run, each with a seed of its own: verdicts, exposures, where time goes.

Run: python benchmarks/reference_runs.py [--quiet 16] [--busy 4] [--first-seed 1]. The busy runs
have loops beside them (four, or --loops) that take all they get of a core. Exits 1 if any run has
a FAIL or an ERROR: a false alarm is the worst that this tool can do. How many were certified is
printed, for quiet and for busy runs. With --keep the folders of the runs stay, to be judged again.
"""

import argparse
import json
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

BUSY_S_MAX = 180
WRONG = ("FAIL", "ERROR")
BUSY = f"import time\nend = time.monotonic() + {BUSY_S_MAX}\nwhile time.monotonic() < end: pass"


@contextmanager
def busy_loops(count: int) -> Iterator[None]:
    """Keep loops running beside the body; each ends by itself as well."""
    loops = [subprocess.Popen([sys.executable, "-c", BUSY]) for _ in range(count)]
    try:
        yield
    finally:
        for loop in loops:
            loop.kill()
            loop.wait()


def certify(seed: int, tier: str, folder: Path) -> tuple[int, float, dict[str, Any]]:
    """Return exit code, seconds in all, and the certificate."""
    begun = time.monotonic()
    command = [sys.executable, "-P", "-m", "harness.cli", "certify", "reference"]
    command += ["--seed", str(seed), "--tier", tier, "--out", str(folder), "--json"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    taken_s = time.monotonic() - begun
    return done.returncode, taken_s, json.loads(done.stdout) if done.stdout else {}


def row(seed: int, kind: str, code: int, taken_s: float, certificate: dict[str, Any]) -> str:
    """Return one line of the table."""
    if "conclusion" not in certificate:
        return f"{seed:6d} {kind:6} exit {code} {taken_s:5.1f} s and no certificate"
    counts = ", ".join(
        f"{count} {word}" for word, count in certificate["conclusion"]["counts"].items()
    )
    pairs = [pair for rule in certificate["rules"] for pair in (rule, *rule["categories"])]
    least = min(pair["exposures"] / pair["minimum"] for pair in pairs if pair["minimum"])
    parts = ", ".join(f"{t['name']} {t['seconds']:.1f}" for t in certificate["timings"])
    named = [
        f"{rule['verdict']} {rule['id']}"
        for rule in certificate["rules"]
        if rule["verdict"] in ("FAIL", "ERROR", "INCONCLUSIVE")
    ]
    counts = ", ".join([counts, *named])
    return (
        f"{seed:6d} {kind:6} exit {code} {taken_s:5.1f} s ({parts}) {counts};"
        f" least exposure {least:.2f} x its minimum"
    )


def share(rows: list[tuple[str, int]], kind: str) -> str:
    """Say how many of one kind of run were certified."""
    codes = [code for each, code in rows if each == kind]
    return f"{codes.count(0)} of {len(codes)} {kind} runs certified"


def main() -> int:
    """Print one line per run and a sum."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quiet", type=int, default=16)
    parser.add_argument("--busy", type=int, default=4)
    parser.add_argument("--loops", type=int, default=4, help="busy loops beside a busy run")
    parser.add_argument("--first-seed", type=int, default=1)
    parser.add_argument("--tier", default="standard", choices=("smoke", "standard", "full"))
    parser.add_argument("--keep", type=Path, help="the folder in which the runs' folders stay")
    options = parser.parse_args()
    kinds = ["quiet"] * options.quiet + ["busy"] * options.busy
    counted: Counter[str] = Counter()
    rows, slowest_s = [], 0.0
    with tempfile.TemporaryDirectory() as temporary:
        place = options.keep or Path(temporary)
        for number, kind in enumerate(kinds):
            seed = options.first_seed + number
            with busy_loops(options.loops if kind == "busy" else 0):
                code, taken_s, certificate = certify(seed, options.tier, place / str(seed))
            sys.stdout.write(row(seed, kind, code, taken_s, certificate) + "\n")
            sys.stdout.flush()
            counted.update(rule["verdict"] for rule in certificate.get("rules", ()))
            counted["ERROR"] += code not in (0, 1, 2)
            rows.append((kind, code))
            slowest_s = max(slowest_s, taken_s if kind == "quiet" else 0.0)
    sys.stdout.write(
        f"{len(rows)} runs, {counted['FAIL']} FAIL, {counted['ERROR']} ERROR;"
        f" {share(rows, 'quiet')}, at most {slowest_s:.1f} s; {share(rows, 'busy')}\n"
    )
    return 1 if any(counted[word] for word in WRONG) else 0


if __name__ == "__main__":
    sys.exit(main())
