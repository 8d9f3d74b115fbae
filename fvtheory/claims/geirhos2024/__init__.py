"""Geirhos, Zimmermann, Bilodeau, Brendel, Kim: Don't trust your eyes: on the (un)reliability of
feature visualizations. ICML 2024, arXiv 2306.04719."""

from __future__ import annotations

from fvtheory.claims.geirhos2024 import (
    lemma_1,
    lemma_2,
    lemma_3,
    lemma_4,
    proposition_1,
    remarks,
    table_1,
    theorem_1,
    theorem_2,
    theorem_3,
    theorem_4,
    theorem_5,
    theorem_6,
    theorem_7,
    theorem_8,
)

CLAIMS = (
    *lemma_1.CLAIMS,
    *lemma_2.CLAIMS,
    *lemma_3.CLAIMS,
    *lemma_4.CLAIMS,
    *proposition_1.CLAIMS,
    *theorem_1.CLAIMS,
    *theorem_2.CLAIMS,
    *theorem_3.CLAIMS,
    *theorem_4.CLAIMS,
    *theorem_5.CLAIMS,
    *theorem_6.CLAIMS,
    *theorem_7.CLAIMS,
    *theorem_8.CLAIMS,
    *remarks.CLAIMS,
    *table_1.CLAIMS,
)
