"""Formulas as MathML and in words: laws over every formula that the documents of the table of cases hold."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction
from functools import cache
from xml.etree import ElementTree as ET

import pytest
from cases import BY_NAME
from test_typeset import FORMS, NETWORK_FORMS, RANDOM

from symbackprop.derivation import derive
from symbackprop.document import (
    Apply,
    Brace,
    Display,
    Document,
    Grid,
    Hadamard,
    Lines,
    Nabla,
    Numeral,
    Relation,
    Row,
    Spans,
    Table,
    Tint,
    Vector,
)
from symbackprop.expr import ONE, ZERO, Adjoint, Constant, Expr, Partial, Product, Sum, Symbol, call, number, power
from symbackprop.functions import FUNCTIONS, piecewise
from symbackprop.indexed import Entry, Kronecker, Sigma
from symbackprop.matrix import Entries, MatMul, Ones, Slope, Sums, Transpose
from symbackprop.narrate import Telling
from symbackprop.notation import NOTATIONS, Speller
from symbackprop.typeset import (
    MathML,
    Typesetter,
    ascii_text,
    latex,
    math_style,
    mathml,
    mathml_lines,
    mathml_rows,
    unicode_text,
    words,
)
from symbackprop.typeset.emitter import TRIGONOMETRIC
from symbackprop.typeset.stylesheet import ON_BLACK, ON_WHITE
from symbackprop.views import Asked, tell_view

x, y, z, w = Symbol("x"), Symbol("y"), Symbol("z"), Symbol("w1_2_3")
a, z1 = Symbol("a1_1"), Symbol("z1_1")
FUNCTION, NETWORK, LAYERS = Speller(network=False), Speller(), Speller(layers=True)

# W3C, MathML Core, 2.1.3 (global attributes) and the sections of the elements; those of HTML but class and style are not needed.
GLOBAL = {"class", "dir", "displaystyle", "id", "mathbackground", "mathcolor", "mathsize", "scriptlevel", "style"}
CORE: dict[str, set[str]] = {
    "math": {"display", "alttext"},
    "mi": {"mathvariant"},
    "mn": set(),
    "mo": {"form", "fence", "separator", "lspace", "rspace", "stretchy",
           "symmetric", "maxsize", "minsize", "largeop", "movablelimits"},
    "mtext": set(),
    "ms": set(),
    "mspace": {"width", "height", "depth"},
    "mrow": set(),
    "mfrac": {"linethickness"},
    "msqrt": set(),
    "mroot": set(),
    "mstyle": set(),
    "merror": set(),
    "mpadded": {"width", "height", "depth", "lspace", "voffset"},
    "mphantom": set(),
    "msub": set(),
    "msup": set(),
    "msubsup": set(),
    "munder": {"accentunder"},
    "mover": {"accent"},
    "munderover": {"accent", "accentunder"},
    "mmultiscripts": set(),
    "mprescripts": set(),
    "mtable": set(),
    "mtr": set(),
    "mtd": {"columnspan", "rowspan"},
    "semantics": set(),
    "annotation": {"encoding"},
    "annotation-xml": {"encoding"},
}  # fmt: skip
CHILDREN = {"mfrac": 2, "mroot": 2, "msub": 2, "msup": 2, "munder": 2, "mover": 2, "msubsup": 3, "munderover": 3}
LEAVES = {"mi", "mn", "mo", "mtext", "ms", "mspace"}
SAME = {"⊤": "T", "ˆ": "", "exp": "e", "arcsin": "asin", "arccos": "acos", "arctan": "atan"}

VIEWS = ("3-4-2:relu/softmax,cross_entropy", "n-h-1:tanh/sigmoid,bce", "2-3-2:sigmoid,squared_error")

# Every kind of presentation node and matrix, and names that nobody should be able to do harm with.
NODES: tuple[tuple[Expr, Speller], ...] = (
    (Entries(((number(1), x - y), (x / y, number(Fraction(-1, 2))))), FUNCTION),
    (Entries(((a,), (z1,))), NETWORK),
    (Grid(((number(1), number(2)), (number(3), number(4)))), FUNCTION),
    (Hadamard((MatMul((Transpose(Symbol("W2")), Adjoint("delta2", "L", "z2"))), Slope("sigmoid", Symbol("z1")))), LAYERS),
    (MatMul((Brace(Symbol("W2"), Symbol("m")), Brace(Symbol("a1"), Symbol("n")))), LAYERS),
    (MatMul((Transpose(Ones("m")), Symbol("A1"))), LAYERS),
    (Sums(Symbol("Z1")), LAYERS),
    (Sigma(Sum((Entry(Symbol("a2"), ("k",)), -Entry(Symbol("y"), ("k",)))), "k", "n_2"), LAYERS),
    (Kronecker("i", "j"), LAYERS),
    (Symbol("m_hat") / (call("sqrt", Symbol("v_hat")) + Symbol("epsilon")), FUNCTION),
    (Symbol("w_out") * x + Symbol("bias_o1"), FUNCTION),
    (Apply(x**2 + y, x), FUNCTION),
    (Apply(x / y, x, ordinary=True), FUNCTION),
    (Relation((Nabla(Symbol("f")), Vector((Numeral("6.684e-04"), Numeral("-0.5"), Numeral("-3/20"))))), FUNCTION),
    (Relation((x, Numeral("inf"), Numeral("nan")), "→"), FUNCTION),
    (Display((Tint(x + y, 0), Tint(Adjoint("dy_dx", "y", "x"), 3), Tint(x, 20))), FUNCTION),
    (Partial("local_L_w1_1_1", "L", "w1_1_1") * x, replace(NETWORK, ambiguous=frozenset({("L", "w1_1_1")}))),
    (Constant("pi") * Constant("e") * power(call("exp", x), 3), FUNCTION),
    (piecewise(x**2 / 2, (call("abs", x), "<=", ONE), call("abs", x / y)), FUNCTION),
    *((row(z), FUNCTION) for row in FUNCTIONS.values()),
    *((row(x / y), FUNCTION) for row in FUNCTIONS.values()),
    *((row.slope(z, a), NETWORK) for row in FUNCTIONS.values()),
    *((row.define(z), NETWORK) for row in FUNCTIONS.values() if row.define),
)
HOSTILE = ("<script>alert(1)</script>", "a&b", '"onload="x', "]]>", "&lt;", "\x00\x0e0", "\u202egnp", "<!--", "x y", "𝒙_<b>")


def formulas(document: Document) -> Iterator[Expr]:
    """Yield every formula of a document, a row as a relation."""

    def within(spans: Spans) -> Iterator[Expr]:
        yield from (span for span in spans if isinstance(span, Expr))

    for block in document.blocks:
        match block:
            case Lines(rows):
                for row in rows:
                    yield row.right if row.left is None else Relation((row.left, row.right), row.relation)
                    yield from () if row.value is None else (row.value,)
                    yield from within(row.reason)
            case Table(header, cells):
                for line in (header, *cells):
                    for spans in line:
                        yield from within(spans)
            case _:
                yield from within(getattr(block, "spans", ()))


@cache
def told(name: str, notation: str) -> tuple[tuple[Expr, Speller], ...]:
    """Return the formulas of a case's document: its definitions, local derivatives and gradients; or of a view by layers."""
    if name in BY_NAME:
        made = BY_NAME[name].derivation() if notation == "ng" else derive(BY_NAME[name].problem, notation=notation)
        return tuple((expr, made.speller) for expr in dict.fromkeys(formulas(made.document())))
    found: list[tuple[Expr, Speller]] = []
    for view in ("layers", "index"):
        document, speller = tell_view(name, Telling(), Asked(view=view, notation=notation))
        found.extend((expr, speller) for expr in dict.fromkeys(formulas(document)))
    return tuple(found)


