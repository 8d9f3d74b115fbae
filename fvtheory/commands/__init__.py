"""The commands about networks, one a file; `options` is what they share. They load torch when they run."""

from __future__ import annotations

from typing import Any

from fvtheory.commands import (
    attribution,
    audit,
    choice,
    fool,
    inverse_set,
    linearity,
    lots,
    networks,
    sanity,
    silence,
    visualize,
)


def add_commands(commands: Any) -> None:
    """Add all of them to the subparsers of the command line."""
    networks.add_commands(commands)
    for module in (
        visualize,
        fool,
        silence,
        audit,
        sanity,
        linearity,
        choice,
        inverse_set,
        lots,
        attribution,
    ):
        module.add_command(commands)
