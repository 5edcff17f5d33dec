"""
A NumPy class whose arrays are allocated once: every operation writes into an array that is there already.

An expression becomes a series of single operations with `out=`; what NumPy cannot write in place stays an expression.
"""

from __future__ import annotations

from collections import Counter

from symbackprop.arithmetic.base import definition
from symbackprop.codegen.arrays import NUMPY, ArrayPrinter
from symbackprop.codegen.language import ELEMENTARY, WHOLE, is_negative, is_reciprocal
from symbackprop.codegen.layered import LayerCode
from symbackprop.codegen.modules import Order, packed, unpacked, words
from symbackprop.codegen.numpy_style import MAIN, count, example, initialise
from symbackprop.codegen.sharing import Line
from symbackprop.expr import ONE, Call, Cases, Expr, Number, Power, Product, Quotient, Sum, Symbol, mul, substitute, symbols, walk
from symbackprop.functions import FUNCTIONS
from symbackprop.matrix import SCALAR, MatMul, Ones, Shape, Softmax, Transpose, matmul

UPDATE = '''def update(parameters, gradients, learning_rate):
    """Take a step of gradient descent, in place; the gradients are used up."""
    for parameter, gradient in zip(parameters, gradients):
        gradient *= learning_rate
        parameter -= gradient
'''

CHECK = '''def check(parameters, {data}, entries=50, step=6e-6):
    """Return the largest difference of the gradients from central differences."""
    calculate, again = Gradients({samples}), Gradients({samples})
    cost, gradients = calculate(parameters, {data})
    if not np.isfinite(cost):
        raise SystemExit(f"the cost is {{cost}} here: test at a point where it has a value")
    rng = np.random.default_rng(0)
    worst = 0.0
    for parameter, gradient in zip(parameters, gradients):
        assert gradient.shape == parameter.shape
        for place in rng.permutation(parameter.size)[:entries]:
            kept = parameter.flat[place]
            parameter.flat[place] = kept + step
            ahead, _ = again(parameters, {data})
            parameter.flat[place] = kept - step
            behind, _ = again(parameters, {data})
            parameter.flat[place] = kept
            slope = gradient.flat[place]
            difference = (ahead - behind) / (2 * step)
            worst = max(worst, abs(slope - difference) / max(1.0, abs(slope)))
    return worst
'''


