"""
Is an answer right?  Entry by entry, as expressions first; as numbers where it is made of numbers.

A number is compared with the value at the problem's own point, to 50 digits, within the tolerances of the problem.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction
from typing import Any

from symbackprop.checking.entries import Rows, shape_of
from symbackprop.checking.truth import Target, Truth
from symbackprop.decide import DIFFERENT, EQUAL, Decision, decide
from symbackprop.decide.signatures import agree
from symbackprop.errors import DomainError
from symbackprop.expr import Expr, Number, Product, Symbol, symbols, walk
from symbackprop.findings import CORRECT, INVALID, PROVED, SAMPLED, UNDECIDED, WRONG, Witness
from symbackprop.problem.questions import STRICT, CheckOptions

# A number that misses the tolerance, but agrees to this many digits, was rounded too early.
FEWEST_DIGITS = 2
# A number with so many digits, all of them right, is right whatever the tolerance.
ENOUGH_DIGITS = 3
SHIFTS = range(1, 7)
# So many entries of a matrix are proved one by one; of a large one, whose network is large, one.
MOST_PROVED, LARGE = 16, 256


@dataclass(frozen=True)
class Judged:
    """
    A verdict on one value, with its evidence.

    `said` is a sentence that explains a verdict better than any diagnosis (shapes, digits); `assumed` is what a right
    answer needs besides what the problem says; `within` is how near a right number is.
    """

    verdict: str
    evidence: str | None = None
    witness: Witness | None = None
    boundary: str = ""
    points: int = 0
    limits: tuple[str, ...] = ()
    codes: frozenset[str] = frozenset()
    said: str = ""
    numeric: bool = False
    assumed: str = ""
    within: str = ""


def judge(values: Rows, target: Target, truth: Truth, options: CheckOptions, digits: int | None = None) -> Judged:
    """Compare an answer, taken apart into scalars, with what was asked; `digits` are those of a number as written."""
    if shape_of(values) != target.shape:
        return _misshapen(values, target)
    used = dict.fromkeys(name for row in values for entry in row for name in symbols(entry))
    asked = {symbol.name for _, _, symbol in target}
    circular = next((name for name in used if asked & truth.needs([name])), None) if asked & truth.needs(used) else None
    point = truth.numbers
    if not used and point is not None:
        return judge_numbers(values, target, truth, options, digits)
    decided = _combined(_decisions(values, target, truth), options, single=target.shape == (1, 1))
    if circular is not None and decided.verdict != WRONG:
        return Judged(INVALID, codes=frozenset({"circular"}), said=_goes_round(circular, target, truth))
    if decided.verdict == WRONG and point is not None and any(map(_has_decimals, (e for row in values for e in row))):
        rounded = judge_numbers(values, target, truth, options, None)
        if rounded.verdict == CORRECT:
            return replace(rounded, evidence=SAMPLED, points=1)
    return decided


def _decisions(values: Rows, target: Target, truth: Truth) -> list[tuple[int, int, Symbol, Decision]]:
    """
    Decide every entry, the first that differs being enough.

    What is written as in the derivation needs no other proof; of a large matrix, the entries beyond the first ones are
    compared by their signatures only.
    """
    found: list[tuple[int, int, Symbol, Decision]] = []
    asked, most = 0, MOST_PROVED if len(values) * len(values[0]) <= LARGE else 1
    for i, j, symbol in target:
        entry = values[i - 1][j - 1]
        if _alike(entry, truth.facts.definitions.get(symbol.name)):
            found.append((i, j, symbol, Decision(EQUAL, PROVED)))
            continue
        asked += 1
        if asked > most and agree(entry, symbol, truth.facts, truth.seed):
            decision = Decision(EQUAL, SAMPLED, points=1)
        else:
            decision = decide(entry, symbol, truth.facts)
        found.append((i, j, symbol, decision))
        if decision.verdict == DIFFERENT:
            break
    return found


def _alike(expr: Expr, definition: Expr | None) -> bool:
    """Whether an answer is the definition itself, but for the order of its factors."""
    if isinstance(expr, Product) and isinstance(definition, Product):
        return Counter(expr.factors) == Counter(definition.factors)
    return expr == definition


def _goes_round(name: str, target: Target, truth: Truth) -> str:
    """Say that an answer uses what is asked for, or what is found from it."""
    if any(symbol.name == name for _, _, symbol in target):
        return f"the answer uses {truth.spelled(name)}, the very quantity that is asked for"
    return f"the answer uses {truth.spelled(name)}, which is itself found from {target.name}"


def _misshapen(values: Rows, target: Target) -> Judged:
    """Say what the shapes are; a transpose is named."""
    yours, asked = shape_of(values), target.shape
    turned = yours == (asked[1], asked[0])
    what = "a number" if asked == (1, 1) else f"of shape {asked[0]}×{asked[1]}"
    said = f"Yours is {yours[0]}×{yours[1]}; {target.name} is {what}" + ("; it is the transpose." if turned else ".")
    return Judged(WRONG, PROVED, codes=frozenset({"shape.transpose" if turned else "shape"}), said=said)


def _combined(decisions: list[tuple[int, int, Symbol, Decision]], options: CheckOptions, *, single: bool) -> Judged:
    """Return one verdict for all entries: different beats undecided beats equal, and the weakest evidence counts."""
    limits = tuple(dict.fromkeys(limit for *_, found in decisions for limit in found.limits))
    for i, j, asked, found in decisions:
        if found.verdict == "different":
            witness = found.witness
            if witness is not None:
                point = {name: value for name, value in witness.point.items() if name != asked.name}
                witness = replace(witness, point=point, entry=(0, 0) if single else (i, j))
            return Judged(WRONG, found.evidence, witness, limits=limits)
    if any(found.verdict == "undecided" for *_, found in decisions):
        return Judged(UNDECIDED, limits=limits)
    boundary = next((found.boundary for *_, found in decisions if found.boundary), "")
    if boundary and options.boundary == STRICT:
        said = f"Right everywhere but where {boundary}: there it differs from the convention of this sheet."
        return Judged(WRONG, PROVED, boundary=boundary, codes=frozenset({"boundary"}), said=said, limits=limits)
    sampled = [found for *_, found in decisions if found.evidence == SAMPLED]
    points = min((found.points for found in sampled), default=0)
    return Judged(CORRECT, SAMPLED if sampled else PROVED, boundary=boundary, points=points, limits=limits)


def judge_numbers(values: Rows, target: Target, truth: Truth, options: CheckOptions, digits: int | None) -> Judged:
    """Compare numbers with the values at the problem's own point, within the tolerances."""
    point = truth.numbers
    assert point is not None
    within = ""
    for i, j, symbol in target:
        expr = values[i - 1][j - 1]
        try:
            yours = point.value(expr)
        except DomainError as error:
            return Judged(WRONG, PROVED, codes=frozenset({"number.none"}), said=f"Yours has no value: {error}.", numeric=True)
        exact = _exact_truth(truth, symbol) if _is_exact(expr) else None
        judged = judge_number(yours, point.symbol(symbol), options, digits or _digits(expr), exact)
        if judged.verdict != CORRECT:
            place = "" if target.shape == (1, 1) else f"Row {i}, column {j}: "
            return replace(judged, said=place + judged.said if judged.said else "")
        within = judged.within if judged.within != "exactly" else within or judged.within
    return Judged(CORRECT, PROVED, numeric=True, within=within)


