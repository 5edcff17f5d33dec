"""
Are two expressions equal: screened by signatures, told apart by intervals, proved by a normal form.

"different" has a witness: a rational point where interval arithmetic keeps the two values apart.
"equal" is proved by a normal form whose difference is 0, or sampled at many points with tight intervals.
Anything else is "undecided", which is never "different".

Sources: Gonnet, "Determining equivalence of expressions in random polynomial time", STOC 1984 (signatures);
Moses, "Algebraic simplification: a guide for the perplexed", CACM 14 (1971), and Risch's structure theorem
(exponentials and logarithms as unknowns over a basis of exponents).
"""

from symbackprop.decide.model import DIFFERENT, EQUAL, UNDECIDED, Budget, Facts
from symbackprop.decide.verdicts import Decision, decide

__all__ = ["DIFFERENT", "EQUAL", "UNDECIDED", "Budget", "Decision", "Facts", "decide"]
