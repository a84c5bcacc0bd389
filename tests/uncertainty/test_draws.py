"""Judgements as distributions: what is drawn, how it hangs together, and what it makes of tables."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from cmocnet import Network
from cmocnet.elicitation.draws import draw, everyone, quantile, tables
from cmocnet.elicitation.tables import build
from cmocnet.errors import CmocnetError
from cmocnet.registry import Address, Judgement

N = 4000


@pytest.fixture(scope="module")
def drawn(net: Network) -> dict[str, np.ndarray]:
    """By the beliefs alone: what the statements make of them is tested where they are solved."""
    return dict(draw(net.unsolved.review, n=N, seed=3).values)


def test_every_judgement_is_drawn_once(net: Network, drawn: dict[str, np.ndarray]) -> None:
    assert list(drawn) == [j.address for j in everyone(net.review)]


def test_draws_follow_their_own_distribution(net: Network, drawn: dict[str, np.ndarray]) -> None:
    """Kolmogorov-Smirnov against scipy's Beta and log-normal; at 1e-4 for 300 tests at once."""
    for j in everyone(net.review):
        if j.kind == "weight":
            law = stats.lognorm(s=j.spread, scale=j.value) if j.spread else None
        else:
            inside = 0 < j.value < 1
            law = stats.beta(j.value * j.spread, (1 - j.value) * j.spread) if inside else None
        if law is None:
            assert np.all(drawn[j.address] == j.value)
        else:
            assert stats.kstest(drawn[j.address], law.cdf).pvalue > 1e-6, j.address


def test_one_coder_errs_one_way(net: Network, drawn: dict[str, np.ndarray]) -> None:
    """Highest rows go up together, lowest rows go down with them; weights go their own way."""
    shared = net.review.protocol.shared

    def correlation(one: str, other: str) -> float:
        return float(stats.spearmanr(drawn[one], drawn[other]).statistic)

    pearson = 6 / np.pi * np.arcsin(shared / 2)  # Spearman's rank correlation of normals
    assert correlation("inertia/highest", "initial_faith/highest") == pytest.approx(
        pearson, abs=0.06
    )
    assert correlation("inertia/highest", "initial_faith/lowest") == pytest.approx(
        -pearson, abs=0.06
    )
    assert abs(correlation("achievement/weight.ambition", "initial_faith/highest")) < 0.06


def test_draws_are_reproducible(net: Network) -> None:
    one, again, other = (draw(net.review, n=5, seed=s).values for s in (0, 0, 1))
    assert all(np.array_equal(one[a], again[a]) for a in one)
    assert any(not np.array_equal(one[a], other[a]) for a in one)


def test_tables_of_draws_equal_tables_one_by_one(net: Network) -> None:
    few = draw(net.review, n=3, seed=9)
    states = {name: v.states for name, v in net.variables.items()}
    for name, stacked in tables(net.review, few.values):
        for k in range(3):
            alone = {a: v[k] for a, v in few.values.items() if a.startswith(f"{name}/")}
            np.testing.assert_allclose(
                stacked[k], build(net.variables[name], states, alone), atol=1e-12
            )


def test_judgements_at_their_central_values_make_the_tables_as_they_are(net: Network) -> None:
    states = {name: v.states for name, v in net.variables.items()}
    central = {j.address: np.asarray(j.central) for j in everyone(net.review)}
    for name, variable in net.variables.items():
        own = {a: v for a, v in central.items() if a.startswith(f"{name}/")}
        table = net.discrete.tables[name].values
        np.testing.assert_allclose(build(variable, states, own), table, atol=1e-12, err_msg=name)


def test_quantiles() -> None:
    chance = Judgement(address=Address("a", "leak"), value=0.3, spread=10, by="coder")
    np.testing.assert_allclose(
        quantile(chance, np.array([0.05, 0.5, 0.95])),
        stats.beta(3, 7).ppf([0.05, 0.5, 0.95]),
        rtol=1e-9,
    )


@pytest.mark.parametrize("certain", [0.0, 1.0])
def test_what_is_certain_is_drawn_as_it_is(certain: float) -> None:
    chance = Judgement(address=Address("a", "leak"), value=certain, spread=10, by="coder")
    assert quantile(chance, np.array([0.05, 0.5, 0.95])).tolist() == [certain] * 3


def test_which_way_each_number_goes_where_effects_are_overstated(net: Network) -> None:
    """Best rows and causes up, worst rows down; leaks, weights and shares of given rows neither."""
    ways = {"lowest": {-1}, "highest": {1}, "cause": {1}}
    found: dict[str, set[int]] = {}
    for j in everyone(net.review):
        kind = j.address.rpartition("/")[2].rpartition("]")[2].partition(".")[0]
        found.setdefault(kind.rstrip("0123456789"), set()).add(j.overstates)
    assert found == ways | {"leak": {0}, "weight": {0}, "row": {0}}


@pytest.mark.parametrize(("n", "seed"), [(0, 0), (3, -1)])
def test_senseless_draws_are_refused(net: Network, n: int, seed: int) -> None:
    with pytest.raises(CmocnetError, match=r"draws: 0|seed: -1"):
        draw(net.review, n=n, seed=seed)
