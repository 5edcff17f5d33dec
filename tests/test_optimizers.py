"""Optimizers: each recurrence against PyTorch, published numbers and its own laws; every wrong option against its message."""

from __future__ import annotations

import itertools
import math
from fractions import Fraction

import pytest

from symbackprop.errors import DomainError, ProblemError, UnknownNameError
from symbackprop.expr import Adjoint, Number, Symbol, symbols
from symbackprop.optimizers import (
    DIRECTIONS,
    HYPERPARAMETERS,
    OPTIMIZERS,
    OptimizerOptions,
    check_options,
    compile_update,
    find_optimizer,
    make_options,
)

ROWS = sorted(OPTIMIZERS)


def run(options: OptimizerOptions, w: float, gradient, steps: int, state: dict[str, float] | None = None) -> list[float]:
    """Return w after each of so many updates."""
    update, history = compile_update(options), []
    state = state or {name: float(value.value) for name, value in options.start("w").items()}
    for t in range(1, steps + 1):
        values = update(w, gradient(w), t, state)
        w, state = values["w"], {name: values[name] for name in state}
        history.append(w)
    return history


def bowl(w: float) -> float:
    """Return the gradient of a bumpy bowl, which changes sign and size along the way."""
    return 2 * w + 3 * math.sin(3 * w)


def every_choice() -> list[tuple[str, str, str, bool]]:
    """List each optimizer with each value of each switch it has."""
    return [
        (name, direction, style, inside)
        for name in ROWS
        for direction in DIRECTIONS
        for style in OPTIMIZERS[name].styles
        for inside in ((False, True) if "eps" in OPTIMIZERS[name].defaults else (False,))
    ]


def choose(name: str, direction: str, style: str, *, inside: bool, **given: object) -> OptimizerOptions:
    """Fill in only the switches this optimizer has."""
    switches = {"direction": direction, "style": style, "eps_inside_sqrt": inside}
    return make_options(name, {**{k: v for k, v in switches.items() if k in OPTIMIZERS[name].keys}, **given})


def test_the_table_has_the_seven_optimizers() -> None:
    """The promised rows are there, so no parametrised test below is empty."""
    assert list(OPTIMIZERS) == ["sgd", "momentum", "nesterov", "adagrad", "rmsprop", "adam", "adamw"]
    assert len(every_choice()) == 2 * (1 + 2 + 2 + 2 + 2 + 2 + 2)


@pytest.mark.parametrize(("name", "direction", "style", "inside"), every_choice())
def test_a_recurrence_reads_from_top_to_bottom(name: str, direction: str, style: str, *, inside: bool) -> None:
    """A line uses only w, g, t, state, hyperparameters and earlier lines; each state is renewed; w is last."""
    options = choose(name, direction, style, inside=inside)
    row = OPTIMIZERS[name]
    known = {"w", "g", "t", *options.constants, *(state.name for state in row.state)}

    for line, expr in options.recurrence:
        assert set(symbols(expr)) <= known
        known.add(line)
    lines = [line for line, _ in options.recurrence]
    assert lines[-1] == "w"
    assert {state.name for state in row.state} <= set(lines)
    assert set(lines) <= {"w", *(state.name for state in row.state), *row.titles}


@pytest.mark.parametrize(("name", "direction", "style", "inside"), every_choice())
def test_every_hyperparameter_listed_is_used(name: str, direction: str, style: str, *, inside: bool) -> None:
    """No optimizer lists a hyperparameter that its recurrence ignores."""
    options = choose(name, direction, style, inside=inside)
    used = {symbol for _, expr in options.recurrence for symbol in symbols(expr)}

    assert set(options.constants) <= used


@pytest.mark.parametrize(("name", "direction", "style", "inside"), every_choice())
def test_the_first_step_goes_the_way_it_says(name: str, direction: str, style: str, *, inside: bool) -> None:
    """The first update moves against the gradient, and along it where asked to climb."""
    given = {"weight_decay": 0} if name == "adamw" else {}
    options = choose(name, direction, style, inside=inside, **given)

    for gradient in (2.5, -0.3):
        moved = run(options, 1.0, lambda _, g=gradient: g, 1)[0] - 1.0
        assert math.copysign(1, moved) == math.copysign(1, gradient) * (1 if direction == "ascent" else -1)


@pytest.mark.parametrize("name", ROWS)
def test_climbing_is_descending_on_the_negative(name: str) -> None:
    """Ascent on f takes the steps of descent on −f."""
    up = run(make_options(name, {"direction": "ascent"}), 0.7, bowl, 25)
    down = run(make_options(name, {}), 0.7, lambda w: -bowl(w), 25)

    assert up == pytest.approx(down, rel=1e-14)


