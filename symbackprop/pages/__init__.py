"""
Pages to step through: a network's derivation, factor by factor, with numbers that can be changed.

One file that loads nothing; without its script everything is there to read.
"""

from symbackprop.pages.step_page import derivation_page

__all__ = ["derivation_page"]
