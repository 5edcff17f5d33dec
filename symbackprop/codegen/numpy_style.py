"""A NumPy module of a network: forward, backward and update over whole layers, with its own test."""

from __future__ import annotations

from symbackprop.codegen.arrays import NUMPY, ArrayPrinter
from symbackprop.codegen.modules import Order, nested, packed, unpacked, words

UPDATE = '''def update(parameters, gradients, learning_rate):
    """Take a step of gradient descent, in place."""
    for parameter, gradient in zip(parameters, gradients):
        parameter -= learning_rate * gradient
'''

CHECK = '''def check(parameters, {data}, entries=50, step=6e-6):
    """Return the largest difference of the gradients from central differences."""
    {cost}, values = forward(parameters, {data})
    if not np.isfinite({cost}):
        raise SystemExit(f"the cost is {{{cost}}} here: test at a point where it has a value")
    rng = np.random.default_rng(0)
    worst = 0.0
    for parameter, gradient in zip(parameters, backward(parameters, {data}, values)):
        assert gradient.shape == parameter.shape
        chosen = rng.permutation(parameter.size)[:entries]
        for place in chosen:
            kept = parameter.flat[place]
            parameter.flat[place] = kept + step
            ahead, _ = forward(parameters, {data})
            parameter.flat[place] = kept - step
            behind, _ = forward(parameters, {data})
            parameter.flat[place] = kept
            slope = gradient.flat[place]
            difference = (ahead - behind) / (2 * step)
            worst = max(worst, abs(slope - difference) / max(1.0, abs(slope)))
    return worst
'''

MAIN = """if __name__ == "__main__":
    worst = check(initialise(), {example})
    print(f"gradients against finite differences: {{worst:.1e}} at most")
    raise SystemExit(not worst <= 1e-6)
"""


def in_numpy(order: Order) -> str:
    """Write the module."""
    code = order.code
    printer = ArrayPrinter(NUMPY, code)
    forward = [f"    {printer.line(line)}  # step {line.step}\n" for line in code.forward]
    backward = [f"    {printer.line(line)}  # step {line.step}\n" for line in code.backward]
    used, after = words(forward), words(backward)
    data = ", ".join(code.data)
    parts = [
        "\n".join(['"""', f"{order.title}.", "", order.description(), '"""', ""]),
        initialise(order),
        *(f"{text}\n" for text in printer.helpers()),
        f'def forward(parameters, {data}):\n    """Return the cost {code.output}, and the values that `backward` uses."""\n'
        + unpacked(code.parameters, used, "parameters")
        + count(order, used)
        + "".join(forward)
        + f"    return {code.output}, ({packed(code.kept)})\n",
        f"def backward(parameters, {data}, values):\n"
        f'    """Return the derivatives of {code.output} by the parameters, in their order."""\n'
        + unpacked(code.parameters, after, "parameters")
        + unpacked(code.kept, after, "values")
        + count(order, after)
        + "".join(backward)
        + f"    return {packed(code.gradients)}\n",
        UPDATE,
        example(order),
        CHECK.format(data=data, cost=code.output),
        MAIN.format(example="*example()"),
    ]
    body = "\n\n".join(parts[1:])
    imports = "import math\n\nimport numpy as np\n" if "math." in body else "import numpy as np\n"
    return f"{parts[0]}\n{imports}\n\n{body}"


def count(order: Order, used: set[str]) -> str:
    """Write the line that counts the samples, where their number is a letter."""
    batch = order.plan.batch
    if not isinstance(batch, str) or batch not in used:
        return ""
    return f"    {batch} = X.shape[{0 if order.plan.rows else 1}]\n"


def initialise(order: Order) -> str:
    """Write the function that returns the parameters at the start: the problem's, else drawn."""
    lines = []
    for name in order.code.parameters:
        value, shape = order.given(name), order.shape(name)
        if value is not None:
            text = f"np.array({nested(value, '    ')})"
        elif name[0] == "W":
            text = f"rng.normal(0, {shape[1]}**-0.5, {shape})"
        else:
            text = f"np.zeros({shape[0] if len(shape) == 1 else shape})"
        lines.append(f"    {name} = {text}\n")
    drawn = any("rng." in line for line in lines)
    rng = "    rng = np.random.default_rng(seed)\n" if drawn else ""
    source = "drawn at random, biases at 0" if drawn else "as the problem gives them"
    argument = "seed=0" if drawn else ""
    return (
        f'def initialise({argument}):\n    """Return {packed(order.code.parameters)}: {source}."""\n'
        f"{rng}{''.join(lines)}    return {packed(order.code.parameters)}\n"
    )


def example(order: Order) -> str:
    """Write the function that returns data for the test: the problem's, else drawn."""
    plan = order.plan
    samples = plan.batch if isinstance(plan.batch, int) else 5
    lines, drawn = [], False
    for name in order.code.data:
        value = order.given(name)
        size = plan.sizes[0 if name == "X" else -1]
        if value is None:
            drawn = True
            shape = f"({samples}, {size})" if plan.rows else f"({size}, {samples})"
            lines.append(f"    {name} = rng.uniform(0, 1, {shape})\n")
        else:
            lines.append(f"    {name} = np.array({nested(value, '    ')})\n")
    if plan.unit_targets and drawn and "Y" in order.code.data:
        lines.append(f"    Y /= Y.sum(axis={1 if plan.rows else 0}, keepdims=True)\n")
    rng = "    rng = np.random.default_rng(1)\n" if drawn else ""
    names = ", ".join(order.code.data)
    result = f"({names},)" if len(order.code.data) == 1 else names
    source = "drawn at random" if drawn else "as the problem gives them"
    return f'def example():\n    """Return {names} for the test, {source}."""\n{rng}{"".join(lines)}    return {result}\n'
