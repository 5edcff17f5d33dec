"""Training: against closed forms, published numbers, PyTorch and one-sample runs; what it predicts; how it stops."""

from __future__ import annotations

import math
import random
import time
from collections.abc import Mapping

import pytest

from symbackprop.backprop import Backward, backpropagate
from symbackprop.errors import DomainError, InputError, SymbackpropError, TooLargeError, UnknownNameError
from symbackprop.evaluate import evaluate_at
from symbackprop.expr import Adjoint, Expr, Number, Symbol, call, number
from symbackprop.graph import Graph, Leaf, Node, Role
from symbackprop.network import Layer, Network
from symbackprop.optimizers import OPTIMIZERS, make_options
from symbackprop.train import Trajectory, train, trained_parameters

SGD = make_options("sgd", {"learning_rate": 0.1})


def definitions(text_leaves: str, **nodes: Expr) -> Backward:
    """Sweep a plain function: leaves by name, then definitions in order."""
    leaves = tuple(Leaf(Symbol(name), Role.VARIABLE) for name in text_leaves.split())
    return backpropagate(Graph(leaves, tuple(Node(Symbol(n), e, Role.INTERMEDIATE) for n, e in nodes.items())))


def network(*sizes: int, activation: str = "tanh", **given: object) -> Backward:
    """Sweep a network, the same activation in every layer."""
    layers = tuple(Layer(units, activation) for units in sizes[1:])
    return backpropagate(Network(sizes[0], layers, **given).graph())


def somewhere(backward: Backward, seed: int = 1) -> dict[str, float]:
    """Give every leaf a number, the same for the same leaf in every problem."""
    return {leaf.symbol.name: random.Random(f"{seed} {leaf.symbol.name}").uniform(-1, 1) for leaf in backward.graph.leaves}


def line_by_hand() -> Backward:
    """Write L = (w·x + b − y)² and its backward pass by hand, so that nothing here rests on the sweep."""
    w, x, b, y, r = map(Symbol, "wxbyr")
    leaves = (Leaf(w, Role.WEIGHT), Leaf(x, Role.INPUT), Leaf(b, Role.BIAS), Leaf(y, Role.TARGET))
    nodes = (Node(r, w * x + b - y, Role.INTERMEDIATE), Node(Symbol("L"), r**2, Role.LOSS))
    dr = Adjoint("dL_dr", "L", "r")
    adjoints = (
        Node(dr, 2 * r, Role.ADJOINT),
        Node(Adjoint("dL_dw", "L", "w"), dr * x, Role.ADJOINT),
        Node(Adjoint("dL_db", "L", "b"), dr, Role.ADJOINT),
    )
    return Backward(Graph(leaves, nodes), ("L",), (), adjoints, {})


MAZUR = {
    "x_1": 0.05, "x_2": 0.1, "y_1": 0.01, "y_2": 0.99,
    "w1_1_1": 0.15, "w1_1_2": 0.2, "w1_2_1": 0.25, "w1_2_2": 0.3, "b1_1": 0.35, "b1_2": 0.35,
    "w2_1_1": 0.4, "w2_1_2": 0.45, "w2_2_1": 0.5, "w2_2_2": 0.55, "b2_1": 0.6, "b2_2": 0.6,
}  # fmt: skip


def test_a_step_by_hand() -> None:
    """From w = 2, b = 1 at x = 3, y = 5 the residual is 2, the gradient (12, 4); one step of 0.1 leads to (0.8, 0.6)."""
    run = train(line_by_hand(), {"w": 2, "x": 3, "b": 1, "y": 5}, SGD, 1)

    assert run.parameters == ("w", "b")
    assert run.points[0].loss == 4
    assert run.points[0].gradients == {"L": 1, "r": 4, "w": 12, "b": 4}
    assert run.points[1].parameters == {"w": pytest.approx(0.8), "b": pytest.approx(0.6)}
    assert run.points[1].values["r"] == pytest.approx(0.8 * 3 + 0.6 - 5)
    assert run.changes[0].predicted == pytest.approx(-0.1 * 160)
    assert run.changes[0].gradient_norm == pytest.approx(math.sqrt(160))
    assert run.changes[0].actual == pytest.approx(4 - 4)


