"""The laws of a derivation, each checked on every problem of the table in `cases.py`."""

from __future__ import annotations

import hashlib
import json
import os
import re
import subprocess
import sys
from collections import Counter
from functools import cache
from itertools import pairwise
from pathlib import Path

import mpmath
import pytest
import sympy
from cases import CASES, LARGE, Case, activations_used, losses_used
from oracles import Reference, close, number, real_reference, sympy_composite, sympy_of, torch_gradients

from symbackprop.backprop import Backward, expand, slice_names
from symbackprop.export import written
from symbackprop.expr import Adjoint, Expr, Partial, Product, Sum, Symbol, operations, symbols
from symbackprop.functions import ACTIVATIONS, LOSSES
from symbackprop.narrate import narrate
from symbackprop.parse import parse
from symbackprop.render import FORMATS
from symbackprop.simplify import SAYS
from symbackprop.steps import ChainRule, Definition, LocalDerivative, Simplification, Substitution, SumOverPaths
from symbackprop.verify import verify

POINTS = 2
DIGITS = 30
DIFFERENCE_DIGITS = 15
TORCH_TOLERANCE = 1e-12
# SymPy differentiates a composite in time that grows with its size written out: of a larger one, fewer derivatives.
MOST_OPERATIONS = 400
MOST_DERIVATIVES = 12
LARGE_DERIVATIVES = 2

every_case = pytest.mark.parametrize("case", CASES, ids=lambda case: case.name.replace(" ", "-"))


@cache
def references(case: Case) -> tuple[Reference, ...]:
    return tuple(real_reference(case.derivation().graph, case.point, POINTS))


def environment(backward: Backward, reference: Reference) -> dict[str, object]:
    """Return the true value of every symbol a step may use."""
    env = dict(reference.values)
    for child, parent in reference.locals:
        env[f"local_{child}_{parent}"] = reference.locals[child, parent]
    for node in backward.nodes:
        symbol = node.symbol
        assert isinstance(symbol, Adjoint)
        env[symbol.name] = reference.adjoint(symbol.output, symbol.of)
    return env


def spread(names: list[str], most: int) -> list[str]:
    """Return at most so many names, evenly spread, the first and the last among them."""
    if len(names) <= most:
        return names
    return [names[round(i * (len(names) - 1) / (most - 1))] for i in range(most)]


# --- the table itself ----------------------------------------------------------------------------------------------


def test_the_table_covers_what_the_package_knows() -> None:
    """No law passes by running nothing: there are cases, of different names, for every activation and loss."""
    assert len(CASES) >= 45
    assert len({case.name for case in CASES}) == len(CASES)
    assert activations_used() == set(ACTIVATIONS)
    assert losses_used() == set(LOSSES)
    steps = [step for case in CASES for step in case.derivation().steps]
    assert {type(step) for step in steps} == {Definition, LocalDerivative, ChainRule, SumOverPaths, Substitution, Simplification}
    assert {step.rule for step in steps if isinstance(step, Simplification)} == set(SAYS)


# --- law 1: every step is true -------------------------------------------------------------------------------------


@every_case
def test_the_program_finds_every_step_true(case: Case) -> None:
    """`verify` decides each step, by signatures or at rational points."""
    made = case.derivation()

    verdicts = verify(made.graph, made.steps, constraints=made.problem.constraints, assumptions=made.problem.assumptions)

    assert len(verdicts) == len(made.steps) > 0
    assert set(verdicts) <= {"exact", "sampled"}


@every_case
def test_every_step_is_true_at_random_rational_points(case: Case) -> None:
    """Both sides of a step agree to 30 digits, computed from the definitions by SymPy and mpmath alone."""
    backward = case.derivation().backward
    for reference in references(case):
        env = environment(backward, reference)
        for step in backward.steps:
            memo: dict[object, object] = {}
            truth = env[step.about.name]
            assert close(number(sympy_of(step.value), env, memo), truth, DIGITS), step
            if isinstance(step, SumOverPaths):
                total = mpmath.fsum(number(sympy_of(term), env, memo) for term in step.terms)
                assert close(total, truth, DIGITS), step


@every_case
def test_the_kinds_of_steps_are_what_they_say(case: Case) -> None:
    """A definition is the graph's, a chain rule an adjoint times a local derivative, a substitution names what it puts in."""
    backward = case.derivation().backward
    for step in backward.steps:
        match step:
            case Definition(about, value):
                assert backward.graph.definitions[about.name].expr == value
            case LocalDerivative(about, value, _):
                assert isinstance(about, Partial)
                assert backward.locals[about.child, about.parent] is step
                assert about.parent in backward.graph.parents[about.child]
            case ChainRule(about, value):
                assert is_path_term(value, about), step
            case SumOverPaths(about, value, terms):
                assert len(terms) > 1
                assert all(is_path_term(term, about) for term in terms), step
                assert value == Sum(terms)
            case Substitution(_, value, put_in):
                assert set(put_in).isdisjoint(symbols(value)), step
            case Simplification(_, _, rule, _):
                assert rule in SAYS
            case _:
                pytest.fail(f"a backward pass has no {type(step).__name__}")


