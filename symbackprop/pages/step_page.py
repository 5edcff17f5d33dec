"""The derivation of a network as a page: picture, chain rule, steps, fields and gradients."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cached_property

from symbackprop.derivation import Derivation
from symbackprop.diagrams import Figure, figure_of, stylesheet, to_svg
from symbackprop.document import Block, Heading, Note, Paragraph, Row, Spans, Table, Tint
from symbackprop.errors import DomainError
from symbackprop.expr import Expr, add, mul
from symbackprop.graph import Role
from symbackprop.narrate.network import assumptions, setting
from symbackprop.narrate.teller import Teller
from symbackprop.optimizers.letters import ETA
from symbackprop.pages.example import lacking, with_examples
from symbackprop.pages.fields import Field, fields_of, printed, starts
from symbackprop.pages.marks import INSIDE, MarkedFormulas, Numbers, Slot, in_text
from symbackprop.pages.plan import Factor, Group, Plan
from symbackprop.pages.rows import Kinded, Rows
from symbackprop.pages.script import RATE, after, script_of
from symbackprop.render.html import Writer
from symbackprop.render.options import DEFAULT, Options
from symbackprop.render.web import page, style, text

WIDTH = 30.0
_SOME = re.compile(r"(?:\.sb-diagram|math) \.(role-[\w-]+|word)\b[^}]*\}")
MOST_NAMED = 3
MOST_WIDE, COMFORTABLE, STRETCH = 2400, 720, 1.4  # pixels of the picture
USUAL_RATE = Fraction(1, 2)
TOOLS = (
    '<p class="tools js"><label>show <select id="level"><option value="0">results</option><option value="1">formulas</option>'
    '<option value="2" selected>formulas and numbers</option></select></label></p>'
)
PICTURE = "The path of the gradient is thick or dashed; every number is listed below."
EXAMPLES = "Numbers that the problem does not give are examples."


def derivation_page(made: Derivation, options: Options = DEFAULT) -> str:
    """
    Return the page of a network's derivation, told for the quantities it is told for.

    Raises InternalError where a step is not true.
    """
    point = with_examples(made.problem)
    examples = lacking(made.problem, point)
    whole = _at(made, point) if examples else made
    try:
        _ = whole.values
    except DomainError:
        if not examples:
            raise
        whole = _at(made, with_examples(made.problem, even=True))
    return _Page(whole, examples=examples, width=options.width or WIDTH).text()


def _at(made: Derivation, point: dict[str, Expr]) -> Derivation:
    return replace(made, problem=replace(made.problem, point=point))


@dataclass(frozen=True)
class _Page:
    made: Derivation
    examples: bool
    width: float

    @cached_property
    def teller(self) -> Teller:
        return self.made.teller()

    @cached_property
    def told(self) -> tuple[str, ...]:
        """What gradients are shown of."""
        return self.teller.parameters

    @cached_property
    def plan(self) -> Plan:
        return Plan(self.made.backward, self.told)

    @cached_property
    def figure(self) -> Figure:
        return _untold(figure_of(self.made, "network", self.told[0]))

    @cached_property
    def picture(self) -> str:
        return to_svg(self.figure, style=False).strip()

    @cached_property
    def rate(self) -> Fraction:
        declared = self.made.problem.training
        row = declared.options.hyperparameters.get("learning_rate") if declared else None
        return Fraction(row.value) if row is not None else USUAL_RATE

    @cached_property
    def updated(self) -> tuple[str, ...]:
        """The parameters among them: only those are learnt, or what the problem's training names."""
        graph, declared = self.made.graph, self.made.problem.training
        own = [name for name in self.told if name in graph.leaf_by_name and graph.role(name) in {Role.WEIGHT, Role.BIAS}]
        return tuple(name for name in own if not (declared and declared.train) or name in declared.train)

    @cached_property
    def numbers(self) -> Numbers:
        made, backward, values = self.made, self.made.backward, self.made.values
        names = [
            *made.graph.leaf_by_name,
            *made.graph.definitions,
            *(node.symbol.name for node in backward.nodes),
            *(factor.local.about.name for factor in self.plan.factors if factor.local is not None),
            RATE,
            *map(after, self.updated),
        ]
        numbers = Numbers(names, values, self.teller.numerals)
        if values is not None:
            numbers.extra[RATE] = (float(self.rate), self.rate)
            for name in self.updated:
                slope = backward.adjoints[name].name
                old, known = values.env, values.exact_env
                fraction = known[name] - self.rate * known[slope] if name in known and slope in known else None
                numbers.extra[after(name)] = (old[name] + -1.0 * float(self.rate) * old[slope], fraction)
        return numbers

    @cached_property
    def rows(self) -> Rows:
        return Rows(self.teller, self.plan, self.numbers)

    @cached_property
    def formulas(self) -> MarkedFormulas:
        return MarkedFormulas(self.made.speller)

    @cached_property
    def writer(self) -> Writer:
        return _PlainNumbers(self.formulas, self.width)

    # --- parts -----------------------------------------------------------------------------------------------

    def text(self) -> str:
        """Return the page."""
        network = self.made.problem.network
        assert network is not None
        title = self.made.problem.title or f"Backpropagation in a {'–'.join(map(str, network.sizes))} network"
        blocks: list[Block] = [Heading(1, (title,)), Paragraph(setting(network)), *self.teller.remarks()]
        blocks.extend(assumptions(self.teller))
        if self.examples:
            blocks.append(Note("note", (EXAMPLES,)))
        body = [
            *self.writer.blocks(tuple(blocks)),
            *self._stage(),
            *self._fields(),
            '<h2 id="steps"><a class="anchor" href="#steps">Step by step</a></h2>',
            TOOLS,
            '<ol class="steps" id="list">',
            *self._steps(),
            "</ol>",
            *self._gradients(),
        ]
        verdict = self.teller.document(title, ()).blocks
        body.extend(self.writer.blocks(verdict))
        script = script_of(self.made.problem, self.plan, self.numbers, self.updated, starts(self.fields))
        whole = "\n".join(body)
        return page(title, whole, sheet=_worn(style("frame", "step", tints=False) + stylesheet(), whole), script=script)

    def _stage(self) -> Iterator[str]:
        first = self.told[0]
        figure = self.figure
        yield '<section id="stage" aria-label="Chain rule">'
        wide = min(MOST_WIDE, max(figure.width, min(STRETCH * figure.width, COMFORTABLE)))
        yield f'<div id="net" class="scroll" style="--wide:{wide:.0f}px">{self.picture}</div>'
        yield from (f'<p class="why">{text(notice)}</p>' for notice in figure.notices)
        yield '<div class="bar js"><button type="button" id="back" aria-label="back">◀</button><span id="where">all steps</span>'
        yield '<button type="button" id="next" aria-label="next">▶</button>'
        if len(self.told) > 1:
            yield f'<label class="pick">for <select id="pick">{"".join(self._choices())}</select></label>'
        yield "</div>"
        chain = self.rows.chain(self.made.backward.adjoints[first].name)
        yield f'<div id="lines" class="rows" data-for="{self.numbers.place[first]}">{self._lines(chain)}</div>'
        yield '<div id="now" class="js"></div><p id="say" class="unseen" role="status"></p></section>'

    def _choices(self) -> Iterator[str]:
        for name in self.told:
            shown = self.made.problem.names.get(name, name)
            yield f'<option value="{self.numbers.place[name]}">{text(shown)}</option>'

    def _lines(self, rows: Iterable[Kinded]) -> str:
        return "".join(self.writer.line_of(row, kind=kind) for kind, row in rows)

    def _steps(self) -> Iterator[str]:
        for k, group in enumerate(self.plan.groups, 1):
            yield self._step(f"forward-{k}", f"{k}", f"<b>{self._group_title(group)}</b>", self.rows.forward(group))
        for k, factor in enumerate(self.plan.factors, 1):
            if self._tabulated(factor):
                continue
            local = self._lines(self.rows.factor(factor))
            head = f'<span class="rows">{local}</span>' if local else f"<b>Sum {k}</b>"
            rows = list(self.rows.reached(factor.closes)) if factor.closes is not None else []
            yield self._step(f"factor-{k}", f"{k}", head.replace("div", "span"), rows)
        if self.updated:
            yield self._step("update", "✓", "<b>One step of gradient descent</b>", self._updates())

    def _tabulated(self, factor: Factor) -> bool:
        """Whether a step is a line of the table: of many parameters, all but the first."""
        others = {self.made.backward.adjoints[name].name for name in self.told[1:]}
        return factor.closes is not None and factor.in_table and factor.closes.about.name in others

    def _group_title(self, group: Group) -> str:
        sample = f", sample {group.sample}" if group.sample else ""
        return f"Forward: layer {group.layer}{sample}" if group.layer else f"Forward: the {self._last(group)}{sample}"

    def _last(self, group: Group) -> str:
        return "cost" if group.nodes[-1].role is Role.COST else "loss"

    def _step(self, where: str, number: str, head: str, rows: Iterable[Kinded]) -> str:
        """Return a step: its head always, and what can be folded."""
        lines = self._lines(rows)
        body = f'<div class="rows">{lines}</div>'
        inside = f"<details open><summary>{head}</summary>{body}</details>" if lines else f'<div class="head">{head}</div>'
        return f'<li id="{where}"><a href="#{where}" aria-label="{where.replace("-", " ")}">{number}</a>{inside}</li>'

    def _updates(self) -> Iterator[Kinded]:
        for name in self.updated[:1]:
            yield self._update(name)
            slope = self.made.backward.adjoints[name]
            if self.rows.counted:
                slots = [self.numbers.slot(part, INSIDE) for part in (name, RATE, slope.name)]
                yield "row put", Row(None, add(slots[0], mul(-1, *slots[1:])), self.numbers.slot(after(name)))

    def _update(self, name: str) -> Kinded:
        symbol, slope = self.teller.symbol(name), self.made.backward.adjoints[name]
        return "row", Row(symbol, add(symbol, mul(-1, ETA, slope)), None, ("against the gradient",), "←")

    @cached_property
    def fields(self) -> list[tuple[str, list[Field]]]:
        values = self.made.values
        assert values is not None
        groups = fields_of(self.made.graph, values, self.numbers.place)
        if self.updated:
            groups.append(("Learning rate", [Field(ETA, self.numbers.place[RATE], float(self.rate), self.rate)]))
        return groups

    def _fields(self) -> Iterator[str]:
        yield '<section id="fields" class="js"><h2>Change the numbers</h2><p>All numbers on this page follow. '
        yield '<button type="button" id="reset">reset</button> <span id="fault" role="alert"></span></p>'
        yield from printed(self.fields, self.formulas)
        yield "</section>"

    def _gradients(self) -> Iterator[str]:
        if len(self.told) == 1:
            return
        yield '<h2 id="gradients"><a class="anchor" href="#gradients">All gradients</a></h2>'
        header: list[Spans] = [("derivative",), ("chain rule",), ("formula",)]
        if self.rows.counted:
            header += [("value",), *([("after one step",)] if self.updated else [])]
        addresses: list[str] = []
        rows: list[tuple[Spans, ...]] = []
        for name in self.told:
            rows.append(tuple(self._gradient(name)))
            number = self.plan.number[self.made.backward.adjoints[name].name]
            addresses.append(f' id="factor-{number}"' if self._tabulated(self.plan.factors[number - 1]) else "")
        printed_table = "".join(self.writer.block(Table(tuple(header), tuple(rows), frozenset(range(3, len(header))))))
        head, *lines = printed_table.split("<tr>")
        yield head + "<tr>" + lines[0] + "".join(f"<tr{where}>{line}" for where, line in zip(addresses, lines[1:], strict=True))

    def _gradient(self, name: str) -> Iterator[Spans]:
        """Yield the cells of one line of the table."""
        symbol = self.made.backward.adjoints[name]
        reached = self.plan.reached[symbol.name]
        tabulated = self._tabulated(self.plan.factors[self.plan.number[symbol.name] - 1])
        terms = self.rows.terms(reached)
        if tabulated:
            self.rows.tell(reached)
        yield (symbol,)
        yield (terms.named,) if len(reached.links) <= MOST_NAMED else (f"{len(reached.links)} terms",)
        yield (terms.put_in if tabulated else reached.final,)
        if self.rows.counted:
            yield (self.numbers.slot(symbol.name),)
            if self.updated:
                yield (self.numbers.slot(after(name)),) if name in self.updated else ()