def test_the_residual_of_a_line_shrinks_by_a_known_factor() -> None:
    """For L = (w·x + b − y)² each step multiplies the residual by 1 − 2η(x² + 1)."""
    run = train(line_by_hand(), {"w": 2, "x": 3, "b": 1, "y": 5}, make_options("sgd", {"lr": 0.01}), 30)

    for step, point in enumerate(run.points):
        assert point["r"] == pytest.approx(2 * (1 - 0.02 * 10) ** step, rel=1e-12)


def test_mazur_in_full() -> None:
    """The numbers of the published example after 1, 9,999 and 10,000 rounds; biases stay; ten thousand steps take seconds."""
    backward = network(2, 2, 2, activation="sigmoid")
    started = time.perf_counter()
    run = train(backward, MAZUR, make_options("sgd", {"lr": 0.5}), 10_000, parameters=["W1", "W2"])
    seconds = time.perf_counter() - started

    assert run.points[1].parameters == pytest.approx(
        {
            "w1_1_1": 0.1497807161327628, "w1_1_2": 0.19956143226552567, "w1_2_1": 0.24975114363236958,
            "w1_2_2": 0.29950228726473915, "w2_1_1": 0.35891647971788465, "w2_1_2": 0.4086661860762334,
            "w2_2_1": 0.5113012702387375, "w2_2_2": 0.5613701211079891,
        },
        rel=1e-13,
    )  # fmt: skip
    assert run.points[1].loss == pytest.approx(0.29102777369359933, rel=1e-13)
    assert run.points[9999].loss == pytest.approx(3.510854812251261e-05, rel=1e-9)
    assert run.points[10_000].loss == pytest.approx(3.510187782978859e-05, rel=1e-9)
    assert run.points[10_000]["a2_1"] == pytest.approx(0.01591362044355068, rel=1e-9)
    assert {name: run.points[10_000][name] for name in ("b1_1", "b1_2", "b2_1", "b2_2")} == {
        name: MAZUR[name] for name in ("b1_1", "b1_2", "b2_1", "b2_2")
    }
    assert seconds < 10  # 0.2 on an ordinary machine


def test_ascent_climbs() -> None:
    """Karpathy's lecture: L = (a·b + c)·f goes from −8 to −7.286496 when every input moves along its gradient."""
    a, b, c, f = map(Symbol, "abcf")
    backward = definitions("a b c f", e=a * b, d=Symbol("e") + c, L=Symbol("d") * f)
    options = make_options("sgd", {"lr": 0.01, "direction": "ascent"})
    run = train(backward, {"a": 2, "b": -3, "c": 10, "f": -2}, options, 1)

    assert run.parameters == ("a", "b", "c", "f")
    assert [point.loss for point in run.points] == [-8, pytest.approx(-7.286496, rel=1e-12)]
    assert run.changes[0].predicted > 0


def test_values_and_gradients_of_a_point_are_those_of_its_parameters() -> None:
    """Each point holds exactly what `evaluate_at` finds for its leaves, adjoints of single samples included."""
    backward = network(2, 3, 2, activation="sigmoid", samples=2, l2=number(1))
    run = train(backward, somewhere(backward), make_options("adam", {"lr": 0.1}), 3)

    for point in run.points:
        leaves = {leaf.symbol.name: point[leaf.symbol.name] for leaf in backward.graph.leaves}
        alone = evaluate_at(backward, {name: _exactly(value) for name, value in leaves.items()})
        assert point.values == alone.values
        assert point.gradients == alone.gradients
        assert {name: point[name] for name in alone.adjoints} == alone.adjoints


def _exactly(value: float) -> Number:
    from fractions import Fraction

    return Number(Fraction(value))


