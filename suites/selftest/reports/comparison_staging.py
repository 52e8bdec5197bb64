"""A comparison of a relay with symptoms and one without, for tests of how it is shown."""

from harness.model.verdict import Verdict
from reports.comparison import COMPARISON_SCHEMA, Comparison, Side, Tally, side_of
from suites.selftest.reports.staging import a_judgement, a_manifest, a_rule, a_target


def a_side(name: str, *, silent: int = 0, most: int = 20, problems: tuple[str, ...] = ()) -> Side:
    shown = {"second message silent": {f"s{number}" for number in range(silent)}}
    rule = a_rule(
        "MSG-2", verdict=Verdict.FAIL if silent else Verdict.PASS, findings_total=silent + 3
    )
    counted = Tally(
        sessions=400,
        shown=shown,
        connections=tuple((float(at), most * at // 60) for at in range(61)),
    )
    manifest = a_manifest(run=f"{name}-1", target=a_target(name=name, title=f"the relay {name}"))
    return side_of(manifest, a_judgement(a_rule(), rule, problems=problems), counted)


def a_comparison(**of_one: object) -> Comparison:
    one = a_side("before", silent=120, most=800, **of_one)  # type: ignore[arg-type] # keywords
    sides = (one, a_side("reference"))
    return Comparison(schema=COMPARISON_SCHEMA, scenario="production", sides=sides)
