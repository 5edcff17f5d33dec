"""Pictures that play: in order forward and backward, without a script, and complete where nothing moves."""

from __future__ import annotations

import re
from importlib.util import find_spec
from io import BytesIO
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest

import symbackprop as sb
from symbackprop.cli import run
from symbackprop.diagrams import figure_of, to_svg
from symbackprop.diagrams.animation import BACKWARD, FORWARD, GIVEN, animated_gif, animated_svg, states, timeline
from symbackprop.diagrams.figure import Figure
from symbackprop.errors import InputError

EXAMPLES = Path(__file__).parents[1] / "worked_examples"
CASES: dict[str, tuple[Any, str]] = {
    "network": (EXAMPLES / "mazur.toml", "network"),
    "graph": (EXAMPLES / "mazur.toml", "graph"),
    "softmax": (EXAMPLES / "softmax_343.toml", "network"),
    "samples": (EXAMPLES / "cost_as_mean.toml", "graph"),
    "atoms": (EXAMPLES / "linear_1121.toml", "atoms"),
    "two paths": (EXAMPLES / "two_paths.toml", "graph"),
    "symbols only": ("2-2-1", "graph"),
    "deep": ("4-6-6-5-3", "network"),
    "deep graph": ("4-6-6-5-3", "graph"),
    "hostile": ({"title": "</svg><script>alert(1)</script>", "definitions": {"y": "exp(x)^2"}, "point": {"x": 1}}, "atoms"),
}
needs_matplotlib = pytest.mark.skipif(find_spec("matplotlib") is None, reason="matplotlib is not installed")


def figure(name: str) -> Figure:
    problem, kind = CASES[name]
    return figure_of(sb.derive(problem), kind)


@pytest.fixture(params=CASES, scope="module")
def drawn(request: pytest.FixtureRequest) -> Figure:
    """Every case as a figure."""
    return figure(request.param)


def test_everything_appears_once(drawn: Figure) -> None:
    """Every node and number appears in one beat, every edge is passed once ahead and once back."""
    beats = timeline(drawn)
    links = sorted(k for k, edge in enumerate(drawn.edges) if edge.source and edge.target)
    numbers = [j for j, label in enumerate(drawn.labels) if label.role in {"value", "gradient", "local"}]

    assert sorted(i for beat in beats if beat.phase != BACKWARD for i in beat.nodes) == list(range(len(drawn.nodes)))
    assert sorted(j for beat in beats for j in beat.labels) == numbers
    for phase in (FORWARD, BACKWARD):
        assert sorted(k for beat in beats if beat.phase == phase for k in beat.edges) == links
    phases = [beat.phase for beat in beats]
    assert phases == sorted(phases, key=[GIVEN, FORWARD, BACKWARD].index)


def test_a_value_comes_after_what_it_is_computed_from(drawn: Figure) -> None:
    """Forward, the source of an edge is there before its target; backward, it is the other way round."""
    beats = timeline(drawn)
    known = {drawn.nodes[i].name: b for b, beat in enumerate(beats) if beat.phase != BACKWARD for i in beat.nodes}
    reached = {drawn.nodes[i].name: b for b, beat in enumerate(beats) if beat.phase == BACKWARD for i in beat.nodes}
    compared = 0
    for edge in drawn.edges:
        if edge.target in known:
            assert known[edge.source] < known[edge.target]
            assert reached[edge.source] > reached[edge.target]
            compared += 1

    assert compared


def test_a_number_is_written_when_its_node_is_reached(drawn: Figure) -> None:
    """A value appears with its node, a gradient when all edges out of its node have been passed."""
    beats = timeline(drawn)
    written = {j: b for b, beat in enumerate(beats) for j in beat.labels}
    known = {drawn.nodes[i].name: b for b, beat in enumerate(beats) if beat.phase != BACKWARD for i in beat.nodes}
    back = {k: b for b, beat in enumerate(beats) if beat.phase == BACKWARD for k in beat.edges}
    for j, label in enumerate(drawn.labels):
        if label.of in known and label.role == "value":
            assert written[j] == known[label.of]
        if label.of in known and label.role == "gradient":
            out = [back[k] for k, edge in enumerate(drawn.edges) if edge.source == label.of and edge.target]
            assert written[j] == max(out, default=len([beat for beat in beats if beat.phase != BACKWARD]))


def test_an_animation_is_well_formed_and_has_no_script(drawn: Figure) -> None:
    """One <svg> element, nothing that runs or loads; the same figure gives the same text."""
    text = animated_svg(drawn)
    root = ET.fromstring(text)
    tags = {element.tag.partition("}")[2] for element in root.iter()}

    assert tags <= {"svg", "title", "desc", "style", "rect", "g", "path", "circle", "text", "tspan"}
    assert not [name for element in root.iter() for name in element.attrib if name.startswith("on") or "href" in name]
    assert "url(" not in text
    assert "@import" not in text
    assert text == animated_svg(drawn)


