"""The commands beyond those about claims and Φ, one a file; `options` is what those about networks share.

None loads anything heavy before it runs.
"""

from __future__ import annotations

from typing import Any

from fvtheory.commands import (
    attribution,
    audit,
    beyond,
    choice,
    fool,
    inverse_set,
    linearity,
    lots,
    networks,
    plot,
    report,
    sanity,
    silence,
    visualize,
)


def add_commands(commands: Any) -> None:
    """Add all of them to the subparsers of the command line."""
    beyond.add_commands(commands)
    networks.add_commands(commands)
    plot.add_command(commands)
    report.add_command(commands)
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