def judge_number(yours: Any, true: Any, options: CheckOptions, digits: int | None, exact: Fraction | None = None) -> Judged:
    """Compare one number; `exact` is the truth where both are fractions, which must then be equal."""
    difference = abs(yours - true)
    if difference == 0 or (exact is not None and difference <= abs(true) / 10**40):
        return Judged(CORRECT, PROVED, numeric=True, within="exactly")
    asked = options.digits
    written = digits if digits is not None and digits >= ENOUGH_DIGITS else None
    within = ""
    if asked is not None:
        within = f"to {asked} significant digits" if agrees(yours, true, asked) else ""
    elif difference <= _scaled(abs(true), options.rtol) + _scaled(yours * 0 + 1, options.atol):
        within = f"within {float(100 * options.rtol):g} % or {float(options.atol):g}"
    elif written is not None and agrees(yours, true, written):
        within = f"to the {written} digits written"
    if within and exact is None:
        if asked is not None and digits is not None and digits < asked:
            said = f"Right as far as it goes, but {asked} significant digits are asked for and yours has {digits}."
            return Judged(WRONG, PROVED, codes=frozenset({"number.digits"}), said=said, numeric=True)
        return Judged(CORRECT, PROVED, numeric=True, within=within)
    if agrees(yours, true, FEWEST_DIGITS):
        needed = f"{asked} are asked for" if asked else f"give {ENOUGH_DIGITS} or more"
        most = next(k for k in range(FEWEST_DIGITS, 40) if not agrees(yours, true, k + 1))
        said = f"Near, but not near enough: {most} significant digits are right; {needed}."
        return Judged(WRONG, PROVED, codes=frozenset({"number.rounded"}), said=said, numeric=True)
    if any(agrees(yours, true * 10**k, ENOUGH_DIGITS) or agrees(yours, true / 10**k, ENOUGH_DIGITS) for k in SHIFTS):
        said = "The digits are right, but the decimal point is not where it belongs."
        return Judged(WRONG, PROVED, codes=frozenset({"number.power_of_ten"}), said=said, numeric=True)
    return Judged(WRONG, PROVED, numeric=True)


def _scaled(value: Any, factor: Fraction) -> Any:
    return value * factor.numerator / factor.denominator


def agrees(yours: Any, true: Any, digits: int) -> bool:
    """
    Whether two numbers agree when the second is rounded to so many significant digits: within half a unit of the last.

    >>> agrees(Fraction(3333, 10000), Fraction(1, 3), 4), agrees(Fraction(3330, 10000), Fraction(1, 3), 4)
    (True, False)
    """
    if true == 0:
        return bool(yours == 0)
    size = abs(true)
    unit = Fraction(1)
    while size * unit.denominator < unit.numerator:
        unit /= 10
    while size * unit.denominator >= unit.numerator * 10:
        unit *= 10
    last = unit / 10 ** (digits - 1)
    # What was rounded half up or half down is right, and so is a last digit off by rounding twice.
    return bool(abs(yours - true) * 2 * last.denominator * 1000 <= last.numerator * 1001)


def _has_decimals(expr: Expr) -> bool:
    return any(isinstance(part, Number) and part.decimal for part in walk(expr))


def _is_exact(expr: Expr) -> bool:
    """Whether a number is written as a fraction or a whole number, nothing rounded in it."""
    return isinstance(expr, Number) and not expr.decimal


def _exact_truth(truth: Truth, symbol: Symbol) -> Fraction | None:
    """Return the value at the problem's point where it is a fraction."""
    values = truth.derivation.values
    return None if values is None else values.exact_env.get(symbol.name)


def _digits(expr: Expr) -> int | None:
    """Count the significant digits of a decimal among others, where zeros at its end are not known."""
    if not (isinstance(expr, Number) and expr.decimal):
        return None
    return len((Decimal(expr.value.numerator) / Decimal(expr.value.denominator)).normalize().as_tuple().digits)
