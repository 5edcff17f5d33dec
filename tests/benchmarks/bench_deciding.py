"""
Are two expressions equal: `decide` on the table of pairs, beside SymPy's `simplify(a - b) == 0` and `Expr.equals` in one run.

    python tests/benchmarks/bench_deciding.py [--quick] [--limit SECONDS]

Every pair of tests/pairs.py is decided once, with facts that nothing has been computed of before.  SymPy gets the same pairs
with all definitions put in, one at a time in a process that is killed after the limit (what it imports is not counted).
Times are seconds of the processor; --quick asks SymPy every eighth pair only.  The exit code is 1 where a bound is missed.
"""

from __future__ import annotations

import argparse
import platform
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from multiprocessing import get_context
from multiprocessing.connection import Connection
from pathlib import Path
from statistics import median
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from pairs import Pair, pairs

from symbackprop.backprop import expand
from symbackprop.decide import DIFFERENT, EQUAL, UNDECIDED, decide
from symbackprop.decide.model import written_out
from symbackprop.expr import Expr, Symbol, add, mul, substitute, symbols
from symbackprop.findings import PROVED
from symbackprop.graph import Node, Role
from symbackprop.sympy_bridge import to_sympy

MEDIAN, P99 = 0.030, 1.0
ACCEPTED, SHOWN = 0.97, 0.90
LIMIT = 3.0
METHODS = ("simplify", "equals")


@dataclass(frozen=True)
class Outcome:
    """One pair decided by one method: "equal", "different" or "undecided", with its evidence."""

    pair: Pair
    verdict: str
    seconds: float
    proved: bool = True
    late: bool = False


def ours(pair: Pair) -> Outcome:
    """Decide a pair, from nothing."""
    facts = replace(pair.facts, kept={})
    start = time.process_time()
    made = decide(pair.left, pair.right, facts)
    return Outcome(pair, made.verdict, time.process_time() - start, made.evidence == PROVED)


# --- SymPy in a process of its own -------------------------------------------------------------------------------


def for_sympy(pair: Pair, expr: Expr) -> Any:
    """Return an expression in leaves as a SymPy object."""
    facts = pair.facts
    whole = written_out(expr)
    definitions = dict(facts.graph.definitions)
    for name, symbol in symbols(whole).items():
        if name not in definitions and (meaning := facts.meaning(symbol)) is not None:
            definitions[name] = Node(symbol, meaning, Role.ADJOINT)
    definitions |= {name: Node(Symbol(name), value, Role.ADJOINT) for name, value in facts.definitions.items()}
    whole = expand(whole, definitions)
    for *others, last in facts.constraints:
        whole = substitute(whole, {last: add(1, *(mul(-1, Symbol(name)) for name in others))})
    return to_sympy(whole, facts.assumptions, definitions=True)


def serve(line: Connection) -> None:
    """Answer questions (number of the pair, method) until there are no more."""
    import sympy  # only the peer imports it

    table = pairs()
    line.send("ready")
    while True:
        number, method = line.recv()
        left, right = (for_sympy(table[number], side) for side in (table[number].left, table[number].right))
        start = time.process_time()
        try:
            answer = sympy.simplify(left - right) == 0 if method == "simplify" else left.equals(right)
        except Exception as error:  # noqa: BLE001 - whatever a peer raises is an answer it did not give
            answer = f"{type(error).__name__}"
        line.send((answer if isinstance(answer, (bool, str, type(None))) else bool(answer), time.process_time() - start))


class Peer:
    """A process with SymPy in it, replaced when it is late."""

    def __init__(self, limit: float) -> None:
        """Start the process."""
        self.limit = limit
        self.start()

    def start(self) -> None:
        """Start the process and wait for its imports."""
        context = get_context("spawn")
        self.line, other = context.Pipe()
        self.process = context.Process(target=serve, args=(other,), daemon=True)
        self.process.start()
        self.line.recv()

    def stop(self) -> None:
        """End the process."""
        self.process.kill()
        self.process.join()

    def ask(self, number: int, pair: Pair, method: str) -> Outcome:
        """Ask one question."""
        self.line.send((number, method))
        if not self.line.poll(self.limit):
            self.stop()
            self.start()
            return Outcome(pair, UNDECIDED, self.limit, late=True)
        answer, seconds = self.line.recv()
        # `simplify(a - b) == 0` that is False says nothing for sure; a checker built on it says "different".
        verdict = EQUAL if answer is True else DIFFERENT if answer is False else UNDECIDED
        return Outcome(pair, verdict, seconds)