def everything(notation: str) -> Iterator[tuple[Expr, Speller]]:
    """Yield every formula of the cases in a notation, and the forms and nodes in their own."""
    for name in (*BY_NAME, *VIEWS):
        yield from told(name, notation)
    if notation == "ng":
        yield from NODES
        yield from ((row[0], FUNCTION) for row in FORMS)
        yield from ((row[0], NETWORK) for row in NETWORK_FORMS)
        yield from ((expr, FUNCTION) for expr in RANDOM)


def check_core(markup: str) -> ET.Element:
    """Read markup, and hold it against the table of MathML Core."""
    tree = ET.fromstring(markup)
    assert tree.tag == "math"
    for part in tree.iter():
        assert part.tag in CORE, part.tag
        assert set(part.attrib) <= CORE[part.tag] | GLOBAL, part.attrib
        assert len(part) == CHILDREN.get(part.tag, len(part)), ET.tostring(part)
        if part.tag in LEAVES:
            assert len(part) == 0
            assert part.text or part.tag == "mspace"
        else:
            assert not (part.text or "").strip(), "characters outside of an element that holds them"
        assert not (part.tail or "").strip()
        assert not (part.tag == "mi" and part.get("mathvariant", "normal") != "normal")
    return tree


# --------------------------------------------------------------------------------------- MathML


