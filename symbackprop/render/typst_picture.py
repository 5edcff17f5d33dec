"""A diagram in a Typst document: an SVG without what only browsers know."""

from __future__ import annotations

import re
from html import unescape

from symbackprop.typeset.typst_emitter import quoted

# In em of a text of 10 pt: one of the diagram's pixels, and the highest pictures that leave room for a title.
PIXEL, HIGHEST, HIGHEST_SLIDE = 0.078, 52.0, 11.5
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
    drawn = _NUMBER.sub(lambda found: f"{found[1]}{DIGITS * float(found[2]):.2f}{found[3]}", svg[style.end(1) :])
    return svg[: style.start(1)] + rules + drawn


def picture(svg: str, room: float, *, slide: bool = False) -> str:
    """Return the call that sets an SVG in the middle, no wider than `room` em and no higher than most of a page or slide."""
    size = _SIZE.search(svg)
    width, height = (float(size[1]), float(size[2])) if size else (room / PIXEL, 0.0)
    highest = HIGHEST_SLIDE if slide else HIGHEST
    em = min(PIXEL * width, room, highest * width / height if height else room)
    drawing, told = quoted(flat(svg)), quoted(" ".join(unescape(text) for _, text in _TOLD.findall(svg)) or "A diagram")
    return f'#align(center, image(bytes({drawing}), format: "svg", alt: {told}, width: {em:.1f}em))'