# --- the table ---------------------------------------------------------------------------------------------------


def percentile(values: Sequence[float], share: float) -> float:
    """Return the value that so large a share is at most."""
    return sorted(values)[min(len(values) - 1, int(share * len(values)))]


def line_of(name: str, outcomes: Sequence[Outcome]) -> str:
    """Return one line of the table."""
    equal = [outcome for outcome in outcomes if outcome.pair.equal]
    rest = [outcome for outcome in outcomes if not outcome.pair.equal]
    seconds = [outcome.seconds for outcome in outcomes]
    found = sum(outcome.verdict == EQUAL for outcome in equal)
    shown = sum(outcome.verdict == EQUAL and outcome.proved for outcome in equal)
    refused = sum(outcome.verdict == DIFFERENT for outcome in rest)
    wrong = sum(outcome.verdict == DIFFERENT for outcome in equal) + sum(outcome.verdict == EQUAL for outcome in rest)
    return (
        f"{name:10}{len(outcomes):6}{median(seconds) * 1000:12.1f}{percentile(seconds, 0.99) * 1000:12.1f}"
        f"{f'{found}/{len(equal)}':>12}{f'{shown}/{len(equal)}' if name == 'decide' else '':>10}{f'{refused}/{len(rest)}':>12}"
        f"{wrong:8}{sum(outcome.late for outcome in outcomes):8}"
    )


def main() -> int:
    """Run the benchmark; return 1 where a bound is missed."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--limit", type=float, default=LIMIT, help="seconds for one pair in SymPy")
    options = parser.parse_args()

    table = pairs()
    ours(table[0])  # imports mpmath
    results = [ours(pair) for pair in table]
    print(f"Python {platform.python_version()}, {platform.machine()}; SymPy is stopped after {options.limit:g} s a pair")
    heads = {"pairs": 16, "median, ms": 12, "p99, ms": 12, "accepted": 12, "proved": 10, "refused": 12, "wrong": 8, "late": 8}
    print("".join(f"{head:>{width}}" for head, width in heads.items()))
    print(line_of("decide", results))

    peer = Peer(options.limit)
    for method in METHODS:
        asked = [(number, pair) for number, pair in enumerate(table) if not options.quick or number % 8 == 0]
        print(line_of(method, [peer.ask(number, pair, method) for number, pair in asked]), flush=True)
    peer.stop()

    seconds = [outcome.seconds for outcome in results]
    equal = [outcome for outcome in results if outcome.pair.equal]
    accepted = [outcome for outcome in equal if outcome.verdict == EQUAL]
    wrong = [o.pair.text for o in results if o.verdict != UNDECIDED and (o.verdict == EQUAL) != o.pair.equal]
    bounds = {
        "at least 200 pairs": len(table) >= 200,
        "no verdict is wrong": not wrong,
        f"{ACCEPTED:.0%} of equal pairs are accepted": len(accepted) >= ACCEPTED * len(equal),
        f"{SHOWN:.0%} of equal pairs are proved": sum(outcome.proved for outcome in accepted) >= SHOWN * len(equal),
        f"median at most {MEDIAN * 1000:g} ms": median(seconds) <= MEDIAN,
        f"99th percentile at most {P99:g} s": percentile(seconds, 0.99) <= P99,
    }
    for bound, kept in bounds.items():
        print(f"{'kept  ' if kept else 'MISSED'} {bound}")
    for outcome in equal:
        if not outcome.proved or outcome.verdict != EQUAL:
            print(f"not proved: {outcome.pair.text}")
    return 0 if all(bounds.values()) else 1


if __name__ == "__main__":
    sys.exit(main())
