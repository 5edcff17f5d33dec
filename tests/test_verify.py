"""Laws of the verification: it accepts every derivation, refuses every false step, and knows why it may."""

from __future__ import annotations

import random
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction

import pytest

from symbackprop.arithmetic import high_precision
from symbackprop.backprop import backpropagate
from symbackprop.document import Apply, Brace, Display, Numeral, Tint
from symbackprop.errors import InternalError
from symbackprop.expr import Adjoint, Expr, Number, Partial, Product, Sum, Symbol, add, call, div, mul, number, symbols
from symbackprop.functions import ACTIVATIONS, FUNCTIONS, LOSSES, PI
from symbackprop.graph import Graph, Leaf, Node, Role
from symbackprop.network import Layer, Network
from symbackprop.parse import parse, read_definitions
from symbackprop.steps import (
    ChainRule,
    Definition,
    Evaluation,
    LocalDerivative,
    Simplification,
    Step,
    Substitution,
    SumOverPaths,
    Update,
)
from symbackprop.verify import verify
from symbackprop.verify.draws import Draws
from symbackprop.verify.field import P, Q, R, rotate
from symbackprop.verify.points import Setting
from symbackprop.verify.slopes import HOLE, SLOPES

X, Y, Z = map(Symbol, "xyz")


def graph_of(text: str) -> Graph:
    definitions = read_definitions(text).definitions
    defined = {name for name, _ in definitions}
    used = dict.fromkeys(name for _, expr in definitions for name in symbols(expr) if name not in defined)
    return Graph(
        tuple(Leaf(Symbol(name), Role.VARIABLE) for name in used),
        tuple(Node(Symbol(name), expr, Role.INTERMEDIATE) for name, expr in definitions),
    )


TEXTS = [
    "f = 3*x^2 + 2*x*y + y^2",
    "u = 2*x + 1; y = u^3",
    "g = x^2; h = sin(x); y = g*h",
    "q = x + y; f = q*z",
    "u = x/y; f = 1/(1 + e^(-u))",
    "f = x^y",
    "f = 2^x",
    "f = e^(x*y)",
    "f = x^x",
    "f = x^(3/2)",
    "f = (x^2 + 1)^(1/3)",
    "f = sqrt(x^2 + y^2)",
    "f = sqrt(sqrt(x) + 1)",
    "f = exp(x)*sin(y)",
    "f = x*ln(x)",
    "f = log(exp(x))",
    "f = exp(log(x) + y)",
    "f = tan(x)",
    "f = sinh(x)*cosh(x) + sech(x)",
    "f = asin(x) + acos(x) + atan(x)",
    "f = erf(x)",
    "f = abs(x)*sign(y)*step(z)",
    "f = max(x, y*z) + min(x, z)",
    "f = sqrt(2*pi)*exp(-x^2/2)",
    "f = sigmoid(sigmoid(sigmoid(x)))",
    "f = tanh(tanh(tanh(tanh(x))))",
    "f = softplus(silu(gelu(x)))",
    "f = sqrt(x)*sqrt(y)/sqrt(x*y)",
    "f = 1/(x - y)",
    "f = elu(x*y)^2",
    "f = softsign(x)",
    "f = pi*y/(y*y)",
    "f = (x + y)*(1/2)/((x + y)*(x*x))",
    "f = x",
    "a = x; f = a",
]
NETWORKS = [
    *(Network(2, (Layer(2, name), Layer(2, name))) for name in ACTIVATIONS),
    *(Network(2, (Layer(2, "tanh"), Layer(2, "sigmoid")), name) for name in LOSSES),
    Network(2, (Layer(2, "tanh"), Layer(3, "softmax")), "cross_entropy"),
    Network(2, (Layer(2, "tanh"), Layer(2, "log_softmax")), "negative_log_likelihood"),
    Network(2, (Layer(2), Layer(1)), "binary_cross_entropy", l1=Number(1), l2=number(Fraction(1, 10))),
    Network(2, (Layer(2, biases=False), Layer(2)), samples=3),
    Network(1, (Layer(2, "z/(1 + abs(z))"), Layer(1, "sin(z)")), "(a - y)^4", samples=2, reduction="half_mean"),
]
GRAPHS = [*map(graph_of, TEXTS), *(network.graph() for network in NETWORKS)]
CASES = pytest.mark.parametrize("graph", GRAPHS, ids=range(len(GRAPHS)))
SMALL = [graph_of(text) for text in TEXTS[:12]] + [
    Network(1, (Layer(1, "sigmoid"), Layer(1, "sigmoid")), "binary_cross_entropy").graph(),
    Network(1, (Layer(1, "tanh"), Layer(2, "softmax")), "cross_entropy").graph(),
    Network(1, (Layer(1, "elu"), Layer(1, "hard_tanh")), "huber").graph(),
    Network(1, (Layer(1, "relu"),), l2=Number(1), samples=2).graph(),
]

