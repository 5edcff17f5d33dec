"""Spelling: plain names in, letters with indices out, one row of a table a notation."""

from __future__ import annotations

import re

import pytest

from symbackprop.expr import Adjoint, Partial, Symbol
from symbackprop.notation import GREEK, NOTATIONS, Name, Notation, Ratio, Speller, generic_name, index_runs
from symbackprop.typeset import ascii_text, latex, unicode_text

# notation, plain name, LaTeX, Unicode, ASCII
NETWORK = [
    ("ng", "x_1", "x_1", "x₁", "x_1"),
    ("ng", "x_12", "x_{12}", "x₁₂", "x_12"),
    ("ng", "y_2", "y_2", "y₂", "y_2"),
    ("ng", "w1_2_3", "w^{[1]}_{2,3}", "w₂,₃⁽¹⁾", "w1_2_3"),
    ("ng", "w12_10_3", "w^{[12]}_{10,3}", "w₁₀,₃⁽¹²⁾", "w12_10_3"),
    ("ng", "b1_2", "b^{[1]}_2", "b₂⁽¹⁾", "b1_2"),
    ("ng", "z1_2", "z^{[1]}_2", "z₂⁽¹⁾", "z1_2"),
    ("ng", "a1_2", "a^{[1]}_2", "a₂⁽¹⁾", "a1_2"),
    ("ng", "a1_1_s2", "a^{[1](2)}_1", "a₁⁽¹⁾⁽ˢ²⁾", "a1_1_s2"),
    ("ng", "x_1_s2", "x_1^{(2)}", "x₁⁽ˢ²⁾", "x_1_s2"),
    ("ng", "delta1_2", r"\delta^{[1]}_2", "δ₂⁽¹⁾", "delta1_2"),
    ("ng", "delta1_2_s3", r"\delta^{[1](3)}_2", "δ₂⁽¹⁾⁽ˢ³⁾", "delta1_2_s3"),
    ("ng", "L", "L", "L", "L"),
    ("ng", "L_1", "L_1", "L₁", "L_1"),
    ("ng", "L_s2", "L^{(2)}", "L⁽ˢ²⁾", "L_s2"),
    ("ng", "L_data", r"L_{\text{data}}", "L_data", "L_data"),
    ("ng", "L_penalty", r"L_{\text{penalty}}", "L_penalty", "L_penalty"),
    ("ng", "J", "J", "J", "J"),
    ("ng", "J_data", r"J_{\text{data}}", "J_data", "J_data"),
    ("ng", "W1", "W^{[1]}", "W⁽¹⁾", "W1"),
    ("ng", "z2", r"\mathbf{z}^{[2]}", "z⁽²⁾", "z2"),
    ("ng", "η", r"\eta", "η", "η"),
    ("nielsen", "w1_2_3", "w^1_{23}", "w₂₃⁽¹⁾", "w1_2_3"),
    ("nielsen", "w1_10_3", "w^1_{10,3}", "w₁₀,₃⁽¹⁾", "w1_10_3"),
    ("nielsen", "delta1_2", r"\delta^1_2", "δ₂⁽¹⁾", "delta1_2"),
    ("nielsen", "L", "C", "C", "L"),
    ("nielsen", "L_s2", "C^{(2)}", "C⁽ˢ²⁾", "L_s2"),
    ("nielsen", "a1_1_s2", "a^{1,(2)}_1", "a₁⁽¹⁾⁽ˢ²⁾", "a1_1_s2"),
    ("paren", "w1_2_3", "w^{(1)}_{23}", "w₂₃⁽¹⁾", "w1_2_3"),
    ("paren", "w1_2_13", "w^{(1)}_{2,13}", "w₂,₁₃⁽¹⁾", "w1_2_13"),
    ("paren", "L", "L", "L", "L"),
]

FUNCTION = [
    ("x", "x", "x"),
    ("x1", "x_1", "x₁"),
    ("x12", "x_{12}", "x₁₂"),
    ("x_1_2", "x_{1,2}", "x₁,₂"),
    ("x_i", "x_i", "xᵢ"),
    ("beta0", r"\beta_0", "β₀"),
    ("theta", r"\theta", "θ"),
    ("θ", r"\theta", "θ"),
    ("w_out", r"w_{\text{out}}", "w_out"),
    ("x_beta", r"x_{\beta}", "x_beta"),
    ("E_total", r"E_{\text{total}}", "E_total"),
    ("bicycle", r"\mathit{bicycle}", "bicycle"),
    ("net", r"\mathrm{net}", "net"),
    ("net_o1", r"\mathrm{net}_{o1}", "net_o1"),
    ("bicycle2", r"\mathit{bicycle}_2", "bicycle2"),
    ("w1_2_3", "w_{1,2,3}", "w₁,₂,₃"),
    ("delta1_2", r"\delta_{1,2}", "δ₁,₂"),
]