@pytest.mark.parametrize("name", [name for name in ROWS if len(OPTIMIZERS[name].styles) > 1])
@pytest.mark.parametrize("direction", DIRECTIONS)
def test_both_styles_of_momentum_give_the_same_parameters(name: str, direction: str) -> None:
    """Whether the velocity gathers gradients or steps does not show in w while the learning rate stays the same."""
    histories = [
        run(choose(name, direction, style, inside=False, learning_rate=0.05), 1.5, bowl, 40) for style in OPTIMIZERS[name].styles
    ]

    assert histories[0] == pytest.approx(histories[1], rel=1e-12)


TORCH = {
    "sgd": ("SGD", {}, {}),
    "momentum": ("SGD", {"momentum": 0.9}, {}),
    "nesterov": ("SGD", {"momentum": 0.9, "nesterov": True}, {}),
    "adagrad": ("Adagrad", {}, {}),
    "rmsprop": ("RMSprop", {}, {}),
    "adam": ("Adam", {}, {}),
    "adamw": ("AdamW", {}, {}),
    "momentum, chosen": ("SGD", {"lr": 0.1, "momentum": 0.5}, {"learning_rate": 0.1, "momentum": 0.5}),
    "nesterov, chosen": ("SGD", {"lr": 0.1, "momentum": 0.5, "nesterov": True}, {"learning_rate": 0.1, "momentum": 0.5}),
    "adagrad, chosen": (
        "Adagrad", {"lr": 0.3, "eps": 1e-3, "initial_accumulator_value": 0.1}, {"lr": 0.3, "eps": 1e-3, "state": {"s": 0.1}},
    ),
    "rmsprop, chosen": ("RMSprop", {"lr": 0.05, "alpha": 0.8, "eps": 1e-2}, {"lr": 0.05, "alpha": 0.8, "eps": 1e-2}),
    "adam, chosen": ("Adam", {"lr": 0.2, "betas": (0.8, 0.9), "eps": 1e-3}, {"lr": 0.2, "beta1": 0.8, "beta2": 0.9, "eps": 1e-3}),
    "adamw, chosen": ("AdamW", {"lr": 0.2, "weight_decay": 0.3}, {"lr": 0.2, "weight_decay": 0.3}),
}  # fmt: skip


@pytest.mark.parametrize("case", TORCH)
@pytest.mark.parametrize("direction", DIRECTIONS)
def test_every_optimizer_equals_pytorch(case: str, direction: str) -> None:
    """Twenty steps give the numbers of torch.optim, with its defaults and with others."""
    torch = pytest.importorskip("torch")
    theirs, their_options, our_options = TORCH[case]
    w = torch.tensor(1.5, dtype=torch.float64, requires_grad=True)
    maximize = direction == "ascent"
    optimizer = getattr(torch.optim, theirs)([w], **their_options, maximize=maximize)
    expected = []
    for _ in range(20):
        optimizer.zero_grad()
        (w**2 - torch.cos(3 * w)).backward()
        optimizer.step()
        expected.append(w.item())

    name = case.split(",", maxsplit=1)[0]
    assert run(make_options(name, {**our_options, "direction": direction}), 1.5, bowl, 20) == pytest.approx(expected, rel=1e-12)


def test_every_optimizer_is_compared_with_pytorch() -> None:
    """A new row needs a line in the table of comparisons."""
    assert {case.split(",")[0] for case in TORCH} == set(OPTIMIZERS)


@pytest.mark.parametrize("name", ROWS)
def test_the_defaults_are_those_of_pytorch(name: str) -> None:
    """Every default is the one in the signature of torch.optim, but for momentum, where PyTorch's 0 means none."""
    torch = pytest.importorskip("torch")
    import inspect

    theirs = {
        key: parameter.default
        for key, parameter in inspect.signature(getattr(torch.optim, TORCH[name][0]).__init__).parameters.items()
    }
    theirs["beta1"], theirs["beta2"] = theirs.get("betas", (None, None))
    spelled = {"learning_rate": "lr", "rho": "alpha"}
    ours = {key: float(value.value) for key, value in OPTIMIZERS[name].defaults.items() if key != "momentum"}

    assert ours == {key: theirs[spelled.get(key, key)] for key in ours}