# Laws that the field lacks: these few go to rational points, all others must be exact.
SAMPLED_ACTIVATIONS = {"hard_sigmoid", "hard_tanh"}


@CASES
def test_every_derivation_is_true(graph: Graph) -> None:
    """No step of the sweep is refused, and all are decided."""
    verdicts = verify(graph, backpropagate(graph).steps)
    assert set(verdicts) <= {"exact", "sampled"}
    uses = {part for node in graph.nodes for part in SAMPLED_ACTIVATIONS if part in str(node.expr)}
    if not uses:
        assert set(verdicts) == {"exact"}


@CASES
def test_the_verdict_does_not_depend_on_luck(graph: Graph) -> None:
    """Another point, the same verdicts."""
    steps = backpropagate(graph).steps
    assert verify(graph, steps, seed=1) == verify(graph, steps, seed=1000) == verify(graph, steps)


def mutants(step: Step, ones: set[str]) -> Iterator[Step]:
    """Yield what the step would say with a wrong sign, factor (but for those named in `ones`), term or offset."""
    value = step.value
    yield replace(step, value=add(value, 1))
    if isinstance(value, Number) and value.value == 0:
        return
    yield replace(step, value=mul(-1, value))
    yield replace(step, value=mul(2, value))
    if isinstance(value, Sum):
        yield from (replace(step, value=add(*value.terms[:k], *value.terms[k + 1 :])) for k in range(len(value.terms)))
    if isinstance(value, Product):
        for k, factor in enumerate(value.factors):
            if not (isinstance(factor, Symbol) and factor.name in ones):
                yield replace(step, value=mul(*value.factors[:k], *value.factors[k + 1 :]))
    if isinstance(step, SumOverPaths):
        yield replace(step, terms=step.terms[1:])


@pytest.mark.parametrize("graph", SMALL, ids=range(len(SMALL)))
def test_every_mutant_is_refused(graph: Graph) -> None:
    """A step with a wrong sign, a wrong factor or a lost term never passes."""
    steps = backpropagate(graph).steps
    ones = {step.about.name for step in steps if step.value == Number(1)}
    tried = 0
    for step in steps:
        for mutant in mutants(step, ones):
            tried += 1
            with pytest.raises(InternalError, match="is false"):
                verify(graph, [mutant])
    assert tried > 2 * len(steps)


def test_a_false_step_is_named_by_kind_rule_and_symbol() -> None:
    """Whoever broke a rule reads which one."""
    graph = graph_of("u = x^2; f = 3*u")
    step = LocalDerivative(Partial("local_u_x", "u", "x"), 3 * X, "power")
    with pytest.raises(InternalError, match=r'step 2 \(local derivative by the rule "power"\) about local_u_x is false'):
        verify(graph, [Definition(Symbol("u"), X**2), step])


