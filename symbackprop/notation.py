"""
How symbols are spelled: plain names in, letters with indices out.

A plain name (`w1_2_3`) is the same everywhere; what a reader sees depends on the notation of the course.
A `Notation` is one row of `NOTATIONS`.  A `Speller` knows the row, the problem's own names and whether the
problem is a network, and answers with a `Name` or a `Ratio`: structured parts, free of any markup,
which `typeset` prints in LaTeX, Unicode or ASCII.

Sources of the notations: `ng`, Andrew Ng's *Deep Learning* notes; `nielsen`, Michael Nielsen, *Neural
Networks and Deep Learning* (2015), ch. 2; `paren`, Bishop, *Pattern Recognition and Machine Learning* (2006), ch. 5.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from symbackprop.expr import Adjoint, Partial, Symbol
from symbackprop.indexed import Entry, Kronecker, Local

GREEK = {
    "alpha": "α", "beta": "β", "gamma": "γ", "delta": "δ", "epsilon": "ε", "zeta": "ζ", "eta": "η", "theta": "θ",
    "iota": "ι", "kappa": "κ", "lambda": "λ", "mu": "μ", "nu": "ν", "xi": "ξ", "rho": "ρ", "sigma": "σ", "tau": "τ",
    "upsilon": "υ", "phi": "φ", "chi": "χ", "psi": "ψ", "omega": "ω",
    "Gamma": "Γ", "Delta": "Δ", "Theta": "Θ", "Lambda": "Λ", "Xi": "Ξ", "Sigma": "Σ", "Phi": "Φ", "Psi": "Ψ", "Omega": "Ω",
}  # fmt: skip
_GREEK_NAMES = {letter: name for name, letter in GREEK.items()}

UPRIGHT_WORDS = frozenset({"net", "out", "in", "target", "loss", "cost", "data", "penalty", "total", "error"})


def written(symbol: Symbol, names: Mapping[str, str] | None = None) -> str:
    """
    Return how a quantity is written in a sentence: dL/dw1_1_1, a local derivative as ∂z1_1/∂w1_1_1, all else by its name.

    `names` maps plain names to the problem's own.
    """
    own = names or {}
    output, of = getattr(symbol, "output", None), getattr(symbol, "of", None)
    if output and of:
        return own.get(symbol.name) or f"d{own.get(output, output)}/d{own.get(of, of)}"
    child, parent = getattr(symbol, "child", None), getattr(symbol, "parent", None)
    if child and parent:
        return f"∂{own.get(child, child)}/∂{own.get(parent, parent)}"
    return own.get(symbol.name, symbol.name)


@dataclass(frozen=True, slots=True)
class Notation:
    """
    One course's way of writing a network's symbols.

    `layer` and `sample` are the superscripts for a layer and a sample, as format strings;
    `both` joins them.  `comma` says that two indices always have a comma between them;
    else they have one only where an index has two digits.  `letters` renames whole letters (L to C).
    """

    name: str
    description: str
    layer: str
    sample: str = "({})"
    both: str = ""
    comma: bool = True
    letters: tuple[tuple[str, str], ...] = ()


NOTATIONS: dict[str, Notation] = {
    row.name: row
    for row in (
        Notation("ng", "w^{[1]}_{2,3}: layer in brackets, to unit 2 from unit 3", layer="[{}]"),
        Notation(
            "nielsen", "w^{1}_{23}: layer as a bare superscript, loss C", layer="{}", both=",", comma=False, letters=(("L", "C"),)
        ),
        Notation("paren", "w^{(1)}_{23}: layer in parentheses", layer="({})", comma=False),
    )
}


@dataclass(frozen=True, slots=True)
class Name:
    """
    A symbol in parts.

    `letter` is a letter, a Greek letter's English name, or a word; `style` says which: "letter", "greek", "word"
    (italic), "roman" (upright word) or "bold".  `indices` stand below, with commas where `comma` is True.
    `layer` and `sample` count from 1 (0: none), or are letters;
    `superscript` is what the notation makes of them in running mathematics.
    `written` is the identifier a reader would type: the plain name, or the problem's own; `hat` puts a hat on the letter.
    """

    plain: str
    letter: str
    style: str = "letter"
    indices: tuple[str, ...] = ()
    comma: bool = True
    layer: int | str = 0
    sample: int | str = 0
    superscript: str = ""
    written: str = ""
    hat: bool = False


@dataclass(frozen=True, slots=True)
class Ratio:
    """A derivative, ∂top/∂bottom; with d where `ordinary`; `direct` where all else is held fixed and that must be said."""

    plain: str
    top: Name
    bottom: Name
    ordinary: bool = False
    direct: bool = False


Spelling = Name | Ratio

_UNIT = re.compile(r"(w|b|z|a|delta)([1-9]\d*)_(\d+)(?:_(\d+))?(?:_s(\d+))?")
_OUTSIDE = re.compile(r"([xyLJ])(?:_(\d+|data|penalty))?(?:_s(\d+))?")
_WHOLE_LAYER = re.compile(r"(W|b|z|a|Z|A|delta|Delta)([1-9]\d*)(?:_s(\d+))?")
_ANY_LAYER = re.compile(r"(W|b|z|a|Z|A|delta|Delta)\[(.+)\]")
_WHOLE_INPUT = re.compile(r"[xyXY]")
_RUNS = re.compile(r"\d+|\D+")


@dataclass(frozen=True)
class Speller:
    """
    Spells every symbol of one problem.

    `network` says whether plain names like w1_2_3 mean layer, to and from; a plain function's names are split
    generically (beta0 is β with index 0).  `names` maps plain names to the problem's own identifiers.
    With `single_target`, y_1 is written y.  With `layers`, x and y are whole vectors.
    The derivatives whose plain names are in `ordinary` are written with d instead of ∂.
    `ambiguous` holds the edges (child, parent) whose local derivative differs from the total one.
    """

    notation: Notation = NOTATIONS["ng"]
    network: bool = field(default=True, kw_only=True)
    names: Mapping[str, str] = field(default_factory=dict, kw_only=True)
    single_target: bool = field(default=False, kw_only=True)
    layers: bool = field(default=False, kw_only=True)
    ordinary: frozenset[str] = field(default=frozenset(), kw_only=True)
    ambiguous: frozenset[tuple[str, str]] = field(default=frozenset(), kw_only=True)

    def spell(self, symbol: Symbol) -> Spelling:
        """Return a symbol's parts: a Name, or a Ratio for a derivative."""
        if isinstance(symbol, Adjoint):
            if symbol.name in self.names or (self.network and symbol.is_delta):
                return self.name(symbol.name)
            return Ratio(symbol.name, self.name(symbol.output), self.name(symbol.of), ordinary=symbol.name in self.ordinary)
        if isinstance(symbol, Partial):
            direct = (symbol.child, symbol.parent) in self.ambiguous
            top, bottom = self.name(symbol.child), self.name(symbol.parent)
            return Ratio(symbol.name, top, bottom, ordinary=symbol.name in self.ordinary, direct=direct)
        return self.name(symbol.name)

    def entry(self, part: Entry | Local | Kronecker) -> Spelling:
        """Return the parts of an entry with letters for indices: w_jk, ∂L/∂w_jk, ∂z_i/∂w_jk, δ_ij."""
        match part:
            case Kronecker(left, right):
                return Name(f"delta_{left}_{right}", "delta", "greek", (left, right), comma=False)
            case Local(child, parent):
                return Ratio("", self._cell(child.base.name, child), self._cell(parent.base.name, parent))
            case Entry(Adjoint() as base) if not base.is_delta:
                return Ratio("", self._cell(base.output, replace(part, indices=())), self._cell(base.of, part))
            case _:
                return self._cell(part.base.name, part)

    def _cell(self, whole: str, part: Entry) -> Name:
        """Return an entry of a whole layer: the small letter, its indices below, layer and sample above."""
        match = _WHOLE_LAYER.fullmatch(whole) or _WHOLE_INPUT.fullmatch(whole)
        sample = part.sample if whole != "J" else ""
        if match is None:
            name = self.name(whole)
            return self._placed(replace(name, sample=sample, written=f"{whole}_{sample}")) if sample else name
        letter, layer = (match[1].lower(), int(match[2])) if match.re is _WHOLE_LAYER else (whole.lower(), 0)
        plain = "_".join((f"{letter}{layer or ''}", *part.indices, *([sample] if sample else [])))
        style = "greek" if letter == "delta" else "letter"
        return self._placed(Name(plain, letter, style, part.indices, comma=False, layer=layer, sample=sample or 0))

    def name(self, plain: str) -> Name:
        """Return the parts of a quantity's plain name."""
        own = self.names.get(plain)
        if own is not None:
            return generic_name(plain, own)
        if not self.network:
            return generic_name(plain, plain)
        if plain.startswith("delta") and self.names:
            renamed = self.names.get("z" + plain.removeprefix("delta"))
            if renamed is not None:
                return self._own_delta(plain, renamed)
        return self._network_name(plain) or generic_name(plain, plain)

    def _own_delta(self, plain: str, renamed: str) -> Name:
        """δ of a pre-activation that the problem calls net_o1 is δ_{o1}, or δ_{net_o1} where o1 alone is not enough."""
        sums = [generic_name(key, own) for key, own in self.names.items() if _UNIT.fullmatch(key) and key[0] == "z"]
        name = generic_name(plain, renamed)
        alike = all(other.indices and other.letter == name.letter for other in sums)
        return Name(plain, "delta", "greek", name.indices if alike else (renamed,), written=plain)

    def _network_name(self, plain: str) -> Name | None:
        row = self.notation
        if match := _UNIT.fullmatch(plain):
            letter, layer, to, source, sample = match.groups()
            indices: tuple[str, ...] = (to, source) if source else (to,)
            comma = row.comma or any(len(index) > 1 for index in indices)
            style = "greek" if letter == "delta" else "letter"
            return self._placed(Name(plain, letter, style, indices, comma, int(layer), int(sample or 0)))
        if self.layers and _WHOLE_INPUT.fullmatch(plain):
            return Name(plain, plain, "letter" if plain.isupper() else "bold")
        if self.layers and (match := _ANY_LAYER.fullmatch(plain)):
            letter, place = match.groups()
            style = "greek" if letter in {"delta", "Delta"} else "letter" if letter.isupper() else "bold"
            return self._placed(Name(plain, letter, style, layer=place))
        if match := _OUTSIDE.fullmatch(plain):
            letter, index, sample = match.groups()
            letter = dict(row.letters).get(letter, letter)
            alone = self.single_target and letter == "y" and index == "1"
            return self._placed(Name(plain, letter, indices=(index,) if index and not alone else (), sample=int(sample or 0)))
        if match := _WHOLE_LAYER.fullmatch(plain):
            letter, layer, sample = match.groups()
            style = "greek" if letter in {"delta", "Delta"} else "letter" if letter.isupper() else "bold"
            return self._placed(Name(plain, letter, style, layer=int(layer), sample=int(sample or 0)))
        return None

    def _placed(self, name: Name) -> Name:
        """Return the name with its superscript as the notation writes it."""
        row = self.notation
        parts = [row.layer.format(name.layer)] if name.layer else []
        if name.sample:
            parts.append(row.sample.format(name.sample))
        alone = name.plain.startswith("y_1") and not name.indices
        written = "y" + name.plain.removeprefix("y_1") if alone else name.plain
        return replace(name, superscript=row.both.join(parts), written=written)