class Filler:
    """Writes lines as single operations; `buffers` are the arrays they need, with the shape of each."""

    def __init__(self, code: LayerCode, printer: ArrayPrinter) -> None:
        self.code = code
        self.printer = printer
        self.buffers: dict[str, Shape] = {}
        self.lines: list[str] = []
        self.step = 0
        self.busy: Counter[Shape] = Counter()
        self.scratches: dict[Shape, list[str]] = {}
        self.same = dict(aliases(code))
        self.overflows = False  # whether a definition is written out in which e^(−z) may be infinite

    def say(self, text: str) -> None:
        """Add a statement."""
        self.lines.append(f"        {text}  # step {self.step}\n")

    def write(self, line: Line) -> None:
        """Write one line of the program."""
        self.step = line.step
        self.printer.about = line.name
        self.busy.clear()
        name = self.same.get(line.name, line.name)
        shape = self.printer.shapes[line.name]
        expr = substitute(line.expr, {old: Symbol(new) for old, new in self.same.items()})
        if shape == SCALAR and not self.is_vector(line.name):
            self.say(f"{name} = {self.printer.text(expr)}")
        elif isinstance(expr, Symbol) and name != expr.name:
            self.say(f"{name} = {expr.name}")
        else:
            self.buffers[name] = shape
            self.fill(expr, name)

    def is_vector(self, name: str) -> bool:
        """Whether a name is an array even if it has one entry only."""
        return name != self.code.output and not name.startswith((f"{self.code.output}_", "L_", "t"))

    def scratch(self, shape: Shape) -> str:
        """Return an array for a moment."""
        names = self.scratches.setdefault(shape, [])
        place = self.busy[shape]
        self.busy[shape] += 1
        if place == len(names):
            names.append(f"S{sum(map(len, self.scratches.values())) + 1}")
            self.buffers[names[-1]] = shape
            self.printer.shapes = {**self.printer.shapes, names[-1]: shape}
        return names[place]

    def is_simple(self, expr: Expr) -> bool:
        """Whether an expression costs nothing, or next to nothing."""
        match expr:
            case Symbol() | Number() | Transpose(Symbol()):
                return True
            case MatMul((Ones(), *rest)):
                return self.is_simple(matmul(*rest))
            case MatMul((*rest, Transpose(Ones()))):
                return self.is_simple(matmul(*rest))
            case _:
                return self.printer.shape(expr) == SCALAR and not any(name in self.code.shapes for name in symbols(expr))

    def operand(self, expr: Expr) -> str:
        """Return the text of a value, computed into a scratch array first where it needs computing."""
        if self.is_simple(expr):
            return self.printer.text(expr, WHOLE)
        if isinstance(expr, Call) and expr.function == "step":
            return f"({self.operand(expr.arguments[0])} > 0)"
        name = self.scratch(self.printer.shape(expr))
        self.fill(expr, name)
        return name

    def fill(self, expr: Expr, into: str) -> None:
        """Write the operations after which the array `into` holds the expression."""
        match expr:
            case Product(factors):
                self.product(list(factors), into)
            case Sum(terms):
                self.sum(list(terms), into)
            case MatMul((*rest, Ones())) | MatMul((Transpose(Ones()), *rest)):
                self.add_up(matmul(*rest), 1 if isinstance(expr.factors[-1], Ones) else 0, into)
            case MatMul((left, right)) if not self.is_simple(expr):
                outer = self.printer.shape(left)[1] == 1  # a column times a row, which needs no additions
                function = "multiply" if outer else "matmul"
                self.say(f"np.{function}({self.operand(left)}, {self.operand(right)}, out={into})")
            case Quotient(numerator, denominator) if self.is_simple(numerator) and not self.is_simple(denominator):
                self.fill(denominator, into)
                self.say(f"np.divide({self.operand(numerator)}, {into}, out={into})")
            case Quotient(numerator, denominator) if not self.is_simple(expr):
                self.apply("divide", numerator, into, f", {self.operand(denominator)}")
            case Power(base, Number(value=2)):
                self.apply("square", base, into)
            case Softmax(body, rows, log):
                largest = f"{self.operand(body)}.max(axis={int(rows)}, keepdims=True)"
                self.say(f"np.subtract({self.operand(body)}, {largest}, out={into})")
                if log:
                    self.say(f"{into} -= np.log(np.exp({into}).sum(axis={int(rows)}, keepdims=True))")
                else:
                    self.say(f"np.exp({into}, out={into})")
                    self.say(f"{into} /= {into}.sum(axis={int(rows)}, keepdims=True)")
            case Call(name, (argument,)) if is_ufunc(name):
                self.apply(NUMPY.functions[name].removeprefix("np.").removesuffix("({})"), argument, into)
            case Call("relu", (argument,)):
                self.apply("maximum", argument, into, ", 0")
            case Call(name, (argument,)) if is_written_out(name):
                self.overflows = True
                self.fill(substitute(definition(name) or argument, {"z": argument}), into)
            case _:
                self.say(f"{into}[...] = {self.printer.text(expr)}")

    def apply(self, function: str, argument: Expr, into: str, more: str = "") -> None:
        """Write a function of NumPy, in place where its argument has to be computed."""
        source = into
        if self.is_simple(argument):
            source = self.operand(argument)
        else:
            self.fill(argument, into)
        self.say(f"np.{function}({source}{more}, out={into})")

    def add_up(self, body: Expr, axis: int, into: str) -> None:
        """Write sums along an axis."""
        if isinstance(body, Transpose):
            body, axis = body.body, 1 - axis
        keep = "" if self.printer.is_flat(into) else ", keepdims=True"
        self.say(f"{self.operand(body)}.sum(axis={axis}{keep}, out={into})")

    def product(self, factors: list[Expr], into: str) -> None:
        """Write a product: the part that needs most work first, the rest multiplied in."""
        scale = [f for f in factors if self.is_number(f)]
        arrays = [f for f in factors if f not in scale]
        first: Expr | None = next((f for f in arrays if isinstance(f, MatMul)), None)
        first = first or next((f for f in arrays if not self.is_simple(f) and not _is_step(f)), None)
        if first is not None:
            arrays.remove(first)
            self.fill(first, into)
        elif len(arrays) > 1:
            self.say(f"np.multiply({self.operand(arrays[0])}, {self.operand(arrays[1])}, out={into})")
            del arrays[:2]
        elif scale == [Number(-1)] and len(arrays) == 1:
            self.say(f"np.negative({self.operand(arrays[0])}, out={into})")
            return
        elif arrays and isinstance(scale[0], Number):
            self.say(f"np.multiply({self.operand(arrays[0])}, {self.printer.text(scale.pop(0), WHOLE)}, out={into})")
            arrays = []
        else:
            self.say(f"{into}[...] = {self.printer.text(mul(*factors))}")
            return
        for factor in arrays:
            self.say(f"{into} *= {self.operand(factor)}")
        self.scale(scale, into)

    def scale(self, numbers: list[Expr], into: str) -> None:
        """Multiply by numbers."""
        for factor in numbers:
            if is_reciprocal(factor) and isinstance(factor, Quotient):
                self.say(f"{into} /= {self.printer.text(factor.denominator, WHOLE)}")
            elif factor == Number(-1):
                self.say(f"np.negative({into}, out={into})")
            elif factor != ONE:
                self.say(f"{into} *= {self.printer.text(factor)}")

    def is_number(self, expr: Expr) -> bool:
        """Whether an expression has only numbers and sizes in it."""
        return not any(name in self.printer.shapes for name in symbols(expr)) and not any(
            isinstance(part, Ones) for part in walk(expr)
        )

    def sum(self, terms: list[Expr], into: str) -> None:
        """Write a sum: the part that needs most work first, the rest added."""
        work = [t for t in terms if not self.is_simple(t) and not (is_negative(t) and self.is_simple(-t))]
        first = next((t for t in work if not is_negative(t)), None) or next(iter(work), None)
        if first is None:
            ordered = sorted(terms, key=is_negative)
            if is_negative(ordered[0]):
                self.say(f"{into}[...] = {self.printer.text(Sum(tuple(terms)))}")
                return
            left, right = ordered[:2]
            function = "subtract" if is_negative(right) else "add"
            self.say(f"np.{function}({self.operand(left)}, {self.operand(_size(right))}, out={into})")
            rest = ordered[2:]
        else:
            rest = [t for t in terms if t is not first]
            self.fill(_size(first), into)
            if is_negative(first):
                other = next((t for t in rest if not is_negative(t)), None)
                if other is None:
                    self.say(f"np.negative({into}, out={into})")
                else:
                    rest.remove(other)
                    self.say(f"np.subtract({self.operand(other)}, {into}, out={into})")
        for term in rest:
            self.say(f"{into} {'-' if is_negative(term) else '+'}= {self.operand(_size(term))}")


