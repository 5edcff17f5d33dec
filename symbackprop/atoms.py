"""
Any definition taken apart into binary operations, each with a name of its own.

`y = m*x + c` becomes `v1 = m*x`, `y = v1 + c`: the computation graph as CS231n or Griewank and Walther
(*Evaluating Derivatives*, 2008, table 1.2, whose names v1, v2, … are used) draw it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from symbackprop.expr import MINUS_ONE, Call, Constant, Expr, Number, Product, Quotient, Sum, Symbol, children, mul, rebuild
from symbackprop.functions import VECTOR_FUNCTIONS
from symbackprop.graph import Graph, Node, Role

Keep = Callable[[Expr], Expr]


def atomise(graph: Graph) -> Graph:
    """
    Return the same function as a longer list in which every definition is one operation.

    >>> m, x, c = map(Symbol, ("m", "x", "c"))
    >>> from symbackprop.graph import Leaf
    >>> leaves = tuple(Leaf(s, Role.VARIABLE) for s in (m, x, c))
    >>> [n.symbol.name for n in atomise(Graph(leaves, (Node(Symbol("y"), m * x + c, Role.INTERMEDIATE),))).nodes]
    ['v1', 'y']
    """
    taken = {leaf.symbol.name for leaf in graph.leaves} | set(graph.definitions)
    nodes: list[Node] = []
    counter = 0

    def fresh() -> Symbol:
        nonlocal counter
        counter += 1
        while f"v{counter}" in taken:
            counter += 1
        return Symbol(f"v{counter}")

    for node in graph.nodes:

        def keep(expr: Expr, node: Node = node) -> Expr:
            symbol = fresh()
            nodes.append(Node(symbol, expr, Role.INTERMEDIATE, node.layer, node.sample))
            return symbol

        nodes.append(replace(node, expr=_operation(node.expr, keep)))
    return Graph(graph.leaves, tuple(nodes))


def _atom(expr: Expr, keep: Keep) -> Expr:
    """Return an expression as a symbol or number, keeping its operations as definitions."""
    if isinstance(expr, Symbol | Number | Constant):
        return expr
    return keep(_operation(expr, keep))


def _operation(expr: Expr, keep: Keep) -> Expr:
    """Return an expression as one operation on atoms."""
    match expr:
        case Sum(terms):
            total = _signed(terms[0], keep)
            for i, term in enumerate(terms[1:], 1):
                total = total + _signed(term, keep)
                if i < len(terms) - 1:
                    total = keep(total)
            return total
        case Product((first, *rest)) if first == MINUS_ONE:
            return -_atom(mul(*rest), keep)
        case Product(factors):
            product = _atom(factors[0], keep)
            for i, factor in enumerate(factors[1:], 1):
                product = mul(product, _atom(factor, keep))
                if i < len(factors) - 1:
                    product = keep(product)
            return product
        case Quotient(Number() as top, bottom):
            return top / _atom(bottom, keep)
        case Call(function, (number, *zs)) if function in VECTOR_FUNCTIONS:
            return Call(function, (number, *(_atom(z, keep) for z in zs)))
        case _:
            parts = children(expr)
            return rebuild(expr, tuple(_atom(part, keep) for part in parts)) if parts else expr


def _signed(term: Expr, keep: Keep) -> Expr:
    """Keep a subtraction as one operation: a − 2b is a − v with v = 2b, not a + v with v = −2b."""
    if isinstance(term, Product) and isinstance(term.factors[0], Number) and term.factors[0].value < 0:
        return -_atom(-term, keep)
    return _atom(term, keep)