@pytest.mark.parametrize(("notation", "plain", "tex", "text", "ascii_"), NETWORK)
def test_every_kind_of_name_has_its_spelling(notation: str, plain: str, tex: str, text: str, ascii_: str) -> None:
    """A network's plain names are spelled as the notation's row says."""
    speller = Speller(NOTATIONS[notation])
    symbol = Symbol(plain)

    assert (latex(symbol, speller), unicode_text(symbol, speller), ascii_text(symbol, speller)) == (tex, text, ascii_)


@pytest.mark.parametrize(("plain", "tex", "text"), FUNCTION)
def test_names_of_a_function_are_split_generically(plain: str, tex: str, text: str) -> None:
    """Greek names, trailing digits and suffixes are recognised; w1_2_3 means nothing special there."""
    speller = Speller(network=False)

    assert (latex(Symbol(plain), speller), unicode_text(Symbol(plain), speller)) == (tex, text)
    assert ascii_text(Symbol(plain), speller) == plain


@pytest.mark.parametrize("notation", NOTATIONS)
def test_two_names_are_never_spelled_alike(notation: str) -> None:
    """Within one notation the names of a network of up to 12 units a layer are told apart in LaTeX and in Unicode."""
    units = range(1, 13)
    samples = ("", "_s1", "_s12")
    letters = ("b", "z", "a", "delta")
    names = [f"{letter}{layer}_{unit}{s}" for letter in letters for layer in (1, 12) for unit in units for s in samples]
    names += [f"w{layer}_{to}_{source}" for layer in (1, 11) for to in units for source in units]
    names += [f"{letter}_{unit}{s}" for letter in "xyL" for unit in units for s in samples]
    speller = Speller(NOTATIONS[notation])

    for spell in (latex, unicode_text, ascii_text):
        assert len({spell(Symbol(name), speller) for name in names}) == len(names)


def test_a_new_notation_is_one_row() -> None:
    """A row with other superscripts is enough: nothing else knows the notations."""
    row = Notation("curly", "", layer=r"\{{{}\}}", sample="<{}>", comma=False, letters=(("a", "h"),))

    assert latex(Symbol("a2_1_s3"), Speller(row)) == r"a^{\{2\}<3>}_1"


def test_a_single_target_needs_no_index() -> None:
    """With one target, y_1 is y, and y of a sample keeps the sample."""
    speller = Speller(single_target=True)

    assert [latex(Symbol(n), speller) for n in ("y_1", "y_1_s2", "y", "y_10")] == ["y", "y^{(2)}", "y", "y_{10}"]
    assert [ascii_text(Symbol(n), speller) for n in ("y_1", "y_1_s2", "y", "y_10")] == ["y", "y_s2", "y", "y_10"]


MAZUR = {
    "w1_1_1": "w1", "z1_1": "net_h1", "z2_1": "net_o1", "z2_2": "net_o2", "a2_1": "out_o1",
    "L": "E_total", "L_1": "E_o1", "y_1": "target_o1",
}  # fmt: skip


@pytest.mark.parametrize(
    ("symbol", "tex", "text"),
    [
        (Symbol("w1_1_1"), "w_1", "w₁"),
        (Symbol("z2_1"), r"\mathrm{net}_{o1}", "net_o1"),
        (Adjoint("dL_dw1_1_1", "L", "w1_1_1"), r"\frac{\partial E_{\text{total}}}{\partial w_1}", "∂E_total/∂w₁"),
        (Adjoint("delta2_1", "L", "z2_1"), r"\delta_{o1}", "δₒ₁"),
        (Partial("p", "a2_1", "z2_1"), r"\frac{\partial \mathrm{out}_{o1}}{\partial \mathrm{net}_{o1}}", "∂out_o1/∂net_o1"),
        (Symbol("b1_1"), "b^{[1]}_1", "b₁⁽¹⁾"),
    ],
)
def test_a_problem_keeps_its_own_names(symbol: Symbol, tex: str, text: str) -> None:
    """Renamed symbols come out as the author wrote them, δ with the index of its unit, all others in the notation."""
    speller = Speller(names=MAZUR)

    assert (latex(symbol, speller), unicode_text(symbol, speller)) == (tex, text)


def test_delta_of_unlike_names_keeps_the_whole_name() -> None:
    """Where the renamed pre-activations share no letter, δ carries the whole name, so that two are never alike."""
    speller = Speller(names={"z1_1": "u1", "z1_2": "v1"})

    assert latex(Symbol("delta1_1"), speller) != latex(Symbol("delta1_2"), speller)


