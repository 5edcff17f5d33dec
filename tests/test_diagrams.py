"""Diagrams: nothing overlaps, nothing is missing, every format is sound, and hostile names are harmless."""

from __future__ import annotations

import os
import re
import sys
from collections import Counter
from functools import cache
from io import BytesIO
from itertools import combinations, pairwise
from pathlib import Path
from time import process_time
from typing import Any
from xml.etree import ElementTree as ET

import pytest
from diagram_cases import EXAMPLES, NETWORKS, Drawing, drawings
from latex_compiler import available, compile_latex

from symbackprop import cli, derive
from symbackprop.diagrams import KINDS, Figure, figure_of, to_bytes, to_dot, to_svg, to_tikz
from symbackprop.diagrams.figure import LONGEST_DESCRIPTION, Box, Label, Node, Writing, legible, overlap
from symbackprop.diagrams.labels import crosses
from symbackprop.diagrams.layering import layered
from symbackprop.diagrams.wrapping import Column, breaks
from symbackprop.errors import InputError, TooLargeError, UnknownNameError

DRAWINGS = drawings()
BY_NAME = {drawing.name: drawing for drawing in DRAWINGS}
SVG = "{http://www.w3.org/2000/svg}"
each = pytest.mark.parametrize("drawing", DRAWINGS, ids=lambda drawing: drawing.name)


@cache
def figure(drawing: Drawing) -> Figure:
    return drawing.figure()


@cache
def font(style: str) -> Any:
    """Open one of the fonts that matplotlib brings, large enough to measure."""
    mpl = pytest.importorskip("matplotlib")
    image_font = pytest.importorskip("PIL.ImageFont")
    suffix = {"roman": "", "italic": "Italic", "bold": "Bol"}[style]
    return image_font.truetype(str(Path(mpl.get_data_path()) / "fonts" / "ttf" / f"STIXGeneral{suffix}.ttf"), 100)


@cache
def measured(text: str, style: str) -> Box:
    """Return what letters of size 1 cover, from where they begin on their baseline."""
    left, top, right, bottom = font(style).getbbox(text, anchor="ls")
    return left / 100, top / 100, right / 100, bottom / 100


def ink(writing: Writing, x: float, baseline: float) -> Box:
    """Return what a line covers in a real font; `x` is its left end."""
    boxes = []
    for run in writing.runs:
        if run.text.strip():
            left, top, right, bottom = measured(run.text.strip(), run.style)
            start = x + run.x + run.size * font(run.style).getlength(" ") / 100 * (run.text[0] == " ")
            place = baseline + run.y
            boxes.append((start + run.size * left, place + run.size * top, start + run.size * right, place + run.size * bottom))
    lefts, tops, rights, bottoms = zip(*boxes, strict=True)
    return min(lefts), min(tops), max(rights), max(bottoms)


def ink_of_label(label: Label) -> Box:
    return ink(label.writing, label.x - label.writing.width / 2, label.baseline)


def ink_of_name(node: Node) -> Box:
    writing = node.writing
    return ink(writing, node.x - writing.width / 2, node.y + (writing.rise - writing.drop) / 2)


def shrunk(box: Box, by: float) -> Box:
    return box[0] + by, box[1] + by, box[2] - by, box[3] - by


def test_there_are_enough_pictures() -> None:
    problems = {str(drawing.problem) for drawing in DRAWINGS}

    assert len(problems) >= 40
    assert {drawing.options.get("kind", "network") for drawing in DRAWINGS} == set(KINDS)
    assert len(figure(BY_NAME["forty values, atoms"]).nodes) >= 40


@each
def test_no_text_touches_another_or_a_node(drawing: Drawing) -> None:
    picture = figure(drawing)
    texts = [(label.writing.plain, ink_of_label(label)) for label in picture.labels]
    over_text = [(a, b) for (a, one), (b, two) in combinations(texts, 2) if overlap(one, two)]
    over_node = [
        (text, node.writing.plain) for text, box in texts for node in picture.nodes if overlap(shrunk(box, 0.5), node.box)
    ]
    nodes = [(a.name, b.name) for a, b in combinations(picture.nodes, 2) if overlap(a.box, b.box, 2)]

    assert (over_text, over_node, nodes) == ([], [], [])


