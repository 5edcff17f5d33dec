"""Flat scalar code of small networks and of functions, in Python and in C, each with its own test."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterable, Sequence

from symbackprop.backprop import Backward
from symbackprop.codegen.language import ELEMENTARY, PYTHON, C, Printer
from symbackprop.codegen.sharing import Line
from symbackprop.codegen.units import UnitCode, unit_code
from symbackprop.problem import Problem

WIDTH = 100

PYTHON_TEST = '''

def check(point, step=6e-6):
    """Compare the gradient with central differences of `value` at a point; returns the largest difference."""
    worst = 0.0
    for name, slope in zip(PARAMETERS, gradient(**point)[1]):
        ahead, behind = dict(point), dict(point)
        ahead[name] += step
        behind[name] -= step
        difference = (value(**ahead) - value(**behind)) / (ahead[name] - behind[name])
        worst = max(worst, abs(slope - difference) / max(1.0, abs(slope)))
    return worst


if __name__ == "__main__":
    worst = check(EXAMPLE)
    print(f"{len(PARAMETERS)} derivatives, largest difference from finite differences: {worst:.1e}")
    raise SystemExit(not worst <= 1e-6)
'''

C_TEST = """
#ifndef SYMBACKPROP_LIBRARY
#include <stdio.h>

/* Compares the gradient with central differences at an example. */
int main(void)
{
    double leaf[LEAVES] = {%(example)s};
    const int place[PARAMETERS] = {%(places)s};
    double slope[PARAMETERS], unused[PARAMETERS], worst = 0.0;
    gradient(leaf, slope);
    for (int k = 0; k < PARAMETERS; k++) {
        const double at = leaf[place[k]], step = 6e-6;
        leaf[place[k]] = at + step;
        const double ahead = gradient(leaf, unused);
        leaf[place[k]] = at - step;
        const double behind = gradient(leaf, unused);
        leaf[place[k]] = at;
        const double difference = fabs(slope[k] - (ahead - behind) / (2.0 * step)) / fmax(1.0, fabs(slope[k]));
        worst = fmax(worst, isnan(difference) ? INFINITY : difference);
    }
    printf("%%d derivatives, largest difference from finite differences: %%.1e\\n", PARAMETERS, worst);
    return worst > 1e-6;
}
#endif
"""


def example(code: UnitCode) -> dict[str, float]:
    """Return a number for every leaf: the problem's, else one between 0 and 1 that differs from its neighbours'."""
    found = {name: round(0.15 + 0.7 * (k * 0.381966 % 1), 3) if v is None else v for k, (name, v) in enumerate(code.leaves, 1)}
    for group in code.sums:
        total = sum(found[name] for name in group)
        found.update({name: found[name] / total for name in group})
    return found


def wrapped(words: Iterable[str], indent: str, width: int = WIDTH) -> str:
    """Join words by commas, in lines."""
    return textwrap.fill(", ".join(words), width, initial_indent=indent, subsequent_indent=indent, break_long_words=False)


def in_python(problem: Problem, backward: Backward, title: str, command: str) -> str:
    """Write `value` and `gradient` as Python functions of one number an argument."""
    code = unit_code(problem, backward, PYTHON)
    printer = Printer(PYTHON)
    names = [name for name, _ in code.leaves]
    arguments = "(\n" + wrapped(names, "    ") + ",\n):" if len(", ".join(names)) > WIDTH - 20 else f"({', '.join(names)}):"
    results = "\n".join(
        f"        {printer.text(line.expr)},  # d{code.output}_d{name}, step {line.step}" for name, line in code.gradients
    )
    parameters = wrapped((f'"{name}"' for name, _ in code.gradients), "    ")
    numbers = wrapped((f'"{name}": {number!r}' for name, number in example(code).items()), "    ")
    body = (
        f"PARAMETERS = (\n{parameters},\n)\nEXAMPLE = {{\n{numbers},\n}}\n\n\n"
        f'def value{arguments}\n    """Return {code.output}."""\n'
        f"{_python_lines(code.value, printer)}\n    return {code.output}\n\n\n"
        f'def gradient{arguments}\n    """Return {code.output} and its derivatives by each of PARAMETERS."""\n'
        f"{_python_lines(code.lines, printer)}\n    return {code.output}, (\n{results}\n    )\n"
    )
    used = [name for name in (*ELEMENTARY, "pi", "e") if re.search(rf"(?<![\w.\"]){name}\b(?![\"(]?=)", body)]
    imports = f"from math import {', '.join(sorted(used))}\n\n" if used else ""
    return f'"""\n{title}, unit by unit.\n\n{_origin(command)}\n"""\n\n{imports}{body}{PYTHON_TEST}'


def _python_lines(lines: Sequence[Line], printer: Printer) -> str:
    return "\n".join(f"    {line.name} = {printer.text(line.expr)}  # step {line.step}" for line in lines)


def _origin(command: str) -> str:
    return f"Written by symbackprop; `step k` is step k of `{command}`."


def in_c(problem: Problem, backward: Backward, title: str, command: str) -> str:
    """Write a C function `gradient`, and a test program around it unless SYMBACKPROP_LIBRARY is defined."""
    code = unit_code(problem, backward, C)
    printer = Printer(C)
    names = [name for name, _ in code.leaves]
    used = code.used
    given = "\n".join(f"    const double {name} = leaf[{k}];" for k, name in enumerate(names) if name in used)
    lines = "\n".join(f"    const double {line.name} = {printer.text(line.expr)}; /* step {line.step} */" for line in code.lines)
    results = "\n".join(
        f"    slope[{k}] = {printer.text(line.expr)}; /* d{code.output}_d{name}, step {line.step} */"
        for k, (name, line) in enumerate(code.gradients)
    )
    numbers = example(code)
    test = C_TEST % {
        "example": wrapped((repr(float(number)) for number in numbers.values()), "        ").strip(),
        "places": wrapped((str(names.index(name)) for name, _ in code.gradients), "        ").strip(),
    }
    return (
        f"/*\n * {title}, unit by unit.\n * {_origin(command)}\n * Compile with: cc -O2 -Wall -Werror FILE.c -lm\n *\n"
        " * The numbers\n *\n"
        f"{wrapped(names, ' *     ')}\n"
        " *\n * are the entries of `leaf`, in this order; those of `slope` are the derivatives by\n *\n"
        f"{wrapped((name for name, _ in code.gradients), ' *     ')}\n */\n\n"
        f"#include <math.h>\n\n#define LEAVES {len(names)}\n#define PARAMETERS {len(code.gradients)}\n\n"
        f"/* Returns {code.output}. */\n"
        "double gradient(const double leaf[LEAVES], double slope[PARAMETERS])\n{\n"
        f"{given}\n{lines}\n{results}\n    return {code.output};\n}}\n{test}"
    )
