"""Tells Hypothesis how to draw the types of the package: its entry point calls `register`.

So ``st.from_type(fvtheory.MinMax)`` and ``st.builds`` of something annotated with these types work wherever
the package is installed, with no import of `fvtheory.strategies`. That module is loaded when the first value
is drawn, not before.
"""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from typing import Any


def register() -> None:
    """Register a strategy for each public type. Hypothesis calls this when it is imported."""
    from hypothesis import strategies as st

    from fvtheory import functions
    from fvtheory.claim_files import UserClaim
    from fvtheory.classes import FunctionClass
    from fvtheory.fiber import Fiber
    from fvtheory.functions import Function
    from fvtheory.information import MinMax
    from fvtheory.networks import ReluNetwork

    def drawn(name: str, *arguments: Any) -> Callable[[type], st.SearchStrategy]:
        """The strategy of that name, looked up when it is needed."""
        return lambda _: getattr(import_module("fvtheory.strategies"), name)(*arguments)

    st.register_type_strategy(MinMax, drawn("phis", "all"))
    st.register_type_strategy(UserClaim, drawn("claims"))
    st.register_type_strategy(ReluNetwork, drawn("relu_networks"))
    st.register_type_strategy(Fiber, drawn("fibers"))
    st.register_type_strategy(FunctionClass, drawn("classes"))
    st.register_type_strategy(Function, drawn("exact_functions"))
    for name in functions.__all__:
        kind = getattr(functions, name)
        if isinstance(kind, type) and issubclass(kind, Function) and kind is not Function:
            st.register_type_strategy(kind, drawn("exact_functions", None, kind))