@each
def test_no_edge_runs_through_a_text_without_a_plate(drawing: Drawing) -> None:
    picture = figure(drawing)
    lines = [line for edge in picture.edges for line in pairwise(edge.points)]

    assert [label.writing.plain for label in picture.labels if not label.plate if any(crosses(label.box, x) for x in lines)] == []


@each
def test_a_text_on_an_edge_is_nearest_to_its_own(drawing: Drawing) -> None:
    """Its middle is on its own edge; where at most nine edges have texts, no other edge is as near."""
    picture = figure(drawing)
    if picture.kind != "network":
        return
    edges = {edge.name: edge for edge in picture.edges if edge.name}
    count = Counter(edge.name.split("_")[0] for edge in picture.edges)
    blocks: dict[str, list[Label]] = {}
    for label in picture.labels:
        if label.of in edges and label.role != "name":
            blocks.setdefault(label.of, []).append(label)
    far, torn = [], []
    for name, labels in blocks.items():
        lefts, tops, rights, bottoms = zip(*(label.box for label in labels), strict=True)
        middle = (min(lefts) + max(rights)) / 2, (min(tops) + max(bottoms)) / 2
        own = distance(middle, edges[name].points)
        if own > 1.5:
            far.append((name, own))
        others = [distance(middle, edge.points) for edge in edges.values() if edge.name != name]
        if count[name.split("_")[0]] <= 9 and min(others, default=99.0) < own + 4:
            torn.append(name)

    assert (far, torn) == ([], [])


def distance(point: tuple[float, float], points: tuple[tuple[float, float], ...]) -> float:
    """Return how far a point is from a line of several pieces."""
    x, y = point
    nearest = []
    for (x0, y0), (x1, y1) in pairwise(points):
        length = (x1 - x0) ** 2 + (y1 - y0) ** 2
        along = min(1.0, max(0.0, ((x - x0) * (x1 - x0) + (y - y0) * (y1 - y0)) / length)) if length else 0.0
        nearest.append(((x0 + along * (x1 - x0) - x) ** 2 + (y0 + along * (y1 - y0) - y) ** 2) ** 0.5)
    return min(nearest)


@each
def test_every_name_is_inside_its_node(drawing: Drawing) -> None:
    outside = []
    for node in figure(drawing).nodes:
        left, top, right, bottom = ink_of_name(node)
        if not (node.box[0] <= left and node.box[1] <= top and right <= node.box[2] and bottom <= node.box[3]):
            outside.append((node.writing.plain, node.box, (left, top, right, bottom)))

    assert outside == []


@each
def test_nothing_is_outside_the_picture(drawing: Drawing) -> None:
    picture = figure(drawing)
    boxes = [*picture.boxes(), *(ink_of_label(label) for label in picture.labels)]
    boxes += [(x, y, x, y) for edge in picture.edges for x, y in edge.points]

    assert [box for box in boxes if box[0] < 0 or box[1] < 0 or box[2] > picture.width or box[3] > picture.height] == []


@each
def test_what_is_in_a_frame_stays_in_it(drawing: Drawing) -> None:
    """No text and no node lies across the border of a frame."""
    picture = figure(drawing)
    boxes = [(label.writing.plain, ink_of_label(label)) for label in picture.labels]
    boxes += [(node.name, node.box) for node in picture.nodes]
    torn = [
        (name, frame.name)
        for frame in picture.frames
        for name, box in boxes
        if overlap(box, frame.box)
        if not (frame.box[0] < box[0] and frame.box[1] < box[1] and box[2] < frame.box[2] and box[3] < frame.box[3])
    ]

    assert torn == []


@each
def test_no_line_runs_through_a_node_it_does_not_belong_to(drawing: Drawing) -> None:
    picture = figure(drawing)
    through = [
        (edge.source, edge.target, node.name)
        for edge in picture.edges
        for node in picture.nodes
        if node.name not in {edge.source, edge.target}
        for line in pairwise(edge.points)
        if crosses(shrunk(node.box, 3), line)
    ]

    assert through == []