DERIVATIVES = [
    (Adjoint("dL_dw1_1_1", "L", "w1_1_1"), r"\frac{\partial L}{\partial w^{[1]}_{1,1}}", "∂L/∂w₁,₁⁽¹⁾", "dL/dw1_1_1"),
    (
        Adjoint("dL_s2_da1_1_s2", "L_s2", "a1_1_s2"),
        r"\frac{\partial L^{(2)}}{\partial a^{[1](2)}_1}",
        "∂L⁽ˢ²⁾/∂a₁⁽¹⁾⁽ˢ²⁾",
        "dL_s2/da1_1_s2",
    ),
    (Adjoint("delta1_2", "L", "z1_2"), r"\delta^{[1]}_2", "δ₂⁽¹⁾", "delta1_2"),
    (Adjoint("dL_dz1_2", "L", "z1_2"), r"\frac{\partial L}{\partial z^{[1]}_2}", "∂L/∂z₂⁽¹⁾", "dL/dz1_2"),
    (Partial("p", "a1_1", "z1_1"), r"\frac{\partial a^{[1]}_1}{\partial z^{[1]}_1}", "∂a₁⁽¹⁾/∂z₁⁽¹⁾", "da1_1/dz1_1"),
]


@pytest.mark.parametrize(("symbol", "tex", "text", "ascii_"), DERIVATIVES)
def test_derivatives_are_fractions_and_delta_a_letter(symbol: Symbol, tex: str, text: str, ascii_: str) -> None:
    """An adjoint is ∂L/∂w but for the δ of a pre-activation; a local derivative is ∂child/∂parent."""
    speller = Speller()

    assert (latex(symbol, speller), unicode_text(symbol, speller), ascii_text(symbol, speller)) == (tex, text, ascii_)


def test_ordinary_derivatives_have_a_straight_d() -> None:
    """The derivatives named as ordinary, and only those, are written with d."""
    speller = Speller(network=False, ordinary=frozenset({"dy_dx"}))

    assert latex(Adjoint("dy_dx", "y", "x"), speller) == r"\frac{dy}{dx}"
    assert unicode_text(Adjoint("dy_dx", "y", "x"), speller) == "dy/dx"
    assert latex(Adjoint("dy_du", "y", "u"), speller) == r"\frac{\partial y}{\partial u}"


def test_an_ambiguous_local_derivative_says_so() -> None:
    """Where the local derivative differs from the total one, it carries a bar and the word direct."""
    speller = Speller(network=False, ambiguous=frozenset({("y", "x")}))

    assert latex(Partial("p", "y", "x"), speller) == r"\left.\frac{\partial y}{\partial x}\right|_{\text{direct}}"
    assert "direct" in unicode_text(Partial("p", "y", "x"), speller)
    assert "direct" not in unicode_text(Adjoint("dy_dx", "y", "x"), speller)


def test_parts_hold_no_markup() -> None:
    """A spelling is structure: letters, indices, layer and sample."""
    speller = Speller()

    assert speller.spell(Symbol("a1_12_s3")) == Name("a1_12_s3", "a", "letter", ("12",), True, 1, 3, "[1](3)", "a1_12_s3")
    ratio = speller.spell(Adjoint("dL_dx_1", "L", "x_1"))
    assert isinstance(ratio, Ratio)
    assert (ratio.top.letter, ratio.bottom.indices) == ("L", ("1",))


def test_indices_are_split_into_runs() -> None:
    """Digits, single letters, Greek letters and words of an index are told apart."""
    assert index_runs("hid12") == [("word", "hid"), ("digits", "12")]
    assert index_runs("beta") == [("greek", "beta")]


@pytest.mark.parametrize("name", ["_", "__", "a_", "_a", "a__b", "x_1_", "ñ", "Ж", "x" * 40])
def test_any_identifier_can_be_spelled(name: str) -> None:
    """Odd identifiers are printed too, and their LaTeX has balanced braces."""
    for network in (True, False):
        speller = Speller(network=network)
        tex = latex(Symbol(name), speller)

        assert tex
        assert tex.count("{") == tex.count("}")
        assert not re.search(r"(?<!\\)_(?![\w{\\])", tex)
        assert unicode_text(Symbol(name), speller)
    assert generic_name(name, name).plain == name


def test_the_tables_are_not_empty() -> None:
    """The tests above run on something."""
    assert set(NOTATIONS) == {"ng", "nielsen", "paren"}
    assert len(GREEK) > 30
