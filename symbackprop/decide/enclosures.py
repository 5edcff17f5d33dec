"""
Numbers that are exact fractions, or an interval which surely holds the value.

A value stays a fraction as long as only + − · / and whole powers are used, so that which side of a kink a point
lies on is known; a root, a logarithm or a power of e makes it an interval with ends of so many bits, rounded
outwards (mpmath's `libmpi`, which is what its `iv` is made of, at a given precision instead of a global one).
What mpmath has no interval for, arctan, arcsin, arccos and erf, is a series here, its remainder bounded.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction
from functools import cached_property
from math import isqrt
from typing import Any, TypeAlias

from symbackprop.arithmetic.base import Arithmetic
from symbackprop.arithmetic.domains import no_function, no_power
from symbackprop.errors import DomainError
from symbackprop.expr import Exact
from symbackprop.functions import SELECTIONS

Pair: TypeAlias = tuple[Any, Any]
Enclosed: TypeAlias = Fraction | Pair

LARGEST_EXACT_BITS = 2_048
LARGEST_ANGLE_BITS = 1_024
LARGEST_EXPONENT_BITS = 20
LARGEST_SHIFT = 2**23
ROUND_BITS = 24
LOG, SQRT, ARCSINE = "log", "sqrt", "arcsine"


class PoleError(DomainError):
    """Division by zero: at single points, where a logarithm has none in whole regions."""


class UnclearError(Exception):
    """The intervals are too wide to tell; more bits may help."""


class Enclosures(Arithmetic[Enclosed]):
    """
    Fractions, and intervals with ends of `bits` bits.

    `at_kink` says that a condition was met with equality, on which steps, signs and cases depend.
    Raises DomainError where there is no value, UnclearError where more bits are needed to know.
    """

    def __init__(self, bits: int) -> None:
        """Import what is needed of mpmath."""
        from mpmath import libmp  # takes 60 ms, and most runs need no intervals

        self.lib = libmp
        self.mpi = libmp.libmpi
        self.bits = bits
        self.at_kink = False

    # Between fractions and intervals.

    def pair(self, value: Enclosed) -> Pair:
        """Return an interval that holds the value."""
        if isinstance(value, tuple):
            return value
        top, bottom = value.numerator, value.denominator
        low = self.lib.from_rational(top, bottom, self.bits, "f")
        return low, low if bottom == 1 and top.bit_length() <= self.bits else self.lib.from_rational(top, bottom, self.bits, "c")

    def fraction(self, end: Any) -> Fraction:
        """Return one end of an interval as a fraction; raises UnclearError for an infinite one."""
        sign, man, exp, _ = end
        if (not man and exp) or abs(exp) > LARGEST_SHIFT:
            raise UnclearError
        value = Fraction(int(man) << exp) if exp >= 0 else Fraction(int(man), 1 << -exp)
        return -value if sign else value

    def ends(self, value: Enclosed) -> tuple[Fraction, Fraction]:
        """Return both ends as fractions."""
        if isinstance(value, Fraction):
            return value, value
        return self.fraction(value[0]), self.fraction(value[1])

    def bounded(self, value: Fraction) -> Enclosed:
        """Let a fraction with too many digits be an interval."""
        if value.numerator.bit_length() + value.denominator.bit_length() > LARGEST_EXACT_BITS:
            return self.pair(value)
        return value

    def widened(self, pair: Pair) -> Pair:
        """Move both ends outwards by 2^−bits of their size: more than a last digit computed wrongly."""
        low, high = pair
        lib, bits = self.lib, self.bits
        below = lib.mpf_shift(lib.mpf_abs(low), -bits - ROUND_BITS // 2)
        above = lib.mpf_shift(lib.mpf_abs(high), -bits - ROUND_BITS // 2)
        wide = bits + ROUND_BITS
        return lib.mpf_sub(low, below, wide, "f"), lib.mpf_add(high, above, wide, "c")

    def sign(self, value: Enclosed) -> int:
        """Return −1, 0 or 1; raises UnclearError for an interval around 0."""
        if isinstance(value, Fraction):
            return (value > 0) - (value < 0)
        low, high = self.lib.mpf_sign(value[0]), self.lib.mpf_sign(value[1])
        if low != high or low == 0:
            raise UnclearError
        return int(low)

    # Arithmetic.

    def number(self, value: Exact) -> Enclosed:
        """Return the number."""
        return self.bounded(Fraction(value))

    @cached_property
    def pi(self) -> Pair:
        """An interval around pi."""
        return self.widened(self.mpi.mpi_pi(self.bits + ROUND_BITS))

    def constant(self, name: str) -> Enclosed:
        """Return pi or e."""
        return self.pi if name == "pi" else self.exp(Fraction(1))

    def add(self, terms: Sequence[Enclosed]) -> Enclosed:
        """Add."""
        total, inexact = Fraction(0), []
        for term in terms:
            if isinstance(term, tuple):
                inexact.append(term)
            else:
                total += term
        if not inexact:
            return self.bounded(total)
        result = inexact[0]
        for pair in inexact[1:]:
            result = self.mpi.mpi_add(result, pair, self.bits)
        return result if total == 0 else self.mpi.mpi_add(result, self.pair(total), self.bits)

    def mul(self, factors: Sequence[Enclosed]) -> Enclosed:
        """Multiply."""
        total, inexact = Fraction(1), []
        for factor in factors:
            if isinstance(factor, tuple):
                inexact.append(factor)
            else:
                total *= factor
        if not inexact or total == 0:
            return self.bounded(total)
        result = inexact[0] if total == 1 else self.mpi.mpi_mul(inexact[0], self.pair(total), self.bits)
        for pair in inexact[1:]:
            result = self.mpi.mpi_mul(result, pair, self.bits)
        return result

    def minus(self, left: Enclosed, right: Enclosed) -> Enclosed:
        """Subtract."""
        return self.add((left, self.mul((Fraction(-1), right))))

    def div(self, numerator: Enclosed, denominator: Enclosed) -> Enclosed:
        """Divide; raises PoleError where the denominator is 0."""
        if self.sign(denominator) == 0:
            msg = "division by zero"
            raise PoleError(msg)
        if isinstance(denominator, Fraction):
            return self.mul((numerator, 1 / denominator))
        if numerator == 0:
            return Fraction(0)
        return self.mpi.mpi_div(self.pair(numerator), denominator, self.bits)  # type: ignore[no-any-return]  # mpmath has no types

    def integer_power(self, base: Enclosed, exponent: int) -> Enclosed:
        """Raise to a whole power."""
        if exponent == 0:
            return Fraction(1)
        if exponent < 0 and self.sign(base) == 0:
            msg = f"division by zero (0 to the power {exponent})"
            raise PoleError(msg)
        if isinstance(base, Fraction):
            size = max(base.numerator.bit_length(), base.denominator.bit_length())
            if size * abs(exponent) <= LARGEST_EXACT_BITS:
                return base**exponent
            base = self.pair(base)
        return self.widened(self.mpi.mpi_pow_int(base, exponent, self.bits + ROUND_BITS))

    def power(self, base: Enclosed, exponent: Enclosed) -> Enclosed:
        """Raise to any power."""
        if isinstance(exponent, Fraction) and exponent.denominator == 1:
            return self.integer_power(base, exponent.numerator)
        sign = self.sign(base)
        if sign < 0 or (sign == 0 and self.sign(exponent) < 0):
            raise no_power(base, exponent, str)
        if sign == 0:
            return Fraction(0)
        if base == 1:
            return Fraction(1)
        if exponent == Fraction(1, 2):
            return self.sqrt(base)
        return self.exp(self.mul((exponent, self.log(base))))

    # Functions.

    def elementary(self, name: str, argument: Enclosed) -> Enclosed:
        """Apply a function which has no definition."""
        match name:
            case "exp":
                return self.exp(argument)
            case "log":
                return self.log(argument)
            case "sqrt":
                return self.sqrt(argument)
            case "sinh" | "cosh":
                power = self.exp(argument)
                inverse = self.mul((Fraction(-1 if name == "sinh" else 1), self.div(Fraction(1), power)))
                return self.mul((Fraction(1, 2), self.add((power, inverse))))
            case "abs":
                return self.absolute(argument)
            case "sign":
                return Fraction(self.seen_sign(argument))
            case "step":
                return Fraction(int(self.seen_sign(argument) > 0))
            case "asin":
                return self.increasing(self.arcsine, argument)
            case "acos":
                return self.minus(self.mul((Fraction(1, 2), self.pi)), self.increasing(self.arcsine, argument))
            case "atan":
                return self.increasing(self.arctangent, argument)
            case "erf":
                return self.increasing(self.error_function, argument)
        if argument == 0:
            return Fraction(int(name == "cos"))
        pair = self.pair(argument)
        if self.size(pair) > LARGEST_ANGLE_BITS:
            raise UnclearError
        cosine, sine = map(self.widened, self.mpi.mpi_cos_sin(pair, self.bits + ROUND_BITS))
        if name == "tan":
            return self.div(sine, cosine)
        return cosine if name == "cos" else sine

    def exp(self, argument: Enclosed) -> Enclosed:
        """Return e to a power; raises UnclearError where that has too many digits."""
        if argument == 0:
            return Fraction(1)
        pair = self.pair(argument)
        if self.size(pair) > LARGEST_EXPONENT_BITS:
            if self.lib.mpf_sign(pair[1]) >= 0:
                raise UnclearError
            return self.lib.fzero, self.mpi.mpi_exp(self.pair(Fraction(-(2**LARGEST_EXPONENT_BITS))), self.bits)[1]
        return self.widened(self.mpi.mpi_exp(pair, self.bits + ROUND_BITS))

    def log(self, argument: Enclosed) -> Enclosed:
        """Return the natural logarithm."""
        if self.sign(argument) <= 0:
            raise no_function(LOG, "a number that is not positive")
        if argument == 1:
            return Fraction(0)
        low, high = self.pair(argument)
        bits = self.bits + 2 * ROUND_BITS
        return self.widened((self.lib.mpf_log(low, bits, "f"), self.lib.mpf_log(high, bits, "c")))

    def sqrt(self, argument: Enclosed) -> Enclosed:
        """Return the square root."""
        if self.sign(argument) < 0:
            raise no_function(SQRT, "a negative number")
        if isinstance(argument, Fraction):
            root = Fraction(isqrt(argument.numerator), isqrt(argument.denominator))
            if root**2 == argument:
                return root
        return self.widened(self.mpi.mpi_sqrt(self.pair(argument), self.bits + ROUND_BITS))

    def absolute(self, value: Enclosed) -> Enclosed:
        """Return the size of a value."""
        if isinstance(value, Fraction):
            return abs(value)
        return self.mpi.mpi_abs(value, self.bits)  # type: ignore[no-any-return]  # mpmath has no types

    def increasing(self, function: Callable[[Enclosed], Enclosed], argument: Enclosed) -> Enclosed:
        """Apply an increasing odd function at both ends of an interval."""
        if isinstance(argument, Fraction):
            return function(argument) if argument else argument
        ends = [self.pair(function((end, end))) if end != self.lib.fzero else (end, end) for end in argument]
        return ends[0][0], ends[1][1]

    def arctangent(self, argument: Enclosed) -> Enclosed:
        """Halve the angle five times, atan x = 2·atan(x/(1 + √(1 + x²))), then add the alternating series."""
        x = argument
        for _ in range(5):
            root = self.sqrt(self.add((Fraction(1), self.integer_power(x, 2))))
            x = self.pair(self.div(x, self.add((Fraction(1), root))))
        square, power, total, n = self.integer_power(x, 2), x, x, 1
        while self.size(power) > -self.bits - ROUND_BITS + self.size(x):
            n += 2
            power = self.mul((Fraction(-1), power, square))
            total = self.add((total, self.mul((Fraction(1, n), power))))
        rest = self.mul((self.around_zero(), power))  # the next term is smaller than the last
        return self.mul((Fraction(32), self.add((total, rest))))

    def arcsine(self, argument: Enclosed) -> Enclosed:
        """Return arcsin x = 2·atan(x/(1 + √(1 − x²)))."""
        rest = self.minus(Fraction(1), self.integer_power(argument, 2))
        if self.sign(rest) < 0:
            raise no_function(ARCSINE, "a number beyond 1")
        return self.mul((Fraction(2), self.arctangent(self.div(argument, self.add((Fraction(1), self.sqrt(rest)))))))

    def error_function(self, argument: Enclosed) -> Enclosed:
        """
        Return erf x = 2/√π·e^(−x²)·Σ 2ⁿx²ⁿ⁺¹/(1·3·…·(2n + 1)); far out, a value between 1 − e^(−x²) and 1.

        The terms are of one sign; from 2x² < n on each is less than half of the one before, so the rest is less than the last.
        """
        if self.sign(argument) < 0:
            return self.mul((Fraction(-1), self.error_function(self.mul((Fraction(-1), argument)))))
        square = self.integer_power(argument, 2)
        tail = self.exp(self.mul((Fraction(-1), square)))
        least, most = self.ends(square)
        if least > self.bits:
            return (self.pair(self.minus(Fraction(1), tail))[0], self.lib.fone)
        term, total, n = self.pair(argument), self.pair(argument), 0
        double = self.mul((Fraction(2), square))
        while n <= 2 * most + 2 or self.size(term) > self.size(total) - self.bits - ROUND_BITS:
            n += 1
            term = self.pair(self.mul((term, double, Fraction(1, 2 * n + 1))))
            total = self.pair(self.add((total, term)))
        total = self.pair(self.add((total, self.mul((self.around_zero(), term)))))
        return self.mul((Fraction(2), self.div(Fraction(1), self.sqrt(self.pi)), tail, total))

    def around_zero(self) -> Pair:
        """Return the interval from −1 to 1."""
        return self.lib.fnone, self.lib.fone

    def size(self, value: Enclosed) -> int:
        """Return the binary exponent of the upper end of an interval."""
        low, high = self.pair(value)
        return max(int(low[2] + low[3]), int(high[2] + high[3]))

    # Conditions and layers.

    def seen_sign(self, value: Enclosed) -> int:
        """Return the sign, and remember that a condition is met with equality where it is 0."""
        self.at_kink = self.at_kink or value == 0
        return self.sign(value)

    def compare(self, left: Enclosed, relation: str, right: Enclosed) -> bool:
        """Tell whether a condition holds; where it is met with equality, remember that."""
        sign = self.seen_sign(self.minus(left, right))
        return sign > 0 if relation == ">" else sign < 0 if relation == "<" else sign >= 0 if relation == ">=" else sign <= 0

    def call(self, name: str, arguments: Sequence[Enclosed]) -> Enclosed:
        """Apply a function of the table."""
        if name in SELECTIONS:
            return self.selected(name, *arguments)
        match name:
            case "tanh":
                power = self.exp(self.mul((Fraction(2), arguments[0])))
                return self.minus(Fraction(1), self.div(Fraction(2), self.add((power, Fraction(1)))))
            case "softplus":
                (z,) = arguments
                if self.ends(z)[0] > 0:  # z + ln(1 + e^(−z)): an e^z with thousands of digits is not needed
                    return self.add((z, super().call(name, (self.mul((Fraction(-1), z)),))))
        return super().call(name, arguments)

    def selected(self, name: str, left: Enclosed, right: Enclosed) -> Enclosed:
        """Return the larger or the smaller of two; where that is unclear, an interval with both."""
        difference = self.minus(left, right)
        try:
            larger = self.sign(difference) >= 0
        except UnclearError:
            a, b, pick = self.pair(left), self.pair(right), max if name == "max" else min
            ends = [pick((x, y), key=self.fraction) for x, y in zip(a, b, strict=True)]
            return ends[0], ends[1]
        return left if larger == (name == "max") else right

    def component(self, name: str, index: int, arguments: Sequence[Enclosed]) -> Enclosed:
        """Return a component of softmax or of its logarithm."""
        own = arguments[index]
        total = self.add([self.exp(self.minus(other, own)) for other in arguments])
        if name == "softmax":
            return self.div(Fraction(1), total)
        return self.mul((Fraction(-1), self.log(total)))

