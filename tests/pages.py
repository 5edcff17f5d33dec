"""Pages for the tests: which problems, and what a browser must find in them."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import replace
from fractions import Fraction
from html import unescape
from pathlib import Path
from typing import Any

from symbackprop.derivation import Derivation, derive
from symbackprop.expr import Number
from symbackprop.pages import derivation_page
from symbackprop.pages.plan import Plan
from symbackprop.pages.subject import Subject

EXAMPLES = Path(__file__).resolve().parents[1] / "worked_examples"

OWN = {"network": {"inputs": 1, "loss": "squared_error", "layers": [
    {"units": 2, "activation": "z/(1 + z^2)"}, {"units": 1, "activation": "identity"},
]}}  # fmt: skip

# name: what is derived, and for which quantities (none: for all parameters)
PROBLEMS: dict[str, tuple[Any, tuple[str, ...]]] = {
    "one weight": (str(EXAMPLES / "one_weight.toml"), ("w1_1_1",)),
    "all weights": (str(EXAMPLES / "one_weight.toml"), ()),
    "without numbers": ("2-2-1", ()),
    "own names": (str(EXAMPLES / "mazur.toml"), ()),
    "softmax": (str(EXAMPLES / "softmax_343.toml"), ()),
    "a mean over samples": (str(EXAMPLES / "cost_as_mean.toml"), ()),
    "a bias": ("2-2-1:relu,squared_error", ("b1_2",)),
    "an input": ("1-1-1:tanh,squared_error", ("x_1",)),
    "gelu": ("1-1-1:gelu", ()),
    "softplus": ("1-2-1:softplus", ()),
    "elu": ("1-1-1:elu", ()),
    "an own activation": (OWN, ()),
    "90 paths": ("4-6-6-5-3", ("w1_1_1",)),
    "a chain": (str(EXAMPLES / "chain_two.toml"), ()),
    "two paths": (str(EXAMPLES / "two_paths.toml"), ()),
    "a gradient": (str(EXAMPLES / "gradient.toml"), ()),
    "a line": (str(EXAMPLES / "line_as_graph.toml"), ()),
    "one operation": ("x^2", ()),
    "a domain": ("u = ln(x - y); f = sqrt(u)/(x - 3) + asin(y/x)", ()),
    "a kink": ("u = abs(x) + max(x, y)*y; f = u^2/2", ()),
    "many definitions": ("; ".join(f"u{k + 1} = sin(u{k})*x" for k in range(1, 15)).replace("u1)", "x)"), ()),
}


def made(name: str) -> Derivation:
    """Return a derivation as it is stepped through, with numbers where the problem gives none."""
    return Subject.of(asked(name), 30).made


def asked(name: str) -> Derivation:
    """Return a derivation as it is asked for."""
    source, wrt = PROBLEMS[name]
    derivation = derive(source)
    return derivation.slice(*wrt) if wrt else derivation


def page_of(name: str) -> str:
    """Return the page as a reader gets it."""
    return derivation_page(asked(name))


def at(derivation: Derivation, point: Mapping[str, str]) -> Derivation:
    """Return the derivation at a point given as decimals."""
    moved = {name: Number(Fraction(text), decimal=True) for name, text in point.items()}
    return replace(derivation, problem=replace(derivation.problem, point={**derivation.problem.point, **moved}))


def data_of(page: str) -> dict[str, Any]:
    """Return what the page's script knows."""
    found = re.search(r"^const page=(\{.*\});$", page, re.MULTILINE)
    assert found
    data: dict[str, Any] = json.loads(re.sub(r"([{,])(\w+):", r'\1"\2":', found[1]))
    data.setdefault("sums", [])
    data["start"] = {place: [both] if isinstance(both, str) else both for place, both in data["start"].items()}
    names = data["names"].split(" ")
    data["names"] = [*names, *[""] * (max(map(int, data["start"]), default=0) + 1)]  # the numbers of an optimizer have none
    return data


def expected(derivation: Derivation, data: dict[str, Any]) -> dict[int, tuple[str, bool]]:
    """Return what must be shown at each place of a page: every quantity, its derivative, every local derivative."""
    values, numerals = derivation.values, derivation.telling.numerals
    assert values is not None
    names = {place: name for place, name in enumerate(data["names"]) if name}
    factors = Plan(derivation.backward, derivation.teller().parameters).factors
    names |= {f[0]: factor.local.about.name for f, factor in zip(data["factors"], factors, strict=True) if factor.local}
    names |= {place: derivation.backward.adjoints[data["names"][int(of)]].name for of, place in data["adjoint"].items()}
    found = {place: numerals.quantity(name, values) for place, name in names.items()}
    return {place: (numeral.text, numeral.exact) for place, numeral in found.items()}


def text_of(markup: str) -> str:
    """Return the text of a piece of a page."""
    return unescape(re.sub(r"<[^>]*>", "", markup))
