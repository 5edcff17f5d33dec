"""A PyTorch module of a network: an `autograd.Function` with the derivation's own backward pass, and its gradcheck."""

from __future__ import annotations

from symbackprop.codegen.arrays import TORCH, ArrayPrinter
from symbackprop.codegen.modules import Order, unpacked, words
from symbackprop.codegen.numpy_style import count, example, initialise

MAIN = """if __name__ == "__main__":
    arrays = (*example(), *initialise())
    tensors = [torch.tensor(array, dtype=torch.float64) for array in arrays]
    for tensor in tensors[{data}:]:
        tensor.requires_grad_()
    passed = torch.autograd.gradcheck(Cost.apply, tensors, fast_mode={fast})
    print("gradcheck passed" if passed else "gradcheck failed")
    raise SystemExit(not passed)
"""
MANY_PARAMETERS = 500


def in_torch(order: Order) -> str:
    """Write the module."""
    code = order.code
    printer = ArrayPrinter(TORCH, code)
    forward = [f"        {printer.line(line)}  # step {line.step}\n" for line in code.forward]
    backward = [f"        {printer.line(line)}  # step {line.step}\n" for line in code.backward]
    used, after = words(forward), words(backward)
    after |= {"X"} if order.plan.batch in after else set()
    arguments = ", ".join((*code.data, *code.parameters))
    saved = tuple(name for name in (*code.data, *code.parameters, *code.kept) if name in after)
    nothing = ", ".join(["None"] * len(code.data))
    results = "".join(f"            upstream * {name},\n" for name in code.gradients)
    cost = (
        f'class Cost(torch.autograd.Function):\n    """The cost {code.output}, as a function of {arguments}."""\n\n'
        f"    @staticmethod\n    def forward(ctx, {arguments}):\n"
        f'        """Return {code.output}, and save what `backward` uses."""\n'
        + _deeper(count(order, used))
        + "".join(forward)
        + f"        ctx.save_for_backward({', '.join(saved)})\n        return {code.output}\n\n"
        f"    @staticmethod\n    def backward(ctx, upstream):\n"
        '        """Return the derivatives by the arguments; those by the data are not wanted."""\n'
        + _deeper(unpacked(saved, after, "ctx.saved_tensors"))
        + _deeper(count(order, after))
        + "".join(backward)
        + f"        return (\n            {nothing},\n{results}        )\n"
    )
    parameters = sum(_size(order.shape(name)) for name in code.parameters)
    parts = [
        initialise(order),
        *(f"{text}\n" for text in printer.helpers()),
        cost,
        example(order),
        MAIN.format(data=len(code.data), fast=parameters > MANY_PARAMETERS),
    ]
    body = "\n\n".join(parts)
    imports = ("import math\n\n" if "math." in body else "") + "import numpy as np\nimport torch\n"
    usage = f"`Cost.apply({arguments})` returns {code.output}."
    head = "\n".join(['"""', f"{order.title}.", "", order.description(), usage, '"""'])
    return f"{head}\n\n{imports}\n\n{body}"


def _deeper(text: str) -> str:
    return "".join(f"    {line}\n" for line in text.splitlines())


def _size(shape: tuple[int, ...]) -> int:
    return shape[0] * (shape[1] if len(shape) > 1 else 1)
