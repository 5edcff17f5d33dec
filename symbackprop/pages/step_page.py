"""A derivation as a page: picture, chain rule, fields, steps and gradients."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from functools import cached_property

from symbackprop.derivation import Derivation
from symbackprop.diagrams import Figure, stylesheet, to_svg
from symbackprop.document import Block, Heading, Note, Paragraph, Row
from symbackprop.expr import Number, operations
from symbackprop.functions import FUNCTIONS
from symbackprop.graph import Node, Role
from symbackprop.narrate.derivatives import unfolded_rows
from symbackprop.narrate.network import assumptions, setting
from symbackprop.narrate.single import expanded, path_form
from symbackprop.pages.fields import Field, fields_of, printed, starts
from symbackprop.pages.gradients import gradient_table, is_tabulated, length_rows
from symbackprop.pages.plan import Factor, Group
from symbackprop.pages.printing import Aside
from symbackprop.pages.rows import Kinded
from symbackprop.pages.script import script_of
from symbackprop.pages.subject import Subject
from symbackprop.render.html import render
from symbackprop.render.options import DEFAULT, Options
from symbackprop.render.web import Formulas, page, style, text
from symbackprop.typeset.shortcuts import unicode_text

WIDTH = 30.0
_SOME = re.compile(r"(?:\.sb-diagram|math) \.(role-[\w-]+|word)\b[^}]*\}")
MOST_WIDE, COMFORTABLE, STRETCH = 2400, 720, 1.4  # pixels of the picture
LEAST = 0.72  # of its size, at which the letters of numbers have 9 pixels
_LAYER, _DIGITS = re.compile("⁽([⁰¹²³⁴-⁹]+)⁾"), str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹", "0123456789")
MOST_RULES = 240  # operations that are told rule by rule
MOST_DEFINITIONS, MOST_TITLES = 12, 4
TOOLS = (
    '<p class="js"><label>show <select id="level"><option value="0">results</option><option value="1">formulas</option>'
    '<option value="2" selected>formulas and numbers</option></select></label></p>'
)
EXAMPLES = "Numbers that the problem does not give are examples."
UNKNOWN = "No numbers were found at which everything has a value: give some with --at or in [point], and the page computes."
TOO_LARGE = "The graph is too large for a picture."
KINK = "no derivative exists there: the derivation takes the usual convention, and the finite difference may disagree."


def derivation_page(made: Derivation, options: Options = DEFAULT) -> str:
    """
    Return the page of a derivation, told for the quantities it is told for; where there are none, its document as a page.

    Raises InternalError where a step is not true, DomainError where the problem's own numbers have no value.
    """
    if not made.teller().parameters:
        return render(made.document(), made.speller, options)
    return _Page(Subject.of(made, options.width or WIDTH)).text()


@dataclass(frozen=True)
class _Page:
    subject: Subject

    # --- parts -----------------------------------------------------------------------------------------------

    def text(self) -> str:
        """Return the page."""
        subject = self.subject
        network = subject.made.problem.network
        usual = (
            f"Backpropagation in a {'–'.join(map(str, network.sizes))} network" if network else "Derivatives by the chain rule"
        )
        title = subject.made.problem.title or usual
        body = [
            *subject.writer.block(Heading(1, (title,))),
            *(() if network else self._definitions()),
            *subject.writer.blocks(tuple(self._opening())),
            *self._stage(),
            *self._fields(),
            '<h2 id="steps"><a class="anchor" href="#steps">Step by step</a></h2>',
            TOOLS,
            '<div id="list"><h3>Forward</h3><ol class="steps">',
            *self._forward(),
            '</ol><h3>Backward</h3><ol class="steps" id="back-list">',
            *self._backward(),
            "</ol>",
            *self._update(),
            "</div>",
            *self._rules(),
            *self._gradients(),
            *self._written_out(),
        ]
        body.extend(subject.writer.blocks(subject.teller.document(title, ()).blocks))
        known = starts(self.fields) if subject.rows.counted else {}
        checks = {**subject.checks.data(subject.numbers.place), **subject.updates.data(subject.numbers)}
        made, pictures = subject.made, len(subject.figures)
        script = script_of(made.problem, subject.plan, subject.numbers, subject.extra, known, checks, pictures)
        whole = re.sub(r">\n+(?=<)", ">", "\n".join(body))
        return page(title, whole, sheet=_worn(style("frame", "step", tints=False) + stylesheet(), whole), script=script)

    def _definitions(self) -> Iterator[str]:
        """Print the function, as it was given."""
        nodes = self.subject.asked.problem.graph.nodes
        yield f'<div class="rows">{self._lines(("row", Row(node.symbol, node.expr)) for node in nodes[:MOST_DEFINITIONS])}</div>'
        if (more := len(nodes) - MOST_DEFINITIONS) > 0:
            yield f"<p>… and {more} more definitions, in the steps below.</p>"

    def _opening(self) -> Iterator[Block]:
        """Say what is derived, and what is assumed."""
        subject = self.subject
        network, teller = subject.made.problem.network, subject.teller
        if network is not None:
            yield Paragraph(setting(network))
        yield from teller.remarks()
        yield from assumptions(teller)
        yield from self._conventions()
        if subject.examples:
            yield Note("note", (EXAMPLES,))
        if not subject.rows.counted:
            yield Note("note", (UNKNOWN,))

    def _conventions(self) -> Iterator[Block]:
        """Say which slopes are taken where there is none: a network says it of its activations."""
        labels = dict.fromkeys(kink.label for kink in self.subject.checks.kinks)
        if self.subject.made.problem.network is None and labels:
            known = {row.text or row.name: row for row in FUNCTIONS.values()}
            rules = (known[label].rule if label in known else f"{label}: of the branch that is taken" for label in labels)
            said = f"Convention: at a kink the slope given by the rule is taken ({'; '.join(rules)}); sign 0 and step 0 are 0."
            yield Note("note", (said,))

    def _stage(self) -> Iterator[str]:
        subject = self.subject
        first = subject.told[0]
        yield '<section id="stage" aria-label="Chain rule">'
        yield from self._pictures()
        yield '<div class="bar js"><button id="back" aria-label="back">◀</button><span id="where">all steps</span>'
        yield '<button id="next" aria-label="next">▶</button>'
        if len(subject.figures) > 1:
            options = "".join(f'<option value="{k}">{k + 1}</option>' for k in range(len(subject.figures)))
            yield f'<label>sample <select id="sample">{options}</select></label>'
        if len(subject.told) > 1:
            yield f'<label>for <select id="pick">{"".join(self._choices())}</select></label>'
        yield "</div>"
        chain = subject.rows.chain(subject.made.backward.adjoints[first].name)
        yield f'<div id="lines" class="rows" data-for="{subject.numbers.place[first]}">{self._lines(chain)}</div>'
        yield '<div id="now" class="js"></div><p id="say" class="unseen" role="status"></p></section>'

    def _pictures(self) -> Iterator[str]:
        """Draw every sample; all but the first are there for the script to show."""
        figures = self.subject.figures
        if not figures:
            yield f'<p class="why">{TOO_LARGE}</p><div id="net" hidden><svg></svg></div>'
            return
        figure = figures[0]
        wide = min(MOST_WIDE, max(figure.width, min(STRETCH * figure.width, COMFORTABLE)))
        drawn = "".join(to_svg(self._placed(figure), style=False).strip() for figure in figures)
        shown = drawn.replace("<svg ", '<svg data-off="" ').replace('<svg data-off="" ', "<svg ", 1)
        tall, least = figure.width / figure.height, LEAST * figure.width
        yield f'<div id="net" class="scroll" style="--wide:{wide:.0f}px;--tall:{tall:.2f};--least:{least:.0f}px">{shown}</div>'
        if figure.notices:
            yield f'<p class="why">{text("; ".join(figure.notices))}</p>'

    def _placed(self, figure: Figure) -> Figure:
        """Return a figure whose local derivatives are places in the script."""
        place = self.subject.numbers.place
        held = {name: str(k) for name, k in place.items()}
        nodes = (replace(node, locals=tuple(held[name] for name in node.locals if name in held)) for node in figure.nodes)
        edges = (replace(edge, locals=tuple(held[name] for name in edge.locals if name in held)) for edge in figure.edges)
        return replace(figure, nodes=tuple(nodes), edges=tuple(edges))

    def _choices(self) -> Iterator[str]:
        for name in self.subject.told:
            shown = unicode_text(self.subject.teller.symbol(name), self.subject.made.speller)
            if self.subject.made.graph.role(name) in {Role.WEIGHT, Role.BIAS}:
                shown = self._layered(shown)
            yield f'<option value="{self.subject.numbers.place[name]}">{text(shown)}</option>'

    def _layered(self, shown: str) -> str:
        """Return a name with its layer as the formulas have it: [1], (1) or 1."""
        match self.subject.made.notation:
            case "ng":
                return _LAYER.sub(lambda found: f"[{found[1].translate(_DIGITS)}]", shown)
            case "nielsen":
                return _LAYER.sub(r"\1", shown)
            case _:
                return shown

    def _lines(self, rows: Iterable[Kinded]) -> str:
        return "".join(self.subject.writer.line_of(row, kind=kind) for kind, row in rows)

    # --- steps -----------------------------------------------------------------------------------------------

    def _forward(self) -> Iterator[str]:
        rows = self.subject.rows
        for k, group in enumerate(self.subject.plan.groups, 1):
            lines = list(rows.forward(group))
            head = f"<b>{self._group_title(group)}</b>"
            if len(group.nodes) == 1 and not group.layer and group.nodes[0].role is Role.INTERMEDIATE:
                first, *lines = lines
                head = f'<span class="rows">{self._lines([first]).replace("div", "span")}</span>'
            yield self._step(f"forward-{k}", f"{k}", head, lines)

    def _backward(self) -> Iterator[str]:
        """Tell the factors; they are numbered as they are shown, and the script numbers those of the chosen quantity."""
        subject = self.subject
        rows = subject.rows
        told = 0
        for k, factor in enumerate(subject.plan.factors, 1):
            if is_tabulated(subject, factor):
                continue
            told += 1
            local = self._lines(rows.factor(factor))
            head = f'<span class="rows">{local}</span>' if local else self._sum_title(factor)
            lines = [*rows.rules(factor), *(rows.reached(factor.closes) if factor.closes is not None else ())]
            yield self._step(f"factor-{k}", f"{told}", head.replace("div", "span"), lines)

    def _update(self) -> Iterator[str]:
        subject = self.subject
        if subject.updates.names:
            remark = subject.updates.remark
            head = f"<b>{text(subject.updates.title)}</b>" + (f'<p class="why">{text(remark)}</p>' if remark else "")
            step = self._step("update", "✓", head, subject.updates.rows(subject.numbers))
            yield f'<h3>Update</h3><ol class="steps">{step}</ol>'

    def _sum_title(self, factor: Factor) -> str:
        """Head a step that only adds up."""
        about = f" {self.subject.formulas.inline(factor.closes.about)}" if factor.closes else ""
        return f"<b>Sum</b>{about}"

    def _group_title(self, group: Group) -> str:
        sample = f", sample {group.sample}" if group.sample else ""
        if group.layer:
            return f"Layer {group.layer}{sample}"
        if group.nodes[-1].role in {Role.LOSS, Role.LOSS_PART, Role.COST}:
            return f"The {'cost' if group.nodes[-1].role is Role.COST else 'loss'}{sample}"
        names = [self.subject.formulas.inline(node.symbol) for node in group.nodes[:MOST_TITLES]]
        more = " …" if len(group.nodes) > MOST_TITLES else ""
        return ", ".join(names) + more

    def _step(self, where: str, number: str, head: str, rows: Iterable[Kinded]) -> str:
        """Return a step: its head always, and what can be folded."""
        lines = self._lines(rows)
        body = f'<div class="rows">{lines}</div>'
        inside = f"<details open><summary>{head}</summary>{body}</details>" if lines else f'<div class="head">{head}</div>'
        return f'<li id="{where}"><a href="#{where}">{number}</a>{inside}</li>'

    # --- fields ----------------------------------------------------------------------------------------------

    @cached_property
    def fields(self) -> list[tuple[str, list[Field]]]:
        subject = self.subject
        values = subject.made.values
        assert values is not None
        return [*fields_of(subject.made.graph, values, subject.numbers.place), *subject.updates.fields(subject.numbers)]

    def _fields(self) -> Iterator[str]:
        shown = ' class="js"' if self.subject.rows.counted else " hidden"
        yield f'<section id="fields"{shown}><h2>Change the numbers</h2><p>All numbers follow. '
        yield '<button id="reset">reset</button> <span id="fault" role="alert"></span></p>'
        if self.subject.rows.counted:
            yield from printed(self.fields, self.subject.formulas)
        yield "</section>"
        yield from self._kinks()

    def _kinks(self) -> Iterator[str]:
        """Warn of each kink that is near; the script shows and hides the warnings."""
        subject = self.subject
        kinks, values = subject.checks.kinks, subject.made.values
        if not kinks or values is None:
            return
        floats = {**values.env, **{name: value for name, (value, _) in subject.numbers.extra.items()}}
        near = [subject.checks.near(kink, floats) for kink in kinks]
        names = [subject.formulas.inline(kink.symbol) for kink in kinks]
        shown = "".join(
            f"<span{'' if is_near else ' hidden'}>{name} is at a kink of {text(kink.label)}; </span>"
            for name, kink, is_near in zip(names, kinks, near, strict=True)
        )
        yield f'<p id="kinks" class="note warning"{"" if any(near) else " hidden"}><b>Warning.</b> {shown}{KINK}</p>'

    # --- what follows the steps ------------------------------------------------------------------------------

    def _rules(self) -> Iterator[str]:
        """Tell the only definition of a function rule by rule, as without a picture."""
        subject = self.subject
        if len(subject.asked.graph.nodes) > 1:
            return
        node: Node = subject.asked.graph.output
        yield '<h2 id="rules"><a class="anchor" href="#rules">By the rules</a></h2>'
        told = subject.told[: max(1, MOST_RULES // max(1, operations(node.expr)))]
        for name in told:
            adjoint = subject.asked.backward.adjoints[name]
            rows = unfolded_rows(subject.narrator, node.symbol.name, name, adjoint)
            lines: list[Kinded] = [("row", row) for row in rows]
            last = rows[-1]
            if subject.rows.counted and operations(last.right):
                lines.append(("row put", Row(None, subject.numbers.put_in(last.right), subject.numbers.slot(adjoint.name))))
            elif subject.rows.counted and not isinstance(last.right, Number):
                lines[-1] = ("row", replace(last, value=subject.numbers.slot(adjoint.name)))
            yield f'<div class="rows">{self._lines(lines)}</div>'
        if more := len(subject.told) - len(told):
            yield f"<p>… and {more} more derivatives in the same way.</p>"

    def _gradients(self) -> Iterator[str]:
        many = len(self.subject.told) > 1
        title = ("All gradients" if self.subject.made.problem.network else "The gradient") if many else "The derivative"
        yield f'<h2 id="gradients"><a class="anchor" href="#gradients">{title}</a></h2>'
        yield from gradient_table(self.subject)
        if lines := self._lines(length_rows(self.subject)):
            yield f'<div class="rows">{lines}</div>'

    def _written_out(self) -> Iterator[str]:
        """Tell what else was asked for: sums over paths, derivatives in leaves."""
        subject = self.subject
        telling, blocks = subject.asked.telling, list[Block]()
        if telling.paths:
            for name in subject.told:
                blocks.extend(path_form(subject.narrator, name))
        if telling.expand:
            blocks.extend(expanded(subject.narrator))
        aside = Aside(Formulas(subject.asked.speller, colour=False), subject.width)
        yield from aside.blocks(tuple(blocks))


def _worn(sheet: str, body: str) -> str:
    """Return a style sheet without the rules for kinds of nodes and letters that a page has not."""
    if "data-off" not in body:
        sheet = re.sub(r"[^}]*\[data-off\][^}]*\}", "", sheet)
    if 'class="label local' not in body:
        sheet = re.sub(r"[^}]*[ .]local[ {][^}]*\}", "", sheet)
    if 'class="lines"' not in body:
        sheet = re.sub(r"\n\.lines math\{[^}]*\}", "", sheet)
    return _SOME.sub(lambda rule: rule[0] if f" {rule[1]}" in body or f'"{rule[1]}' in body else "", sheet)
