"""What would not fit into memory is refused with its size and the limit, before anything is made."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest

from cmocnet import Network
from cmocnet.amounts import MEMORY, whole
from cmocnet.check.predictive import predictive
from cmocnet.elicitation.draws import draw, size
from cmocnet.errors import CmocnetError
from cmocnet.explain import shapley
from cmocnet.items import items
from cmocnet.levers import best
from cmocnet.sensitivity import judgement_indices, sobol

QUESTION = "P(dissolution | mandated)"
HUGE = (10**9, 10**20, 10**300, 2**100_000)
ODD = (0, -1, 1.5, 1e20, True, None, "3", float("nan"))

Taker = Callable[[Network, object], object]
TAKERS: dict[str, Taker] = {
    "draw": lambda net, n: draw(net.review, n=n),  # type: ignore[arg-type]
    "draws": lambda net, n: net.draws(n=n),  # type: ignore[arg-type]
    "samples": lambda net, n: net.samples({"trust": "high"}, net.evidence(), n=n),  # type: ignore[arg-type]
    "predictive draws": lambda net, n: predictive(net, contexts=10, n=n),  # type: ignore[arg-type]
    "orders": lambda net, n: shapley(
        net.batches,
        {"trust": "high"},
        items(net.evidence(["mandated"])),
        orders=n,  # type: ignore[arg-type]
    ),
    "sobol": lambda _, n: sobol(lambda x: x[:, 0], {"a": (0, 1)}, n=n),  # type: ignore[arg-type]
    "indices": lambda net, n: judgement_indices(net.ask(QUESTION), n=n),  # type: ignore[arg-type]
    "levers": lambda net, n: best(net, QUESTION, k=1, n=n),  # type: ignore[arg-type]
}
SEEDED: dict[str, Taker] = {
    "draw": lambda net, seed: draw(net.review, n=3, seed=seed),  # type: ignore[arg-type]
    "draws": lambda net, seed: net.draws(n=3, seed=seed),  # type: ignore[arg-type]
    "levers": lambda net, seed: best(net, QUESTION, k=1, n=0, seed=seed),  # type: ignore[arg-type]
    "explain": lambda net, seed: net.explain(QUESTION, seed=seed),  # type: ignore[arg-type]
    "sobol": lambda _, seed: sobol(lambda x: x[:, 0], {"a": (0, 1)}, n=4, seed=seed),  # type: ignore[arg-type]
}


@pytest.mark.parametrize("taker", TAKERS)
@pytest.mark.parametrize("n", HUGE, ids=["1e9", "1e20", "1e300", "2**100000"])
def test_more_than_memory_holds(net: Network, taker: str, n: int) -> None:
    with pytest.raises(CmocnetError, match="of memory; expected at most") as caught:
        TAKERS[taker](net, n)
    assert len(str(caught.value)) < 200


@pytest.mark.parametrize("taker", TAKERS)
@pytest.mark.parametrize("n", ODD, ids=str)
def test_what_is_no_number_of_them(net: Network, taker: str, n: object) -> None:
    if taker == "levers" and n in (0, None):  # none are drawn, or the usual number
        n = -2
    with pytest.raises(CmocnetError, match=r"expected a whole number of [012] or more"):
        TAKERS[taker](net, n)


@pytest.mark.parametrize(
    ("n", "told"), [(10**15 - 1, "999,999,999,999,999"), (10**15, "about 1e+15")]
)
def test_a_number_too_long_to_read_is_told_by_its_size(n: int, told: str) -> None:
    with pytest.raises(CmocnetError, match=f"^draws: {re.escape(told)}; expected"):
        whole(n, "draws", most=9)


@pytest.mark.parametrize("taker", SEEDED)
@pytest.mark.parametrize(
    "seed", [-1, 2**32 - 1, 10**400, 0.5, True, None, "1"], ids=lambda s: str(s)[:8]
)
def test_seeds_that_no_generator_takes(net: Network, taker: str, seed: object) -> None:
    with pytest.raises(CmocnetError, match=r"^seed: .*expected a whole number of 0 or more"):
        SEEDED[taker](net, seed)


@pytest.mark.parametrize("taker", SEEDED)
def test_the_largest_seed_is_taken(net: Network, taker: str) -> None:
    SEEDED[taker](net, 2**32 - 2)


def test_the_estimate_is_what_draws_take(net: Network) -> None:
    found = draw(net.review, n=50)
    taken = sum(v.nbytes for v in found.values.values())
    taken += sum(t.nbytes for t in found.tables.values())
    estimate = 50 * size(net.review)
    assert taken <= estimate <= 2 * taken
    with pytest.raises(CmocnetError, match="of memory") as caught:
        draw(net.review, n=10**8)
    (most,) = re.findall(r"at most ([\d,]+)", str(caught.value))
    assert int(most.replace(",", "")) == MEMORY // size(net.review)
    draw(net.review, n=int(most.replace(",", "")))  # made when asked for, and not before
