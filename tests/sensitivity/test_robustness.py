"""Reversals are real: networks rebuilt with the numbers reported say the opposite."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from cmocnet import Network, engine
from cmocnet.asked import ask
from cmocnet.elicitation.draws import everyone
from cmocnet.elicitation.tables import build
from cmocnet.sensitivity import Reversal, Robustness, robustness
from cmocnet.sensitivity.judged import Judged, centre, value

ONE = "P(dissolution | mandated)"
OTHER = "P(dissolution | voluntary)"


def margin(net: Network, reversal: Reversal, share: float = 1.0) -> float:
    """The difference of the two answers with a share of each change made, from rebuilt tables."""
    known = {j.address: j for j in everyone(net.review)}
    values = {
        c.address: value(known[c.address], np.array([centre(known[c.address]) + share * c.score]))[
            0
        ]
        for c in reversal.changes
    }
    if share == 1.0:
        assert values == pytest.approx({c.address: c.value for c in reversal.changes})
    states, tables = net.discrete.states, dict(net.discrete.tables)
    for name in {a.partition("/")[0] for a in values}:
        mine = {a: np.asarray(v) for a, v in values.items() if a.startswith(f"{name}/")}
        tables[name] = replace(tables[name], values=build(net.variables[name], states, mine))
    program = engine.compile(replace(net.discrete, tables=tables))
    one, other = ask(net, ONE), ask(net, OTHER)
    return program.event(one.event, one.evidence) - program.event(other.event, other.evidence)


@pytest.fixture(scope="module")
def found(net: Network) -> Robustness:
    return robustness(net.ask(ONE), net.ask(OTHER))


def test_the_margin_is_the_difference_of_the_answers(net: Network, found: Robustness) -> None:
    one, other = (net.query(q).probability for q in (ONE, OTHER))
    assert one is not None
    assert other is not None
    assert found.margin == pytest.approx(one - other, abs=1e-14)


def test_single_changes_reverse_and_a_little_less_does_not(net: Network, found: Robustness) -> None:
    assert found.single
    for reversal in found.single[:3]:
        assert len(reversal.changes) == 1
        assert abs(margin(net, reversal)) < 1e-8
        assert margin(net, reversal, 1.01) * found.margin < 0.0
        assert margin(net, reversal, 0.99) * found.margin > 0.0
    assert [r.size for r in found.single] == sorted(r.size for r in found.single)


def test_judgements_not_listed_do_not_reverse_it(net: Network, found: Robustness) -> None:
    judged = Judged.of(ask(net, ONE), ask(net, OTHER))
    reversing = {r.changes[0].address for r in found.single}
    others = [i for i, j in enumerate(judged.known) if j.address not in reversing]
    which = np.repeat(others, 2)
    scores = judged.centre[which] + np.tile([-found.limit, found.limit], len(others))
    one, other = judged.answers(judged.changed(which, scores))
    assert ((one - other) * found.margin > 0.0).all()


def test_the_joint_change_reverses_and_is_the_smallest(net: Network, found: Robustness) -> None:
    joint = found.joint
    assert joint is not None
    assert joint.margin * found.margin <= 0.0
    assert joint.size <= found.single[0].size
    assert joint.size == pytest.approx(np.linalg.norm([c.score for c in joint.changes]))
    assert abs(margin(net, joint)) < 1e-8
    assert margin(net, joint, 1.01) * found.margin < 0.0
    judged = Judged.of(ask(net, ONE), ask(net, OTHER))
    direction = np.zeros(len(judged.known))
    places = {j.address: i for i, j in enumerate(judged.known)}
    for c in joint.changes:
        direction[places[c.address]] = c.score
    noise = np.random.default_rng(0).standard_normal((300, len(direction))) * 0.02
    nearby = direction / joint.size + noise
    nearby *= 0.995 * joint.size / np.linalg.norm(nearby, axis=1, keepdims=True)
    one, other = judged.answers(judged.centre + nearby)
    assert ((one - other) * found.margin > 0.0).all()


def test_a_reversal_reads_as_a_table(found: Robustness) -> None:
    assert found.joint is not None
    frame = found.joint.frame()
    assert list(frame["score"].abs()) == sorted(frame["score"].abs(), reverse=True)
    assert frame["label"].str.len().min() > 5


def test_scenarios_that_no_judgement_can_turn(net: Network) -> None:
    limit = 0.01
    found = robustness(net.ask(ONE), net.ask(OTHER), limit=limit)
    assert found.single == ()
    assert found.joint is None or found.joint.size > limit