def is_path_term(term: Expr, about: Symbol) -> bool:
    """Whether a term is adjoint · local, a local derivative of the output, or an adjoint of an earlier output times its share."""
    assert isinstance(about, Adjoint)
    factors = term.factors if isinstance(term, Product) else (term,)
    last = factors[-1]
    if isinstance(last, Partial):
        child, ends = last.child, last.parent == about.of
    elif isinstance(last, Adjoint):
        child, ends = last.output, last.of == about.of
    else:
        return False
    if len(factors) == 1:
        return ends and child == about.output
    first = factors[0]
    return ends and len(factors) == 2 and isinstance(first, Adjoint) and first.of == child and first.output == about.output


# --- law 2: every gradient is the derivative ---------------------------------------------------------------------


@every_case
def test_a_gradient_is_the_derivative_of_the_composite(case: Case) -> None:
    """SymPy's `diff` of the output in leaves only agrees to 30 digits at random rational points."""
    made = case.derivation()
    leaves = [leaf.symbol.name for leaf in made.graph.leaves if leaf.symbol.name in made.backward.adjoints]
    composite = sympy_composite(made.graph)
    size = operations(expand(made.graph.output.symbol, made.graph.definitions))
    chosen = spread(leaves, MOST_DERIVATIVES if size <= MOST_OPERATIONS else LARGE_DERIVATIVES)
    assert chosen
    for name in chosen:
        derivative = composite.diff(sympy.Symbol(name, real=True))
        for reference in references(case):
            env = environment(made.backward, reference)
            claimed = number(sympy_of(made.expression(name)), env)
            assert close(claimed, number(derivative, env), DIGITS), name


@every_case
def test_a_gradient_is_a_central_difference(case: Case) -> None:
    """Differences of the forward pass alone, with 60 working digits and h = 10⁻¹⁸, agree to 15 digits for every value."""
    backward = case.derivation().backward
    reference = references(case)[0]
    env = environment(backward, reference)
    assert backward.adjoints
    for name, symbol in backward.adjoints.items():
        claimed = number(sympy_of(backward.definitions[symbol.name].expr), env)
        assert close(claimed, reference.difference(name, backward.output), DIFFERENCE_DIGITS), name


@every_case
def test_a_gradient_is_what_pytorch_finds(case: Case) -> None:
    """PyTorch's own layers and losses, differentiated by PyTorch in double precision, agree to 12 digits."""
    pytest.importorskip("torch")
    made = case.derivation()
    for reference in references(case):
        gradients = torch_gradients(made.problem, reference.point)
        env = environment(made.backward, reference)
        leaves = [leaf.symbol.name for leaf in made.graph.leaves if leaf.symbol.name in made.backward.adjoints]
        scale = max(1, *(abs(gradient) for gradient in gradients.values()))
        for name in leaves:
            claimed = float(number(sympy_of(made.expression(name)), env))
            assert abs(claimed - gradients[name]) <= TORCH_TOLERANCE * scale, name


@every_case
def test_every_value_that_matters_has_a_gradient(case: Case) -> None:
    """The output's ancestors, and no others, have an adjoint."""
    backward = case.derivation().backward
    assert set(backward.adjoints) == backward.graph.ancestors(backward.output) - {backward.output}


@pytest.mark.parametrize("case", [c for c in CASES if c.name not in LARGE], ids=lambda case: case.name.replace(" ", "-"))
def test_an_expanded_gradient_is_in_leaves_only(case: Case) -> None:
    """`expand` puts in every definition and keeps the value."""
    made = case.derivation()
    reference = references(case)[0]
    leaves = set(made.graph.leaf_by_name)
    for name in spread(list(made.backward.adjoints), MOST_DERIVATIVES):
        expanded = made.expression(name, expanded=True)
        assert set(symbols(expanded)) <= leaves
        assert close(number(sympy_of(expanded), reference.values), reference.adjoint(made.output, name), DIGITS)


EXACTLY = (
    "constant slope", "gradient at a point", "line", "chain of two", "two paths", "circuit x+y times z", "quotient",
    "product of four", "unused middle value", "identity", "square", "linear by nodes",
    "half mean over samples",
)  # fmt: skip


