"""A diagram in a Typst document: an SVG without what only browsers know."""

from __future__ import annotations

import re
from html import unescape

from symbackprop.typeset.typst_emitter import has_letter, quoted

# In em of a text of 10 pt: one of the diagram's pixels, and how high a picture may be that leaves room for a title.
PIXEL, HIGHEST = 0.078, 52.0
# The one that Typst carries whose letters are about as wide as those the diagram is measured with.
FONT = 'text{font-family:"Libertinus Serif"}'
DIGITS = 1.07  # its digits are narrower

_NUMBER = re.compile(r'(font-size=")([0-9.]+)("[^>]*>[0-9.·−]+</tspan>)')
_STYLE = re.compile(r"<style>(.*?)</style>", re.DOTALL)
_COLOUR = re.compile(r"(--[a-z-]+):(#[0-9a-f]{6})")
_VARIABLE = re.compile(r"var\((--[a-z-]+)\)")
_MEDIA = re.compile(r"@media[^{]*\{(?:[^{}]*\{[^{}]*\})*[^{}]*\}")
_FONT = re.compile(r"font-family:[^;}]*")
_TOLD = re.compile(r"<(title|desc)>(.*?)</\1>", re.DOTALL)
_SIZE = re.compile(r'<svg [^>]*?width="([0-9.]+)" height="([0-9.]+)"')


def flat(svg: str) -> str:
    """
    Return an SVG with its colours put in for their names, those of paper, and in a font that Typst carries.

    What no such font has a letter for is a question mark.

    >>> flat("<svg><style>a{--ink:#111111;fill:var(--ink)}@media print{a{fill:red}}</style></svg>")
    '<svg><style>a{--ink:#111111;fill:#111111}text{font-family:"Libertinus Serif"}</style></svg>'
    """
    style = _STYLE.search(svg)
    if style is None:
        return svg
    rules = _MEDIA.sub("", style[1])
    colours = dict(_COLOUR.findall(rules))
    rules = _VARIABLE.sub(lambda found: colours.get(found[1], "#000000"), rules)
    rules = _FONT.sub("", rules) + FONT
    bare = "".join(char if has_letter(char) or char.isspace() else "?" for char in svg[style.end(1) :])
    drawn = _NUMBER.sub(lambda found: f"{found[1]}{DIGITS * float(found[2]):.2f}{found[3]}", bare)
    return svg[: style.start(1)] + rules + drawn


def picture(svg: str, room: float) -> str:
    """Return the call that sets an SVG in the middle, no wider than `room` em and no higher than most of a page."""
    width, height = _size(svg)
    em = min(PIXEL * width, room, HIGHEST * width / height)
    return f"#align(center, {_image(svg)}(width: {em:.1f}em))"


def fitted(svg: str) -> str:
    """Return an SVG as a piece of a slide, which takes what room is left."""
    width, height = _size(svg)
    return f"(count: 0, aspect: {width / height:.3f}, most: {PIXEL * width:.1f}em, image: {_image(svg)})"


def _size(svg: str) -> tuple[float, float]:
    size = _SIZE.search(svg)
    return (float(size[1]), float(size[2])) if size else (400.0, 300.0)


def _image(svg: str) -> str:
    """Return a function of Typst that sets an SVG; what it shows is told in words."""
    told = " ".join(unescape(text) for _, text in _TOLD.findall(svg)) or "A diagram"
    return f'image.with(bytes({quoted(flat(svg))}), format: "svg", alt: {quoted(told)})'