class _PlainNumbers(Writer):
    """Prints numbers that stand alone as text: they are short, and said as they are written."""

    def value(self, number: Expr, sign: str) -> str:
        """Print a value after its sign."""
        return f"{sign} {self._number(number)}"

    def spans(self, spans: Spans) -> str:
        """Print text, formulas and numbers."""
        match spans:
            case (Slot() as number,):
                return self._number(number)
            case (Expr() as formula,):
                return self.formulas.full_size(formula, self.width)
            case _:
                return super().spans(spans)

    def _number(self, number: Expr) -> str:
        factor = ""
        if isinstance(number, Tint):
            factor, number = f' data-e="{number.colour}"', number.body
        assert isinstance(number, Slot)
        return f'<b data-n="{number.place}"{factor}>{in_text(number.numeral.text)}</b>'


def _worn(sheet: str, body: str) -> str:
    """Return a style sheet without the rules for kinds of nodes and letters that a page has not."""
    return _SOME.sub(lambda rule: rule[0] if f" {rule[1]}" in body or f'"{rule[1]}' in body else "", sheet)


def _untold(figure: Figure) -> Figure:
    """Return a figure without the numbers in its tooltips and description: they would not follow the fields."""
    nodes = tuple(replace(node, tip="") for node in figure.nodes)
    edges = tuple(replace(edge, tip="") for edge in figure.edges)
    return replace(figure, description=PICTURE, nodes=nodes, edges=edges)