@each
def test_everything_is_drawn_once(drawing: Drawing) -> None:
    made, picture = drawing.derivation(), figure(drawing)
    if picture.kind == "four":
        return
    names = Counter(node.name for node in picture.nodes)
    edges = Counter((edge.source, edge.target) for edge in picture.edges if edge.target)
    if picture.kind == "network":
        network, suffix = made.problem.network, ""
        assert network is not None
        if network.samples > 1:
            suffix = f"_s{drawing.options.get('sample', 1)}"
        if max(network.sizes) > 12:
            assert picture.notices
            return
        layers = [[f"x_{k}{suffix}" for k in range(1, network.inputs + 1)]]
        layers += [[f"a{i}_{j}{suffix}" for j in range(1, size + 1)] for i, size in enumerate(network.sizes[1:], 1)]
        layers += [[f"L{suffix}"], *([[made.output]] if made.output != f"L{suffix}" else [])]
        wanted = Counter(name for layer in layers for name in layer)
        joined = Counter((a, b) for left, right in pairwise(layers) for a in left for b in right)
        weights = {edge.name for edge in picture.edges if edge.name}
        assert weights == {name for name in made.graph.leaf_by_name if name.startswith("w")}
    else:
        graph = made.atoms().graph if picture.kind == "atoms" else made.graph
        wanted = Counter([*graph.leaf_by_name, *graph.definitions])
        joined = Counter((parent, child) for child, parents in graph.parents.items() for parent in parents)

    assert (names, edges) == (wanted, joined)


@each
def test_numbers_stand_at_every_value(drawing: Drawing) -> None:
    made, picture = drawing.derivation(), figure(drawing)
    if made.values is None or picture.kind == "four":
        return
    labelled = Counter((label.of, label.role) for label in picture.labels)
    drawn = {node.name for node in picture.nodes}

    assert {name for name in drawn if labelled[name, "value"] != 1} == set()
    if picture.kind != "network":
        gradients = set((made.atoms() if picture.kind == "atoms" else made).values.gradients)
        assert {name for name in drawn & gradients if labelled[name, "gradient"] != 1} == set()


@each
def test_the_gradients_way_is_marked_and_nothing_else(drawing: Drawing) -> None:
    made, picture, wrt = drawing.derivation(), figure(drawing), drawing.options.get("wrt", "")
    marked = {(edge.source, edge.target) for edge in picture.edges if "path" in edge.classes}
    if picture.kind not in {"graph", "atoms"}:
        assert bool(marked) == (bool(wrt) and picture.kind == "network")
        return
    graph = made.atoms().graph if picture.kind == "atoms" else made.graph
    passed = graph.descendants(wrt) & graph.ancestors(made.output) if wrt else set()

    assert marked == {(parent, child) for child in passed for parent in graph.parents.get(child, ()) if parent in passed}


@each
def test_the_svg_is_sound_and_refers_to_nothing(drawing: Drawing) -> None:
    picture = figure(drawing)
    text = to_svg(picture)
    root = ET.fromstring(text)
    urls = re.findall(r"https?:[^\"' ]*", text)

    assert root.tag == f"{SVG}svg"
    assert root.get("role") == "img"
    assert [child.tag for child in root][:2] == [f"{SVG}title", f"{SVG}desc"]
    assert root.findtext(f"{SVG}title")
    assert root.findtext(f"{SVG}desc")
    assert set(urls) == {"http://www.w3.org/2000/svg"}
    assert not re.search(r"<script|<image|<use|\bon\w+=|@import|url\(|nan|inf\b", text.replace("visibility:hidden", ""))
    groups = Counter(group.get("class", "").split()[0] for group in root.iter(f"{SVG}g"))
    assert groups["node"] == len(picture.nodes)
    assert groups["edge"] == len(picture.edges)
    assert groups["label"] == len(picture.labels)


