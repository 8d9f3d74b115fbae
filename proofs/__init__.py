"""Proofs outside the solvers: obligations as SMT-LIB files, theorems in Rocq, and what checks them.

Run ``python -m proofs COMMAND`` from a checkout of fvtheory.
"""