def generic_name(plain: str, own: str) -> Name:
    """
    Split an identifier nobody declared the meaning of: Greek letters, trailing digits and suffixes as indices.

    >>> generic_name("beta0", "beta0").indices
    ('0',)
    >>> generic_name("w_out", "w_out").indices
    ('out',)
    >>> generic_name("m_hat", "m_hat").hat
    True
    """
    head, *suffixes = [part for part in own.split("_") if part] or [own]
    stem = head.rstrip("0123456789")
    if stem and stem != head:
        suffixes.insert(0, head[len(stem) :])
    stem = stem or head
    letter, style = _letter(stem)
    hat = "hat" in suffixes and len(letter) == 1
    return Name(plain, letter, style, tuple(s for s in suffixes if s != "hat" or not hat), written=own, hat=hat)


def _letter(stem: str) -> tuple[str, str]:
    if stem in GREEK:
        return stem, "greek"
    if stem in _GREEK_NAMES:
        return _GREEK_NAMES[stem], "greek"
    if len(stem) == 1:
        return stem, "letter"
    return stem, "roman" if stem in UPRIGHT_WORDS else "word"


def index_runs(index: str) -> list[tuple[str, str]]:
    """
    Split an index into runs to be set alike: ("digits", "12"), ("letter", "o"), ("greek", "beta"), ("word", "out").

    >>> index_runs("o1")
    [('letter', 'o'), ('digits', '1')]
    """
    runs: list[tuple[str, str]] = []
    for run in _RUNS.findall(index):
        if run.isdigit():
            runs.append(("digits", run))
        elif run in GREEK or run in _GREEK_NAMES:
            runs.append(("greek", _GREEK_NAMES.get(run, run)))
        else:
            runs.append(("letter" if len(run) == 1 else "word", run))
    return runs
