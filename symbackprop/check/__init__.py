"""Answers against a derivation: right or wrong, where, and why."""