@pytest.mark.parametrize("notation", NOTATIONS)
def test_markup_is_mathml_core(notation: str) -> None:
    """Every formula, inline, on a line of its own and broken, is well-formed, and has only what MathML Core has."""
    count = 0
    for expr, speller in everything(notation):
        check_core(mathml(expr, speller, place="cell", colour=True, spoken=True))
        if notation == "ng":
            check_core(mathml(expr, speller))
            check_core(mathml_lines(expr, speller, width=12.0))
        count += 1

    assert count > 1500


@pytest.mark.parametrize("notation", NOTATIONS)
def test_letters_and_numbers_come_in_the_order_of_the_text(notation: str) -> None:
    """MathML says what the Unicode text says: the same letters and digits, one after the other."""
    for expr, speller in everything(notation):
        tree = ET.fromstring(mathml(expr, speller, place="cell"))
        shown, text = plain_letters(letters(tree)), plain_letters(text_letters(unicode_text(expr, speller)))

        assert shown == text, unicode_text(expr, speller)


def letters(part: ET.Element) -> str:
    """Return the characters of an element, in the few places where the text leaves some out or names them."""
    if part.tag == "munderover":
        return "Σ" + letters(part[1][0])
    if part.tag == "munder":  # a brace
        return letters(part[0][0]) if part[0].tag == "munder" else letters(part[0])
    if part.tag == "mtext" and (part.text or "").strip("\u00a0") in {"if", "otherwise"}:
        return ""
    if part.tag == "mrow" and len(part) and part[0].tag == "msup" and part[0][0].text in TRIGONOMETRIC:  # sin² x is sin(x)²
        return "".join(map(letters, (part[0][0], *part[1:], part[0][1])))
    if part.tag == "mrow" and len(part) and part[0].text == "𝟏" and part[0].tag == "mi":
        return "step" + "".join(map(letters, part[1][:-3]))
    return SAME.get(part.text or "", part.text or "") + "".join(map(letters, part))


def text_letters(text: str) -> str:
    """Return the characters of a text without its words, and without the mark of a sample's number."""
    text = re.sub("ˢ(?=[⁰¹²³⁴-⁹])", "", text)
    return re.sub(r"\bexp\(", "e(", re.sub(r"\b(?:if|else)\b|\babs\(", "", text))


def plain_letters(text: str) -> str:
    """Return letters and digits, however they are set."""
    return "".join(char for char in unicodedata.normalize("NFKD", text) if char.isalnum())


@pytest.mark.parametrize(
    ("expr", "speller", "inside"),
    [
        (w, NETWORK, "<msubsup><mi>w</mi><mrow><mn>2</mn>,<mn>3</mn></mrow><mrow>[<mn>1</mn>]</mrow></msubsup>"),
        (-x + y, FUNCTION, "−<mi>x</mi>+<mi>y</mi>"),
        (2 * x, FUNCTION, "<mn>2</mn>\u2062<mi>x</mi>"),
        (call("log", x), FUNCTION, "<mrow><mi>ln</mi>\u2061<mi>x</mi></mrow>"),
        (
            Adjoint("dL_dx", "L", "x"),
            FUNCTION,
            "<mfrac><mrow><mi>∂</mi><mi>L</mi></mrow><mrow><mi>∂</mi><mi>x</mi></mrow></mfrac>",
        ),
        (call("exp", -x), FUNCTION, "<msup><mi>e</mi><mrow>−<mi>x</mi></mrow></msup>"),
        (power(Symbol("x_1"), 2), FUNCTION, "<msubsup><mi>x</mi><mn>1</mn><mn>2</mn></msubsup>"),
        (Symbol("y_hat"), FUNCTION, "<mover><mi>y</mi>ˆ</mover>"),
        (Transpose(Symbol("x")), LAYERS, "<msup><mi>𝐱</mi>⊤</msup>"),
        (Slope("sigmoid", x), FUNCTION, "<mrow><mi>σ</mi>′\u2061<mrow>(<mi>x</mi>)</mrow></mrow>"),
        (number(Fraction(1, 2)) * x, FUNCTION, "<mfrac><mn>1</mn><mn>2</mn></mfrac>\u2062<mi>x</mi>"),
        (
            Entries(((x, ONE),)),
            FUNCTION,
            "<mrow>[<mtable><mtr><mtd><mi>x</mi></mtd><mtd><mn>1</mn></mtd></mtr></mtable>]</mrow>",
        ),
    ],
)
def test_textbook_forms(expr: Expr, speller: Speller, inside: str) -> None:
    """Elements nest as a reader of MathML expects; operators and attributes are left out of this table."""
    markup = (
        mathml(expr, speller, place="cell").removeprefix('<math display="inline" displaystyle="true">').removesuffix("</math>")
    )

    assert re.sub(r"<(\w+)[^>]*>", r"<\1>", markup).replace("<mo>", "").replace("</mo>", "") == inside