@pytest.mark.parametrize("name", OPTIMIZERS)
@pytest.mark.parametrize("direction", ["descent", "ascent"])
def test_a_network_trains_as_in_pytorch(name: str, direction: str) -> None:
    """Ten steps on three samples: every parameter equals PyTorch's, whatever the optimizer."""
    torch = pytest.importorskip("torch")
    backward = network(2, 3, 1, loss="squared_error", samples=3)
    point = somewhere(backward)
    options = make_options(name, {"lr": 0.05, "direction": direction})
    ours = train(backward, point, options, 10)

    def tensor(values: list) -> object:
        return torch.tensor(values, dtype=torch.float64, requires_grad=True)

    w1 = tensor([[point[f"w1_{j}_{k}"] for k in (1, 2)] for j in (1, 2, 3)])
    w2 = tensor([[point[f"w2_1_{k}"] for k in (1, 2, 3)]])
    b1, b2 = tensor([point[f"b1_{j}"] for j in (1, 2, 3)]), tensor([point["b2_1"]])
    x = torch.tensor([[point[f"x_{k}_s{s}"] for k in (1, 2)] for s in (1, 2, 3)], dtype=torch.float64)
    y = torch.tensor([[point[f"y_1_s{s}"]] for s in (1, 2, 3)], dtype=torch.float64)
    kind = {"sgd": "SGD", "momentum": "SGD", "nesterov": "SGD", "adagrad": "Adagrad", "rmsprop": "RMSprop"}
    extra = {"momentum": {"momentum": 0.9}, "nesterov": {"momentum": 0.9, "nesterov": True}}
    optimizer = getattr(torch.optim, kind.get(name, {"adam": "Adam", "adamw": "AdamW"}.get(name, "")))(
        [w1, b1, w2, b2], lr=0.05, maximize=direction == "ascent", **extra.get(name, {})
    )
    for step in range(11):
        optimizer.zero_grad()
        loss = (torch.tanh(torch.tanh(x @ w1.T + b1) @ w2.T + b2) - y).square().mean()
        assert ours.points[step].loss == pytest.approx(loss.item(), rel=1e-10)
        loss.backward()
        optimizer.step()


@pytest.mark.parametrize("l2", [None, number(1)])
@pytest.mark.parametrize("reduction", ["mean", "sum", "half_mean"])
def test_online_training_is_one_sample_after_the_other(l2: Number | None, reduction: str) -> None:
    """Each update is the update of a problem with that sample alone, its penalty included, in the given order."""
    samples, steps = 3, 7
    together = network(2, 2, 1, samples=samples, reduction=reduction, l2=l2)
    alone = network(2, 2, 1, l2=l2)
    point = somewhere(together)
    run = train(together, point, SGD, steps, update="online")

    for step in range(1, steps + 1):
        sample = (step - 1) % samples + 1
        here = {leaf: run.points[step - 1][leaf if leaf in point else f"{leaf}_s{sample}"] for leaf in alone.graph.leaf_by_name}
        single = train(alone, here, SGD, 1)
        assert run.points[step].parameters == pytest.approx(single.points[1].parameters, rel=1e-13)
        change, expected = run.change(step), single.change(1)
        assert change.sample == sample
        assert (change.before, change.after) == pytest.approx((expected.before, expected.after), rel=1e-13)
        assert change.predicted == pytest.approx(expected.predicted, rel=1e-12)


def test_online_updates_need_samples() -> None:
    """With one sample, or none, online training is batch training."""
    backward = network(2, 2, 1)
    point = somewhere(backward)

    batch, online = (train(backward, point, SGD, 4, update=update) for update in ("batch", "online"))
    assert [p.numbers for p in batch.points] == [p.numbers for p in online.points]


def test_state_goes_from_update_to_update_online_too() -> None:
    """Momentum remembers the gradient of the sample before."""
    backward = network(1, 1, activation="identity", samples=2)
    run = train(backward, somewhere(backward), make_options("momentum", {"lr": 0.1, "momentum": 0.5}), 2, update="online")
    first, second = (run.parameter_update(step, "w1_1_1") for step in (1, 2))

    assert first.before["v"] == 0
    assert second.before["v"] == first.before["g"]
    assert run.points[2].state["w1_1_1"]["v"] == 0.5 * first.before["g"] + second.before["g"]


