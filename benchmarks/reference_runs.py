"""The reference, run after run, each with a seed of its own: verdicts, exposures, where time goes.

Run: python benchmarks/reference_runs.py [--quiet 16] [--busy 4] [--first-seed 1]. The busy runs
have two loops beside them that take all they get of a core. Exits 1 if any run has a FAIL or an
ERROR, or if a quiet run is not certified: a false alarm is the worst that this tool can do.
"""

import argparse
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

BUSY_LOOPS = 2
BUSY_S_MAX = 180
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


def main() -> int:
    """Print one line per run and a sum."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quiet", type=int, default=16)
    parser.add_argument("--busy", type=int, default=4)
    parser.add_argument("--first-seed", type=int, default=1)
    parser.add_argument("--tier", default="standard", choices=("smoke", "standard", "full"))
    options = parser.parse_args()
    kinds = ["quiet"] * options.quiet + ["busy"] * options.busy
    bad, times_s = 0, []
    with tempfile.TemporaryDirectory() as place:
        for number, kind in enumerate(kinds):
            seed = options.first_seed + number
            with busy_loops(BUSY_LOOPS if kind == "busy" else 0):
                code, taken_s, certificate = certify(seed, options.tier, Path(place) / str(seed))
            sys.stdout.write(row(seed, kind, code, taken_s, certificate) + "\n")
            sys.stdout.flush()
            is_bad = code not in ({0} if kind == "quiet" else {0, 2})
            bad += is_bad
            if kind == "quiet":
                times_s.append(taken_s)
    worst = f", quiet runs took at most {max(times_s):.1f} s" if times_s else ""
    sys.stdout.write(f"{len(kinds)} runs, {bad} not as they must be{worst}\n")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
