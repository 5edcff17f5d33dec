"""
The normal form: every expression as one fraction of polynomials in unknowns that obey no law but those applied.

    e^u            u is split into c·(monomial/denominator); each of these exponents is an unknown raised to c, so
                   that e^(u + v) = e^u·e^v and e^(2u) = (e^u)²
    sin u, cos u   by e^(iu), in the same way
    tanh, σ, …     by their definitions; softmax and its logarithm too
    ln u           Σ exponent · ln|factor|, which holds wherever ln u has a value
    √u, u^(p/q)    Π |factor|^(p/q), which holds wherever the root has a value
    |u|, max, …    by [u > 0], an unknown h with h² = h; or, one cell at a time, by the sign it has there
    erf u, …       an unknown for each argument, odd functions for each pair ±u

A logarithm or root says of its argument that it is positive: what is proved holds wherever both sides have values.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from symbackprop.arithmetic.base import component_definition, component_index, definition
from symbackprop.decide.model import TERMS, BudgetError
from symbackprop.decide.powers import HALF, Powers
from symbackprop.decide.ring import ONE, NoFormError, Quantity
from symbackprop.expr import (
    Call,
    Cases,
    Condition,
    Constant,
    Expr,
    Number,
    Power,
    Product,
    Quotient,
    Sum,
    Symbol,
    substitute,
    symbols,
)
from symbackprop.functions import SELECTIONS, VECTOR_FUNCTIONS

MOST_SPREAD = 1_024


@dataclass
class Normal(Powers):
    """
    Expressions to normal forms, under one choice of what stands for itself and what is put in.

    `opened` tells whether a symbol's definition is put in; `fixed` gives values of leaves (on a boundary).
    """

    opened: Callable[[Symbol], bool]
    fixed: dict[str, Quantity] = field(default_factory=dict)
    named: dict[str, Quantity] = field(default_factory=dict)
    named_terms: dict[str, list[Quantity]] = field(default_factory=dict)
    known: dict[int, tuple[Expr, Quantity]] = field(default_factory=dict)

    def go(self, expr: Expr) -> Quantity:
        """Return the normal form."""
        if isinstance(expr, Symbol):
            return self.symbol(expr)
        found = self.known.get(id(expr))
        if found is None or found[0] is not expr:
            found = self.known[id(expr)] = (expr, self.form(expr))
        return found[1]

    def symbol(self, symbol: Symbol) -> Quantity:
        """Return the form of a symbol: its definition's, or an unknown of its own."""
        name = symbol.name
        found = self.named.get(name)
        if found is None:
            found = self.named[name] = self.new_symbol(symbol)
        return found

    def new_symbol(self, symbol: Symbol) -> Quantity:
        """Return the form of a symbol that was not met before."""
        name = symbol.name
        if name in self.fixed:
            return self.fixed[name]
        for *others, last in self.facts.constraints:
            if name == last:
                return self.add(ONE, *(self.ring.scaled(self.symbol(Symbol(other)), -1) for other in others))
        if self.opened(symbol) and (meaning := self.facts.meaning(symbol)) is not None:
            inside, self.within_branch = self.within_branch, 0
            try:
                return self.go(meaning)
            finally:
                self.within_branch = inside
        positive = "positive" in self.facts.assumptions.get(name, frozenset())
        return self.ring.quantity("symbol", name, positive=positive)

    def form(self, expr: Expr) -> Quantity:
        """Return the form of an expression that is no symbol."""
        match expr:
            case Number(value):
                return Quantity(value)
            case Constant("pi"):
                return self.ring.quantity("pi", "pi", positive=True)
            case Constant():
                return self.exponential([ONE])
            case Sum(terms):
                return self.add(*map(self.go, terms))
            case Product(factors):
                return self.mul(*map(self.go, factors))
            case Quotient(numerator, denominator):
                return self.resolve(self.ring.div(self.go(numerator), self.go(denominator)))
            case Power(base, exponent):
                return self.power(base, exponent)
            case Call(function, arguments) if function in VECTOR_FUNCTIONS:
                body = component_definition(function, component_index(expr), len(arguments) - 1)
                return self.go(substitute(body, {f"z{k}": argument for k, argument in enumerate(arguments[1:])}))
            case Call(function, arguments):
                return self.call(function, arguments)
            case Cases(branches, otherwise):
                return self.cases(branches, otherwise)
        raise NoFormError

    def power(self, base: Expr, exponent: Expr) -> Quantity:
        """Return a power."""
        height = self.go(exponent)
        if not height.monomial and not height.factors:
            return self.number_power(self.go(base), height.coefficient)
        if isinstance(base, Constant) and base.name == "e":
            return self.exponential(self.terms(exponent))
        low = self.go(base)
        whole = any("integer" in self.facts.assumptions.get(name, ()) for name in symbols(exponent))
        if whole and self.sign_of(low, jump=False) != ONE:
            raise NoFormError  # (−2)ⁿ has values, and no logarithm
        self.learn(low)
        return self.exponential([self.mul(height, self.logarithm(low))])

    # Sums over paths.

    def spread(self, expr: Expr) -> list[Quantity]:
        """
        Return terms whose sum is the expression: sums are left as they are where their terms have different denominators.

        A sum over paths has a denominator for every unit, and their product would have to be multiplied out for nothing.
        """
        match expr:
            case Symbol(name=name) if self.opened(expr) and name not in self.fixed:
                meaning = self.facts.meaning(expr)
                if isinstance(meaning, (Sum, Product, Quotient, Symbol)):
                    if name not in self.named_terms:
                        self.named_terms[name] = self.spread(meaning)
                    return self.named_terms[name]
            case Sum(terms):
                parts = [quantity for term in terms for quantity in self.spread(term)]
                if len(parts) > MOST_SPREAD:
                    raise BudgetError(TERMS)
                return self.together(parts)
            case Product(factors):
                products = [ONE]
                for factor in factors:
                    parts = self.spread(factor)
                    if len(products) * len(parts) > MOST_SPREAD:
                        return [self.go(expr)]
                    products = [self.mul(left, right) for left in products for right in parts]
                return products
            case Quotient(numerator, denominator):
                below = self.ring.whole_power(self.go(denominator), -1)
                return [self.mul(part, below) for part in self.spread(numerator)]
        return [self.go(expr)]

    def terms(self, expr: Expr) -> list[Quantity]:
        """Return the terms of an exponent, each in normal form: kept apart, their denominators stay small."""
        if isinstance(expr, Sum):
            return [quantity for term in expr.terms for quantity in self.terms(term)]
        if isinstance(expr, Symbol) and self.opened(expr) and expr.name not in self.fixed:
            meaning = self.facts.meaning(expr)
            if isinstance(meaning, Sum):
                return self.terms(meaning)
        if isinstance(expr, Product) and isinstance(expr.factors[0], Number) and len(expr.factors) == 2:
            scale = expr.factors[0].value
            return [self.ring.scaled(quantity, scale) for quantity in self.terms(expr.factors[1])]
        return [self.go(expr)]

    # Functions and cases.

    def call(self, function: str, arguments: tuple[Expr, ...]) -> Quantity:
        """Return a function of one argument, max or min."""
        if function in SELECTIONS:
            left, right = map(self.go, arguments)
            difference = self.minus(left, right)
            sign = self.sign_of(difference, jump=False)
            half = self.ring.scaled(self.mul(sign, difference), HALF if function == "max" else -HALF)
            return self.add(self.ring.scaled(left, HALF), self.ring.scaled(right, HALF), half)
        (argument,) = arguments
        match function:
            case "exp":
                if isinstance(argument, Call) and argument.function == "log":
                    inner = self.go(argument.arguments[0])
                    self.learn(inner)
                    return inner
                return self.exponential(self.terms(argument))
            case "sinh" | "cosh":
                power = self.exponential(self.terms(argument))
                inverse = self.ring.whole_power(power, -1)
                return self.ring.scaled(self.add(power, self.ring.scaled(inverse, 1 if function == "cosh" else -1)), HALF)
            case "sin" | "cos" | "tan":
                return self.rotation(function, self.terms(argument))
        body = definition(function)
        if body is not None:
            return self.go(substitute(body, {"z": argument}))
        value = self.go(argument)
        match function:
            case "log":
                self.learn(value)
                return self.logarithm(value)
            case "sqrt":
                return self.number_power(value, HALF)
            case "abs":
                return self.mul(value, self.sign_of(value, jump=False))
            case "sign":
                return self.sign_of(value, jump=True)
            case "step":
                return self.indicator(value, ">")
            case "acos":
                quarter = self.ring.scaled(self.ring.quantity("pi", "pi", positive=True), HALF)
                return self.minus(quarter, self.opaque("asin", value))
        return self.opaque(function, value)

    def cases(self, branches: Sequence[tuple[Expr, Condition]], otherwise: Expr) -> Quantity:
        """Return Σ indicator · value; in a cell only the branch that is taken."""
        total: list[Quantity] = []
        left_over = ONE
        inside = self.within_branch
        try:
            for value, test in branches:
                holds = self.indicator(self.minus(self.go(test.left), self.go(test.right)), test.relation)
                if not holds.coefficient:
                    continue
                if holds != ONE:
                    self.within_branch += 1
                total.append(self.mul(left_over, holds, self.go(value)))
                if holds == ONE:
                    return self.add(*total)
                left_over = self.mul(left_over, self.minus(ONE, holds))
            total.append(self.mul(left_over, self.go(otherwise)))
        finally:
            self.within_branch = inside
        return self.add(*total)