def test_a_reported_figure_is_measured_but_not_minimised() -> None:
    """Grokking Deep Learning's four steps: half the squared error is minimised, the squared error reported."""
    backward = backpropagate(Network(1, (Layer(1, "identity", biases=False),)).graph())
    point = {"x_1": 1.1, "w1_1_1": 0.0, "y_1": 0.8}
    run = train(backward, point, make_options("sgd", {"lr": 1}), 3, report="squared_error")

    reports = [0.6400000000000001, 0.02822400000000005, 0.0012446784000000064, 5.4890317439999896e-05]
    assert [p.report for p in run.points] == pytest.approx(reports, rel=1e-13)
    assert [p["a1_1"] for p in run.points] == pytest.approx([0, 0.9680000000000002, 0.76472, 0.8074088], rel=1e-14)
    assert run.points[1].gradients["w1_1_1"] == pytest.approx(0.1848000000000002, rel=1e-14)
    assert run.epoch_reports == pytest.approx(reports[:3], rel=1e-13)


def test_the_report_of_an_epoch_measures_each_sample_before_its_update() -> None:
    """Online, sample k of the epoch is measured at the parameters its update starts from; an unfinished epoch is left out."""
    backward = network(2, 1, samples=3)
    run = train(backward, somewhere(backward), SGD, 8, update="online", report="sse")

    def error(step: int, sample: int) -> float:
        point = run.points[step]
        return (point[f"a1_1_s{sample}"] - point[f"y_1_s{sample}"]) ** 2

    expected = [sum(error(3 * epoch + k, k + 1) for k in range(3)) for epoch in range(2)]
    assert run.epoch_reports == pytest.approx(expected, rel=1e-14)
    assert run.points[0].report == pytest.approx(sum(error(0, s) for s in (1, 2, 3)), rel=1e-14)


def test_a_report_may_be_a_definition() -> None:
    """On plain definitions any name can be reported."""
    x = Symbol("x")
    run = train(definitions("x", e=x - 3, f=Symbol("e") ** 2), {"x": 1}, SGD, 1, report="e")

    assert [p.report for p in run.points] == [-2, pytest.approx(-1.6)]


def test_without_a_report_there_is_none() -> None:
    """No figure, no sums."""
    run = train(line_by_hand(), {"w": 2, "x": 3, "b": 1, "y": 5}, SGD, 1)

    assert run.points[0].report is None
    assert run.epoch_reports == ()


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_the_prediction_is_first_order(name: str) -> None:
    """Halving a small learning rate quarters what the prediction leaves over."""
    backward = network(2, 3, 2, activation="sigmoid")
    point = somewhere(backward)
    rests = []
    for rate in (0.002, 0.001):
        given = {"lr": rate, "weight_decay": 0.1} if name == "adamw" else {"lr": rate}
        change = train(backward, point, make_options(name, given), 1).change(1)
        assert change.actual == pytest.approx(change.predicted, rel=0.05)
        assert change.rest == change.actual - change.predicted
        rests.append(change.rest)

    assert rests[0] / rests[1] == pytest.approx(4, rel=0.05)


def test_gradient_descent_predicts_minus_eta_times_the_squared_norm() -> None:
    """−η‖∇L‖² over the trained parameters only, and every loss on the way down falls."""
    backward = network(2, 2, 2, activation="sigmoid")
    run = train(backward, MAZUR, make_options("sgd", {"lr": 0.5}), 5, parameters=["W1", "W2"])

    for change, point in zip(run.changes, run.points, strict=False):
        norm = math.hypot(*(point.gradients[name] for name in run.parameters))
        assert change.gradient_norm == pytest.approx(norm, rel=1e-14)
        assert change.predicted == pytest.approx(-0.5 * norm**2, rel=1e-14)
        assert change.actual < 0


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_an_update_written_out_has_the_very_numbers(name: str) -> None:
    """The lines of `parameter_update` end in the next point's parameter and state, to the last bit."""
    backward = network(2, 2, 1, samples=2)
    run = train(backward, somewhere(backward), make_options(name, {}), 4, update="online")

    for step in (1, 4):
        for parameter in run.parameters:
            written = run.parameter_update(step, parameter)
            values = {line: value for line, _, value in written.lines}
            assert written.before["w"] == run.points[step - 1][parameter]
            assert written.before["t"] == step
            assert written.lines[-1][0] == "w"
            assert values["w"] == run.points[step][parameter]
            assert {key: values[key] for key in run.points[step].state.get(parameter, {})} == run.points[step].state.get(
                parameter, {}
            )