@pytest.mark.parametrize("case", [c for c in CASES if c.name in EXACTLY], ids=lambda case: case.name.replace(" ", "-"))
def test_a_rational_gradient_is_equal_symbolically(case: Case) -> None:
    """Where everything is a fraction of polynomials, `cancel` of the difference with SymPy's derivative is 0."""
    made = case.derivation()
    composite = sympy_composite(made.graph)
    if not composite.is_rational_function():
        pytest.fail("the table of rational cases names one that is not")
    for leaf in made.graph.leaves:
        name = leaf.symbol.name
        claimed = sympy_of(made.expression(name, expanded=True))
        assert sympy.cancel(claimed - composite.diff(sympy.Symbol(name, real=True))) == 0


def test_the_rational_cases_exist() -> None:
    """Every name of the list above is a case."""
    assert set(EXACTLY) <= {case.name for case in CASES}


# --- law 3: the sweep is the sum over all paths ------------------------------------------------------------------


@every_case
def test_the_sweep_is_the_sum_over_all_paths(case: Case) -> None:
    """The product of local derivatives, added up over every path, is the adjoint; and there are as many paths as counted."""
    backward = case.derivation().backward
    graph, reference = backward.graph, references(case)[0]
    env = environment(backward, reference)
    slopes = {edge: number(sympy_of(step.value), env) for edge, step in backward.locals.items()}
    for name, symbol in backward.adjoints.items():
        paths = list(graph.paths(name, backward.output))
        assert len(paths) == graph.count_paths(name, backward.output) > 0
        assert len(set(paths)) == len(paths)
        products = [mpmath.fprod(slopes[child, parent] for parent, child in pairwise(path)) for path in paths]
        assert close(mpmath.fsum(products), number(sympy_of(backward.definitions[symbol.name].expr), env), DIGITS), name


# --- law 6: a slice is closed ------------------------------------------------------------------------------------


@every_case
def test_the_steps_are_in_order(case: Case) -> None:
    """Every symbol a step uses is a leaf or was introduced by an earlier step."""
    backward = case.derivation().backward
    known = set(backward.graph.leaf_by_name)
    for step in backward.steps:
        assert set(symbols(step.value)) <= known, step
        known.add(step.about.name)


@every_case
def test_a_slice_is_closed(case: Case) -> None:
    """Every symbol that a slice's definitions use is a leaf or defined earlier in the slice."""
    backward = case.derivation().backward
    for symbol in backward.adjoints.values():
        names = slice_names(backward, [symbol.name])
        known = {name for name in names if name in backward.graph.leaf_by_name}
        for node in (*backward.graph.nodes, *backward.nodes):
            if node.symbol.name in names:
                assert set(symbols(node.expr)) <= known, (symbol.name, node)
                known.add(node.symbol.name)
        assert known == names


@pytest.mark.parametrize("case", [c for c in CASES if c.name not in LARGE], ids=lambda case: case.name.replace(" ", "-"))
def test_a_slice_as_told_is_closed(case: Case) -> None:
    """What is told of one quantity uses leaves and what else is told: all of it, but for the largest, where a dozen paths are."""
    made = case.derivation()
    aliases = {
        step.value.name: step.about.name for step in made.steps if isinstance(step, ChainRule) and isinstance(step.value, Partial)
    }
    leaves = [name for name in made.graph.leaf_by_name if name in made.backward.adjoints]
    values = [name for name in made.graph.definitions if name in made.backward.adjoints]
    for name in (*spread(leaves, 2), *spread(values, 3)):
        teller = made.slice(name).teller()
        narrate(teller)
        # "dy/du = dy/du" is not printed, and a path is announced before its factors are worked out.
        told = [s for s in teller.told[made.graph] if not (isinstance(s, ChainRule) and isinstance(s.value, Partial))]
        introduced = {step.about.name for step in told}
        introduced |= {aliases[n] for n in introduced if n in aliases}
        # An adjoint that is put in at once is not told apart.
        put_in = {put for step in told if isinstance(step, Substitution) for put in step.put_in if not put.startswith("local")}
        used = {symbol for step in told for symbol in symbols(step.value)} - put_in
        assert made.backward.adjoints[name].name in introduced
        assert used <= introduced | set(made.graph.leaf_by_name), name


# --- law 7: a rewrite keeps the value and is never longer --------------------------------------------------------


@every_case
def test_a_rewrite_is_never_longer(case: Case) -> None:
    """Each simplification has at most as many operations as what it rewrites, and is not the same again."""
    before: dict[str, Expr] = {}
    for step in case.derivation().steps:
        if isinstance(step, Simplification):
            assert operations(step.value) <= operations(before[step.about.name]), step
            assert step.value != before[step.about.name], step
        before[step.about.name] = step.value


