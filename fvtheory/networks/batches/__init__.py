"""Thousands of networks of one kind at thousands of points in one call, as one torch module.

Networks of one layout are kept as stacked tensors and evaluated elementwise, block by block: a block of
networks and points is as large as the memory for it allows, and nothing else is held but the parameters,
the points and the values. Gradients reach the points and are computed block by block too.

`Ramps` holds functions of one variable, `Gauges` functions of a weighted distance in several (cones,
gauges, ramps along one coordinate). The forms are those of `fvtheory.networks.realization` and
`fvtheory.networks.gauge`, with fewer roundings, so bounds proved for `network(i)` hold for row i too (where
weights or steepness are powers of two, as all constructors here make them). `pairs` builds members of the
fibers of many Φ without a loop over them.

This module needs torch.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from fvtheory.errors import InvalidInputError
from fvtheory.functions import Function
from fvtheory.networks.batches.gauges import Gauges
from fvtheory.networks.batches.pairs import PAIR_CLASSES, Pairs, pairs
from fvtheory.networks.batches.ramps import Ramps
from fvtheory.networks.batches.stacked import DEFAULT_BYTES, Stacked
from fvtheory.networks.realization import INFORMATION

__all__ = ["PAIR_CLASSES", "Gauges", "Pairs", "Ramps", "Stacked", "pairs", "stack"]


def stack(
    functions: Sequence[Function],
    dtype: Any = "float32",
    device: Any = None,
    keep: str = INFORMATION,
    max_bytes: int = DEFAULT_BYTES,
) -> Stacked:
    """The functions as one module: `Ramps` for one variable, `Gauges` for several.

    Raises:
        InvalidInputError: for no functions, or functions that neither takes.
    """
    if not functions:
        raise InvalidInputError("no functions", "at least one function")
    kind = Ramps if functions[0].dim == 1 else Gauges
    return kind.from_functions(functions, dtype, device, keep, max_bytes)
