"""
Names: what a reader typed, to the plain name it means.

Every quantity has one plain name, a Python identifier (`w1_2_3`).  A reader may type it as in a book:
`w1[2,3]`, `w1_23`, `w^{[1]}_{2,3}`, `w_{23}^{(1)}`, `θ`, `x₁`, `dL/dw1_2_3`, or in the problem's own names.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Mapping

from symbackprop.errors import UnknownNameError, nearest

LONGEST_NAME = 40
LONGEST_TEXT = 200

_GREEK_NAMES = """
    alpha beta gamma delta epsilon zeta eta theta iota kappa lambda mu nu xi omicron pi rho sigma tau upsilon phi chi psi omega
    Gamma Delta Theta Lambda Xi Pi Sigma Upsilon Phi Psi Omega epsilon theta phi rho sigma
"""
GREEK: dict[str, str] = dict(zip("αβγδεζηθικλμνξοπρστυφχψωΓΔΘΛΞΠΣΥΦΨΩϵϑϕϱς", _GREEK_NAMES.split(), strict=True))
_SUBSCRIPTS = str.maketrans("₀₁₂₃₄₅₆₇₈₉", "0123456789")
_DERIVATIVE = re.compile(r"\s*(?:d|∂)\s*(.+?)\s*/\s*(?:d|∂)\s*(.+)", re.DOTALL)
_INDEXED = re.compile(
    r"(?P<base>[^\W\d_]+)(?P<layer>[0-9]*)"
    r"(?P<rest>(?:[_^]?(?:\{[^{}]*\}|\[[^\[\]]*\]|\([^()]*\))|[_^][0-9]+|_s[0-9]+)*)"
)
_INDEXED_PLAIN = re.compile(r"(?P<base>[^\W\d_]+)(?P<layer>[0-9]*)(?P<indices>(?:_[0-9]+)*)(?:_s(?P<sample>[0-9]+))?")
_GROUP = re.compile(r"(?P<mark>[_^]?)(?:\{(?P<braces>[^{}]*)\}|(?P<brackets>[\[(][^\[\]()]*[\])])|(?P<bare>s?[0-9]+))")


def plain_name(text: str) -> str:
    """
    Return a name as a Python identifier: θ1 is theta1, x₁ is x_1.

    >>> plain_name("δ1_2"), plain_name("x₁")
    ('delta1_2', 'x_1')
    """
    name = re.sub("(?<!_)(?=[₀₁₂₃₄₅₆₇₈₉])(?<![₀₁₂₃₄₅₆₇₈₉])", "_", text).translate(_SUBSCRIPTS)
    if name and name[0] in GREEK and not name[1:2].isalpha():
        name = GREEK[name[0]] + name[1:]
    return unicodedata.normalize("NFKC", name)


def natural_order(name: str) -> tuple[list[str | int], str]:
    """
    Return what to sort names by so that they come as a reader expects: x2 before x10.

    >>> sorted(["x10", "y", "B", "x2", "a"], key=natural_order)
    ['a', 'B', 'x2', 'x10', 'y']
    """
    parts = re.split("([0-9]+)", name)
    return [int(part) if place % 2 else part.casefold() for place, part in enumerate(parts)], name


def normalise_name(text: str, known: Collection[str], names: Mapping[str, str] | None = None) -> str:
    """
    Return the plain name that a reader means, among `known`; `names` maps plain names to the problem's own.

    >>> known = ["x_1", "y_1", "w1_2_3", "b1_2", "z1_2", "L"]
    >>> [normalise_name(t, known) for t in ("w1[2,3]", "w1_23", "w^{[1]}_{2,3}", "w_{23}^{(1)}", "y", "dL/dw1_2_3")]
    ['w1_2_3', 'w1_2_3', 'w1_2_3', 'w1_2_3', 'y_1', 'dL_dw1_2_3']

    Raises UnknownNameError where nothing fits, or more than one does; the message names the nearest.
    """
    written = text.strip().strip("$").strip()
    own = {course: plain for plain, course in (names or {}).items()}
    if written in own or written in known:
        return own.get(written, written)
    if len(written) > LONGEST_TEXT:
        msg = f'unknown name "{short(written)}" ({len(written)} characters long)'
        raise UnknownNameError(msg)
    if derivative := _DERIVATIVE.fullmatch(written):
        output, of = (normalise_name(part, known, names) for part in derivative.groups())
        return f"d{output}_d{of}"
    name = plain_name(re.sub(r"\\(?:mathbf|mathrm|boldsymbol)\b|[\\\s]", "", written))
    if name in own or name in known:
        return own.get(name, name)
    form = _INDEXED.fullmatch(name)
    if form:
        base, layer = form["base"], form["layer"] or ""
        delta = base == "delta"
        target = "z" if delta else base
        fitting = [k for k in known if _fits(k, target, layer, form["rest"])] or [
            k for k in known if _fits(k, target.swapcase(), layer, form["rest"])
        ]
        if len(fitting) == 1:
            return "delta" + fitting[0][1:] if delta else fitting[0]
        if len(fitting) > 1:
            msg = f'"{short(written)}" is ambiguous: it can be {" or ".join(fitting[:4])}'
            raise UnknownNameError(msg)
    close = nearest(name[:LONGEST_NAME], (*known, *own))
    listed = _listed(known, names or {}) if not close and known else ""
    msg = f'unknown name "{short(written)}"{close}{listed}'
    raise UnknownNameError(msg)


def _listed(known: Collection[str], names: Mapping[str, str]) -> str:
    """List the first dozen names that are known: the problem's own first, then in the order given."""
    shown = [names.get(name, name) for name in sorted(known, key=lambda name: name not in names)]
    return f" (known: {', '.join(shown[:12])}{', …' if len(shown) > 12 else ''})"


def _fits(known: str, base: str, layer: str, rest: str) -> bool:
    """Can the base, the digits after it and its sub- and superscripts be read as this plain name?"""
    plain = _INDEXED_PLAIN.fullmatch(known)
    if plain is None or plain["base"] != base:
        return False
    indices = plain["indices"].split("_")[1:]
    above: list[str] = []
    below: list[list[str]] = []
    sample = ""
    for group in _GROUP.finditer(rest):
        inner = (group["braces"] or group["brackets"] or group["bare"] or "").strip()
        if inner.startswith("s") and inner[1:].isdigit():
            sample = inner[1:]
        elif group["mark"] == "^":
            above += re.findall("[0-9]+", inner)
        else:
            below.append(re.findall("[0-9]+", inner))
    given = [i for run in below for i in run]
    wanted_above = [n for n in (plain["layer"], plain["sample"]) if n]
    if above or sample:
        read_above = [*([layer] if layer else []), *above, *([sample] if sample else [])]
        same = given == indices or (len(given) == 1 and given[0] == "".join(indices))
        return read_above == wanted_above and same
    if plain["sample"]:
        return False
    if layer == plain["layer"]:
        same = given == indices or (len(given) == 1 and given[0] == "".join(indices))
        return same or (not given and len(indices) == 1)
    everything = [*([plain["layer"]] if plain["layer"] else []), *indices]
    return [*([layer] if layer else []), *given] in (everything, ["".join(everything)])


def short(text: str, width: int = 24) -> str:
    """Cut a text for display in a message, in one line."""
    line = "".join(c if c.isprintable() else " " for c in text[: width + 1])
    return line if len(text) <= width else line[: width - 1] + "…"
