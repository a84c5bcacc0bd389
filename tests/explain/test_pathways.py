"""Paths on networks small enough for a pencil, and the bundled review's words."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

import cmocnet
from cmocnet import Network, engine
from cmocnet.explain import explain, flow, trace
from cmocnet.explain.arcs import arcs
from cmocnet.explain.threads import Step, follow
from cmocnet.explain.words import support
from cmocnet.query import Query
from cmocnet.typing import Array, DiscreteNetwork, Evidence, Table

TWO = ("low", "high")


def rows(*high: float) -> Array:
    """A table of a two-state variable from P(high) of each row."""
    p = np.array(high)
    return np.squeeze(np.stack([1 - p, p], axis=-1))


def carried(network: DiscreteNetwork, start: str, target: str) -> dict[tuple[str, ...], float]:
    """Path -> effect on P(target high) when ``start`` is learnt to be high."""
    program = engine.compile(network)
    after = program.expected_counts(Evidence(observed={start: "high"}))
    arcs = flow.matrices(network, program.expected_counts(), after)
    change = after[start].reshape(-1, 2).sum(0) - program.posteriors()[start].array
    return {c.path: c.effect for c in flow.paths(arcs, start, change, target, 1)}


def chain() -> DiscreteNetwork:
    tables = {
        "a": Table("a", (), rows(0.5)),
        "b": Table("b", ("a",), rows(0.2, 0.8)),
        "c": Table("c", ("b",), rows(0.9, 0.4)),
    }
    return DiscreteNetwork(dict.fromkeys(tables, TWO), tables)


def diamond(y: Array) -> DiscreteNetwork:
    tables = {
        "x": Table("x", (), rows(0.5)),
        "m": Table("m", ("x",), rows(0.2, 0.6)),
        "n": Table("n", ("x",), rows(0.7, 0.4)),
        "y": Table("y", ("m", "n"), y),
    }
    return DiscreteNetwork(dict.fromkeys(tables, TWO), tables)


def test_on_a_chain_the_slopes_multiply() -> None:
    # a moves by 0.5, b by 0.6 of that, c by -0.5 of that
    assert carried(chain(), "a", "c") == {("a", "b", "c"): pytest.approx(0.5 * 0.6 * -0.5)}


def test_through_a_diamond_without_interaction_paths_add_up_to_the_move() -> None:
    # m lifts y by 0.3, n by 0.5, whatever the other
    network = diamond(rows(0.1, 0.6, 0.4, 0.9).reshape(2, 2, 2))
    found = carried(network, "x", "y")
    assert found[("x", "m", "y")] == pytest.approx(0.5 * 0.4 * 0.3)
    assert found[("x", "n", "y")] == pytest.approx(0.5 * -0.3 * 0.5)
    program = engine.compile(network)
    moved = program.posteriors(Evidence(observed={"x": "high"}))["y"]["high"]
    assert sum(found.values()) == pytest.approx(moved - program.posteriors()["y"]["high"])


def test_a_settled_variable_blocks_its_paths() -> None:
    network = diamond(rows(0.1, 0.6, 0.4, 0.9).reshape(2, 2, 2))
    counts = engine.compile(network).expected_counts()
    arcs = flow.matrices(network, counts, counts)
    found = list(flow.paths(arcs, "x", np.array([-0.5, 0.5]), "y", 1, {"m"}))
    assert [c.path for c in found] == [("x", "n", "y")]


def test_pruning_loses_no_path_worth_following(net: Network) -> None:
    counts = net.program.expected_counts(Evidence())
    arcs = flow.matrices(net.discrete, counts, counts)
    children: dict[str, list[str]] = {}
    for parent, child in arcs:
        children.setdefault(parent, []).append(child)

    def every(path: tuple[str, ...], change: Array) -> dict[tuple[str, ...], float]:
        if path[-1] == "dissolution":
            return {path: float(change[1])}
        return {
            k: v
            for c in children.get(path[-1], [])
            for k, v in every((*path, c), change @ arcs[path[-1], c]).items()
        }

    change = np.array([-0.5, 0.5])
    brute = {k: v for k, v in every(("mandate",), change).items() if abs(v) >= flow.LEAST}
    found = {c.path: c.effect for c in flow.paths(arcs, "mandate", change, "dissolution", 1)}
    assert found == pytest.approx(brute)
    assert len(found) > 20


def test_what_paths_carry_is_close_to_what_the_item_moves(net: Network) -> None:
    found = trace(net.ask(Query({"dissolution": "yes"}, net.evidence(["mandated"]))))
    (mandate,) = found.items
    assert mandate.moved == pytest.approx(
        net.posteriors(given=["mandated"])["dissolution"]["yes"]
        - net.posteriors()["dissolution"]["yes"]
    )
    assert abs(mandate.rest) < 0.2 * abs(mandate.moved)
    effects = [abs(p.effect) for p in found.paths]
    assert effects == sorted(effects, reverse=True)
    assert all(0 < c.share <= 1 + 1e-12 for c in found.carriers)


def test_the_words_name_configurations_and_sources(net: Network) -> None:
    found = trace(net.ask(Query({"initial_trust": "low"}, net.evidence(["mandated"])))).paths[0]
    assert found.summary == "Mandate (Mandated) lowers initial trust through power imbalance"
    assert [set(s.cmocs) >= {"T3-30"} for s in found.steps] == [True, True]
    assert "T3-30" in found.sentence
    assert "Willem and Lucidarme 2014" in found.sentence
    assert found.effect > 0
    assert "willem2014" in found.thread.single
    assert found.check.startswith("Every step is supported by")


@pytest.mark.parametrize(
    ("cited", "told"),
    [(1, "{}"), (2, "{} and {}"), (3, "{}, {} and {}"), (5, "{}, {}, {} and 2 more")],
)
def test_three_sources_of_a_step_are_named_and_the_rest_counted(
    net: Network, cited: int, told: str
) -> None:
    keys = tuple(net.review.sources)[:cited]
    names = [net.review.sources[key].short for key in keys]
    step = Step("pace", "clash", "raises", ("T3-01",), keys)
    assert support(net, step) == f"T3-01; {told.format(*names)}"


def test_ten_paths_are_put_into_words_unless_asked_otherwise(net: Network) -> None:
    question = "P(dissolution | mandated, low cultural compatibility)"
    usual, all_of_them = (
        explain(net.ask(question)).pathways,
        explain(net.ask(question), top=50).pathways,
    )
    assert len(all_of_them.paths) > 10
    assert usual.paths == all_of_them.paths[:10]


def test_a_consequence_bears_on_its_cause_along_no_path(net: Network) -> None:
    found = trace(
        net.ask(Query({"initial_trust": "high"}, Evidence(observed={"dissolution": "yes"})))
    )
    assert found.paths == ()
    assert found.items[0].carried == 0
    assert found.items[0].moved < 0


def test_the_thread_of_another_review_is_stitched(garden: Path) -> None:
    net = cmocnet.load(garden)
    why = explain(net.ask("P(abandoned | sunny plot)"), top=50)
    longest = max(why.pathways.paths, key=lambda p: len(p.variables))
    assert longest.variables == ("sunlight", "mood_before", "watering", "mood", "abandoned")
    # Digger wrote on the first three arcs; nobody on mood and abandonment.
    assert longest.thread.stitched
    assert longest.thread.bare == (3,)
    assert longest.thread.seams == (3,)
    assert longest.check == (
        "No one source supports every step: 2 stretches joined at mood; "
        "no source is named for the step to garden abandoned"
    )
    assert longest.sentence.startswith(
        "Sunlight (In the sun) raises mood before (G-01; Digger and Delver 2001), which raises"
    )


def test_threads() -> None:
    assert follow([["a"], ["a", "b"], ["b"]]).seams == (2,)
    assert follow([["a"], ["a", "b"], ["b"]]).stitched
    assert follow([[]]).bare == (0,)
    assert not follow([["a", "b"], ["b", "a"]]).stitched
    thread = follow([["a"], ["b"], ["b", "c"], ["b"]])
    assert [(s.first, s.last, s.sources) for s in thread.stretches] == [
        (0, 0, ("a",)),
        (1, 3, ("b",)),
    ]


def test_an_arc_raises_where_more_of_the_one_is_more_of_the_other(net: Network) -> None:
    """More of a noun is its last state, or its first if its states run down; else it is mixed."""
    told = {(a.parent, a.child): a.way for a in arcs(net)}
    assert set(told) == set(net.discrete.arcs)
    assert set(told.values()) == {"raises", "lowers", "mixed"}
    for (parent, child), way in told.items():
        table = net.discrete.tables[child]
        step = {"up": 1, "down": -1, None: 0}
        parents, childs = (step[net.variables[v].direction] for v in (parent, child))
        along = np.moveaxis(table.values, table.parents.index(parent), 0)[:: parents or 1]
        score = along[..., :: childs or 1] @ np.arange(along.shape[-1])
        change = score[-1] - score[0]
        rises, falls = change.max() > 0.005, change.min() < -0.005
        if way == "mixed":
            assert rises == falls or not (parents and childs)
        else:
            assert (rises, falls) == (way == "raises", way == "lowers")
