"""What was found, and what is said of it: codes, sentences, the broken rule, and another convention where one fits."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from string import Formatter

from symbackprop.checking.conventions import LAYOUT, halves, means
from symbackprop.checking.lessons import SHAPE
from symbackprop.checking.mistakes import MISTAKES, Mistake
from symbackprop.checking.places import Mutant
from symbackprop.checking.scene import Scene
from symbackprop.expr import Expr

RATIO_CODES = {
    Fraction(-1): ("sign",), Fraction(2): ("factor.two",), Fraction(1, 2): ("factor.half",),
    Fraction(-2): ("sign", "factor.two"), Fraction(-1, 2): ("sign", "factor.half"),
}  # fmt: skip

# Words that a sentence starts with where it starts with what is filled in.
STARTS = frozenset({"a", "its", "only", "the", "two"})

# Losses that differ by a factor from the sheet's where it has the other one of the two.
SQUARED = {"half squared error": "½", "squared error": "2"}


@dataclass(frozen=True)
class Diagnosis:
    """
    What was done wrong.

    `codes` are all mistakes that give exactly this value; `sentences` say them, the likeliest first; `where` has the plain
    names the first one is about; `rule` is the rule it broke; `convention` is "" or says under which other convention the
    answer is right; `limits` has the budgets that ran out.
    """

    codes: frozenset[str]
    sentences: tuple[str, ...]
    where: tuple[str, ...]
    rule: str
    convention: str = ""
    limits: tuple[str, ...] = ()


@dataclass(frozen=True)
class Hit:
    """Mistakes that together, times a ratio, give the answer's value."""

    made: tuple[tuple[Mistake, Mutant], ...]
    ratio: Fraction = Fraction(1)
    numbers: tuple[int, ...] = field(default=(), compare=False)


OTHER_LAYOUT = Diagnosis(
    frozenset({"convention.layout", "transpose.result"}), ("Rows and columns are exchanged.",), (), SHAPE.network, LAYOUT
)


def told(hits: Sequence[Hit], scene: Scene, *, turned: bool, limits: tuple[str, ...]) -> Diagnosis:
    """Say what was done wrong; `turned` says that rows and columns are exchanged besides."""
    codes = {row.code for hit in hits for row, _ in hit.made}
    codes |= {code for hit in hits for code in RATIO_CODES.get(hit.ratio, ())}
    first = hits[0]
    by_code = {row.code: row for row in reversed(MISTAKES)}
    together = [sentence(row, mutant, scene) for row, mutant in first.made]
    together += [by_code[code].sentence for code in RATIO_CODES.get(first.ratio, ())]
    if turned:
        codes.add("transpose.result")
        together.append(by_code["transpose.result"].sentence)
    sentences = {" ".join(together): None}
    for hit in hits[1:]:
        if len(hit.made) == 1 and hit.ratio == first.ratio == 1 and not turned:
            sentences.setdefault(sentence(*hit.made[0], scene))
    # Of a function with one definition there is no place to name that its reader does not look at already.
    own = set(scene.original_names) if len(scene.original.definitions) > 1 else set()
    where = tuple(dict.fromkeys(name for _, made in first.made for name in made.where if name in own))
    alone = len(first.made) == 1 and first.ratio == 1 and not turned
    convention, more = other_convention(codes, first, scene) if alone else ("", ())
    return Diagnosis(frozenset({*codes, *more}), tuple(sentences), where, first.made[0][0].rule.told(scene), convention, limits)


def other_convention(codes: set[str], first: Hit, scene: Scene) -> tuple[str, tuple[str, ...]]:
    """Say under which other conventions the answer is right, where the problem has such; with their codes."""
    row, mutant = first.made[0]
    if "transpose.result" in codes:
        return LAYOUT, ("convention.layout",)
    if "convention.delta" in codes:
        return "right where δ is the derivative by the activation; on this sheet it is the derivative by z", ()
    constant = str(mutant.words.get("constant", ""))
    if row.code == "loss.other":
        constant = SQUARED.get(str(mutant.words["instead"]), "")
    elif row.code not in {"factor.two", "factor.half", "factor.mean"}:
        return "", ()
    found = [*halves(scene, constant), *means(scene, constant)]
    under = " or ".join(dict.fromkeys(other for other, _, _ in found))
    sheet = " and ".join(dict.fromkeys(own for _, own, _ in found))
    return (f"right {under}; this sheet takes {sheet}" if found else ""), tuple(code for _, _, code in found)


def sentence(row: Mistake, mutant: Mutant, scene: Scene) -> str:
    """Fill a row's sentence with a mutant's words; networks have slopes where plain functions have derivatives."""
    words = {"slope": "derivative" if scene.is_function else "slope", "of": scene.by, **mutant.words}
    wanted = [name for _, name, _, _ in Formatter().parse(row.sentence) if name]
    said = {name: words.get(name, "a factor") for name in wanted}
    filled = row.sentence.format(**{name: scene.text(word) if isinstance(word, Expr) else word for name, word in said.items()})
    return filled[:1].upper() + filled[1:] if filled.split(" ", 1)[0] in STARTS else filled
