"""Expressions over whole layers as NumPy and PyTorch text, and the helper functions they call."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from symbackprop.codegen.language import (
    ADDED,
    ELEMENTARY,
    MULTIPLIED,
    RAISED,
    SIGNED,
    STABLE,
    WHOLE,
    Language,
    Printer,
    Written,
    decimal,
)
from symbackprop.codegen.layered import LayerCode
from symbackprop.codegen.sharing import Line
from symbackprop.expr import Call, Cases, Condition, Expr, Number, Symbol, call, number, symbols
from symbackprop.functions import FUNCTIONS, Z
from symbackprop.matrix import SCALAR, MatMul, Ones, Shape, Softmax, Sums, Transpose, matmul, shape_of


@dataclass(frozen=True)
class ArrayLanguage(Language):
    """
    How a library of arrays writes what scalars do not have.

    `total` is a sum along an axis and `kept` one that keeps the axis, both with {} for the axis; `full` makes an
    array like another; `typed` makes a number of the precision of an array; `bound` is max or min with a number;
    `helpers` are functions whose text is given, {axis} standing for the axis of a sample.
    """

    total: str = ".sum(axis={})"
    kept: str = ".sum(axis={}, keepdims=True)"
    full: str = "np.full_like({}, {})"
    typed: str = ""
    bound: str = "np.{name}imum({bound}, {other})"
    helpers: Mapping[str, str] = field(default_factory=dict)


NUMPY_HELPERS = {
    "sigmoid": '''def sigmoid(z):
    """Return 1 / (1 + e^(-z)); where the power is too large the result is 0, as it should be."""
    with np.errstate(over="ignore"):
        return 1 / (1 + np.exp(-z))''',
    "erf": '''def erf(z):
    """Return the error function of every entry."""
    return np.vectorize(math.erf, otypes=[float])(z)''',
    "softmax": '''def softmax(Z):
    """Return e^z over its sum for each sample; the largest z is taken away first, so that nothing overflows."""
    powers = np.exp(Z - Z.max(axis={axis}, keepdims=True))
    return powers / powers.sum(axis={axis}, keepdims=True)''',
    "log_softmax": '''def log_softmax(Z):
    """Return the logarithm of softmax for each sample."""
    Z = Z - Z.max(axis={axis}, keepdims=True)
    return Z - np.log(np.exp(Z).sum(axis={axis}, keepdims=True))''',
}

_OWN_NAMES = {"asin": "arcsin", "acos": "arccos", "atan": "arctan"}


def _elu(z: Expr) -> Expr:
    """Keep the exponential of large z, which is not used, from overflowing."""
    return Cases(((z, Condition(z, ">", number(0))),), call("expm1", call("min", z, 0)))


NUMPY = ArrayLanguage(
    functions={
        **{name: f"np.{_OWN_NAMES.get(name, name)}({{}})" for name in ELEMENTARY if name != "erf"},
        "abs": "np.abs({})",
        "sign": "np.sign({})",
        "step": "np.heaviside({}, 0.0)",
        "max": "np.maximum({})",
        "min": "np.minimum({})",
        "relu": "np.maximum(0, {})",
        "softplus": "np.logaddexp(0, {})",
    },
    constants={"pi": "np.pi", "e": "np.e"},
    stable={"sech": STABLE["sech"], "elu": _elu},
    number=decimal,
    choice=lambda test, value, otherwise: (f"np.where({test}, {value}, {otherwise})", WHOLE),
    power=lambda base, exponent: (f"{base}**{exponent}", RAISED),
    squares=False,
    many=False,
    helpers=NUMPY_HELPERS,
)
TORCH = ArrayLanguage(
    functions={
        **{name: f"torch.{name}({{}})" for name in ELEMENTARY},
        "abs": "torch.abs({})",
        "sign": "torch.sign({})",
        "sigmoid": "torch.sigmoid({})",
        "relu": "torch.relu({})",
        "softplus": "torch.logaddexp({0}, torch.zeros_like({0}))",
        "max": "torch.maximum({})",
        "min": "torch.minimum({})",
    },
    constants={"pi": "math.pi", "e": "math.e"},
    stable={"sech": STABLE["sech"], "elu": _elu},
    number=decimal,
    choice=lambda test, value, otherwise: (f"torch.where({test}, {value}, {otherwise})", WHOLE),
    power=lambda base, exponent: (f"{base}**{exponent}", RAISED),
    squares=False,
    many=False,
    total=".sum(dim={})",
    kept=".sum(dim={}, keepdim=True)",
    full="torch.full_like({}, {})",
    typed="{}.new_tensor({})",
    bound="torch.clamp({other}, {opposite}={bound})",
    helpers={
        "step": '''def step(z):
    """Return 1 where z > 0, else 0."""
    return (z > 0).to(z.dtype)''',
        "softmax": '''def softmax(Z):
    """Return e^z over its sum for each sample."""
    return torch.softmax(Z, dim={axis})''',
        "log_softmax": '''def log_softmax(Z):
    """Return the logarithm of softmax for each sample."""
    return torch.log_softmax(Z, dim={axis})''',
    },
)


class ArrayPrinter(Printer):
    """Writes lines over whole layers; `used` collects the helper functions they call."""

    language: ArrayLanguage

    def __init__(self, language: ArrayLanguage, code: LayerCode) -> None:
        super().__init__(language)
        self.code = code
        self.rows = code.plan.rows
        self.shapes = code.shapes
        self.used: dict[str, None] = {}
        self.about = ""

    def line(self, line: Line) -> str:
        """Write an assignment."""
        return f"{line.name} = {self.value(line)}"

    def value(self, line: Line) -> str:
        """Write the right-hand side of a line; a number becomes an array where the line is about one."""
        self.about = line.name
        text = self.text(line.expr)
        if self.shape(line.expr) == SCALAR and self.shapes[line.name] != SCALAR:
            return self.language.full.format(self.like(line.name), text)
        return text

    def like(self, name: str) -> str:
        """Return a name in scope that has the same shape."""
        if name.startswith("A"):
            return f"Z{name[1:]}"
        of = name.partition("_d")[2]
        return self.code.prediction if of[0] == "Z" else of

    def shape(self, expr: Expr) -> Shape:
        """Return the shape of an expression."""
        return shape_of(expr, self.shapes)

    def is_flat(self, name: str) -> bool:
        """Whether a vector is kept without its second axis: losses of samples, and biases beside rows."""
        return (name == "L" and self.code.plan.sizes[-1] != 1) or (self.rows and name.rpartition("d")[2][:1] == "b")

    def axis(self) -> int:
        """Return the axis along which the units of a sample lie."""
        return 1 if self.rows else 0

    def write(self, expr: Expr) -> Written:
        """Write an expression; what mixes entries first."""
        match expr:
            case Transpose(Symbol(name=name)) if self.is_flat(name):
                return name, WHOLE
            case Transpose(body):
                return f"{self.text(body, WHOLE)}.T", WHOLE
            case MatMul(factors):
                return self.matmul(factors)
            case Sums(body, rows):
                return self.text(body, WHOLE) + self.language.kept.format(1 if rows else 0), WHOLE
            case Softmax(body, _, log):
                name = "log_softmax" if log else "softmax"
                self.used[name] = None
                return f"{name}({self.text(body)})", WHOLE
            case Call(name, (Number() as left, right)) | Call(name, (right, Number() as left)) if name in {"max", "min"}:
                return self.bounded(name, left, right)
            case Cases(branches, otherwise) if self.language.typed and not any(
                map(symbols, (otherwise, *(b for b, _ in branches)))
            ):
                # A choice between numbers alone would be in the library's default precision.
                one = next(iter(symbols(branches[0][1].left)))
                text = self.language.typed.format(one, self.text(otherwise))
                self.shapes = {**self.shapes, text: SCALAR}
                return super().write(Cases(branches, Symbol(text)))
            case _:
                return super().write(expr)

    def bounded(self, name: str, bound: Expr, other: Expr) -> Written:
        """Write the larger or smaller of an array and a number."""
        opposite = {"max": "min", "min": "max"}[name]
        return self.language.bound.format(name=name, opposite=opposite, bound=self.text(bound), other=self.text(other)), WHOLE

    def call(self, name: str, arguments: Sequence[Expr]) -> Written:
        """Write a function; one the library does not have is a helper."""
        if name in ELEMENTARY and not any(map(symbols, arguments)):
            return f"math.{name}({self.text(arguments[0])})", WHOLE  # a plain number goes with every precision
        if name in self.language.functions:
            return super().call(name, arguments)
        self.used[name] = None
        return f"{name}({self.text(arguments[0])})", WHOLE

    def product(self, factors: Sequence[Expr]) -> Written:
        """Write a product; a step times something is a choice, as a comparison."""
        arrays = [factor for factor in factors if self.shape(factor) != SCALAR and not _is_step(factor)]
        if not arrays:
            return super().product(factors)
        marked = {f"({self.text(f.arguments[0], ADDED)} > 0)": f for f in factors if isinstance(f, Call) and _is_step(f)}
        plain: dict[Expr, Expr] = {part: Symbol(text) for text, part in marked.items()}
        self.shapes = {**self.shapes, **{text: self.shape(part) for text, part in marked.items()}}
        return super().product([plain.get(factor, factor) for factor in factors])

    def matmul(self, factors: Sequence[Expr]) -> Written:
        """Write a product of matrices; one with ones is a sum, or a repetition, which arrays do by themselves."""
        first, last = factors[0], factors[-1]
        match first, last:
            case Ones(), _:
                return self.write(matmul(*factors[1:]))
            case _, Transpose(Ones()):
                return self.write(matmul(*factors[:-1]))
            case Transpose(Ones()), Ones():
                return self.text(matmul(*factors[1:-1]), WHOLE) + ".sum()", WHOLE
            case Transpose(Ones()), _:
                return self.add_up(matmul(*factors[1:]), 0)
            case _, Ones():
                return self.add_up(matmul(*factors[:-1]), 1)
            case _:
                return " @ ".join(self.text(f, SIGNED if i else MULTIPLIED) for i, f in enumerate(factors)), MULTIPLIED

    def add_up(self, body: Expr, axis: int) -> Written:
        """Write the sums of columns (axis 0) or rows of a matrix."""
        if isinstance(body, Transpose):
            body, axis = body.body, 1 - axis
        if self.about[0] in "JL" and self.shape(body)[1 - axis] == 1 and self.about != "L":
            return self.text(body, WHOLE) + ".sum()", WHOLE
        pattern = self.language.total if self.is_flat(self.about) else self.language.kept
        return self.text(body, WHOLE) + pattern.format(axis), WHOLE

    def helpers(self) -> list[str]:
        """Return the functions that were used and the library lacks, those first that others use."""
        done: dict[str, str] = {}

        def define(name: str) -> None:
            if name in done:
                return
            if name in self.language.helpers:
                done[name] = self.language.helpers[name].format(axis=self.axis())
                return
            outer, self.used = self.used, {}
            text = self.text(self.language.defined(name)(Z))
            inner, self.used = self.used, outer
            for other in inner:
                define(other)
            title = FUNCTIONS[name].text or name
            done[name] = f'def {name}(z):\n    """Return {title} of every entry."""\n    return {text}'

        for name in list(self.used):
            define(name)
        return list(done.values())


def _is_step(expr: Expr) -> bool:
    return isinstance(expr, Call) and expr.function == "step"
