"""
The same page in fewer bytes: what a browser reads alike either way is written the shorter way.

Nothing is encoded or left out: names, numbers and words stay as they are, and every rule leaves the drawn page as it was.
"""

from __future__ import annotations

import re
import string
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field

_BARE_VALUE = re.compile(r"""="([^\s"'=<>`&/]+)"(?=[\s>])""")  # before a slash it would take that in
_CLOSING = re.compile("</(?:td|th|tr|li|option|thead|tbody)>")
_PARAGRAPH = re.compile("</p>(?=<(?:p|div|details|h\\d|ol|table|section)\\b|</section>)")
_TAG = re.compile(r"<[a-z][^<>]*>")


def lean(body: str) -> str:
    """
    Return the inside of a page: formulas and pictures without what they do not need, attributes without needless quotes.

    >>> lean('<p class="row" title="two words">x</p>')
    '<p class=row title="two words">x</p>'
    """
    pictured = _SVG.sub(lambda found: _picture(found[0]), body)
    shorter = _MATH.sub(lambda found: formula(found[0]), pictured)
    shorter = re.sub(r'<td class="n"><b data-n="(\d+)">(.*?)</b></td>', r'<td class="n" data-n="\1">\2</td>', shorter)
    shorter = shorter.replace('<td class="n" data-', "<td data-").replace('<td class="n"></td>', "<td></td>")
    return _TAG.sub(lambda found: _BARE_VALUE.sub(r"=\1", found[0]), shorter)


def unclosed(body: str) -> str:
    """
    Return the inside of a page without the ends of cells and items, which end where the next one begins.

    >>> unclosed("<tr><td>1</td><td>2</td></tr>")
    '<tr><td>1<td>2'
    """
    return _CLOSING.sub("", _PARAGRAPH.sub("", body))


# --- formulas ------------------------------------------------------------------------------------------------

_MATH = re.compile(r"<math\b.*?</math>", re.DOTALL)
_PIECE = re.compile(r"<(/?)(\w+)([^<>]*?)(/?)>|([^<]+)")
_PARENS = {' stretchy="false"': "", ' stretchy="false" mathsize="120%"': ' class="b"'}


@dataclass
class _Element:
    tag: str
    marks: str
    parts: list[_Element | str] = field(default_factory=list)

    def text(self) -> str:
        inside = "".join(part if isinstance(part, str) else part.text() for part in self.parts)
        return f"<{self.tag}{self.marks}>{inside}</{self.tag}>"

    @property
    def letters(self) -> str:
        """What it says, where it has no element inside."""
        return "".join(part for part in self.parts if isinstance(part, str))


_UNSEEN = (_Element("mo", "", ["\u2062"]), _Element("mo", "", ["\u2061"]))  # times, applied: said in words


def formula(math: str) -> str:
    """
    Return a formula in which a number is one element, sign and all, and a mark stands at what it marks.

    Parentheses that do not grow become letters, which browsers do not stretch without being told, and ∂w one identifier.

    >>> formula('<mrow data-p="3"><mo form="prefix">−</mo><mn>2</mn></mrow>')
    '<mn data-p="3">−2</mn>'
    >>> formula('<mrow data-e="1"><msub><mi>x</mi><mn>1</mn></msub></mrow>')
    '<msub data-e="1"><mi>x</mi><mn>1</mn></msub>'
    """
    open_ = [_Element("", "")]
    for found in _PIECE.finditer(math):
        end, tag, marks, empty, letters = found.groups()
        if letters:
            open_[-1].parts.append(letters)
        elif end:
            done = _lean(open_.pop())
            into = open_[-1].parts
            loose = done.tag == "mrow" and not done.marks and open_[-1].tag in {"mrow", "math"}
            into.extend(done.parts if loose else [done])
        elif empty:
            open_[-1].parts.append(found[0])
        else:
            open_.append(_Element(tag, marks))
    return "".join(part if isinstance(part, str) else part.text() for part in open_[0].parts)


def _lean(element: _Element) -> _Element:
    """Return an element whose parts are lean already."""
    if element.tag == "mrow" and not element.marks and len(element.parts) == 2:
        element = _differential(element)
    if element.tag == "mo" and element.marks in _PARENS and element.letters in {"(", ")"}:
        return _Element("mn", _PARENS[element.marks], element.parts)
    if element.tag not in {"mrow", "math"}:
        return element
    element.parts = [part for part in element.parts if part not in _UNSEEN]
    parts = _joined(element.parts, _signed)
    if re.search(r"data-[npr]=", element.marks):
        parts = _joined(parts, _written)
    if element.tag == "mrow" and len(parts) == 1 and isinstance(parts[0], _Element) and not (element.marks and parts[0].marks):
        return _Element(parts[0].tag, element.marks or parts[0].marks, parts[0].parts)
    return _Element(element.tag, element.marks, parts)