@every_case
def test_a_rewrite_keeps_the_value_for_any_number(case: Case) -> None:
    """The two sides of a rewrite agree as expressions, whatever numbers stand for their symbols."""
    made = case.derivation()
    groups = made.problem.constraints
    before: dict[str, Expr] = {}
    for step in made.steps:
        if isinstance(step, Simplification):
            old = before[step.about.name]
            names = sorted({*symbols(old), *symbols(step.value)})
            env = {name: mpmath.mpf(3 + 7 * i % 11) / (13 + i) for i, name in enumerate(names)}
            for group in groups:
                total = mpmath.fsum(env.get(name, 0) for name in group)
                env.update({name: env[name] / total for name in group if name in env})
            assert close(number(sympy_of(old), env), number(sympy_of(step.value), env), DIGITS), step
        before[step.about.name] = step.value


# --- law 9: what is printed can be read --------------------------------------------------------------------------


def balanced(text: str) -> bool:
    r"""Whether the unescaped braces of a LaTeX text pair up, and so do \left and \right, \begin and \end."""
    depth = 0
    escaped = False
    for char in text:
        if escaped:
            escaped = False
            continue
        if char == "\\":
            escaped = True
        depth += (char == "{") - (char == "}")
        if depth < 0:
            return False
    counts = Counter(re.findall(r"\\(begin|end|left|right)(?![a-zA-Z])", text))
    return depth == 0 and counts["begin"] == counts["end"] and counts["left"] == counts["right"]


@every_case
@pytest.mark.parametrize("name", [*FORMATS])
def test_every_derivation_renders_in_every_format(case: Case, name: str) -> None:
    """A format prints something for each problem; LaTeX and Markdown have their braces balanced (a page draws some alone)."""
    text = case.derivation().render(name)

    assert len(text) > 100
    if name not in {"terminal", "text", "html"}:
        assert balanced(text)


@every_case
def test_what_json_says_can_be_parsed_back(case: Case) -> None:
    """Every expression of the JSON object, read back, has the value of the one derived; its LaTeX is balanced."""
    made = case.derivation()
    data = json.loads(made.to_json())
    backward = made.backward

    assert data["schema"] == 1
    assert [step["n"] for step in data["steps"]] == list(range(1, len(made.steps) + 1))
    assert set(data["gradients"]) >= set(backward.adjoints)
    assert len(data["locals"]) == len(backward.locals)
    env = environment(backward, references(case)[0])

    def reads_back(text: str, derived: Expr) -> bool:
        return close(number(sympy_of(parse(text)), env), number(sympy_of(derived), env), DIGITS)

    for name in backward.adjoints:
        entry = data["gradients"][name]
        assert reads_back(entry["expression"], made.expression(name)), name
        assert balanced(entry["latex"])
    for edge, entry in data["locals"].items():
        child, parent = edge.split("/")
        assert reads_back(entry["expression"], backward.locals[child, parent].value), edge
    for entry, step in zip(data["steps"], made.steps, strict=True):
        left, _, right = entry["text"].partition(" = ")
        assert left == entry["about"]
        assert reads_back(with_plain_names(right, step.value), step.value), entry["text"]
        assert balanced(entry["latex"])
        assert all(0 < used < entry["n"] for used in entry["uses"])


def with_plain_names(text: str, expr: Expr) -> str:
    """Put plain names for the derivatives of a step's text, which are written dL/dw; of two written alike, the total one."""
    names = {written(symbol): symbol.name for symbol in sorted(symbols(expr).values(), key=lambda s: isinstance(s, Adjoint))}
    for shown in sorted(names, key=len, reverse=True):
        text = re.sub(rf"(?<!\w){re.escape(shown)}(?!\w)", names[shown], text)
    return text


# --- law 10: the same input gives the same bytes -----------------------------------------------------------------


def fingerprint(case: Case) -> str:
    made = case.derivation()
    text = made.to_text() + made.to_json() + made.render("standalone")
    return hashlib.sha256(text.encode()).hexdigest()


def fingerprints() -> dict[str, str]:
    """Return what every case prints, as one number each."""
    return {case.name: fingerprint(case) for case in CASES}


@pytest.fixture(scope="module")
def here() -> dict[str, str]:
    return fingerprints()


@pytest.mark.parametrize("seed", ["0", "271828"])
def test_the_same_input_gives_the_same_bytes(seed: str, here: dict[str, str]) -> None:
    """Another process with another order of sets prints every case the same."""
    root = Path(__file__).parent
    code = "import json, test_laws; print(json.dumps(test_laws.fingerprints()))"
    env = {**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": os.pathsep.join((str(root), str(root.parent)))}
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False, env=env)

    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout) == here
    assert len(here) == len(CASES)