# graph, symbol, right-hand side, verdict
CLAIMS = [
    ("f = exp(x + y)", "f", "exp(x)*exp(y)", "exact"),
    ("f = exp(x)", "f", "1/exp(-x)", "exact"),
    ("f = exp(x)^y", "f", "exp(x*y)", "exact"),
    ("f = e^x", "f", "exp(x)", "exact"),
    ("f = sin(x)^2 + cos(x)^2", "f", "1", "exact"),
    ("f = sin(2*x)", "f", "2*sin(x)*cos(x)", "exact"),
    ("f = sin(-x)", "f", "-sin(x)", "exact"),
    ("f = cos(x + y)", "f", "cos(x)*cos(y) - sin(x)*sin(y)", "exact"),
    ("f = tanh(x)", "f", "sinh(x)/cosh(x)", "exact"),
    ("f = tanh(x)", "f", "2*sigmoid(2*x) - 1", "exact"),
    ("f = sigmoid(-x)", "f", "1 - sigmoid(x)", "exact"),
    ("f = sqrt(x)^2", "f", "x", "exact"),
    ("f = sqrt(4*x)", "f", "2*sqrt(x)", "exact"),
    ("f = x^(1/2)", "f", "sqrt(x)", "exact"),
    ("f = x^y*x^z", "f", "x^(y + z)", "exact"),
    ("f = exp(y*log(x))", "f", "x^y", "exact"),
    ("f = log(exp(x))", "f", "x", "exact"),
    ("f = exp(log(x) - log(y))", "f", "x/y", "exact"),
    ("f = relu(x)", "f", "x*step(x)", "exact"),
    ("f = max(x, y)", "f", "x + y - min(x, y)", "sampled"),
    ("f = abs(x)", "f", "sqrt(x^2)", "sampled"),
    ("f = log(x*y)", "f", "log(x) + log(y)", "sampled"),
    ("f = softplus(x)", "f", "x + softplus(-x)", "sampled"),
    ("f = sign(x)^2", "f", "1", "sampled"),
    ("f = sqrt(-x^2 - 1)", "f", "0*x + 1/(1/sqrt(-x^2 - 1))", "exact"),
    ("f = log(-x^2 - 1)", "f", "log(-1 - x^2)", "exact"),
    ("f = log(-x^2 - 1)", "f", "2 + log(-1 - x^2)", "undecided"),
]


@pytest.mark.parametrize(("text", "about", "claim", "verdict"), CLAIMS, ids=[f"{c[0]}: {c[2]}" for c in CLAIMS])
def test_known_laws_hold_exactly_and_others_at_points(text: str, about: str, claim: str, verdict: str) -> None:
    """The field keeps the laws of exp, powers, roots and circles; where it has none, points decide."""
    assert verify(graph_of(text), [Substitution(Symbol(about), parse(claim), ())]) == (verdict,)


FALSE_CLAIMS = [
    ("f = exp(x + y)", "exp(x) + exp(y)"),
    ("f = sqrt(x^2)", "x"),
    ("f = sqrt(x^2)", "-x"),
    ("f = abs(x)", "x"),
    ("f = sin(x)^2", "1 + cos(x)^2"),
    ("f = exp(x)^y", "exp(x^y)"),
    ("f = log(x*y)", "log(x)*log(y)"),
    ("f = max(x, y)", "x"),
    ("f = step(x)", "1"),
    ("f = sign(x)", "2*step(x)"),
    ("f = x^2*y", "x*y^2"),
    ("f = erf(x)", "erf(-x)"),
    ("f = pi", "3.14159265358979323846"),
    ("f = e", "2.71828182845904523536"),
    ("f = tanh(x)", "sigmoid(2*x) - 1"),
    ("f = elu(x)", "exp(x) - 1"),
    ("f = sqrt(x)^2*y", "-x*y"),
]


@pytest.mark.parametrize(("text", "claim"), FALSE_CLAIMS, ids=[f"{c[0]}: {c[1]}" for c in FALSE_CLAIMS])
def test_what_only_looks_like_a_law_is_refused(text: str, claim: str) -> None:
    """Near misses, and laws which hold for half of the numbers only, are false; whatever the point."""
    for seed in range(10):
        with pytest.raises(InternalError, match="is false"):
            verify(graph_of(text), [Simplification(Symbol("f"), parse(claim), "cancel")], seed=seed)


