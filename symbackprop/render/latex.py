r"""
LaTeX: a fragment for a document of one's own, and a complete document.

The fragment needs amsmath, amssymb and xcolor; the few letters and signs that it provides are local to it, and where a
document of one's own defines them before, that document's win (`Macros`).  Lines are broken here, by measured width, so that
pages have no overfull boxes; breqn and \resizebox are not needed.  Equations have the numbers of `references`, which are those of
a PDF by Typst; in a fragment, LaTeX counts on from the document around it, and no two fragments have a label in common.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from symbackprop.document import Document, Lines, Paragraph
from symbackprop.notation import Speller
from symbackprop.render.latex_blocks import LONG_TITLE, blocks_of, drawn, natural_width
from symbackprop.render.latex_frames import frames_of
from symbackprop.render.latex_sheet import macros_of, sheet
from symbackprop.render.options import DEFAULT, Options
from symbackprop.render.references import References, cited, refer
from symbackprop.typeset.latex_emitter import LATEX_COLOURS
from symbackprop.typeset.stylesheet import ON_WHITE

# Widths of a line in em: of the documents written here (A4, margins of 25 mm; 16:9), and of a page with the classes' own margins.
ONE_COLUMN, TWO_COLUMNS, SLIDE = 45.0, 21.7, 39.0
PLAIN_PAGE, PLAIN_SLIDE = 34.0, 36.0
MATH_INDENT = 1.5
# The width of a column in points, and how much wider than it a diagram may be that is made smaller to fit.
COLUMN, LEGIBLE = 217.0, 1.4
WIDEST_REASON = 14.0  # wider ones do not decide how wide the column of reasons is
NUMBER = 2.6  # what the number of an equation takes from its line, with the space before it

_PACKAGES = r"\usepackage{amsmath,amssymb,xcolor}"
_SETTING = (
    r"\begingroup\allowdisplaybreaks\sloppy\emergencystretch=3em\parindent=0pt\parskip=4pt plus 2pt"
    r"\widowpenalty=10000\clubpenalty=10000\raggedbottom"
)
# In a narrow column, the right edge gives way before the spaces between words do.
_NARROW = r"\rightskip=0pt plus 3em"
# How many fragments a document has so far: the labels of each begin with its number.
_COUNTING = r"""\providecommand{\bpfragment}{0}\xdef\bpfragment{\number\numexpr\bpfragment+1\relax}
"""
_PREAMBLE = r"""\usepackage[utf8]{inputenc}
\usepackage[T1]{fontenc}
\usepackage{lmodern,textcomp,amsmath,amssymb,xcolor}
\allowdisplaybreaks
\setlength{\mathindent}{1.5em}
\setlength{\parindent}{0pt}
\setlength{\parskip}{4pt plus 2pt}
\sloppy\emergencystretch=4em\raggedbottom
\widowpenalty=10000\clubpenalty=10000
"""
# The number of an equation at the left of another: \bpnumber{label}.
_BESIDE = r"""\providecommand{\bpnumber}[1]{\text{\refstepcounter{equation}\csname ltx@label\endcsname{#1}\upshape(\theequation)}}
"""
# A reason at the right edge of a line, and after it the number of the equation, where it has one: \bpedge{width}{reason}{label}.
_EDGE = r"""\newcommand{\bpedge}[3]{\tag*{\llap{\makebox[#1][l]{#2}}\makebox[2.6em][r]{\if\relax\detokenize{#3}\relax\else
  \refstepcounter{equation}\csname ltx@label\endcsname{#3}\textup{(\theequation)}\fi}}}
"""


def render(document: Document, speller: Speller, options: Options = DEFAULT) -> str:
    """Print a document as a fragment of LaTeX that fits the classes' own margins: an article's, a two-column one's, or frames."""
    width = options.width or (PLAIN_SLIDE if options.beamer else TWO_COLUMNS if options.columns == 2 else PLAIN_PAGE)
    counting = ""
    if options.beamer:
        parts = list(frames_of(document.blocks, sheet(speller, width, colour=options.color)))
    else:
        document, references = _numbered(document)
        counting = _COUNTING if references.numbers else ""
        page = sheet(
            speller, width - (NUMBER if counting else 0), colour=options.color, label=r"bp\bpfragment:" if counting else ""
        )
        parts = list(blocks_of(document.blocks, page, references.numbers))
    setting = _SETTING + (_NARROW if options.columns == 2 else "")
    body = "\n".join(parts)
    macros = macros_of(speller).provided() + (_BESIDE if r"\bpnumber" in body else "")
    return f"% needs {_PACKAGES}\n{counting}{setting}\n{macros}{body}\n\\endgroup\n"


def render_standalone(document: Document, speller: Speller, options: Options = DEFAULT) -> str:
    """Print a document as a complete LaTeX article in one or two columns, or as 16:9 slides."""
    if options.beamer:
        page = sheet(speller, (options.width or SLIDE) - MATH_INDENT, colour=options.color)
        parts = list(frames_of(document.blocks, page, options.diagram))
        head = r"\documentclass[10pt,aspectratio=169,fleqn]{beamer}" + "\n"
        head += r"\usefonttheme[onlymath]{serif}\setbeamertemplate{navigation symbols}{}" + "\n"
    else:
        width = (options.width or (TWO_COLUMNS if options.columns == 2 else ONE_COLUMN)) - MATH_INDENT
        document, references = _numbered(document)
        width -= NUMBER if references.numbers else 0
        page = sheet(speller, width, colour=options.color, label="bp:", reasons=0.0)
        reasons = (page.widest_reason(block.rows) for block in document.blocks if isinstance(block, Lines))
        page = replace(page, reasons=max((size for size in reasons if size <= WIDEST_REASON), default=0.0))
        parts = list(blocks_of(document.blocks, page, references.numbers))
        if options.diagram:
            said = any(isinstance(block, Paragraph) for block in document.blocks[1:2])
            parts = _headed(parts, 2 if said else 1, options.diagram, wide=options.columns == 2)
        head = rf"\documentclass[10pt,a4paper,fleqn{',twocolumn' if options.columns == 2 else ''}]{{article}}" + "\n"
        head += r"\usepackage[margin=25mm]{geometry}" + "\n"
    tikz = "\\usepackage{graphicx,tikz}\n" if options.diagram else ""
    narrow = f"{_NARROW}\n" if options.columns == 2 else ""
    body = "\n".join(parts)
    own = (_BESIDE if r"\bpnumber" in body else "") + (_EDGE if r"\bpedge" in body else "")
    tints = _tints() if r"\textcolor" in body else ""
    head += _PREAMBLE + tints + narrow + tikz + macros_of(speller).provided() + own
    return f"{head}\\begin{{document}}\n{body}\n\\end{{document}}\n"


def _tints() -> str:
    """Return the colours of factors as the other formats have them: those of these names in xcolor are too light to read."""
    colours = zip(LATEX_COLOURS, ON_WHITE, strict=True)
    return "".join(rf"\definecolor{{{name}}}{{HTML}}{{{colour[1:].upper()}}}" + "\n" for name, colour in colours)


def _numbered(document: Document) -> tuple[Document, References]:
    """Return a document whose reasons name the equations they use, and the numbers of its equations."""
    references = refer(document)
    return cited(document, references), references


def _headed(parts: Sequence[str], count: int, tikz: str, *, wide: bool) -> list[str]:
    """Put a diagram after the title and the sentence that says what the problem is, if any; a wide one goes over both columns."""
    head = [*parts[:count], drawn(tikz, r"0.75\textheight")]
    if wide and len(parts[0]) < LONG_TITLE and natural_width(tikz) > LEGIBLE * COLUMN:
        return ["\\twocolumn[%", *head, "\\bigskip]", *parts[count:]]
    return [*head, *parts[count:]]
