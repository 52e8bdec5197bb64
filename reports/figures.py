"""Numbers as people read them, and what a count can show: rates, intervals, bounds."""

from math import sqrt
from statistics import NormalDist

CONFIDENCE = 0.95
UNITS = ("ms", "bytes")
MIB = 1024 * 1024
RULE_OF_THREE = 3.0  # zero in n: the rate is below about 3/n, with 95 % confidence


def percent(share: float) -> str:
    """Return a share as per cent with two significant digits; never 0 for what is not 0."""
    value = share * 100
    if value == 0:
        return "0 %"
    if value >= 10:
        return f"{value:.0f} %"
    return f"{value:.1f} %" if value >= 1 else f"{value:.2g} %"


def number(value: float) -> str:
    """Return a number without needless decimals, with a comma between its thousands."""
    rounded = round(value, 1) if abs(value) >= 1 else round(value, 3)
    return f"{rounded:,.0f}" if rounded == int(rounded) else f"{rounded:,}"


def count(amount: int, one: str, many: str | None = None) -> str:
    """Return ``amount`` with its noun: "1 breach", "2 breaches"."""
    return f"{number(amount)} {one if amount == 1 else many or one + 's'}"


def bound(exposures: int) -> str:
    """Return what no breach in so many occasions shows, and what it does not."""
    if exposures <= RULE_OF_THREE:
        return ""
    share = percent(RULE_OF_THREE / exposures)
    return f"zero in {number(exposures)} shows only a rate below about {share}"


def wilson(breaches: int, occasions: int) -> tuple[float, float] | None:
    """Return the 95 % interval of the rate; None where the counts make no rate.

    Wilson's score interval, "Probable inference", J. Am. Stat. Assoc. 22 (1927). Loading a library
    for these four lines would cost each certificate some seconds.
    """
    if not 0 <= breaches <= occasions or not occasions:
        return None
    z = NormalDist().inv_cdf((1 + CONFIDENCE) / 2)
    rate, weight = breaches / occasions, z * z / occasions
    middle = (rate + weight / 2) / (1 + weight)
    half = z * sqrt(rate * (1 - rate) / occasions + weight / (4 * occasions)) / (1 + weight)
    return round(max(0.0, middle - half), 6), round(min(1.0, middle + half), 6)


def quantity(value: float, unit: str) -> str:
    """Return a value with its unit; bytes in MiB where there are many."""
    if unit == "bytes" and value >= MIB:
        return f"{number(value / MIB)} MiB"
    return f"{number(value)} {unit}".rstrip()


def named(name: str, value: float) -> str:
    """Return a figure as it is said: ``release_ms`` of 250 is "release 250 ms"."""
    unit = unit_of(name)
    return f"{words_of(name)} {quantity(value, unit)}"


def words_of(name: str) -> str:
    """Return the name of a figure in words, without its unit; the largest is called worst."""
    words = [word for word in name.split("_") if word != unit_of(name)]
    return " ".join(["worst", *words[:-1]] if words[-1] == "max" else words)


def unit_of(name: str) -> str:
    """Return the unit that the name of a figure carries as a word: ms, bytes, or none."""
    return next((unit for unit in UNITS if unit in name.split("_")), "")
