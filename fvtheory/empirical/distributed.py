"""The processes that share a piece of work: one, or those that torchrun started (gloo, or nccl on GPUs)."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import torch
from torch import Tensor, distributed


class Workers:
    """This process alone.

    Attributes:
        rank: number of this process.
        count: how many there are.
    """

    rank = 0
    count = 1

    def sum(self, units: Tensor) -> None:
        """Replace whole numbers by their sum over all processes; of whole numbers, as its order is not fixed."""

    def gather(self, parts: list[Any]) -> list[Any]:
        """The lists of all processes, one after the other, in each of them."""
        return parts

    def agree(self, found: Any) -> Any:
        """What the first process has."""
        return found


class Processes(Workers):
    """The processes of the group of torch.distributed that is set up."""

    def __init__(self) -> None:
        self.rank = distributed.get_rank()
        self.count = distributed.get_world_size()

    def sum(self, units: Tensor) -> None:
        distributed.all_reduce(units, op=distributed.ReduceOp.SUM)

    def gather(self, parts: list[Any]) -> list[Any]:
        found: list[Any] = [None] * self.count
        distributed.all_gather_object(found, parts)
        return [part for process in found for part in process]

    def agree(self, found: Any) -> Any:
        holder = [found]
        distributed.broadcast_object_list(holder, src=0)
        return holder[0]


def take_gpu(device: str) -> None:
    """Under torchrun, the first process of a machine takes its first GPU as "cuda", the second the second, ..."""
    if device == "cuda" and "LOCAL_RANK" in os.environ and torch.cuda.is_available():
        torch.cuda.set_device(int(os.environ["LOCAL_RANK"]))


@contextmanager
def workers(device: torch.device | str = "cpu") -> Iterator[Workers]:
    """All processes of a run under torchrun (it sets RANK, WORLD_SIZE, MASTER_ADDR and MASTER_PORT), else this one.

    Args:
        device: "cuda" for nccl, else gloo is used.
    """
    if int(os.environ.get("WORLD_SIZE", "1")) == 1:
        yield Workers()
        return
    backend = "nccl" if torch.device(device).type == "cuda" else "gloo"
    distributed.init_process_group(backend, timeout=timedelta(days=1))  # one may have much more to do
    try:
        yield Processes()
    finally:
        distributed.destroy_process_group()