@each
def test_every_text_is_balanced_and_the_same_every_time(drawing: Drawing) -> None:
    picture, again = figure(drawing), drawing.figure()
    tikz, dot = to_tikz(picture), to_dot(picture)

    assert (to_svg(picture), tikz, dot) == (to_svg(again), to_tikz(again), to_dot(again))
    assert tikz.count("{") == tikz.count("}")
    assert tikz.count("$") % 2 == 0
    assert dot.count('"') % 2 == 0
    assert all(f'"{node.name}" [' in dot for node in picture.nodes if node.name)


@pytest.mark.parametrize("drawing", [d for d in DRAWINGS if d.options.get("kind") in {"graph", "atoms"}], ids=lambda d: d.name)
def test_sweeps_leave_no_more_crossings_than_there_were(drawing: Drawing) -> None:
    made = drawing.derivation()
    graph = made.atoms().graph if drawing.options["kind"] == "atoms" else made.graph
    links = [(parent, child) for child, parents in graph.parents.items() for parent in parents]
    found = layered([*graph.leaf_by_name, *graph.definitions], links)
    place = {name: (i, p) for i, column in enumerate(found.columns) for p, name in enumerate(column)}
    segments = [(place[a], place[b]) for a, b in found.segments()]
    crossing = sum((a[1] - c[1]) * (b[1] - d[1]) < 0 for (a, b), (c, d) in combinations(segments, 2) if a[0] == c[0])

    assert found.crossings == crossing
    assert found.crossings <= found.crossings_as_declared
    assert all(place[b][0] == place[a][0] + 1 for a, b in found.segments())


@each
def test_lines_from_row_to_row_cross_no_other(drawing: Drawing) -> None:
    picture = figure(drawing)
    lines = [(edge.source, line) for edge in picture.edges for line in pairwise(edge.points)]
    upright = [(source, line) for source, line in lines if line[0][0] == line[1][0] and abs(line[0][1] - line[1][1]) > 1]
    if picture.kind == "four":
        return
    crossed = [
        (source, other)
        for source, ((x, y0), (_, y1)) in upright
        for other, line in lines
        if other != source and crosses((x - 0.1, min(y0, y1), x + 0.1, max(y0, y1)), line)
    ]

    assert crossed == []


def test_wide_pictures_go_on_in_the_next_row() -> None:
    """They end at a third of their width or so, and the name of what goes on is at the start of the row."""
    for name in ("unrolled, atoms", "deep, two in a layer, atoms, ng, numbers", "deep, two in a layer, numbers and a path"):
        drawing = BY_NAME[name]
        picture = figure(drawing)
        names = {edge.source for edge in picture.edges if any(a[0] == b[0] and a[1] != b[1] for a, b in pairwise(edge.points))}
        spelled = {node.name: node.writing.plain for node in picture.nodes}

        assert names, name
        assert picture.width < 1_500
        written = [label for label in picture.labels if label.role == "name" and label.plate]
        assert len(written) >= len(names), (name, spelled)
    assert not [edge for edge in figure(BY_NAME["mazur, graph"]).edges if len(edge.points) > 4]


def test_large_pictures_are_made_in_a_moment() -> None:
    """Of 144 edges between two layers, and of three hundred single operations; a slow machine has ten times as long."""
    chain = "; ".join(["h0 = x0", *(f"h{t} = tanh(w*x{t} + u*h{t - 1} + b)" for t in range(1, 49))])
    for made, kind in ((derive("12-12-12-3"), "network"), (derive(chain), "atoms")):
        started = process_time()
        picture = figure_of(made, kind)
        assert process_time() - started < 10
        assert len(picture.edges) > 290


def test_a_row_ends_where_few_lines_pass() -> None:
    columns = [Column((200.0 * k, 0.0, 200.0 * k + 150, 100.0), 1 if k == 4 else 9) for k in range(10)]

    assert breaks(columns) == (4,)
    assert breaks(columns[:5]) == ()
    assert breaks([]) == ()


def test_trees_have_no_crossings() -> None:
    for name in ("forty values, atoms", "staged fraction, graph"):
        graph = BY_NAME[name].derivation().graph
        links = [(parent, child) for child, parents in graph.parents.items() for parent in parents]
        assert layered([*graph.leaf_by_name, *graph.definitions], links).crossings == 0


