"""The form an answer must have, besides being right: in terms of some letters, as matrices, as a number."""

from __future__ import annotations

import re

from symbackprop.checking.truth import Truth, names_in
from symbackprop.errors import InputError
from symbackprop.expr import Adjoint, Expr, Partial, Symbol
from symbackprop.names import short

MET, NOT_MET = "met", "not met"
KNOWN = '"in terms of a, x", "as matrices", "as a number" or "in inputs and parameters"'

_TERMS = re.compile(r"(?:in )?terms of (.+)", re.DOTALL)
_LETTERS = re.compile(r"[^\W\d_]+")


def form_fault(form: str, expr: Expr, truth: Truth) -> str:
    """
    Say what an expression, as read, has that the form does not allow; the empty string where the form is met.

    Raises InputError for a form that is not known.
    """
    wanted = " ".join(form.lower().split()) if not form.strip().lower().startswith(("in terms", "terms")) else form.strip()
    used = names_in(expr)
    if terms := _TERMS.fullmatch(wanted):
        allowed = {word for word in re.split(r"[\s,;]+|\band\b", terms[1]) if word}
        strange = [truth.written(symbol) for symbol in used if not _allowed(symbol, allowed, truth)]
        return f"it uses {_listed(strange)}, and is asked for in terms of {_listed(sorted(allowed))} only" if strange else ""
    match wanted.removeprefix("as ").removeprefix("a "):
        case "matrices" | "matrix" | "vectors":
            single = [truth.written(symbol) for symbol in used if _is_entry(symbol, truth)]
            return f"it uses the single entries {_listed(single)}, and is asked for with whole matrices" if single else ""
        case "number" | "numbers":
            return f"it uses {_listed([truth.written(s) for s in used])}, and is asked for as a number" if used else ""
        case "in inputs and parameters" | "in inputs, weights and biases" | "inputs and parameters" | "expanded":
            computed = [truth.written(symbol) for symbol in used if not truth.is_leaf(symbol)]
            return f"it uses {_listed(computed)}, and is asked for in inputs, weights and biases" if computed else ""
    msg = f'unknown form "{short(form, 40)}"; {KNOWN} is accepted'
    raise InputError(msg)


def check_form(form: str) -> None:
    """Raise InputError for a form that is not known."""
    words = " ".join(form.lower().split())
    known = {"matrices", "matrix", "vectors", "number", "numbers", "expanded", "inputs and parameters"}
    known |= {"in inputs and parameters", "in inputs, weights and biases"}
    if not _TERMS.fullmatch(words) and words.removeprefix("as ").removeprefix("a ") not in known:
        msg = f'unknown form "{short(form, 40)}"; {KNOWN} is accepted'
        raise InputError(msg)


def _allowed(symbol: Symbol, allowed: set[str], truth: Truth) -> bool:
    """Whether a name, or the letter it begins with, is among those allowed; δ is written "delta" or "δ"."""
    if isinstance(symbol, Adjoint) and symbol.is_delta:
        return bool({"delta", "δ", symbol.name} & allowed)
    if isinstance(symbol, Adjoint | Partial):
        return bool({"derivatives", truth.written(symbol)} & allowed)
    letters = _LETTERS.match(symbol.name)
    return bool({symbol.name, truth.written(symbol), letters[0] if letters else ""} & allowed)


def _is_entry(symbol: Symbol, truth: Truth) -> bool:
    """Whether a name is one of several entries of a whole layer; a layer of one unit is its only entry."""
    name = getattr(symbol, "of", getattr(symbol, "child", symbol.name))
    layers = [rows for rows in truth.lexicon.parts.values() if any(name in row for row in rows)]
    return bool(layers) and all(len(rows) > 1 or len(rows[0]) > 1 for rows in layers)


def _listed(names: list[str]) -> str:
    return ", ".join(dict.fromkeys(names[:6])) + (", …" if len(names) > 6 else "")
