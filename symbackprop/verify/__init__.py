"""
Is every step true?  Decided before a step is printed, and without the rules that derived it.

Both sides of a step are evaluated at a random point of a field of about 2⁶⁰ elements (Gonnet, "Determining
equivalence of expressions in random polynomial time", STOC 1984).  Two expressions that are equal agree at
every point; two that differ agree at a random one with a probability below 10⁻¹⁵ for a thousand operations.
A step whose sides agree is "exact".

Where they do not, either the step is false or it needs a law the field does not have (log xy = log x + log y,
the pieces of a hard sigmoid): it is "sampled" at `POINTS` random rational points of its domain with 30 digits.

What a step must equal is computed from the definitions alone: values forward; all local derivatives of one
definition by a numeric reverse sweep over its expression; adjoints by a numeric reverse sweep over the graph.
"""

from symbackprop.verify.verdicts import POINTS, verify

__all__ = ["POINTS", "verify"]