def test_wide_layers_thin_out_and_say_so() -> None:
    picture = figure(BY_NAME["wide, a unit in the middle"])
    drawn = {node.name for node in picture.nodes}
    weights = {label.of for label in picture.labels if label.role == "weight"}

    assert {"x_17", "a1_11", "x_1", "x_30"} <= drawn
    assert sum(name.startswith("x_") for name in drawn) <= 12
    assert "w1_11_17" in weights
    assert len(weights) < 12
    assert any("30" in notice and "⋮" in notice for notice in picture.notices)
    assert any("weights are named" in notice for notice in picture.notices)
    assert [label.writing.plain for label in picture.labels].count("⋮") >= 2
    assert figure(BY_NAME["twelve edges"]).notices == ()


def test_small_networks_have_all_their_weights_and_biases_written() -> None:
    for name in ("2-2-1", "a softmax", "twelve edges", "deep", "relu, numbers and a path"):
        drawing = BY_NAME[name]
        roles = Counter(label.of for label in figure(drawing).labels if label.role in {"weight", "bias"})
        leaves = [leaf for leaf in drawing.derivation().graph.leaf_by_name if leaf[0] in "wb"]
        assert roles == Counter(leaves), name


def test_the_numbers_are_those_of_evaluate() -> None:
    made = derive(EXAMPLES / "one_weight.toml")
    values = made.values
    assert values is not None
    shown = {(label.of, label.role): label.writing.plain for label in figure_of(made, "graph").labels}

    assert shown["z1_1", "value"] == "0.3775"
    assert shown["a1_1", "gradient"] == "0.05540"
    assert shown["w1_1_1", "gradient"] == "6.684·10⁻⁴"
    for name in made.graph.definitions:
        assert float(shown[name, "value"]) == pytest.approx(values[name], rel=1e-3)


def test_a_graph_too_large_for_a_page_is_refused() -> None:
    with pytest.raises(TooLargeError, match="at most"):
        figure_of(derive("20-20-20-3"), "graph")


def test_what_cannot_be_drawn_is_said_in_a_sentence() -> None:
    with pytest.raises(InputError, match=r'did you mean "graph"\?'):
        figure_of(derive("x^2"), "grph")
    for kind in ("network", "four"):
        with pytest.raises(InputError, match="--kind graph"):
            figure_of(derive("x^2"), kind)
    with pytest.raises(UnknownNameError):
        figure_of(derive("2-2-1"), wrt="w9_9_9")
    with pytest.raises(InputError, match="sample 3"):
        figure_of(derive("2-2-1"), sample=3)
    with pytest.raises(InputError, match="follow a weight"):
        figure_of(derive("2-2-1"), "four", "b1_1")


HOSTILE = (
    "<script>alert(1)</script>",
    "]]></style></svg><script>alert(1)</script>",
    r"\input{/etc/passwd} \write18{ls} $x^2$ 50% #1 & ~ ^ _ {",
    '"; } /* */ <!-- --> \\" \n label="x',
    "right\u202eto\u2066left\u200f\x00\x07\x1b[31m",
    "long " * 2_000,
    "語" * 300,
    "",
)


@pytest.mark.parametrize("title", HOSTILE, ids=range(len(HOSTILE)))
def test_hostile_titles_are_harmless(title: str) -> None:
    file = {
        "title": title,
        "network": {"inputs": 2, "layers": [{"units": 2, "activation": "tanh"}, {"units": 1, "activation": "sigmoid"}]},
    }
    for kind in KINDS:
        picture = figure_of(derive(file), kind)
        text = to_svg(picture)
        root = ET.fromstring(text)
        assert not list(root.iter(f"{SVG}script"))
        assert len(root.findtext(f"{SVG}title") or "") <= 200
        assert not re.search("[\u0000-\u0008\u000b-\u001f\u200b-\u200f\u202a-\u202e\u2066-\u2069\ue000-\uf8ff]", text)
        tikz = to_tikz(picture, standalone=False)
        assert "\\input" not in "\n".join(line for line in tikz.split("\n") if not line.startswith("%"))
        assert len(re.findall(r'(?<!\\)"', to_dot(picture))) % 2 == 0