@pytest.mark.parametrize("name", HOSTILE)
def test_names_are_harmless(name: str) -> None:
    """Whatever a name holds stays characters; nothing passes that XML forbids, or that turns a line around."""
    speller = Speller(network=False, names={"x": name, "w_1": name})
    for expr in (Symbol("x") / y, Symbol("w_1"), Symbol(name), Adjoint("dL_dx", "L", "x")):
        for spell in (speller, FUNCTION):
            tree = check_core(mathml(expr, spell, spoken=True))

            assert {part.tag for part in tree.iter()} <= {
                "math",
                "mrow",
                "mi",
                "mn",
                "mo",
                "mtext",
                "mfrac",
                "msub",
                "msup",
                "msubsup",
            }
            assert not re.search("[\x00-\x1f\u202a-\u202e]", "".join(tree.itertext()))
            assert_words(words(expr, spell))


def test_without_a_speller_names_are_words_too() -> None:
    """The walk hands every name to the emitter."""
    assert Typesetter(MathML()).text(Symbol("a<b")) == '<mi class="word">a&lt;b</mi>'


def test_rows_are_aligned_at_their_signs() -> None:
    """Each line is a row of left, sign with right, and value; what is rounded is not equal."""
    rows = [Row(x, y + 1, Numeral("0.123", exact=False)), Row(None, z), Row(x, sum((Symbol(f"x{i}") for i in range(40)), y))]
    tree = check_core(mathml_rows(rows, FUNCTION, width=20.0))
    table = [["".join(cell.itertext()) for cell in row] for row in tree.iter("mtr")]

    assert table[:2] == [["x", "=y+1", "≈0.123"], ["", "=z", ""]]
    assert len(table) > 4
    assert all(cell[0] == "" for cell in table[3:])


def test_the_alternative_text_is_the_formula_in_words() -> None:
    """With `spoken`, alttext holds the words."""
    assert ET.fromstring(mathml(x + y, FUNCTION, spoken=True)).get("alttext") == "x plus y"
    assert "alttext" not in mathml(x + y, FUNCTION)


@pytest.mark.parametrize(("colours", "ground"), [(ON_WHITE, 1.0), (ON_BLACK, 0.01)], ids=["light", "dark"])
def test_colours_can_be_read(colours: tuple[str, ...], ground: float) -> None:
    """Every colour has a contrast of 4.5 to white, or to a ground as dark as #1a1a1a, and a rule in the style sheet."""
    for place, colour in enumerate(colours):
        parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
        linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
        light = 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
        high, low = max(light, ground), min(light, ground)

        assert (high + 0.05) / (low + 0.05) >= 4.5, colour
        assert f".tint-{place} {{ color: {colour}; }}" in math_style()
        assert f'class="tint tint-{place}"' in mathml(Tint(x, place), FUNCTION, colour=True)

    assert len(set(colours)) == 8


# --------------------------------------------------------------------------------------- words


def assert_words(text: str) -> None:
    """Words have letters, spaces, pauses and the hyphen of twenty-one, and nothing else."""
    assert text
    assert all(char.isalpha() or char in " ,-" for char in text), text
    assert re.fullmatch(r"\w.*\w|\w", text), text
    assert not re.search(r"  |,,| ,|,\w", text), text


