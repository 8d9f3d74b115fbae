"""Pixels with decorrelated colours."""

from functools import partial

from fvtheory.empirical.parameterizations.pixels import Pixels

build = partial(Pixels, decorrelated=True)
