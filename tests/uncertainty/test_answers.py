"""Intervals, contrasts over paired draws, rival readings, firmness, the prior-predictive spread."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

import cmocnet
from cmocnet import Network, engine
from cmocnet.check.firmness import firmness
from cmocnet.check.predictive import predictive
from cmocnet.elicitation.tables import network
from cmocnet.errors import CmocnetError, QueryError
from cmocnet.intervals import central
from cmocnet.typing import DiscreteNetwork, Evidence

QUESTION = "P(dissolution | mandated, low cultural compatibility)"


def test_the_interval_is_that_of_networks_drawn_one_by_one(net: Network) -> None:
    """Each draw's tables put into a network of their own and asked by the same engine."""
    query = net.query(QUESTION).query
    samples = net.samples({"dissolution": "yes"}, query.evidence, n=4, seed=5)
    drawn = net.draws(n=4, seed=5).tables
    for k in range(4):
        own = {
            name: replace(t, values=drawn[name][k]) if name in drawn else t
            for name, t in net.discrete.tables.items()
        }
        alone = engine.compile(DiscreteNetwork(net.discrete.states, own))
        assert alone.event({"dissolution": "yes"}, query.evidence) == pytest.approx(
            samples[k], abs=1e-12
        )


def test_an_answer_prints_what_it_says_and_no_address_in_memory(net: Network) -> None:
    shown = repr(net.query(QUESTION))
    assert shown.startswith("<Answer: P(")
    assert " at 0x" not in shown


def test_the_interval_lies_around_the_answer(net: Network) -> None:
    answer = net.query(QUESTION)
    assert answer.interval is not None
    low, high = answer.interval
    assert 0 < low < answer.probability < high < 1
    assert answer.interval == central(answer.samples)


def test_paired_draws_make_contrasts_sharper_than_unpaired_ones(net: Network) -> None:
    contrast = net.compare("P(inertia | mandated)", "P(inertia | voluntary)")
    unpaired = contrast.samples.std() * 0 + np.hypot(
        net.samples({"inertia": "yes"}, Evidence(observed={"mandate": "mandated"})).std(),
        net.samples({"inertia": "yes"}, Evidence(observed={"mandate": "voluntary"})).std(),
    )
    assert contrast.samples.std() < unpaired / 2
    assert 0.5 < contrast.positive <= 1
    assert contrast.difference == pytest.approx(
        net.query("P(inertia | mandated)").probability
        - net.query("P(inertia | voluntary)").probability
    )


def test_a_contrast_with_the_opposite(net: Network) -> None:
    answer = net.query(QUESTION)
    assert answer.contrast is not None
    assert answer.contrast.difference == pytest.approx(answer.probability - answer.opposite)
    assert answer.opposite_given == {"mandate": "voluntary", "cultural_compatibility": "high"}


def test_every_rival_reading_and_the_rival_rule_are_reported(net: Network) -> None:
    rivals = net.query(QUESTION).rivals
    contested = {f"{c.id}={name}" for c in net.cmocs for name in c.readings if name != c.adopted}
    assert set(rivals) == contested | {"effects combined by product"}
    switched = cmocnet.load(readings={"T3-07": "table"}).query(QUESTION).probability
    assert rivals["T3-07=table"] == pytest.approx(switched, abs=1e-12)


def test_the_directions_stand_under_the_rival_rule(net: Network) -> None:
    """The discussion's headline conclusions do not hang on adding effects up."""
    rival = engine.compile(network(net.review, rule="product"))

    def chance(target: dict[str, str], **do: str) -> float:
        return rival.event(target, Evidence(do=do))

    for name, situation in net.situations.items():
        for variable, sign in situation.expects.items():
            states = net.variables[variable].states
            scores = []
            for setting in (situation.given, situation.contrast):
                found = rival.posteriors(Evidence(do=setting))[variable].array
                scores.append(found @ np.linspace(0, 1, len(states)))
            assert (scores[0] > scores[1]) == (sign == "+"), f"{name}: {variable}"
    low = chance({"initial_trust": "low"}, mandate="mandated")
    assert low > chance({"initial_trust": "low"}, mandate="voluntary")


def test_intervals_of_every_state(net: Network) -> None:
    found = net.intervals(Evidence(observed={"mandate": "mandated"}))
    assert set(found) == set(net.variables)
    assert found["mandate"]["mandated"] == (1.0, 1.0)
    low, high = found["trust"]["high"]
    assert low < net.posteriors(given=["mandated"])["trust"]["high"] < high


@pytest.mark.parametrize("level", [0.0, 1.0, -1.0, 2.0])
def test_senseless_levels_are_refused(level: float) -> None:
    with pytest.raises(CmocnetError, match="level"):
        central(np.zeros(3), level)


def test_a_comparison_needs_states(net: Network) -> None:
    with pytest.raises(QueryError, match="without a state"):
        net.compare("P(trust=? | mandated)", "P(trust=? | voluntary)")


def test_firmness_is_the_share_of_draws_with_the_stated_sign(net: Network) -> None:
    """T3-30 by hand: under each draw, mandate raises power imbalance and lowers initial trust."""
    found = {f.cmoc.id: f for f in firmness(net.review, net.discrete, net.draws(n=40, seed=2))}
    assert len(found) == len(net.cmocs)
    scores = {}
    for state in ("voluntary", "mandated"):
        tables = net.draws(n=40, seed=2).tables
        evidence = Evidence(do={"mandate": state})
        power, trust = net.batches.predict_tables(
            tables, evidence, ["power_imbalance", "initial_trust"]
        )
        scores[state] = power[:, 1], trust @ [0, 0.5, 1]
    before, after = scores["voluntary"], scores["mandated"]
    held = (after[0] > before[0]) & (after[1] < before[1])
    assert found["T3-30"].share == held.mean()
    assert found["TX-39"].uncertain == (found["TX-39"].share < 0.95)


def test_the_prior_predictive_spread(net: Network) -> None:
    spreads = predictive(net, contexts=60, n=20, seed=1)
    assert {s.variable for s in spreads} >= set(net.review.about.headline)
    for s in spreads:
        for quantiles in (s.over_contexts, s.over_judgements, s.over_both):
            values = list(quantiles.values())
            assert values == sorted(values)
            assert 0 < values[0] < values[-1] < 1
    gone = next(s for s in spreads if s.variable == "dissolution")
    assert {r.source for r in gone.base_rates} == {"norc2012", "bleser2019"}


def test_predicted_rows_have_intervals(net: Network) -> None:
    """The ends of each row's interval are those of the same question asked alone."""
    frame = pd.DataFrame({"mandate": ["mandated", None, "mandated"]}, index=[4, 5, 6])
    found = net.predict(frame, ["dissolution", "trust"], level=0.9)
    assert list(found.columns)[:3] == [
        "dissolution=yes",
        "dissolution=yes low",
        "dissolution=yes high",
    ]
    assert len(found.columns) == 12
    alone = net.query("P(dissolution | mandated)").interval
    assert tuple(found.loc[4, ["dissolution=yes low", "dissolution=yes high"]]) == pytest.approx(
        alone
    )
    assert found.loc[4].tolist() == found.loc[6].tolist()
    with pytest.raises(QueryError, match="interval of 2"):
        net.predict(frame, ["dissolution"], level=2)
