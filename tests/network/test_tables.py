"""Tables from judgements: draws with leading axes, partitions, given rows; every row sums to one."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec
import numpy as np
import pytest

from cmocnet import Network
from cmocnet.elicitation.tables import build, judgements
from cmocnet.registry.variable import Variable, VariableFile
from cmocnet.typing import Array

LEAD = (2, 3)
"""Draws along two leading axes."""


def _states(net: Network) -> dict[str, tuple[str, ...]]:
    return {name: v.states for name, v in net.variables.items()}


def _drawn(variable: Variable, rng: np.random.Generator) -> dict[str, Array]:
    """Random numbers for every judgement; a lowest stays under its highest, causes in [0, 1]."""
    values = {}
    for judged in judgements(variable):
        if judged.kind == "weight":
            values[judged.address] = rng.lognormal(np.log(max(judged.value, 0.1)), 0.5, LEAD)
        else:
            word = judged.address.part
            low, high = {"lowest": (0.0, 0.5), "highest": (0.5, 1.0)}.get(word, (0.0, 1.0))
            values[judged.address] = rng.uniform(low, high, LEAD)
    return values


def test_draws_equal_one_by_one_builds(net: Network) -> None:
    rng = np.random.default_rng(20210)
    states = _states(net)
    for name, variable in net.variables.items():
        values = _drawn(variable, rng)
        tables = build(variable, states, values)
        shape = (*(len(states[p]) for p in variable.parents), len(variable.states))
        if not values:
            assert tables.shape == shape, name
            continue
        assert tables.shape == (*LEAD, *shape), name
        for draw in np.ndindex(*LEAD):
            alone = build(variable, states, {a: np.asarray(v[draw]) for a, v in values.items()})
            np.testing.assert_allclose(tables[draw], alone, rtol=0, atol=1e-12, err_msg=name)
        np.testing.assert_allclose(tables.sum(axis=-1), 1.0, atol=1e-12, err_msg=name)
        assert tables.min() >= 0.0


def test_one_judgement_drawn_leaves_the_rest_central(net: Network) -> None:
    """An address left out keeps its central value, and central values give the network's table."""
    states = _states(net)
    for name, variable in net.variables.items():
        central = {j.address: np.full((4,), j.central) for j in judgements(variable)}
        for address, value in central.items():
            table = build(variable, states, {address: value})
            for draw in table:
                np.testing.assert_allclose(
                    draw, net.discrete.tables[name].values, atol=1e-9, err_msg=address
                )


def test_every_table_sums_to_one(net: Network) -> None:
    for name, table in net.discrete.tables.items():
        assert table.values.shape == (
            *(net.discrete.cardinality(p) for p in table.parents),
            net.discrete.cardinality(name),
        )
        np.testing.assert_allclose(table.values.sum(axis=-1), 1.0, atol=1e-12, err_msg=name)
        assert table.values.min() >= 0.0
        assert table.values.flags["C_CONTIGUOUS"]


def test_addresses_are_unique(net: Network) -> None:
    addresses = [j.address for v in net.variables.values() for j in judgements(v)]
    assert len(addresses) == len(set(addresses))
    assert all(a.partition("/")[0] in net.variables for a in addresses)


def _variable(table: Mapping[str, object], states: tuple[str, ...] = ("low", "high")) -> Variable:
    """A child called y with this table."""
    file = msgspec.convert(
        {
            "name": "y", "label": "Y", "layer": "setting", "description": "", "question": "",
            "sources": "", "states": {s: {"label": s} for s in states}, "table": table,
        },
        VariableFile,
    )  # fmt: skip
    return Variable(name="y", label="Y", states=states, direction="up", table=file.table)


PARENTS = {"a": ("a0", "a1"), "b": ("b0", "b1", "b2"), "m": ("m0", "m1")}


def _interbeta(low: float, high: float, **parents: dict[str, object]) -> dict[str, object]:
    return {
        "method": "interbeta",
        "concentration": 8.0,
        "steepness": 0.0,
        "lowest": {"value": low, "strength": 5},
        "highest": {"value": high, "strength": 5},
        "parents": {
            name: {"weight": 1.0, "spread": 0.3, "cites": ["X"], **parent}
            for name, parent in parents.items()
        },
    }


