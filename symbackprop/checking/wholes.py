"""
Answers that are right for another question: another factor in front, another quantity, the update, the transpose.

Every function here takes a scene and yields mutants; the table in `mistakes` says what each is called.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from fractions import Fraction

from symbackprop.checking.model import Number
from symbackprop.checking.mutants import Mutation
from symbackprop.checking.places import Aim, Mutant
from symbackprop.checking.scene import Scene
from symbackprop.graph import Role

# Constant factors are recognised up to this numerator and denominator.
LARGEST_FACTOR = 1000
FLOAT_FACTORS = tuple(
    Fraction(sign) * factor for factor in map(Fraction, (3, 4, 5, 6, 8, 10, 100)) for sign in (1, -1)
) + tuple(Fraction(sign, below) for below in (3, 4, 5, 6, 8, 10, 100) for sign in (1, -1))
LETTERS = "zab"


def scaled(*factors: Fraction | int) -> Mutation:
    """Return the true value times a constant."""

    def mutate(scene: Scene) -> Iterator[Mutant]:
        for factor in factors:
            number = scene.model.number(factor)
            yield Mutant({"constant": fraction_text(Fraction(factor))}, whole=_times(scene, number))

    return mutate


def fraction_text(factor: Fraction) -> str:
    """Write a constant factor."""
    return "½" if factor == Fraction(1, 2) else str(factor)


def mean_factor(scene: Scene) -> Iterator[Mutant]:
    """Divide, or do not divide, by the number of samples or of outputs."""
    network = scene.network
    if network is None:
        return
    counts = {"samples": network.samples, "outputs": network.layers[-1].units}
    for word, count in counts.items():
        if count > 1:
            for factor in (Fraction(count), Fraction(1, count), Fraction(2 * count), Fraction(1, 2 * count)):
                number = scene.model.number(factor)
                words = {"constant": fraction_text(factor), "counted": word}
                yield Mutant(words, whole=_times(scene, number))


def constant_factor(scene: Scene) -> Iterator[Mutant]:
    """Multiply by any other constant, read off the first entry."""
    true, yours = scene.truths[scene.pivot], scene.yours[scene.pivot]
    if not true or not yours:
        return
    factors: tuple[Fraction, ...] = FLOAT_FACTORS
    if scene.model.prime:
        found = small_fraction(scene.model.div(yours, true), scene.model.prime)
        factors = (found,) if found is not None else ()
    for factor in factors:
        if abs(factor) not in {1, 2, Fraction(1, 2)}:
            yield from scaled(factor)(scene)


def small_fraction(element: int, prime: int) -> Fraction | None:
    """Return the fraction of small numerator and denominator that an element of a field is, by Euclid's algorithm."""
    before, above = (prime, 0), (element, 1)
    while abs(above[0]) > LARGEST_FACTOR:
        quotient = before[0] // above[0]
        before, above = above, (before[0] - quotient * above[0], before[1] - quotient * above[1])
    if above[1] == 0 or abs(above[1]) > LARGEST_FACTOR or above[0] == 0:
        return None
    return Fraction(above[0], above[1])


def update(scene: Scene) -> Iterator[Mutant]:
    """Give the step or the new value of a parameter: η·g, −η·g, w − η·g."""
    rate = scene.learning_rate
    if rate is None or scene.asked != "gradient":
        return
    for words, whole in (
        ("the step η·g", lambda aim: rate * scene.truth(aim)),
        ("the step −η·g", lambda aim: -rate * scene.truth(aim)),
        ("the updated value", lambda aim: scene.values[aim.of] - rate * scene.truth(aim)),
        ("the value after a step uphill", lambda aim: scene.values[aim.of] + rate * scene.truth(aim)),
    ):
        yield Mutant({"instead": words}, whole=whole)


def zero(scene: Scene) -> Iterator[Mutant]:
    """Answer 0."""
    yield Mutant({}, whole=lambda _: scene.model.zero)


