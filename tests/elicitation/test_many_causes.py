"""A table of many causes in parts against the same table written out, and against the formula."""

from __future__ import annotations

from itertools import pairwise, product
from math import prod

import msgspec
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cmocnet import engine, limits
from cmocnet.elicitation.cells import Rule
from cmocnet.elicitation.tables import as_table, build, entries, judgements, parts
from cmocnet.errors import ModelError
from cmocnet.parts import split, whole
from cmocnet.registry.judged import (
    Cause,
    InterBeta,
    NoisyMax,
    Partition,
    Ranked,
    TableSpec,
)
from cmocnet.registry.variable import Variable
from cmocnet.typing import Array, DiscreteNetwork, Evidence, Table
from tests.elicitation.many_parents import TWO, anchor, noisy, variables, weighed


def in_parts(
    child: Variable,
    states: dict[str, tuple[str, ...]],
    values: dict[str, Array] | None = None,
    rule: Rule = "sum",
) -> tuple[Table, Array]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(limits, "TABLE", prod(map(len, states.values())) - 1)
        built = build(child, states, values, rule=rule)
        table = as_table(child, states, build(child, states))
        assert entries(child, states) == built.shape[-1]
    assert table.parts
    return table, built


def multiplied(table: Table, states: dict[str, tuple[str, ...]], built: Array) -> Array:
    """The parts' product, hidden variables summed over, over ``child.parents`` in their order."""
    letters = {name: i for i, name in enumerate((*states, *range(len(table.parts))))}
    terms: list[object] = []
    for number, (part, values) in enumerate(
        zip(table.parts, split(table.parts, built), strict=True)
    ):
        own = "y" if number == len(table.parts) - 1 else number
        terms += [values, [..., *(letters[p] for p in part.parents), letters[own]]]
    parents = [letters[p] for p in states if p != "y"]
    found: Array = np.einsum(*terms, [..., *parents, letters["y"]], optimize=True)
    return found


@settings(deadline=None, max_examples=60)
@given(variables(), st.integers(0, 2**32 - 1))
def test_the_parts_multiply_to_the_table(
    made: tuple[Variable, dict[str, tuple[str, ...]]], seed: int
) -> None:
    child, states = made
    rng = np.random.default_rng(seed)
    drawn = {j.address: rng.uniform(0.01, 0.4, (2, 3)) for j in judgements(child)}
    chosen: dict[str, Array] = {a: v for a, v in drawn.items() if rng.random() < 0.8}
    order = [child.parents.index(p) for p in states if p != "y"]
    rules: tuple[Rule, ...] = ("sum", "product")
    for values, rule in product(({}, chosen), rules):
        expected = build(child, states, values, rule=rule)
        lead = expected.ndim - len(order) - 1
        axes = (*range(lead), *(lead + i for i in order), expected.ndim - 1)
        table, built = in_parts(child, states, values, rule)
        found = multiplied(table, states, built)
        np.testing.assert_allclose(found, expected.transpose(axes), rtol=1e-12, atol=1e-14)
        for part, numbers in zip(table.parts, split(table.parts, built), strict=True):
            assert numbers.shape[lead:] == part.shape
            np.testing.assert_allclose(numbers.sum(axis=-1), 1.0, rtol=0, atol=1e-14)
            assert numbers.min() >= 0.0


@settings(deadline=None, max_examples=40)
@given(variables(), st.integers(0, 2**32 - 1))
def test_the_engine_answers_as_from_the_table(
    made: tuple[Variable, dict[str, tuple[str, ...]]], seed: int
) -> None:
    """Parents hang on one another, and the child on them: all four kinds of evidence."""
    child, states = made
    rng = np.random.default_rng(seed)
    others = {}
    for i, p in enumerate(names := list(states)[:-1]):
        shape = (*((len(states[names[i - 1]]),) if i else ()), len(states[p]))
        rows = rng.gamma(1.0, size=shape) + 0.05
        others[p] = Table(p, tuple(names[max(0, i - 1) : i]), rows / rows.sum(-1, keepdims=True))
    sign = Table("sign", ("y",), np.array([[0.8, 0.2], [0.3, 0.7]]))
    order = {**states, "sign": TWO}

    def program(table: Table) -> engine.Program:
        return engine.compile(DiscreteNetwork(order, {**others, "y": table, "sign": sign}))

    one = program(as_table(child, states, build(child, states)))
    two = program(in_parts(child, states)[0])
    made_of = {v: str(rng.choice(states[v])) for v in rng.choice(names, 2, replace=False)}
    for evidence in (
        Evidence(),
        Evidence(observed={"y": "yes", **made_of}),
        Evidence(observed={"sign": "no"}, do=made_of),
        Evidence(do={"y": "no"}, likelihood={"p0": [0.5] + [0.2] * (len(states["p0"]) - 1)}),
        Evidence(marginal={"y": [0.3, 0.7]}, observed={"sign": "yes"}),
    ):
        expected, found = one.posteriors(evidence), two.posteriors(evidence)
        assert list(found) == list(order)
        np.testing.assert_allclose(found.array, expected.array, rtol=0, atol=1e-12)
        for targets in ({"p1": "s1"}, {"y": "yes", "p2": "s0"}):
            np.testing.assert_allclose(
                two.event(targets, evidence), one.event(targets, evidence), rtol=0, atol=1e-12
            )
    codes = rng.integers(-1, 2, (7, 3))
    asked = ["y", {"p2": "s1", "sign": "yes"}]
    columns = ["p0", "p1", "sign"]
    pairs = zip(two.predict(codes, columns, asked), one.predict(codes, columns, asked), strict=True)
    for found_, expected_ in pairs:
        np.testing.assert_allclose(found_, expected_, rtol=0, atol=1e-12)