def test_partition_puts_the_moderator_first_then_cells_in_order() -> None:
    """Cell m0 names b alone, cell m1 a then b: axes are m, b, a, y, and m0 repeats along a."""
    table = {
        "method": "partition",
        "by": "m",
        "cites": ["X"],
        "cells": {"m1": _interbeta(0.0, 1.0, a={}, b={}), "m0": _interbeta(0.2, 0.6, b={})},
    }
    child = _variable(table)
    assert child.parents == ("m", "a", "b")
    values = build(child, PARENTS)[..., 1]
    assert values.shape == (2, 2, 3)
    np.testing.assert_allclose(values[0], [[0.2, 0.4, 0.6]] * 2)
    np.testing.assert_allclose(values[1], [[0.0, 0.25, 0.5], [0.5, 0.75, 1.0]])


def test_a_partition_inside_a_partition() -> None:
    inner = {
        "method": "partition", "by": "a", "cites": ["X"],
        "cells": {"a0": _interbeta(0.1, 0.3, b={}), "a1": _interbeta(0.5, 0.9, b={"effect": "-"})},
    }  # fmt: skip
    table = {
        "method": "partition", "by": "m", "cites": ["X"],
        "cells": {"m0": _interbeta(0.4, 0.4, a={}), "m1": inner},
    }  # fmt: skip
    child = _variable(table)
    values = build(child, PARENTS)[..., 1]
    assert child.parents == ("m", "a", "b")
    np.testing.assert_allclose(values[0], 0.4)
    np.testing.assert_allclose(values[1], [[0.1, 0.2, 0.3], [0.9, 0.7, 0.5]])
    addresses = [j.address for j in judgements(child)]
    assert "y/[m1][a0]lowest" in addresses
    drawn = build(child, PARENTS, {"y/[m1][a0]lowest": np.array([0.1, 0.2])})
    assert drawn.shape == (2, 2, 2, 3, 2)
    np.testing.assert_allclose(drawn[1, 1, 0, 0, 1], 0.2)
    np.testing.assert_allclose(drawn[:, 1, 1, :, 1], [[0.9, 0.7, 0.5]] * 2)


def test_given_rows_and_when() -> None:
    """``when`` may leave parents out; the last row that fits counts."""
    child = _variable(
        {
            "method": "given",
            "parents": {"a": {"cites": ["X"]}, "b": {"cites": ["X"]}},
            "rows": [
                {"row": [0.7, 0.2, 0.1], "strength": 5},
                {"when": {"a": "a1"}, "row": [0.1, 0.2, 0.7], "strength": 5},
                {"when": {"b": "b2"}, "row": [0, 0, 1], "strength": 5},
            ],
        },
        ("low", "medium", "high"),
    )
    values = build(child, PARENTS)
    assert values.shape == (2, 3, 3)
    np.testing.assert_allclose(values[0, :2], [[0.7, 0.2, 0.1]] * 2)
    np.testing.assert_allclose(values[1, :2], [[0.1, 0.2, 0.7]] * 2)
    np.testing.assert_allclose(values[:, 2], [[0, 0, 1]] * 2)
    # Row 3 is a definition; rows 1 and 2 are two nested shares each: 0.7 / 0.9, then 0.9.
    assert [j.address for j in judgements(child)] == [
        "y/row1.1",
        "y/row1.2",
        "y/row2.1",
        "y/row2.2",
    ]
    assert [j.value for j in judgements(child)] == pytest.approx([7 / 9, 0.9, 1 / 3, 0.3])
    drawn = build(child, PARENTS, {"y/row1.2": np.array([0.9, 0.5])})
    np.testing.assert_allclose(drawn[1, 0, 0], [0.5 * 7 / 9, 0.5 * 2 / 9, 0.5])
    np.testing.assert_allclose(drawn[0], values, atol=1e-12)


def test_a_parent_of_a_lowering_effect_and_scores() -> None:
    child = _variable(
        _interbeta(0.2, 0.8, a={"effect": "-"}, b={"scores": {"b0": 0, "b1": 1, "b2": 0}})
    )
    values = build(child, PARENTS)[..., 1]
    np.testing.assert_allclose(values, [[0.5, 0.8, 0.5], [0.2, 0.5, 0.2]])