def test_only_what_is_chosen_moves() -> None:
    """A layer's weights, a single bias: nothing else changes."""
    backward = network(2, 2, 1)
    run = train(backward, somewhere(backward), SGD, 3, parameters=["b1_2", "W2"])

    moved = {leaf for leaf in backward.graph.leaf_by_name if run.points[3][leaf] != run.points[0][leaf]}
    assert moved == {"w2_1_1", "w2_1_2", "b1_2"} == set(run.parameters)


def test_what_is_trained_by_default() -> None:
    """Weights and biases of a network; every leaf of plain definitions; a leaf without influence stays where it is."""
    assert trained_parameters(network(1, 2, 1).graph) == ("w1_1_1", "w1_2_1", "b1_1", "b1_2", "w2_1_1", "w2_1_2", "b2_1")
    x = Symbol("x")
    run = train(definitions("x u", f=x**2), {"x": 1, "u": 5}, SGD, 2)
    assert run.parameters == ("x", "u")
    assert run.points[2]["u"] == 5


def test_groups_are_layers() -> None:
    """W1 means the weights of layer 1 and b2 the biases of layer 2, in the graph's order however they are listed."""
    graph = network(1, 2, 1).graph

    assert trained_parameters(graph, ["b2", "W1", "w1_1_1"]) == ("w1_1_1", "w1_2_1", "b2_1")


def test_progress_is_told() -> None:
    """The callback hears of every update."""
    heard: list[int] = []
    train(line_by_hand(), {"w": 2, "x": 3, "b": 1, "y": 5}, SGD, 4, progress=heard.append)

    assert heard == [1, 2, 3, 4]


def test_a_state_can_be_given() -> None:
    """Momentum that starts with a velocity of 10 for w moves by η(μ·10 + g), and b by ηg."""
    options = make_options("momentum", {"lr": 0.1, "momentum": 0.5, "state": {"v": {"w": 10}}})
    run = train(line_by_hand(), {"w": 2, "x": 3, "b": 1, "y": 5}, options, 1)

    assert run.points[0].state == {"w": {"v": 10}, "b": {"v": 0}}
    assert run.points[1].parameters == pytest.approx({"w": 2 - 0.1 * (5 + 12), "b": 1 - 0.1 * 4})


def test_no_steps_is_the_start() -> None:
    """Zero steps give one point and no change."""
    run = train(line_by_hand(), {"w": 2, "x": 3, "b": 1, "y": 5}, SGD, 0)

    assert (run.steps, len(run.points), run.changes) == (0, 1, ())


def test_the_same_input_gives_the_same_bytes() -> None:
    """Two runs agree to the last bit."""
    backward = network(3, 4, 2, samples=3, l2=number(1))
    runs = [train(backward, somewhere(backward), make_options("adamw", {}), 5, update="online") for _ in range(2)]

    assert [p.numbers.tobytes() for p in runs[0].points] == [p.numbers.tobytes() for p in runs[1].points]
    assert runs[0].changes == runs[1].changes