@pytest.mark.parametrize("notation", NOTATIONS)
def test_words_hold_no_signs_and_are_always_the_same(notation: str) -> None:
    """Every formula can be said, and is said alike every time."""
    count = 0
    for expr, speller in everything(notation):
        said = words(expr, speller)
        count += 1

        assert_words(said)
        assert words(expr, speller) == said

    assert count > 1500


def test_different_formulas_are_said_differently() -> None:
    """Two formulas that read differently as text sound different, and what reads alike sounds alike."""
    heard: dict[tuple[int, str], str] = {}
    spellers: dict[int, Speller] = {}
    for expr, speller in everything("ng"):
        text = re.sub(r"\s", "", unicode_text(expr, speller))
        spellers[id(speller)] = speller

        assert heard.setdefault((id(speller), words(expr, speller)), text) == text

    assert len(set(heard.values())) > 1000


@pytest.mark.parametrize(
    ("expr", "speller", "said"),
    [
        (
            Relation((Adjoint("dL_dw1_1_1", "L", "w1_1_1"), Adjoint("delta1_1", "L", "z1_1") * Symbol("x_1"))),
            NETWORK,
            "d L by d w one one of layer one equals delta one of layer one times x one",
        ),
        (x / y, FUNCTION, "x over y"),
        (x / y + z, FUNCTION, "the fraction x over y, end fraction, plus z"),
        ((x + 1) / y, FUNCTION, "the fraction x plus one over y, end fraction"),
        (power(x / y, 2), FUNCTION, "the fraction x over y, end fraction, squared"),
        (power(a, 2), NETWORK, "a one of layer one, squared"),
        (call("exp", -z), FUNCTION, "e to the power minus z"),
        (call("exp", -z * y), FUNCTION, "e to the power minus z times y, end power"),
        (call("sigmoid", z1), NETWORK, "sigma of z one of layer one"),
        (call("sigmoid", x + y), FUNCTION, "sigma of open paren x plus y close paren"),
        (Numeral("-6.684e-04"), FUNCTION, "minus six point six eight four times ten to the power minus four"),
        (Symbol("w1_12_3"), NETWORK, "w twelve comma three of layer one"),
        (Transpose(Symbol("W2")), LAYERS, "matrix W of layer two, transposed"),
        (Symbol("z1"), LAYERS, "vector z of layer one"),
        (Entries(((x,), (ONE,))), FUNCTION, "the column vector x, one, end vector"),
        (Symbol("m_hat"), FUNCTION, "m hat"),
        (
            piecewise(ONE, (z, ">", ZERO), number(Fraction(1, 100), decimal=True)),
            FUNCTION,
            "the cases one if z is greater than zero, zero point zero one otherwise, end cases",
        ),
        (
            Product((Sum((Symbol("eta"), Sigma(Entry(Symbol("a2"), ("k",)), "k", 3))), Symbol("L"))),
            LAYERS,
            "open paren eta plus the sum over k from one to three of a k of layer two, end sum, close paren times L",
        ),
        (
            Sigma(Entry(Symbol("a2"), ("k",)), "k", "n") + Symbol("eta"),
            LAYERS,
            "the sum over k from one to n of a k of layer two, end sum, plus eta",
        ),
    ],
)
def test_what_is_said(expr: Expr, speller: Speller, said: str) -> None:
    """Formulas are said as a teacher would read them out."""
    assert words(expr, speller) == said


# --------------------------------------------------------------------------------------- explicit matrices


@pytest.mark.parametrize(
    ("expr", "tex", "text"),
    [
        (
            Entries(((number(1), number(2)), (number(3), number(4)))),
            r"\begin{bmatrix} 1 & 2 \\ 3 & 4 \end{bmatrix}",
            "[1 2; 3 4]",
        ),
        (Entries(((x - y, ONE),)), r"\begin{bmatrix} x - y & 1 \end{bmatrix}", "[x − y, 1]"),
        (Entries(((x - y,), (ONE,))), r"\begin{bmatrix} x - y \\ 1 \end{bmatrix}", "[x − y; 1]"),
    ],
)
def test_explicit_matrices_are_printed_everywhere(expr: Expr, tex: str, text: str) -> None:
    """A matrix of expressions is one in brackets; in text its entries are told apart."""
    assert (latex(expr, FUNCTION), unicode_text(expr, FUNCTION)) == (tex, text)
    assert ascii_text(expr, FUNCTION) == text.replace("−", "-")
    assert mathml(expr, FUNCTION).count("<mtd>") == len(expr.parts())