PUBLISHED = {
    # The examples in Keras' docstrings: loss var²/2.
    "keras adam": ("adam", {"lr": 0.1, "eps": 1e-7}, 10.0, 1.0, [9.900000001, 9.8000274609637, 9.7001009952905]),
    "keras rmsprop": ("rmsprop", {"lr": 0.1, "rho": 0.9, "eps": 1e-7}, 10.0, 1.0, [9.683772243983162, 9.457880262458568]),
    "keras sgd with momentum": ("momentum", {"lr": 0.1, "style": "velocity"}, 1.0, 1.0, [0.9, 0.72, 0.486]),
    # A course's notebook (AIO, module 5, week 4): 0.1 w1² + 2 w2².
    "adam, w1": (
        "adam", {"lr": 0.2, "eps": 1e-6}, -5.0, 0.2,
        [-4.8000001999998, -4.600254779434054, -4.400948476628311, -4.2022776366594705, -4.004450327821214],
    ),
    "adam, w2": (
        "adam", {"lr": 0.2, "eps": 1e-6}, -2.0, 4.0,
        [-1.8000000249999968, -1.6008245063697515, -1.4031726206945152, -1.2078782223488431, -1.015927446346848],
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", PUBLISHED)
def test_published_numbers_are_reproduced(case: str) -> None:
    """The steps printed in documentation and courses come out, on losses whose gradient is a multiple of w."""
    name, given, start, slope, expected = PUBLISHED[case]

    assert run(make_options(name, given), start, lambda w: slope * w, len(expected)) == pytest.approx(expected, rel=1e-9)


def test_the_momentum_exercise_of_cs231n() -> None:
    """The twenty numbers of the exercise's self-check, which starts with a velocity: w and v, to nine digits."""
    options = make_options("momentum", {"lr": 1e-3, "momentum": 0.9, "style": "velocity"})
    update = compile_update(options)
    ends = {0: (0.1406, 0.5406), 1: (0.20738947, 0.55475789), 10: (0.80849474, 0.68217895), 19: (1.4096, 0.8096)}

    for k, (w, v) in ends.items():
        values = update(-0.4 + k / 19, -0.6 + k / 19, 1, {"v": 0.6 + 0.3 * k / 19})
        assert (round(values["w"], 8), round(values["v"], 8)) == (w, v)


def test_eps_under_the_root_is_another_number() -> None:
    """With a large eps, ηg/√(s + ε) and ηg/(√s + ε) are both computed as written."""
    given = {"lr": 1, "rho": 0, "eps": 3}

    assert run(make_options("rmsprop", given), 0.0, lambda _: 1.0, 1) == [-0.25]
    assert run(make_options("rmsprop", {**given, "eps_inside_sqrt": True}), 0.0, lambda _: 1.0, 1) == [-0.5]


def test_a_line_without_a_value_is_a_domain_error() -> None:
    """Adagrad with eps = 0 divides 0 by 0 where the gradient is 0."""
    with pytest.raises(DomainError, match="division by zero"):
        run(make_options("adagrad", {"eps": 0}), 1.0, lambda _: 0.0, 1)


def test_a_recurrence_can_be_written_for_one_parameter() -> None:
    """The letters w and g give way to the parameter and its adjoint."""
    gradient = Adjoint("dL_dw1_1_1", "L", "w1_1_1")
    lines = make_options("nesterov", {}).recurrence_for(Symbol("w1_1_1"), gradient)

    assert [name for name, _ in lines] == ["v", "w1_1_1"]
    assert set(symbols(lines[1][1])) == {"w1_1_1", "eta", "dL_dw1_1_1", "mu", "v"}


def test_numbers_stay_exact() -> None:
    """A learning rate of 0.1 is one tenth, and is remembered as a decimal."""
    for given in (0.1, Number(Fraction(1, 10), decimal=True)):
        rate = make_options("sgd", {"learning_rate": given}).hyperparameters["learning_rate"]
        assert (rate.value, rate.decimal) == (Fraction(1, 10), True)
    assert make_options("sgd", {"learning_rate": Fraction(1, 3)}).constants == {"eta": Number(Fraction(1, 3))}


def test_state_may_start_anywhere() -> None:
    """A state given without a name holds for every parameter, one with a name for that one."""
    every = make_options("adam", {"state": {"m": 2, "v": {"w1_1_1": 0.5}}})

    assert every.start("w1_1_1") == {"m": Number(2), "v": Number(Fraction(1, 2))}
    assert every.start("b1_1") == {"m": Number(2), "v": Number(0)}


@pytest.mark.parametrize("name", ROWS)
def test_every_name_finds_its_row(name: str) -> None:
    """Aliases, capitals and hyphens lead to the row."""
    row = OPTIMIZERS[name]
    for alias in (name, *row.aliases):
        assert find_optimizer(alias) is row
        assert find_optimizer(f" {alias.upper().replace('_', '-')} ") is row


def test_no_two_optimizers_share_a_name() -> None:
    """Every name or alias belongs to one row."""
    names = list(itertools.chain.from_iterable((row.name, *row.aliases) for row in OPTIMIZERS.values()))
    assert len(names) == len(set(names))


def test_an_unknown_optimizer_is_answered_with_the_nearest() -> None:
    """The message names what was given, what may be meant and what there is."""
    with pytest.raises(UnknownNameError) as caught:
        find_optimizer("adamm")
    assert str(caught.value) == (
        'unknown optimizer "adamm"; did you mean "adam"? (known: sgd, momentum, nesterov, adagrad, rmsprop, adam, adamw)'
    )


WRONG = (
    ("sgd", {"learning_rate": 0}, "learning_rate is 0; it must satisfy 0 < learning_rate"),
    (
        "sgd", {"learning_rate": -0.5},
        'learning_rate is -0.5; it must satisfy 0 < learning_rate (to climb, say direction = "ascent")',
    ),
    ("sgd", {"learning_rate": math.nan}, "learning_rate is nan; it must be a number with 0 < learning_rate"),
    ("sgd", {"learning_rate": math.inf}, "learning_rate is inf; it must be a number with 0 < learning_rate"),
    ("sgd", {"learning_rate": True}, "learning_rate is True; it must be a number with 0 < learning_rate"),
    ("sgd", {"learning_rate": "fast"}, 'learning_rate is "fast"; it must be a number with 0 < learning_rate'),
    ("momentum", {"momentum": 1.5}, "momentum is 1.5; it must satisfy 0 <= momentum <= 1"),
    ("adam", {"beta1": 1}, "beta1 is 1; it must satisfy 0 <= beta1 < 1"),
    ("adam", {"beta2": -1}, "beta2 is -1; it must satisfy 0 <= beta2 < 1"),
    ("adam", {"eps": -1e-8}, "eps is -1e-08; it must satisfy 0 <= eps"),
    ("rmsprop", {"rho": 2}, "rho is 2; it must satisfy 0 <= rho <= 1"),
    ("sgd", {"momentum": 0.9}, 'optimizer "sgd" has no momentum (momentum, nesterov have it)'),
    ("sgd", {"eps_inside_sqrt": True}, 'optimizer "sgd" has no eps_inside_sqrt (adagrad, rmsprop, adam, adamw have it)'),
    ("adam", {"weight_decay": 0.1}, 'optimizer "adam" has no weight_decay (adamw has it)'),
    ("adam", {"style": "velocity"}, 'optimizer "adam" has no style (momentum, nesterov have it)'),
    (
        "sgd", {"learning_rte": 0.1},
        'unknown option "learning_rte"; did you mean "learning_rate"? (optimizer "sgd" takes learning_rate, direction)',
    ),
    ("rmsprop", {"eps_inside_sqrt": 1}, "eps_inside_sqrt is 1; it must be true or false"),
    ("sgd", {"direction": "accent"}, 'direction is "accent"; did you mean "ascent"? It must be descent or ascent'),
    ("sgd", {"direction": 3}, "direction is 3; it must be descent or ascent"),
    ("momentum", {"style": "keras"}, 'style is "keras"; it must be pytorch or velocity'),
    ("momentum", {"state": 1}, "state is 1; it must give a number to v"),
    ("adam", {"state": {"s": 1}}, 'optimizer "adam" has no state "s" (it has m, v)'),
    ("adam", {"state": {"m": "x"}}, 'state m is "x"; it must be a number'),
    ("adam", {"state": {"m": {"w1_1_1": math.nan}}}, "state m of w1_1_1 is nan; it must be a number"),
)  # fmt: skip


@pytest.mark.parametrize(("name", "given", "message"), WRONG)
def test_wrong_options_get_their_message(name: str, given: dict[str, object], message: str) -> None:
    """Each fault names the key, what was given and what would be accepted."""
    options, faults = check_options(name, given)

    assert options is None
    assert faults == ((next(iter(given)), message),)


def test_all_faults_are_found_at_once() -> None:
    """Three wrong options give three sentences, in the order given."""
    with pytest.raises(ProblemError) as caught:
        make_options("adam", {"beta1": 2, "direction": "up", "momentum": 0.9})
    assert [fault.split()[0] for fault in caught.value.faults] == ["beta1", "direction", "optimizer"]
    assert check_options("adm", {"beta1": 2})[1][0][0] == "optimizer"


@pytest.mark.parametrize("key", HYPERPARAMETERS)
def test_every_default_lies_in_its_range(key: str) -> None:
    """No default would be refused."""
    defaults = [row.defaults[key] for row in OPTIMIZERS.values() if key in row.defaults]

    assert defaults
    assert all(HYPERPARAMETERS[key].accepts(default.value) for default in defaults)