@settings(deadline=None, max_examples=20)
@given(variables())
def test_slopes_are_those_of_the_answer(
    made: tuple[Variable, dict[str, tuple[str, ...]]],
) -> None:
    """Derivatives along the entries of all parts together, against central differences."""
    child, states = made
    table, built = in_parts(child, states)
    roots = {
        p: Table(p, (), np.full(len(states[p]), 1.0 / len(states[p]))) for p in list(states)[:-1]
    }
    network = DiscreteNetwork(states, {**roots, "y": table})
    evidence = Evidence(
        observed={"p0": "s1"}, likelihood={"p3": [1.0, 0.4, 0.2][: len(states["p3"])]}
    )
    slopes = engine.compile(network).gradients({"y": "yes"}, evidence)["y"]
    assert slopes.shape == built.shape

    def answer(values: Array) -> float:
        moved = DiscreteNetwork(
            states, {**roots, "y": Table("y", table.parents, values, table.parts)}
        )
        return engine.Program(moved).event({"y": "yes", "p1": "s0"}, evidence)

    joint = engine.compile(network).gradients({"y": "yes", "p1": "s0"}, evidence)["y"]
    step = 1e-5
    for i in np.random.default_rng(1).choice(built.size, 4, replace=False):
        up, down = built.copy(), built.copy()
        up[i] += step
        down[i] -= step
        assert joint[i] == pytest.approx((answer(up) - answer(down)) / (2 * step), abs=1e-8)


@pytest.mark.parametrize("n", [26, 40, 100])
def test_many_causes_against_the_formula(n: int) -> None:
    """P(child at its lower state) is the product of what leak and causes each leave there."""
    rng = np.random.default_rng(n)
    parents = {f"p{i}": 2 for i in range(n)}
    chances, prevalence = rng.uniform(0, 0.3, n), rng.uniform(0.05, 0.5, n)
    causes = {
        p: Cause(cites=("X",), probability={"s1": anchor(float(c))})
        for p, c in zip(parents, chances, strict=True)
    }
    child = Variable(
        name="y", label="Y", states=TWO, table=NoisyMax(leak=anchor(0.05), parents=causes)
    )
    states = {**dict.fromkeys(parents, ("s0", "s1")), "y": TWO}
    roots = {
        p: Table(p, (), np.array([1 - q, q])) for p, q in zip(parents, prevalence, strict=True)
    }
    network = DiscreteNetwork(states, {**roots, "y": as_table(child, states, build(child, states))})
    program = engine.compile(network)
    seen = {p: str(rng.choice(["s0", "s1"])) for p in list(parents)[::3]}
    now = np.array(
        [
            float(seen[p] == "s1") if p in seen else q
            for p, q in zip(parents, prevalence, strict=True)
        ]
    )
    spared = 0.95 * np.prod(1 - now * chances)
    found = program.posteriors(Evidence(observed=seen))
    assert found["y"]["no"] == pytest.approx(spared, rel=1e-12)
    # Bayes' rule, by the same formula with one parent present
    for i, p in list(enumerate(parents))[1:9:3]:
        with_it = spared / (1 - now[i] * chances[i]) * (1 - chances[i])
        by_hand = now[i] * (1 - with_it) / (1 - spared)
        after = program.posteriors(Evidence(observed={**seen, "y": "yes"}))
        assert after[p]["s1"] == pytest.approx(by_hand, rel=1e-11)
    cut = program.posteriors(Evidence(observed=seen, do={"y": "yes"}))
    for p, q in zip(parents, prevalence, strict=True):
        assert cut[p]["s1"] == pytest.approx(float(seen[p] == "s1") if p in seen else q, rel=1e-12)