def _size(term: Expr) -> Expr:
    return -term if is_negative(term) else term


def _is_step(expr: Expr) -> bool:
    return isinstance(expr, Call) and expr.function == "step"


def is_ufunc(name: str) -> bool:
    """Whether NumPy has the function itself, so that it can write its result in place."""
    return name in NUMPY.functions and (name in ELEMENTARY or name in {"abs", "sign"})


def is_written_out(name: str) -> bool:
    """Whether a function is written out by its definition: one in which the argument occurs once, without a choice."""
    body = definition(name) if name in FUNCTIONS and name not in NUMPY.functions and name not in NUMPY.stable else None
    if body is None:
        return False
    parts = list(walk(body))
    return parts.count(Symbol("z")) == 1 and not any(isinstance(part, Cases) for part in parts)


def aliases(code: LayerCode) -> list[tuple[str, str]]:
    """Return the pre-activations nobody needs once they are activated, with the name of the activation: one array serves both."""
    found = []
    uses = Counter(name for line in (*code.forward, *code.backward) for name in symbols(line.expr))
    for line in code.forward:
        match line.expr:
            case Softmax(Symbol(name=z)) if uses[z] == 1:
                found.append((z, line.name))
            case Call(name, (Symbol(name=z),)) if uses[z] == 1 and (name == "relu" or is_ufunc(name) or is_written_out(name)):
                found.append((z, line.name))
    return found


def in_buffers(order: Order) -> str:
    """Write the module."""
    code, plan = order.code, order.plan
    printer = ArrayPrinter(NUMPY, code)
    filler = Filler(code, printer)
    for line in (*code.forward, *code.backward):
        filler.write(line)
    used = words(filler.lines)
    data = ", ".join(code.data)
    names = tuple(filler.buffers)
    letter = plan.batch if isinstance(plan.batch, str) else "N"

    def size(name: str, shape: Shape) -> str:
        if printer.is_flat(name):
            return str(shape[0] if shape[1] == 1 else shape[1])
        return f"({shape[0]}, {shape[1]})"

    allocated = "".join(
        f"            np.empty({size(name, shape)}, dtype),  # {name}\n" for name, shape in filler.buffers.items()
    )
    argument = f"{letter}, " if isinstance(plan.batch, str) else ""
    guard = '    @np.errstate(over="ignore")  # e^(-z) may be infinite: what is divided by it is 0\n'
    klass = (
        f'class Gradients:\n    """The cost {code.output} and its derivatives; all arrays are allocated once."""\n\n'
        f'    def __init__(self, {argument}dtype=float):\n        """Allocate arrays{" for N samples" if argument else ""}."""\n'
        f"        self.arrays = (\n{allocated}        )\n\n"
        + (guard if filler.overflows else "")
        + f"    def __call__(self, parameters, {data}):\n"
        f'        """Return {code.output} and its derivatives by the parameters; the next call writes over them."""\n'
        + "".join(
            f"    {line}\n"
            for line in (
                unpacked(code.parameters, used, "parameters") + unpacked(names, used | set(code.gradients), "self.arrays")
            ).splitlines()
            + count(order, used).splitlines()
        )
        + "".join(filler.lines)
        + f"        return {code.output}, ({packed(code.gradients)})\n"
    )
    samples = f"X.shape[{0 if plan.rows else 1}]" if argument else ""
    parts = [
        initialise(order),
        *(f"{text}\n" for text in printer.helpers()),
        klass,
        UPDATE,
        example(order),
        CHECK.format(data=data, samples=samples),
        MAIN.format(example="*example()"),
    ]
    body = "\n\n".join(parts)
    imports = "import math\n\nimport numpy as np\n" if "math." in body else "import numpy as np\n"
    head = "\n".join(['"""', f"{order.title}.", "", order.description(), '"""'])
    return f"{head}\n\n{imports}\n\n{body}"