def _differential(element: _Element) -> _Element:
    """Return ∂w as one letter pair with w's indices, where it is one letter; else the element."""
    sign, of = element.parts
    if not (isinstance(sign, _Element) and isinstance(of, _Element) and sign.letters == "∂" and not of.marks):
        return element
    base = of.parts[0] if of.tag in {"msub", "msup", "msubsup"} else of
    if not isinstance(base, _Element) or base.tag != "mi" or base.marks or not re.fullmatch("[a-gi-zA-Z]", base.letters):
        return element
    pair = _Element("mi", "", ["𝜕" + _slanted(base.letters)])
    return pair if base is of else _Element(of.tag, "", [pair, *of.parts[1:]])


def _slanted(letter: str) -> str:
    """Return a letter in mathematical italic, which browsers give to single letters only."""
    return chr(0x1D44E + ord(letter) - ord("a")) if letter.islower() else chr(0x1D434 + ord(letter) - ord("A"))


def _joined(parts: list[_Element | str], together: Callable[[_Element, _Element], bool]) -> list[_Element | str]:
    """Return the parts of a row, with those made one element that belong together."""
    found: list[_Element | str] = []
    for part in parts:
        before = found[-1] if found else None
        if isinstance(part, _Element) and isinstance(before, _Element) and part.tag == "mn" and together(before, part):
            found[-1] = _Element("mn", "", [before.letters + part.letters])
        else:
            found.append(part)
    return found


def _signed(sign: _Element, number: _Element) -> bool:
    return not number.marks and sign.letters == "−" and sign.tag == "mo" and sign.marks == ' form="prefix"'


def _written(left: _Element, right: _Element) -> bool:
    return left.tag == "mn" and not left.marks + right.marks


# --- pictures ------------------------------------------------------------------------------------------------

_SVG = re.compile(r"<svg\b.*?</svg>", re.DOTALL)


def _picture(svg: str) -> str:
    """
    Return a picture in which the usual size of letters is said once, and letters alone say themselves where they stand.

    One with a style sheet of its own stays as it is; others are named by their description, and edges by their weight or
    derivative.
    Letters alone need no plate, but for a weight's, which lies under its numbers too: the page's style sheet gives them a rim in
    the colour of the paper.
    """
    if "<style" in svg:
        return svg
    svg = re.sub(r'role="img"(.*?>)\s*<title>[^<]*</title>\s*<desc>([^<]*)</desc>', r'role="img" aria-label="\2"\1', svg, count=1)
    sizes = Counter(re.findall(r' font-size="([\d.]+)"', svg))
    usual = max(sizes, key=lambda size: (sizes[size], float(size)), default="")
    short = re.sub(r' xmlns="[^"]*"|(?<=") width="[^"]*" height="[^"]*"(?= viewBox)| data-from="[^"]*" data-to="[^"]*"', "", svg)
    short = re.sub('(<svg[^>]* class="sb-diagram) sb-[\\w-]+"', r'\1"', short.replace('<rect class="plate"', "<rect"))
    short = re.sub(r'( d="M[\d.,-]+) L(?=[^A-Za-z"]*")', r"\1 ", short)  # a move goes on as a line
    if usual:
        short = short.replace(f' font-size="{usual}"', "").replace("<svg ", f'<svg font-size="{usual}" ', 1)
    short = _BELOW.sub(lambda found: f"<text{found[1]}{found[4]}>{found[2]}{found[3].replace(found[4], '')}</text>", short)
    return _ALONE.sub(r'<text class="\1"\2\3>\4</text>', short).replace(">\n<", "><")


# A letter with indices, all of one size.
_BELOW = re.compile(
    r"<text([^>]*)>(<tspan[^>]*font-size[^>]*>[^<]*</tspan>)"
    r'(<tspan[^>]*?( font-size="[\d.]+")[^>]*>[^<]*</tspan>(?:<tspan[^>]*?\4[^>]*>[^<]*</tspan>)?)</text>'
)

_ALONE = re.compile(
    r'<g class="label (?!weight)(\w+)(?: path)?"( data-of="[^"]*")>(?:<rect [^>]*/>)?'
    r'<text><tspan((?: [xy]="[^"]*")*)>([^<]*)</tspan></text></g>'
)


# --- style sheets --------------------------------------------------------------------------------------------

_RULE = re.compile(r"([^{};]+)\{([^{}]*)\}")
_NAMED = re.compile(r"[.#][A-Za-z][\w-]*")
_TAGS = re.compile(r"(?:^|[\s>+~])([a-z][a-z\d]*)")
_NIGHT = re.compile(r"@media (?:screen and )?\(prefers-color-scheme:dark\)\{\s*([^{}]+)\{([^{}]*)\}\s*\}")
_COLOUR = re.compile(r"(--[\w-]+):(#\w+)")