def test_what_is_assumed_may_be_used() -> None:
    """√x² = x where x is positive, and Σy = 1 where the problem says so; not otherwise."""
    graph = graph_of("f = sqrt(x^2)")
    assert verify(graph, [Substitution(Symbol("f"), X, ())], assumptions={"x": frozenset({"positive"})}) == ("exact",)
    assert verify(graph, [Substitution(Symbol("f"), -X, ())], assumptions={"x": frozenset({"negative"})}) == ("exact",)
    total = graph_of("f = x + y + z")
    one = [Simplification(Symbol("f"), Number(1), "unit_sum", "x + y + z = 1")]
    assert verify(total, one, constraints=(("x", "y", "z"),)) == ("exact",)
    with pytest.raises(InternalError):
        verify(total, one)


def test_softmax_with_cross_entropy_needs_targets_that_sum_to_one() -> None:
    """The adjoint p − y is derived under the constraint, and refused without."""
    graph = Network(2, (Layer(3, "softmax"),), "cross_entropy").graph()
    targets = (("y_1", "y_2", "y_3"),)
    backward = backpropagate(graph, unit_sums=targets)
    assert set(verify(graph, backward.steps, constraints=targets)) == {"exact"}
    with pytest.raises(InternalError, match="delta1_1"):
        verify(graph, backward.steps)


def test_sampled_points_respect_constraints_and_assumptions() -> None:
    """Rational points lie where the problem says."""
    graph = graph_of("f = log(x*y*n) + z + w")
    known = {"x": frozenset({"positive"}), "y": frozenset({"negative"}), "n": frozenset({"integer"})}
    draws = Draws(Setting(graph, (("z", "w"),), known), 0)
    for _ in range(50):
        draws.draws_left -= 1
        point = draws.rational_leaves()
        assert point["x"] > 0
        assert point["y"] < 0
        assert point["n"].denominator == 1
        assert point["z"] + point["w"] == 1
        assert 0 < point["z"] < 1


def test_domains_that_are_hard_to_hit_are_found() -> None:
    """Binary cross-entropy of identity outputs needs every output in (0, 1); five such points are found."""
    graph = Network(3, (Layer(3, "identity"),), "binary_cross_entropy").graph()
    points = Draws(Setting(graph, (), {}), 0).rational_points()
    assert len([next(points) for _ in range(5)]) == 5


@CASES
def test_adjoints_obey_the_duality_of_forward_and_backward(graph: Graph) -> None:
    """A tangent added at every value changes the output by Σ adjoint·tangent: one forward pass checks all adjoints."""
    point = Draws(Setting(graph, (), {}), 7).field_point
    assert point is not None
    source = random.Random(7)
    tangents = {name: source.randrange(P) for name in point.env}
    total = dict(tangents)
    for node in graph.nodes:
        name = node.symbol.name
        total[name] += sum(slope * total[parent] for parent, slope in point.partials(name).items())
        total[name] %= P
    output = graph.output.symbol.name
    assert total[output] == sum(a * tangents[v] for v, a in point.adjoints(output).items()) % P


@CASES
def test_the_truth_at_a_rational_point_is_what_finite_differences_see(graph: Graph) -> None:
    """Adjoints by the reverse sweep equal central differences of the output."""
    positive = {leaf.symbol.name: frozenset({"positive"}) for leaf in graph.leaves}
    try:
        point = next(Draws(Setting(graph, (), positive), 3).rational_points())
    except StopIteration:
        pytest.skip("no point in its domain")
    digits = high_precision(30)
    leaves = {leaf.symbol.name: point.env[leaf.symbol.name] for leaf in graph.leaves}
    output = graph.output.symbol.name
    h = digits.context.mpf(10) ** -12

    def shifted(name: str, by: object) -> object:
        from symbackprop.arithmetic import evaluate

        env = dict(leaves)
        env[name] += by
        for node in graph.nodes:
            env[node.symbol.name] = evaluate(node.expr, env, digits)
        return env[output]

    for name in list(leaves)[:4]:
        difference = (shifted(name, h) - shifted(name, -h)) / (2 * h)
        assert abs(difference - point.adjoints(output).get(name, 0)) < 1e-15 * max(1, abs(difference))


