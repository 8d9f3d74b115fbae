"""Systematically altered statements, each with the verdict that it must get."""

from __future__ import annotations

from mutants import (
    conventions,
    lemma_1,
    lemma_2,
    lemma_3,
    lemma_4,
    proposition_1,
    remarks,
    theorem_1,
    theorem_2,
    theorem_3,
    theorem_4,
    theorem_5,
    theorem_6,
    theorem_7,
    theorem_8,
)
from mutants.mutant import Mutant

MUTANTS: tuple[Mutant, ...] = (
    *lemma_1.MUTANTS,
    *lemma_2.MUTANTS,
    *lemma_3.MUTANTS,
    *lemma_4.MUTANTS,
    *proposition_1.MUTANTS,
    *theorem_1.MUTANTS,
    *theorem_2.MUTANTS,
    *theorem_3.MUTANTS,
    *theorem_4.MUTANTS,
    *theorem_5.MUTANTS,
    *theorem_6.MUTANTS,
    *theorem_7.MUTANTS,
    *theorem_8.MUTANTS,
    *remarks.MUTANTS,
    *conventions.MUTANTS,
)
