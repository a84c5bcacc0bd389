"""The query as one einsum along a path compiled beforehand, differentiated by PyTorch.

What the YODO package does (Ballester-Ripoll and Leonelli 2022, PGM), written anew because the
published one fails on this PyTorch: tables and indicators of the evidence are the operands, the
path is the cheapest that opt_einsum's searches find, and one backward call gives every derivative.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from cmocnet.typing import Array, DiscreteNetwork

SEARCHES = ("auto", "auto-hq", "greedy", "random-greedy-128")


class Autograd:
    """P(target in its state | evidence) and its derivatives to every table entry."""

    def __init__(
        self, network: DiscreteNetwork, target: tuple[str, int], codes: Mapping[str, int]
    ) -> None:
        import torch

        self.torch = torch
        self.state = target[1]
        self.tables = [
            torch.tensor(table.values, dtype=torch.float64, requires_grad=True)
            for table in network.tables.values()
        ]
        self.indicators = [
            torch.tensor(np.eye(network.cardinality(v))[code]) for v, code in codes.items()
        ]
        scopes = [(*table.parents, v) for v, table in network.tables.items()]
        scopes += [(v,) for v in codes]
        self.expression = _compiled(network, scopes, target[0])

    def derivatives(self) -> list[Array]:
        """One forward and one backward call; arrays in the order and shape of the tables."""
        joint = self.expression(*self.tables, *self.indicators, backend="torch")
        share = joint[self.state] / joint.sum()
        return [found.numpy() for found in self.torch.autograd.grad(share, self.tables)]

    def with_threads(self, threads: int) -> Callable[[], list[Array]]:
        """The same at a number of PyTorch's threads."""

        def run() -> list[Array]:
            self.torch.set_num_threads(threads)
            return self.derivatives()

        return run


def _compiled(network: DiscreteNetwork, scopes: Sequence[Sequence[str]], target: str) -> Any:
    """The contraction along the cheapest path found."""
    import opt_einsum

    symbol = {v: opt_einsum.get_symbol(i) for i, v in enumerate(network.names)}
    terms = ",".join("".join(symbol[v] for v in scope) for scope in scopes)
    equation = f"{terms}->{symbol[target]}"
    shapes = [tuple(network.cardinality(v) for v in scope) for scope in scopes]
    paths = [
        opt_einsum.contract_path(equation, *shapes, shapes=True, optimize=search)
        for search in SEARCHES
    ]
    path, _ = min(paths, key=lambda found: float(found[1].opt_cost))
    return opt_einsum.contract_expression(equation, *shapes, optimize=path)
