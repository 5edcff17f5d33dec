"""
Numbers put into expressions, in several arithmetics.

`evaluate` walks an expression once; what the operations mean is the arithmetic's business:

    FLOAT               double precision; overflow gives ±inf, a missing value a DomainError
    ARRAY               the same over NumPy arrays, elementwise; a missing value is nan or ±inf
    high_precision(30)  mpmath, the given number of decimal digits, functions by their definitions
    EXACT               fractions; `exact` answers None where the value is not a fraction of bounded size

`compile_expr` turns an expression into a function, for loops that evaluate it thousands of times.
"""

from symbackprop.arithmetic.arrays import ARRAY
from symbackprop.arithmetic.base import RELATIONS, Arithmetic, component_index, definition, evaluate
from symbackprop.arithmetic.closures import Compiled, compile_expr
from symbackprop.arithmetic.digits import high_precision
from symbackprop.arithmetic.double import FLOAT
from symbackprop.arithmetic.rational import EXACT, exact

__all__ = [
    "ARRAY",
    "EXACT",
    "FLOAT",
    "RELATIONS",
    "Arithmetic",
    "Compiled",
    "compile_expr",
    "component_index",
    "definition",
    "evaluate",
    "exact",
    "high_precision",
]
