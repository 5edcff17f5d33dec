"""The letters of a recurrence."""

from __future__ import annotations

from symbackprop.expr import Symbol

W, G, T = Symbol("w"), Symbol("g"), Symbol("t")
M, V, S = Symbol("m"), Symbol("v"), Symbol("s")
M_HAT, V_HAT = Symbol("m_hat"), Symbol("v_hat")
ETA, MU, RHO = Symbol("eta"), Symbol("mu"), Symbol("rho")
BETA1, BETA2 = Symbol("beta1"), Symbol("beta2")
EPS, LAMBDA = Symbol("epsilon"), Symbol("lambda")