def bad_runs() -> dict[str, tuple[type[SymbackpropError], str, object]]:
    """Each way to go wrong: the error and its message."""
    point = {"w": 2.0, "x": 3.0, "b": 1.0, "y": 5.0}
    x, y, w = Symbol("x"), Symbol("y"), Symbol("w")

    def line(here: Mapping[str, Expr | float] = point, *, steps: object = 1, rate: float = 0.1, **given: object) -> Trajectory:
        return train(line_by_hand(), here, make_options("sgd", {"lr": rate}), steps, **given)

    def plain(names: str, here: dict[str, float], options=SGD, steps: int = 9, **nodes: Expr) -> Trajectory:
        return train(definitions(names, **nodes), here, options, steps)

    return {
        "steps negative": (InputError, "steps is -1; it must be a whole number, 0 or more", lambda: line(steps=-1)),
        "steps not whole": (InputError, "steps is 2.5; it must be a whole number, 0 or more", lambda: line(steps=2.5)),
        "update unknown": (
            InputError, 'update is "onlin"; did you mean "online"? It must be batch or online', lambda: line(update="onlin"),
        ),
        "a leaf without number": (InputError, "training needs numbers, and y has none", lambda: line({"w": 2, "x": 3, "b": 1})),
        "no numbers": (InputError, "training needs numbers, and w, x, b, y have none", lambda: line({})),
        "not finite": (InputError, "x is nan; training needs finite numbers", lambda: line({**point, "x": math.nan})),
        "trained unknown": (UnknownNameError, 'train: unknown name "W3"', lambda: line(parameters=["W3"])),
        "trained computed": (
            InputError, "r is computed, so it cannot be trained; the parameters are w, b", lambda: line(parameters=["r"]),
        ),
        "state of nothing": (
            UnknownNameError,
            'state v is given for w1, which is not trained; did you mean "w"?',
            lambda: train(line_by_hand(), point, make_options("momentum", {"state": {"v": {"w1": 1}}}), 1),
        ),
        "report without outputs": (
            InputError,
            'report "squared_error" compares the outputs of a network with its targets, and this problem has none',
            lambda: line(report="squared_error"),
        ),
        "report unknown": (
            UnknownNameError, 'unknown loss "squared_eror"; did you mean "squared_error"?', lambda: line(report="squared_eror"),
        ),
        "too many steps": (TooLargeError, "would not fit in memory; at most", lambda: line(steps=10**12)),
        "the loss overflows": (
            DomainError,
            "training stops at step 52: L is inf (where r = 1.89861e+156); a smaller learning rate may help",
            lambda: line(steps=100, rate=50),
        ),
        "no logarithm": (
            DomainError,
            "training stops at step 1: f has no value: log of -1 (where x = -1)",
            lambda: plain("x", {"x": 1.0}, make_options("sgd", {"lr": 2}), f=call("log", x)),
        ),
        "no value at the start": (
            DomainError,
            "training stops at step 0: f has no value: division by zero (where x = 1, y = 0)",
            lambda: plain("x y", {"x": 1.0, "y": 0.0}, f=x / y),
        ),
        "infinite at the start": (
            DomainError, "training stops at step 0: f is inf (where x = 1000)", lambda: plain("x", {"x": 1e3}, f=call("exp", x)),
        ),
        "a parameter overflows": (
            DomainError, "training stops at update 1: w is -inf; a smaller learning rate may help",
            lambda: plain("w", {"w": 0.0}, make_options("sgd", {"lr": 1e308}), f=2 * w),
        ),
        "a state overflows": (
            DomainError, "training stops at update 1: s of w is inf",
            lambda: plain("w", {"w": 1.0}, make_options("adagrad", {}), f=10**200 * w),
        ),
        "a recurrence divides by zero": (
            DomainError, "training stops at update 1 of w: division by zero",
            lambda: plain("w", {"w": 0.0}, make_options("adam", {"eps": 0}), f=w**2),
        ),
    }  # fmt: skip


@pytest.mark.parametrize("case", bad_runs())
def test_what_goes_wrong_is_said(case: str) -> None:
    """The message names the step, the definition, its value and the way out."""
    kind, message, run = bad_runs()[case]
    with pytest.raises(kind) as caught:
        run()

    assert type(caught.value) is kind
    assert message in str(caught.value)


def test_asking_for_what_is_not_there_is_said() -> None:
    """Names and updates that do not exist are answered with those that do."""
    run = train(line_by_hand(), {"w": 2, "x": 3, "b": 1, "y": 5}, SGD, 1)

    with pytest.raises(UnknownNameError, match=r'dL_dv is not a quantity of this problem; did you mean "dL_dw"\?'):
        run.points[0]["dL_dv"]
    with pytest.raises(InputError, match="there is no update 2; there were 1"):
        run.change(2)
    with pytest.raises(InputError, match="there is no update 0; there were 1"):
        run.parameter_update(0, "w")
    with pytest.raises(UnknownNameError, match="x is not trained"):
        run.parameter_update(1, "x")