def test_long_names_are_cut_and_kept_whole_in_the_data() -> None:
    picture = figure(BY_NAME["long names, graph"])
    node = next(node for node in picture.nodes if node.name.startswith("a_quantity"))

    assert node.name == "a_quantity_with_a_very_long_name"
    assert node.width < 400
    assert legible("x" * 10_000, 32) == "x" * 31 + "…"


@pytest.mark.parametrize(("ending", "magic"), [("png", b"\x89PNG"), ("pdf", b"%PDF-")])
def test_pictures_as_files_are_the_same_every_time(ending: str, magic: bytes) -> None:
    pytest.importorskip("matplotlib")
    drawing = BY_NAME["2-2-1, numbers and a path"]
    content = to_bytes(drawing.figure(), ending)

    assert content.startswith(magic)
    assert content == to_bytes(drawing.figure(), ending)


def test_letters_that_pdflatex_lacks_are_said(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    for problem, said in (("y = 語*x", "no letters for 語,"), ("größe = α*x", "")):
        assert cli.run(["diagram", problem, "-o", str(tmp_path / "net.tex")]) == 0
        error = capfd.readouterr().err
        assert said in error
        assert bool(said) == bool(error)


def test_letters_that_no_font_has_are_said(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    pytest.importorskip("matplotlib")
    for ending in ("png", "pdf", "gif"):
        assert cli.run(["diagram", "größe = α*語", "-o", str(tmp_path / f"net.{ending}")]) == 0
        said = capfd.readouterr().err
        assert "for 語," in said
        assert said.count("\n") == 1


def test_a_picture_as_file_says_what_it_shows() -> None:
    pytest.importorskip("matplotlib")
    image = pytest.importorskip("PIL.Image")
    picture = figure(BY_NAME["one_weight, network"])
    with image.open(BytesIO(to_bytes(picture, "png"))) as file:
        assert file.text == {"Title": picture.title, "Description": picture.description}


@each
def test_words_for_the_picture_can_be_read_aloud(drawing: Drawing) -> None:
    """No raised or lowered digits and no powers of ten as typed; every value that is drawn in a small picture is said."""
    made, picture = drawing.derivation(), figure(drawing)

    assert not re.search("[₀-₉⁰-⁹⁽⁾¹²³]|\\de[-+]?\\d", picture.description)
    if made.values is not None and picture.kind != "four" and len(picture.description) < LONGEST_DESCRIPTION:
        said = picture.description
        assert [node.name for node in picture.nodes if node.tip.partition(", ")[2] not in said] == []


def test_without_matplotlib_a_sentence_says_how_to_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    monkeypatch.setattr("symbackprop.diagrams.matplot.find_spec", lambda _: None)

    with pytest.raises(InputError, match=r"pip install .*symbackprop\[plot\]"):
        to_bytes(figure(BY_NAME["1-1"]), "png")


@pytest.mark.parametrize("ending", ["svg", "tex", "dot", "png", "pdf"])
def test_the_files_ending_chooses_the_format(ending: str, tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    if ending in {"png", "pdf"}:
        pytest.importorskip("matplotlib")
    path = tmp_path / f"net.{ending}"
    assert cli.run(["diagram", "2-2-1", "-o", str(path), "--wrt", "w1_1_1"]) == 0
    begin = {"svg": b"<svg", "tex": b"%", "dot": b"digraph", "png": b"\x89PNG", "pdf": b"%PDF"}[ending]

    assert path.read_bytes().startswith(begin)
    assert capfd.readouterr() == ("", "")


def test_the_command_writes_svg_and_says_what_it_left_out(capfd: pytest.CaptureFixture[str]) -> None:
    assert cli.run(["diagram", "20-15-2"]) == 0
    out, err = capfd.readouterr()

    assert out.startswith("<svg")
    assert "symbackprop: inputs: 6 of 20 are drawn" in err


def test_the_command_says_which_sample_it_drew(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    problem, target = str(EXAMPLES / "cost_as_mean.toml"), tmp_path / "net.svg"

    assert cli.run(["diagram", problem, "-o", str(target)]) == 0
    assert "sample 1 of 3" in capfd.readouterr().err
    assert "sample 1 of 3" in (ET.fromstring(target.read_text("utf-8")).findtext(f"{SVG}desc") or "")
    assert cli.run(["diagram", problem, "-o", str(target), "--sample", "2"]) == 0
    assert capfd.readouterr().err == ""
    assert "sample 2 of 3" in (ET.fromstring(target.read_text("utf-8")).findtext(f"{SVG}desc") or "")


def test_what_is_left_out_is_said_in_the_picture_too() -> None:
    picture = figure(BY_NAME["wide, a unit in the middle"])
    decay = figure(BY_NAME["weight decay, network"])

    assert picture.notices
    assert [notice for notice in decay.notices if "penalty" in notice and notice[1:] in decay.description]
    assert all(notice in picture.description or notice[1:] in picture.description for notice in picture.notices)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--format", "png"], "-o picture.png"),
        (["--format", "jpeg"], "(svg, tikz, dot, png, pdf"),
        (["-o", "net.jpeg"], 'ending ".jpeg"'),
        (["--standalone"], "--standalone belongs to TikZ"),
        (["--kind", "tree"], "known: network, graph, atoms, four"),
        (["-o", "/"], "is a directory"),
        (["--view", "layers"], "derive --view layers"),
        (["--locals"], "--kind graph or --kind atoms"),
        (["--wrt", "W1"], "--wrt w1_1_1"),
        (["--wrt", "w1_1_1,b1_1"], "of one gradient"),
        (["--kind", "graph", "--sample", "2"], "--kind network"),
    ],
)
def test_wrong_options_are_said_in_a_line(words: list[str], said: str, capfd: pytest.CaptureFixture[str]) -> None:
    assert cli.run(["diagram", "2-2-1", *words]) == 2
    out, err = capfd.readouterr()

    assert out == ""
    assert said in err
    assert err.count("\n") == 1


COMPILED = (
    "one_weight, network", "mazur, four", "four layers", "four layers, graph", "wide",
    "a softmax, numbers and a path", "2-2-1, local derivatives",
    "constants, atoms, numbers and local derivatives", "cases, atoms", "long names, graph", "unrolled, graph",
)  # fmt: skip


@pytest.mark.latex
@pytest.mark.skipif(not available() and not os.environ.get("SYMBACKPROP_REQUIRE_LATEX"), reason="no pdflatex")
def test_tikz_compiles_with_nothing_sticking_out(tmp_path: Path) -> None:
    """All in one document, each as a fragment, and one as a document of its own."""
    pictures = [to_tikz(figure(BY_NAME[name]), standalone=False) for name in COMPILED]
    for title in HOSTILE[:4]:
        made = derive({"title": title, "definitions": {"f": "x^2"}})
        pictures.append(to_tikz(figure_of(made, "atoms"), standalone=False))
    packages = r"\usepackage[T1]{fontenc}\usepackage[utf8]{inputenc}\usepackage{lmodern,amsmath,amssymb,xcolor,graphicx,tikz}"
    body = "\n\n\\clearpage\n\\noindent ".join(pictures)
    source = f"\\documentclass{{article}}{packages}\\begin{{document}}\\noindent {body}\n\\end{{document}}\n"

    assert compile_latex(source, tmp_path) == []
    assert compile_latex(to_tikz(figure(BY_NAME["one_weight, network"])), tmp_path, "alone") == []


def test_the_cases_cover_every_network() -> None:
    assert set(NETWORKS) <= set(BY_NAME)


def test_what_comes_in_upside_down_is_written_out() -> None:
    """A sign alone is read from the upper wire to the lower one."""
    picture = figure_of(derive("f = (x - y)/(y - x)"), "atoms")
    signs = {node.name: node.writing.plain for node in picture.nodes}

    assert sorted((signs["v1"], signs["v2"])) == ["y − x", "−"]