def other_parameter(scene: Scene) -> Iterator[Mutant]:
    """Differentiate by another quantity."""
    if scene.asked != "gradient":
        return
    first = scene.aims[scene.pivot]
    if len(scene.aims) == 1:
        role = scene.original.role(first.of)
        for name, leaf in scene.original.leaf_by_name.items():
            if name != first.of and leaf.role is role and role is not Role.TARGET and name in scene.full.adjoints(first.output):
                yield Mutant({"other": scene.written(name)}, (name,), whole=_adjoint(scene, name))
        return
    yield from _other_layers(scene, same_letter=True)


def _other_layers(scene: Scene, *, same_letter: bool) -> Iterator[Mutant]:
    """Differentiate by a whole layer of the same letter, or of another one."""
    first = scene.aims[scene.pivot]
    own = first.of[0]
    for letter, layer in kindred(scene, first.of):
        if (letter == own) is not same_letter:
            continue

        def whole(aim: Aim, letter: str = letter, layer: int = layer) -> Number | None:
            other = scene.same(aim.of, letter=letter, layer=layer)
            return scene.full.adjoints(aim.output).get(other) if other else None

        yield Mutant({"other": f"{letter.upper() if letter == 'w' else letter}{layer}"}, (first.of,), whole=whole)


def other_value(scene: Scene) -> Iterator[Mutant]:
    """Differentiate by a parameter or an input of another kind, or by a value on the way; nobody does so by a target."""
    if scene.asked == "gradient" and len(scene.aims) > 1:
        yield from _other_layers(scene, same_letter=False)
    elif scene.asked == "gradient":
        first = scene.aims[0]
        role = scene.original.role(first.of)
        passed = {child for child, _ in scene.relevant}
        for name in (*scene.original.definitions, *scene.original.leaf_by_name):
            other = name not in {first.of, first.output} and scene.original.role(name) not in {role, Role.TARGET}
            known = name in scene.original.leaf_by_name or scene.original.role(name) is Role.PRE_ACTIVATION
            other = other and (name in passed or known)
            if other and name in scene.full.adjoints(first.output):
                yield Mutant({"other": scene.written(name)}, (name,), whole=_adjoint(scene, name))


def kindred(scene: Scene, name: str) -> Iterator[tuple[str, int]]:
    """Yield the letters and layers of quantities with as many indices as one."""
    layers = len(scene.network.layers) if scene.network else 0
    letters = "w" if scene.index(name, "source") else LETTERS
    for letter in letters:
        for layer in range(1, layers + 1):
            other = scene.same(name, letter=letter, layer=layer)
            if other and other != name:
                yield letter, layer


def quantity_itself(scene: Scene) -> Iterator[Mutant]:
    """Give the value of a quantity where a derivative, or another value, was asked for."""
    first = scene.aims[scene.pivot]
    if len(scene.aims) == 1:
        for name in scene.original_names:
            if name != first.name:
                yield Mutant({"other": scene.written(name)}, (name,), whole=_constant(scene.values[name]))
        return
    own = first.of
    yield Mutant({"other": "the quantity itself"}, (own,), whole=lambda aim: scene.values[aim.of] if aim.of != aim.name else None)
    for letter, layer in kindred(scene, own):

        def whole(aim: Aim, letter: str = letter, layer: int = layer) -> Number | None:
            other = scene.same(aim.of, letter=letter, layer=layer)
            return scene.values[other] if other else None

        yield Mutant({"other": f"{letter.upper() if letter == 'w' else letter}{layer}"}, (own,), whole=whole)


def transposed(scene: Scene) -> Iterator[Mutant]:
    """Exchange rows and columns of a square matrix."""
    rows, columns = scene.shape
    if rows != columns or rows == 1:
        return
    place = {aim: number for number, aim in enumerate(scene.aims)}

    def whole(aim: Aim) -> Number:
        i, j = divmod(place[aim], columns)
        return scene.truths[j * columns + i]

    yield Mutant({}, whole=whole)