def test_all_that_moves_is_asked_for(drawn: Figure) -> None:
    """Every class that plays has its keyframes, all of them on screens of readers who did not ask for less motion."""
    text = animated_svg(drawn)
    (sheet,) = re.findall(r"<style>(.*?)</style>", text, flags=re.DOTALL)
    still, asked, moving = sheet.partition("@media screen and (prefers-reduced-motion:no-preference){")

    assert asked
    assert "animation" not in still
    assert "@keyframes" not in still
    named = set(re.findall(r"animation-name:([\w-]+)", moving))
    assert named == set(re.findall(r"@keyframes ([\w-]+)", moving))
    used = {word for group in re.findall(r'class="([^"]*)"', text) for word in group.split()}
    assert {word for word in used if re.fullmatch(r"[tneh]\d+", word)} == {n for n in named if re.fullmatch(r"[tneh]\d+", n)}
    assert "animation-play-state:paused" in moving
    assert "infinite" in moving


def test_the_keyframes_of_a_run_are_in_order(drawn: Figure) -> None:
    """Times within keyframes grow from 0 % to 100 %."""
    for body in re.findall(r"@keyframes [\w-]+\{((?:[^{}]*\{[^{}]*\})+)\}", animated_svg(drawn)):
        times = [float(time) for time in re.findall(r"([\d.]+)%(?=[,{])", body)]
        assert times == sorted(times)
        assert (times[0], times[-1]) == (0, 100)


def test_what_stands_still_is_the_picture(drawn: Figure) -> None:
    """Without motion, all of the still picture is there, and what moves is hidden."""
    letters = [run.text for label in drawn.labels for run in label.writing.runs]
    text = animated_svg(drawn)

    assert all(f">{run}<" in text for run in letters if "&" not in run and "<" not in run)
    hidden = text.partition("{visibility:hidden}\n@media")[0].rpartition("\n")[2]
    assert {".sb-diagram .way", ".sb-diagram .run"} <= set(hidden.split(","))
    assert text.count('class="node') == to_svg(drawn).count('class="node')


def test_states_end_with_the_whole_picture(drawn: Figure) -> None:
    """The states of a GIF have one size, grow number by number, and the last has all."""
    shown = list(states(drawn))

    assert len({(state.width, state.height) for state in shown}) == 1
    counts = [len(state.labels) for state in shown]
    assert counts == sorted(counts)
    assert shown[-1].labels[:-1] == drawn.labels
    assert all("path" in edge.classes or "own" in edge.classes for edge in shown[-1].edges if edge.source and edge.target)


def test_four_pictures_have_no_order() -> None:
    """What has no forward and backward is refused in a sentence."""
    with pytest.raises(InputError, match="--kind network"):
        animated_svg(figure_of(sb.derive(EXAMPLES / "mazur.toml"), "four"))


@needs_matplotlib
def test_a_gif_plays_every_beat() -> None:
    """A frame a beat, over and over, the same bytes each time."""
    from PIL import Image  # comes with matplotlib

    drawn = figure("two paths")
    made = animated_gif(drawn)
    with Image.open(BytesIO(made)) as gif:
        assert gif.n_frames == len(timeline(drawn))
        assert gif.info["loop"] == 0
        frames = []
        for k in range(gif.n_frames):
            gif.seek(k)
            assert gif.info["duration"] >= 200
            frames.append(gif.convert("RGB").tobytes())
    assert len(set(frames)) == len(frames)
    assert made == animated_gif(drawn)


@needs_matplotlib
def test_a_gif_of_a_large_network_stays_small() -> None:
    """Frames hold what changes, and are made smaller where the picture is large."""
    made = animated_gif(figure("deep"))

    assert len(made) < 700_000
    assert len(animated_gif(figure("graph"))) < 200_000


def test_from_the_command_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """--animate writes the graph that plays; what cannot move is refused."""
    problem, target = str(EXAMPLES / "two_paths.toml"), tmp_path / "backprop.svg"

    assert run(["diagram", problem, "--animate", "-o", str(target)]) == 0
    assert target.read_text("utf-8") == animated_svg(figure("two paths"))
    assert run(["diagram", problem, "--animate", "-o", str(tmp_path / "still.tex")]) == 2
    assert "-o backprop.gif" in capsys.readouterr().err


@needs_matplotlib
def test_a_gif_from_the_command_line(tmp_path: Path) -> None:
    """The ending .gif is enough."""
    target = tmp_path / "backprop.gif"

    assert run(["diagram", "y = 2*x", "--at", "x=3", "-o", str(target)]) == 0
    assert target.read_bytes().startswith(b"GIF89a")