def test_hidden_variables_have_no_names_inside_and_plain_ones_outside() -> None:
    child, states = wide(6)
    table, _ = in_parts(child, states)
    roots = {p: Table(p, (), np.array([0.5, 0.5])) for p in list(states)[:-1]}
    # one that has the name already keeps it
    taken = Table("y_up_to_p1", ("y",), np.eye(2))
    network = DiscreteNetwork(
        {**states, "y_up_to_p1": TWO}, {**roots, "y": table, "y_up_to_p1": taken}
    )
    program = engine.compile(network)
    outside = whole(network)
    hidden = [name for name in outside.names if name not in network.names]
    assert hidden == ["y_up_to_p0", "y_up_to_p1_", *(f"y_up_to_p{i}" for i in range(2, 5))]
    for earlier, later in pairwise([*hidden, "y"]):
        assert earlier in outside.tables[later].parents
    for asked in (program.posteriors(), program.gradients({"y": "yes"}), program.expected_counts()):
        assert list(asked) == list(network.names)
    with pytest.raises(ModelError, match="y: the most probable explanation takes all rows"):
        program.mpe()
    assert whole(outside) is outside


def wide(n: int, kind: str = "noisy_max") -> tuple[Variable, dict[str, tuple[str, ...]]]:
    """A table over n parents of two states."""
    rng = np.random.default_rng(3)
    parents = {f"p{i}": 2 for i in range(n)}
    weights = weighed(rng, parents)
    table = {
        "noisy_max": noisy(rng, parents),
        "interbeta": weights,
        "ranked": Ranked(function="wmean", variance=0.1, parents=weights.parents),
    }[kind]
    child = Variable(name="y", label="Y", states=TWO, table=table)
    return child, {**dict.fromkeys(parents, ("s0", "s1")), "y": TWO}


def test_many_weighed_parents_against_the_formula() -> None:
    """The chance is linear in the weighted mean of scores, and so in the parents' own chances."""
    child, states = wide(60, "interbeta")
    spec = child.table
    assert isinstance(spec, InterBeta)
    roots = {
        p: Table(p, (), np.array([1 - q, q]))
        for p, q in zip(spec.parents, np.random.default_rng(8).uniform(size=60), strict=True)
    }
    network = DiscreteNetwork(states, {**roots, "y": as_table(child, states, build(child, states))})
    total = mean = 0.0
    for name, parent in spec.parents.items():
        plain = [0.0, 1.0] if parent.effect == "+" else [1.0, 0.0]
        if parent.scores:
            own = [parent.scores["s0"], parent.scores["s1"]]
            plain = own if parent.effect == "+" else [1 - x for x in own]
        total += parent.weight
        mean += parent.weight * float(roots[name].values @ plain)
    found = engine.compile(network).posteriors()["y"]["yes"]
    assert found == pytest.approx(0.1 + 0.7 * mean / total, rel=1e-12)


def test_what_does_not_come_apart_is_refused_as_ever_and_told_why() -> None:
    child, states = wide(26, "ranked")
    assert parts(child, states) == ()
    with pytest.raises(ModelError, match="134,217,728 entries, and a ranked node does not come"):
        build(child, states)
    three = msgspec.structs.replace(wide(26, "interbeta")[0], states=("low", "some", "high"))
    assert parts(three, states) == ()
    with pytest.raises(ModelError, match="201,326,592 entries, and interbeta comes apart"):
        build(three, states)


@pytest.mark.parametrize("curve", [{"steepness": 4.0}, {"together": True, "shift": 0.1}])
def test_a_weighted_mean_that_is_not_straight_is_refused_and_told_why(
    curve: dict[str, float],
) -> None:
    child, states = wide(26, "interbeta")
    assert parts(child, states)
    curved = msgspec.structs.replace(child, table=msgspec.structs.replace(child.table, **curve))
    assert parts(curved, states) == ()
    with pytest.raises(ModelError, match=r"134,217,728 entries, and interbeta .* steepness 0"):
        build(curved, states)


def test_what_joins_cells_may_still_be_too_large() -> None:
    rng = np.random.default_rng(4)
    parents = {f"p{i}": 2 for i in range(1, 26)}
    ranked = Ranked(function="wmean", variance=0.1, parents=weighed(rng, parents).parents)
    cells: dict[str, TableSpec] = {"s0": noisy(rng, parents), "s1": ranked}
    table = Partition(by="p0", cites=("X",), cells=cells)
    child = Variable(name="y", label="Y", states=TWO, table=table)
    states = {**{f"p{i}": ("s0", "s1") for i in range(26)}, "y": TWO}
    with pytest.raises(ModelError, match="y: its table would have 67,108,864 entries"):
        build(child, states)


def test_a_table_within_the_limit_is_written_out() -> None:
    child, states = wide(6)
    assert parts(child, states) == ()
    assert build(child, states).shape == (2,) * 7
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(limits, "TABLE", 2**7)
        assert parts(child, states) == ()
        patch.setattr(limits, "TABLE", 2**7 - 1)
        assert len(parts(child, states)) == 6
