"""What the views by layers and by indices need to know of a network; sizes may be letters."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from symbackprop.errors import InputError
from symbackprop.expr import Number
from symbackprop.matrix import Size
from symbackprop.names import short
from symbackprop.network import Layer, Network
from symbackprop.problem import load

LARGEST_CHECKED_SIZE = 4
LARGEST_SIZE = 1_000_000


@dataclass(frozen=True)
class Plan:
    """
    What the layer view needs to know of a network.

    `sizes` are the widths, input first; `batch` is the number of samples, or None for one sample without an index.
    With `rows`, samples are the rows (Z = X Wᵀ + 1bᵀ), else the columns (Z = W A + b1ᵀ).
    `unit_targets` says that the targets of each sample sum to 1.
    """

    sizes: tuple[Size, ...]
    activations: tuple[str, ...]
    biases: tuple[bool, ...]
    loss: str = "half_squared_error"
    l1: Number | None = None
    l2: Number | None = None
    reduction: str = "mean"
    batch: Size | None = None
    rows: bool = False
    unit_targets: bool = False

    @property
    def depth(self) -> int:
        """The number of layers."""
        return len(self.activations)

    def network(self) -> Network:
        """Return the network declared unit by unit; raises InputError where a size is a letter."""
        if not all(isinstance(size, int) for size in (*self.sizes, self.batch or 1)):
            msg = f"the sizes {'-'.join(map(str, self.sizes))} are letters; the view unit by unit needs numbers"
            raise InputError(msg)
        layers = tuple(
            Layer(int(units), activation, biases=None if bias else False)
            for units, activation, bias in zip(self.sizes[1:], self.activations, self.biases, strict=True)
        )
        return Network(int(self.sizes[0]), layers, self.loss, self.l1, self.l2, self.reduction, int(self.batch or 1))


def plan_of(network: Network, *, batch: Size | None = None, rows: bool = False, unit_targets: bool = False) -> Plan:
    """Return the plan of a declared network; its own samples are the batch where none is given."""
    own = network.samples if network.has_cost else None
    return Plan(
        network.sizes,
        tuple(layer.activation for layer in network.layers),
        tuple(layer.biases is not False for layer in network.layers),
        network.loss,
        network.l1,
        network.l2,
        network.reduction,
        batch if batch is not None else own,
        rows,
        unit_targets,
    )


def batch_size(text: str) -> Size:
    """
    Read the size of a batch: a whole number from 1, or a letter.

    >>> batch_size("64"), batch_size("N")
    (64, 'N')

    Raises InputError.
    """
    if text.isascii() and text.isdigit() and 0 < int(text) <= LARGEST_SIZE:
        return int(text)
    if _is_letter(text):
        return text
    msg = f'--batch: found "{short(text)}" where a whole number from 1 to {LARGEST_SIZE} or a letter is accepted'
    raise InputError(msg)


def plan_of_one_liner(text: str) -> Plan | None:
    """
    Read a one-liner whose sizes may be letters or as large as you like; None where the text is no one-liner.

    >>> plan_of_one_liner("n-h-10:tanh/softmax,cross_entropy").sizes
    ('n', 'h', 10)

    Raises ProblemError for what is wrong behind the sizes.
    """
    sizes = re.split("[:,]", text, maxsplit=1)[0]
    words = [word.strip() for word in sizes.split("-")]
    fits = len(words) > 1 and all(_is_letter(w) or (re.fullmatch("[0-9]{1,6}", w) and int(w) > 0) for w in words)
    if not fits:
        return None
    # What stands behind the sizes is read as for any one-liner, on a network of single units.
    network = load("-".join("1" * len(words)) + text[len(sizes) :]).network
    assert network is not None
    return replace(plan_of(network), sizes=tuple(word if _is_letter(word) else int(word) for word in words))


def _is_letter(text: str) -> bool:
    return len(text) == 1 and text.isalpha() and text.isascii()


def small(plan: Plan) -> Plan:
    """Return the plan with letters and large sizes replaced by small numbers: the claims do not depend on them."""
    letters: dict[Size, int] = {}

    def shrink(size: Size) -> int:
        if isinstance(size, int) and size <= LARGEST_CHECKED_SIZE:
            return size
        # Different sizes stay different where possible, so that a wrong shape would not fit.
        return letters.setdefault(size, 2 + len(letters) % (LARGEST_CHECKED_SIZE - 1))

    batch = None if plan.batch is None else shrink(plan.batch) if plan.batch != 1 else 1
    return replace(plan, sizes=tuple(map(shrink, plan.sizes)), batch=batch)