def weights_summed(scene: Scene) -> Iterator[Mutant]:
    """
    Read W·δ ⊙ a as a matrix product: the sum of w_k·a_k stands where each unit has its own weight and activation.

    So it comes out where the layer above has one unit, whose W is a row, and W is not transposed.
    """
    network, first = scene.network, scene.aims[scene.pivot]
    layer = scene.index(first.of, "layer")
    if network is None or scene.asked != "gradient" or not 0 < layer < len(network.layers) or network.layers[layer].units > 1:
        return

    def whole(aim: Aim) -> Number | None:
        activation = scene.same(aim.of, letter="a")
        weights = [scene.same(f"w{layer + 1}_1_{unit}") for unit in range(1, network.layers[layer - 1].units + 1)]
        own = scene.same(f"w{layer + 1}_1_{scene.index(aim.of, 'unit')}")
        if not activation or activation == aim.of or not own or not all(weights):
            return None
        signals = [scene.same(activation, unit=unit) for unit in range(1, len(weights) + 1)]
        total = sum(scene.values[weight] * scene.values[signal] for weight, signal in zip(weights, signals, strict=True))
        once = scene.model.div(scene.truth(aim), scene.values[own] * scene.values[activation])
        return once * total

    written = f"W{layer + 1} stands where its transpose belongs"
    yield Mutant({"instead": written}, (first.of,), whole=whole)


def delta_elsewhere(*, same_layer: bool) -> Mutation:
    """Take the δ of another unit or layer in a weight's gradient."""

    def mutate(scene: Scene) -> Iterator[Mutant]:
        if scene.asked != "gradient" or scene.network is None or scene.network.samples > 1:
            return
        first = scene.aims[scene.pivot]
        leaf = scene.original.leaf_by_name.get(first.of)
        if leaf is None or leaf.role not in {Role.WEIGHT, Role.BIAS}:
            return
        layer, unit = scene.index(first.of, "layer"), scene.index(first.of, "unit")
        for node in scene.original.nodes:
            if node.role is not Role.PRE_ACTIVATION or (node.layer == layer) is not same_layer:
                continue
            name = node.symbol.name
            if len(scene.aims) > 1 and scene.index(name, "unit") != unit:
                continue

            def whole(aim: Aim, name: str = name, moved: int = node.layer) -> Number | None:
                z = name if len(scene.aims) == 1 else scene.same(name, unit=scene.index(aim.of, "unit"), layer=moved)
                children = [c for c in scene.original.children[aim.of] if c in scene.full.locals]
                pre = next((c for c in children if scene.original.role(c) is Role.PRE_ACTIVATION), "")
                if not z or not pre or z == pre:
                    return None
                return scene.full.adjoints(aim.output).get(z, 0) * scene.full.locals[pre][aim.of]

            delta = f"delta{node.layer}" if len(scene.aims) > 1 else f"delta{name[1:]}"
            yield Mutant({"instead": delta}, (name, first.of), whole=whole)

    return mutate


def delta_as_activation(scene: Scene) -> Iterator[Mutant]:
    """Take δ for the derivative by the activation."""
    aim = scene.aims[scene.pivot]
    if scene.asked != "gradient" or not aim.name.startswith(("delta", "Delta")):
        return

    def whole(aim: Aim) -> Number | None:
        activation = scene.same(aim.of, letter="a")
        return scene.full.adjoints(aim.output).get(activation) if activation else None

    yield Mutant({"other": scene.same(aim.of, letter="a")}, (aim.of,), whole=whole)


def factors(scene: Scene) -> Iterator[Mutant]:
    """Give one local derivative where the product of all belongs."""
    if scene.asked != "gradient":
        return
    for place in scene.places("slope") + scene.places("loss") + scene.places("factor") + scene.places("power"):
        if place.scope == "edge":
            number = scene.local(place.edges[0])
            yield Mutant({"factor": place.label}, place.edges[0], whole=_constant(number))


def _times(scene: Scene, number: Number) -> Callable[[Aim], Number]:
    return lambda aim: number * scene.truth(aim)


def _adjoint(scene: Scene, name: str) -> Callable[[Aim], Number | None]:
    return lambda aim: scene.full.adjoints(aim.output).get(name)


def _constant(number: Number) -> Callable[[Aim], Number]:
    return lambda _: number