def worn(sheet: str, body: str, script: str = "") -> str:
    """
    Return a style sheet without rules for elements, classes and ids that a page never mentions, nor a text in its script.

    >>> worn(".a{color:red}.a .b,.c>.a{margin:0}@media print{.b{color:blue}}", '<p class="a c">')
    '.a{color:red}.c>.a{margin:0}'
    >>> worn(".on{top:0}#on{top:0}", '<p>', 'e.classList.add("on")')
    '.on{top:0}'
    """
    tags = {"html", "body", "main", *re.findall(r"<([a-z]\w*)", body)}
    ids = {"#" + name for name in re.findall(r'\bid="?([\w-]+)', body)}
    classes = set(re.findall(r"[\w-]+", " ".join(re.findall(r'\bclass=(?:"[^"]*"|[\w-]+)', body))))
    texts = re.findall(r"""["'`]([^"'`]*)["'`]""", re.sub(r'\$\("[^"]*"\)', "", script))
    added = set(re.findall(r"[\w-]+", " ".join(texts)))
    mentioned = {*ids, *("." + name for name in classes | added), *tags, *added}

    def kept(rule: re.Match[str]) -> str:
        lead = "\n" if rule[1].startswith("\n") else ""
        parts = [part.strip() for part in re.split(r",(?![^(]*\))", rule[1])]
        selectors = [part for part in parts if {*_NAMED.findall(part), *_TAGS.findall(part)} <= mentioned]
        return f"{lead}{','.join(selectors)}{{{rule[2]}}}" if selectors else ""

    found = re.sub(r"@media[^{}]*\{\s*\}", "", _RULE.sub(kept, sheet))
    used = set(re.findall(r"var\((--[\w-]+)", found + body))
    return re.sub(r"(--[\w-]+):#\w+;?", lambda own: own[0] if own[1] in used else "", found)


def folded(sheet: str) -> str:
    """
    Return a style sheet that says a colour by day and by night in one place, and the name of a block's owner once.

    >>> folded(".p{--a:#fff;--b:#000}@media (prefers-color-scheme:dark){.p{--a:#111}}")
    '.p{--a:light-dark(#fff,#111);--b:#000}'
    >>> folded(".p{margin:0}.p .a{top:0}.p .b,.p .c{left:0}.q{top:0}")
    '.p{margin:0}.p{.a{top:0}.b,.c{left:0}}.q{top:0}'
    """
    for night in _NIGHT.finditer(sheet):
        owner, dark = night[1], dict(_COLOUR.findall(night[2]))
        day = re.search(rf"{re.escape(owner)}\{{[^{{}}]*\}}", sheet)
        if not day or day.start() > night.start() or set(dark) - {name for name, _ in _COLOUR.findall(day[0])}:
            continue
        both = day[0]
        for name, colour in _COLOUR.findall(both):
            if name in dark:
                both = both.replace(f"{name}:{colour}", f"{name}:light-dark({colour},{dark[name]})")
        sheet = sheet.replace(night[0], "", 1).replace(day[0], both, 1)
    return _FAMILY.sub(_nested, sheet)


_FAMILY = re.compile(
    r"(?:(?<=\})|(?<=\n)|^)(\.[\w-]+) [^{},]+(?:,\1 [^{},]+)*\{[^{}]*\}(?:\1 [^{},]+(?:,\1 [^{},]+)*\{[^{}]*\})+"
)


def renamed(sheet: str, body: str) -> tuple[str, str]:
    """
    Return a style sheet and the inside of a page whose own properties have short names, the most used the shortest.

    >>> renamed("p{--wide:1px;width:var(--wide)}", '<p style="--wide:2px">--wide</p>')
    ('p{--a:1px;width:var(--a)}', '<p style="--a:2px">--wide</p>')
    """
    uses = Counter(re.findall(r"--[a-z][\w-]*", sheet))
    letters = string.ascii_letters
    short = {name: f"--{letters[k]}" for k, (name, _) in enumerate(sorted(uses.items(), key=lambda use: (-use[1], use[0])))}
    if len(short) > len(letters):
        return sheet, body

    def put(found: re.Match[str]) -> str:
        return re.sub(r"--[a-z][\w-]*", lambda name: short.get(name[0], name[0]), found[0])

    return re.sub(r"--[a-z][\w-]*", lambda name: short[name[0]], sheet), re.sub(r'(?<= style=)(?:"[^"]*"|[^\s">]+)', put, body)


def _nested(found: re.Match[str]) -> str:
    rules = re.sub(rf"(^|[,}}]){re.escape(found[1])} ", r"\1", found[0])
    return f"{found[1]}{{{rules}}}"
