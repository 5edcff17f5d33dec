"""
The public face of a derivation: gradients as SymPy objects, numbers, slices, and every format.

Nothing is computed before it is asked for, but the backward pass itself.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from importlib import import_module
from pathlib import Path
from typing import Any

from symbackprop.atoms import atomise
from symbackprop.backprop import Backward, backpropagate, expand
from symbackprop.derivation.loading import problem_from, target_groups
from symbackprop.derivation.points import checked_point, listed, move
from symbackprop.derivation.quantities import Quantities
from symbackprop.derivation.spelling import check_notation, make_speller
from symbackprop.derivation.telling import format_for, make_telling
from symbackprop.derivation.training import choose_options
from symbackprop.document import Document, nested
from symbackprop.errors import InputError, SymbackpropError
from symbackprop.evaluate import Values, evaluate_at, missing
from symbackprop.export import derivation_json, dump, history_json
from symbackprop.expr import Expr
from symbackprop.graph import Graph
from symbackprop.narrate import Teller, Telling, narrate, tell_training
from symbackprop.narrate.worksheet import givens, worksheet
from symbackprop.network import Network
from symbackprop.notation import Speller
from symbackprop.problem import Problem
from symbackprop.render import Options, find_format
from symbackprop.saving import save
from symbackprop.steps import Step
from symbackprop.sympy_bridge import to_sympy
from symbackprop.train import Progress, Trajectory
from symbackprop.train import train as run_training

__all__ = [
    "Derivation",
    "check_notation",
    "derive",
    "format_for",
    "make_speller",
    "make_telling",
    "target_groups",
]


PAGES = "symbackprop.pages"
SHOWING = "symbackprop.showing"
DIAGRAMS = "symbackprop.diagrams"

# In notebooks without colour: MathJax 2, which pages made by nbconvert load, has no \textcolor unless it is told.
PLAIN = Options(color=False)


@dataclass(frozen=True, repr=False, eq=False)
class Derivation:
    """
    Every ∂output/∂value of a problem, with the steps that lead to it.

    >>> d = derive("u = 2*x + 1; y = u^3")
    >>> d.gradient("x")
    6*u**2
    >>> d.gradient("x", expand=True)
    6*(2*x + 1)**2
    """

    problem: Problem
    backward: Backward
    telling: Telling = field(default_factory=Telling)
    notation: str = "ng"

    def __post_init__(self) -> None:
        """Check the notation; raises InputError."""
        check_notation(self.notation)

    @property
    def graph(self) -> Graph:
        """The forward definitions."""
        return self.backward.graph

    @property
    def steps(self) -> tuple[Step, ...]:
        """Every claim of the derivation, in order."""
        return self.backward.steps

    @property
    def output(self) -> str:
        """The plain name of what is differentiated."""
        return self.backward.output

    @cached_property
    def values(self) -> Values | None:
        """All numbers at the problem's own point, or None where it gives none."""
        point = self.problem.point
        return None if missing(self.graph, point) else evaluate_at(self.backward, point, self.problem.names)

    @cached_property
    def speller(self) -> Speller:
        """How this derivation's symbols are spelled."""
        return make_speller(self.problem, self.backward, self.notation)

    @cached_property
    def _quantities(self) -> Quantities:
        return Quantities(self.problem, self.backward)

    # --- mathematics -----------------------------------------------------------------------------------------

    @cached_property
    def composite(self) -> Any:
        """The output as one SymPy expression in inputs, weights and biases; activations by name, `doit` writes them out."""
        whole = expand(self.graph.output.symbol, self.graph.definitions)
        return to_sympy(whole, self.problem.assumptions)

    def gradient(self, name: str, *, expand: bool = False) -> Any:
        """
        Return ∂output/∂name as a SymPy expression in named quantities, or in leaves only.

        `name` is any leaf or value, in any spelling the command line accepts ("w1[2,3]"), or its derivative ("dL/dw1_2_3").
        Raises UnknownNameError, which names the nearest known ones.
        """
        return to_sympy(self.expression(name, expanded=expand), self.problem.assumptions)

    def expression(self, name: str, *, expanded: bool = False) -> Expr:
        """Return the same as `gradient` as the package's own expression, in textbook order."""
        symbol = self.backward.adjoints[self.plain(name)]
        node = self.backward.definitions[symbol.name]
        return expand(symbol, self.backward.definitions) if expanded else node.expr

    def plain(self, name: str) -> str:
        """Return the plain name of a quantity the output depends on, from any spelling."""
        return self._quantities.plain(name)

    def plain_names(self, names: Sequence[str]) -> tuple[str, ...]:
        """Return plain names, with whole layers (W1, b1) as their entries; raises UnknownNameError."""
        return self._quantities.plain_names(names)

    def evaluate(self, point: Mapping[str, Any] | None = None, /, **given: Any) -> Values:
        """
        Compute all values, local derivatives and gradients at a point.

        Scalars by plain name (`w1_1_1=0.15`), or vectors and matrices by layer: x (inputs), y (targets),
        W1 (units × inputs), b1 (units); what is not given comes from the problem.
        Raises InputError for a name that is not a leaf, a wrong shape, a leaf without a number or what an assumption
        of the problem forbids, and DomainError where a definition has no value.

        >>> derive("3*x^2 + 2*x*y + y^2").evaluate(x=1, y=2).gradient
        Gradient(x=10, y=6)
        """
        moved = move(self.problem, {**checked_point({} if point is None else point), **given})
        return evaluate_at(self.backward, moved.point, self.problem.names)

    # --- training --------------------------------------------------------------------------------------------

    def train(  # noqa: PLR0913 - as the [training] table
        self,
        steps: int = 1,
        optimizer: str | None = None,
        options: Mapping[str, object] | None = None,
        *,
        update: str | None = None,
        parameters: Sequence[str] = (),
        progress: Progress | None = None,
        **given: object,
    ) -> Trajectory:
        """
        Make `steps` updates from the problem's point, of `parameters` (W1, b2, w1_1_1) only where some are given.

        The optimizer's options stand in a dict or by name (`learning_rate=0.1`).
        What is not given comes from the problem's [training] table, else the optimizer's defaults.
        Raises ProblemError for an option the optimizer does not take, and what `train.train` raises.

        >>> derive("x^2", at="x=3").train(1, "sgd", learning_rate=0.1).points[1]["x"]
        2.4
        """
        options = {**(options or {}), **given}
        own = self.problem.names
        declared = self.problem.training
        chosen = choose_options(declared, optimizer, options)
        absent = missing(self.graph, self.problem.point)
        if absent:
            names = listed([own.get(name, name) for name in absent])
            msg = f"training needs a number for {names}; give them in a problem file or with --at"
            raise InputError(msg)
        run = run_training(
            self.backward,
            self.problem.point,
            chosen,
            steps,
            parameters=self._quantities.parameters(parameters) or (declared.train if declared else ()),
            update=update or (declared.update if declared else "batch"),
            report=(declared.report if declared else "") or "",
            progress=progress,
            names=own,
        )
        return replace(run, shown=self._shown_training)

    def _shown_training(self, run: Trajectory, kind: str) -> str:
        """Print the course of a training for a notebook."""
        document = tell_training(self.told(detail=0).teller(), run)
        return self._displays(document) if kind == "latex" else find_format(kind).render(document, self.speller, PLAIN)

    def training_json(self, run: Trajectory) -> str:
        """Return the JSON object of `train`: that of the derivation at the start, with the history."""
        return dump({**self._json(), "history": history_json(run)})

    # --- views -----------------------------------------------------------------------------------------------

    def slice(self, *names: str) -> Derivation:
        """Return the same derivation told for some quantities only; a whole layer (W1, b1) is all its entries."""
        return replace(self, telling=replace(self.telling, wrt=self.plain_names(names)))

    def told(  # noqa: PLR0913 - one parameter an option of the command line
        self,
        *,
        detail: int | None = None,
        digits: int | None = None,
        exact: bool | None = None,
        paths: bool | None = None,
        expand: bool | None = None,
        wrt: str | Sequence[str] | None = None,
    ) -> Derivation:
        """
        Return the same derivation told otherwise; what is not given stays as it was.

        The options are those of the command line: `detail` from 0 (the results) to 3 (every micro-step), `digits` from
        1 to 17, numbers `exact`, derivatives as sums over `paths` or written out in leaves (`expand`), and by which
        quantities (`wrt`).  Raises ProblemError for a number out of range, UnknownNameError for an unknown name.

        >>> derive("2-2-1").told(detail=3, wrt=["W2"]).telling.wrt
        ('w2_1_1', 'w2_1_2')
        """
        before = self.telling
        numerals = before.numerals
        telling = make_telling(
            before.detail if detail is None else detail,
            numerals.digits if digits is None else digits,
            exact=numerals.exact if exact is None else exact,
        )
        names = before.wrt if wrt is None else self.plain_names([wrt] if isinstance(wrt, str) else wrt)
        return replace(
            self,
            telling=replace(
                telling,
                wrt=names,
                paths=before.paths if paths is None else paths,
                expand=before.expand if expand is None else expand,
            ),
        )

    def atoms(self) -> Derivation:
        """Return the derivation with every definition taken apart into binary operations."""
        backward = backpropagate(atomise(self.graph), unit_sums=self.problem.constraints)
        return replace(self, backward=backward)

    def at(self, **point: Any) -> Derivation:
        """Return the derivation with numbers at a point, given as in `evaluate`."""
        return replace(self, problem=move(self.problem, point))

    def document(self) -> Document:
        """Tell the derivation; raises InternalError where a step is not true."""
        return narrate(self.teller())

    def worksheet(self) -> Document:
        """Tell the derivation with blanks for what is derived or computed, and the numbers that are given."""
        teller = self.teller()
        return worksheet(narrate(teller), givens(teller))

    def teller(self) -> Teller:
        """Return a teller of this derivation."""
        return Teller(self.problem, self.backward, self.values, self.telling)

    # --- formats ---------------------------------------------------------------------------------------------

    def render(self, name: str, options: Options | None = None) -> str:
        """Print the derivation in a format of `render.FORMATS`, or "json"; without options, a whole document has its diagram."""
        if name == "json":
            return self.to_json()
        if name == "html":
            # The page draws pictures, which stand above this rung: as with formats, the module is brought when it is asked for.
            page: str = import_module(PAGES).derivation_page(self, options or Options())
            return page
        row = find_format(name)
        shown = options or Options(diagram=self.drawing(row.engine) if row.engine else "")
        return row.render(self.document(), self.speller, shown)

    def to_text(self) -> str:
        """Return plain text, 80 columns."""
        return self.render("text")

    def to_latex(self, *, standalone: bool = False) -> str:
        """Return a LaTeX fragment (amsmath, amssymb, xcolor), or a whole document."""
        return self.render("standalone" if standalone else "latex")

    def to_markdown(self, flavour: str = "dollar") -> str:
        """Return Markdown, "dollar" or "github"."""
        return self.render(flavour)

    def to_html(self) -> str:
        """Return one self-contained page to step through, with numbers that can be changed."""
        return self.render("html")

    def to_json(self) -> str:
        """Return the JSON object of schema 1."""
        return dump(self._json())

    def to_pdf(self, options: Options | None = None, *, engine: str | None = None) -> bytes:
        """
        Return a PDF, made by the engine "typst" or "latex", or by the first of them that is installed.

        Without options, the diagram stands on its first page.  Raises InputError where it is not, or where it fails.
        """
        from symbackprop.render.pdf import choose_engine, to_pdf  # brings what only a PDF needs

        chosen = choose_engine(engine)
        return to_pdf(self.document(), self.speller, options or Options(diagram=self.drawing(chosen)), chosen)

    def drawing(self, engine: str = "typst") -> str:
        """Return the diagram as a document holds it: SVG for "typst", TikZ for "latex"; nothing where no page would hold it."""
        asked = self.telling.wrt
        diagrams = import_module(DIAGRAMS)
        try:
            figure = diagrams.figure_of(self, wrt=asked[0] if len(asked) == 1 else "")
        except SymbackpropError:
            return ""
        drawn: str = diagrams.to_svg(figure) if engine == "typst" else diagrams.to_tikz(figure, standalone=False)
        return drawn

    def _json(self) -> dict[str, Any]:
        return derivation_json(
            self.problem, self.backward, self.values, self.speller, wrt=self.telling.wrt, with_expanded=self.telling.expand
        )

    def save(self, path: str | Path) -> Path:
        """Write the format the file's ending chooses; raises InputError where it is unknown, or nothing can be written."""
        target = Path(path)
        if (name := format_for(target)) == "pdf":
            save(target, self.to_pdf())
        else:
            save(target, self.render(name))
        return target

    # --- pictures and pages: they stand above this rung, and are brought when they are asked for ---------------

    def diagram(self, kind: str = "", wrt: str = "", **options: Any) -> Any:
        """
        Return a picture that shows itself in a notebook and is written by `.save("net.svg")` (.png, .pdf, .tex, .dot).

        `kind` is "network", "graph", "atoms" or "four"; `wrt` is the quantity whose gradient is followed.
        Options: `with_locals`, `sample`, and `animate`, for a graph that plays forward and backward (.svg, .gif).
        Raises what `showing.diagram` does.

        >>> derive("2-2-1").slice("w1_1_1").diagram()
        <Diagram (network) of "Backpropagation in a 2–2–1 network">
        """
        return import_module(SHOWING).diagram(self, kind, wrt, **options)

    def show(self) -> Path | None:
        """
        Open the page of this derivation: in a browser, or in a notebook under the cell.

        Returns the file that a browser opened.
        """
        opened: Path | None = import_module(SHOWING).show(self)
        return opened

    # --- notebooks -------------------------------------------------------------------------------------------

    def _repr_latex_(self) -> str:
        # VS Code prefers it to Markdown, and so does nbconvert for a PDF: it says the same.
        return self._displays(self.document())

    def _displays(self, document: Document) -> str:
        from symbackprop.render.notebook import render_notebook  # brought, as a format is, when it is asked for

        return render_notebook(document, self.speller, PLAIN)

    def _repr_markdown_(self) -> str:
        return self.render("dollar", PLAIN)

    def _repr_pretty_(self, printer: Any, cycle: bool) -> None:  # noqa: FBT001 - IPython's signature
        """Print the derivation as text where nothing richer can be shown; within a list or the like, what it is."""
        printer.text(repr(self) if cycle or nested(printer) else self.to_text())

    def __repr__(self) -> str:
        """Return what is derived, in a line, and for what it is told where that is not everything."""
        own = self.problem.names
        parameters = [name for names in self._quantities.layers.values() for name in names]
        one = "parameter" if parameters else "variable"
        counted = len(parameters or self.graph.leaves)
        told = f"; told for {listed([own.get(name, name) for name in self.telling.wrt])}" if self.telling.wrt else ""
        size = f"{counted} {one}{'' if counted == 1 else 's'}, {len(self.steps)} steps"
        return f"<Derivation of {own.get(self.output, self.output)}: {size}{told}>"

    def __str__(self) -> str:
        """Return the derivation as text."""
        return self.to_text()


def derive(
    problem: Network | Problem | Mapping[str, Any] | str | Path,
    *,
    at: str | Mapping[str, Any] | None = None,
    notation: str = "ng",
    unit_targets: bool = False,
) -> Derivation:
    """
    Derive every gradient of a network, a one-liner, definitions, a problem file or a dict shaped like one.

    `at` gives numbers ("x=1,y=2", or a dict that `evaluate` takes); with `unit_targets`, the targets of each sample are
    known to sum to 1.
    Raises ProblemError with every fault found, InputError for what is no problem.

    >>> derive("2-3:softmax,cross_entropy", unit_targets=True).gradient("z1_2")
    a1_2 - y_2
    """
    check_notation(notation)
    loaded = problem_from(problem)
    if isinstance(at, str):
        loaded = loaded.at(at)
    if unit_targets:
        loaded = replace(loaded, constraints=target_groups(loaded))
    made = Derivation(loaded, backpropagate(loaded.graph, unit_sums=loaded.constraints), notation=notation)
    return made if at is None or isinstance(at, str) else made.at(**checked_point(at))