@pytest.mark.parametrize("name", SLOPES)
def test_the_slopes_written_a_second_time_are_derivatives(name: str) -> None:
    """What truth rests on for elementary functions: each slope is the limit of the difference quotient."""
    digits = high_precision(30)
    context = digits.context
    from symbackprop.arithmetic import evaluate

    for z in (Fraction(3, 10), Fraction(7, 10)):
        at = digits.number(z)
        slope = evaluate(SLOPES[name], {HOLE.name: at}, digits)
        assert abs(slope - context.diff(lambda u: digits.elementary(name, u), at)) < 1e-15


def test_every_elementary_function_has_its_slope() -> None:
    """A function without definition in the table has a slope here."""
    assert {name for name, row in FUNCTIONS.items() if row.define is None} == set(SLOPES)


def test_the_fields_are_what_they_claim_to_be() -> None:
    """P, Q, R are primes, P = 2Q + 1, R divides P + 1, −1 is no square, and 2, 3, 5, 7 are."""
    from sympy import isprime

    assert isprime(P)
    assert isprime(Q)
    assert isprime(R)
    assert P == 2 * Q + 1
    assert (P + 1) % R == 0
    for prime in (P, Q, R):
        assert prime % 4 == 3
    for prime in (P, Q):
        assert all(pow(n, prime // 2, prime) == 1 for n in (2, 3, 5, 7))


def test_rotations_have_norm_one_and_order_r() -> None:
    """c² + s² = 1, and R turns are none."""
    point = Draws(Setting(graph_of("f = sin(x)"), (), {}), 0).field_point
    assert point is not None
    c, s = point.turn
    assert (c * c + s * s) % P == 1
    assert (c, s) != (1, 0)
    assert rotate(point.turn, R) == (1, 0)


def test_adjoints_and_local_derivatives_are_known_by_what_they_belong_to() -> None:
    """Names which could mean two things do not confuse the check."""
    graph = graph_of("a = 2*b_c; a_b = 3*c; f = a*a_b")
    steps = [
        LocalDerivative(Partial("local_a_b_c", "a", "b_c"), Number(2), "linear"),
        LocalDerivative(Partial("local_a_b_c", "a_b", "c"), Number(3), "linear"),
        ChainRule(Adjoint("df_da", "f", "a"), Symbol("a_b")),
        Substitution(Adjoint("df_dc", "f", "c"), mul(3, Symbol("a")), ()),
        Substitution(Adjoint("df_dq", "f", "q"), Number(0), ()),
    ]
    assert set(verify(graph, steps)) <= {"exact", "sampled"}


def test_rounded_steps_are_left_to_their_own_checks() -> None:
    """Evaluations and updates hold rounded numbers."""
    graph = graph_of("f = x^2")
    steps = [Evaluation(Symbol("f"), Number(3)), Update(X, X - 1), Definition(Symbol("f"), X**2)]
    assert verify(graph, steps) == ("unchecked", "unchecked", "exact")


def test_presentation_around_mathematics_is_looked_through() -> None:
    """Colours, braces, displayed products and d/dx before an expression do not hide a value."""
    graph = graph_of("u = 2*x + 1; f = u^3")
    partial = Partial("local_f_u", "f", "u")
    u = Symbol("u")
    for value in (
        Apply(u**3, u),
        add(Apply(u**3, u, ordinary=True), Apply(Number(5), u)),
        Display((Number(3), Tint(u, 1), Brace(u, u))),
        Tint(3 * u**2, 0),
    ):
        assert verify(graph, [LocalDerivative(partial, value, "power")]) == ("exact",)
    with pytest.raises(InternalError, match="false"):
        verify(graph, [LocalDerivative(partial, Apply(u**2, u), "power")])
    with pytest.raises(InternalError, match="Numeral"):
        verify(graph, [LocalDerivative(partial, Numeral("3"), "power")])


def test_a_step_that_uses_what_is_not_defined_is_an_internal_error() -> None:
    """Neither symbol nor function may come out of nowhere."""
    graph = graph_of("f = x^2")
    with pytest.raises(InternalError, match="uses q, which is not defined"):
        verify(graph, [Substitution(Symbol("f"), Symbol("q"), ())])
    with pytest.raises(InternalError, match=r'sigmiod.*did you mean "sigmoid"'):
        verify(graph, [Substitution(Symbol("f"), call("sigmiod", X), ())])


def test_a_wrong_division_by_zero_is_no_proof() -> None:
    """A side without any value is undecided, never exact."""
    graph = graph_of("f = x^2")
    broken = div(X, Sum((X, mul(-1, X))))
    assert verify(graph, [Substitution(Symbol("f"), broken, ())]) == ("undecided",)
    nowhere = graph_of("u = x - x; f = 1/u")
    assert verify(nowhere, [Substitution(Symbol("f"), Symbol("x"), ())]) == ("undecided",)


def test_many_roots_do_not_stop_the_check() -> None:
    """With twenty roots no point has all arguments positive; their laws are then sampled, the rest stays exact."""
    names = [f"v{k}" for k in range(20)]
    graph = graph_of("; ".join(f"r{name} = sqrt({name})" for name in names) + "; f = " + " + ".join(f"r{n}" for n in names))
    verdicts = verify(graph, [*backpropagate(graph).steps, Substitution(Symbol("f"), graph.output.expr, ())])
    assert set(verdicts) <= {"exact", "sampled"}
    squared = [Substitution(Symbol(n), Symbol(f"r{n}") ** 2, ()) for n in names]
    assert set(verify(graph, squared)) <= {"exact", "sampled"}


def test_gaussian_constants_are_roots_of_positive_numbers() -> None:
    """√(2π) = √2·√π, in exponents too."""
    graph = graph_of("f = exp(-(x/sqrt(2))^2)/sqrt(2*pi)")
    claim = div(call("exp", div(-(X**2), 2)), Product((call("sqrt", Number(2)), call("sqrt", PI))))
    assert verify(graph, [Substitution(Symbol("f"), claim, ())]) == ("exact",)


def test_exact_checks_import_neither_mpmath_nor_numpy_nor_sympy() -> None:
    """The command stays quick: heavy libraries are for the steps that need them."""
    program = (
        "import sys; from symbackprop.network import *; from symbackprop.backprop import *; from symbackprop.verify import *; "
        "g = Network(2, (Layer(2, 'elu'), Layer(1))).graph(); assert set(verify(g, backpropagate(g).steps)) == {'exact'}; "
        "print([m for m in ('mpmath', 'numpy', 'sympy') if m in sys.modules])"
    )
    result = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert result.stdout.strip() == "[]"


def test_checking_costs_less_than_deriving() -> None:
    """A network of 1,240 parameters: the check is linear and at most as long as the derivation."""
    from time import process_time

    graph = Network(20, (Layer(20), Layer(20), Layer(20))).graph()
    ratios = []
    for _ in range(5):
        start = process_time()
        steps = backpropagate(graph).steps
        middle = process_time()
        verify(graph, steps)
        ratios.append((process_time() - middle) / (middle - start))
    assert min(ratios) < 1


def test_the_tables_are_not_empty() -> None:
    """No law passes by running nothing."""
    assert len(GRAPHS) > 60
    assert len(SMALL) > 12
    assert len(CLAIMS) > 20
    assert isinstance(GRAPHS[0].output.expr, Expr)
