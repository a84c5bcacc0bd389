"""Evidence that is very improbable, impossible, contradictory or misspelt."""

from __future__ import annotations

import numpy as np
import pytest

from cmocnet import engine
from cmocnet.engine import indicators
from cmocnet.errors import EvidenceError, ModelError, QueryError
from cmocnet.typing import DiscreteNetwork, Evidence, Table


def chain(n: int, rare: float) -> DiscreteNetwork:
    """A cause and n independent signs, each of probability ``rare`` or twice that."""
    states = {"cause": ("no", "yes"), **{f"sign{i}": ("off", "on") for i in range(n)}}
    tables = {"cause": Table("cause", (), np.array([0.75, 0.25]))}
    rows = np.array([[1 - rare, rare], [1 - 2 * rare, 2 * rare]])
    for i in range(n):
        tables[f"sign{i}"] = Table(f"sign{i}", ("cause",), rows)
    return DiscreteNetwork(states, tables)


# With exponents of 104 and 158 the product is a double of a few digits: not 0, and yet no answer.
@pytest.mark.parametrize("warm", [False, True])
@pytest.mark.parametrize(
    ("signs", "power"), [(3, 100), (5, 100), (40, 100), (2, 75), (3, 104), (2, 158)]
)
def test_evidence_too_improbable_for_doubles_is_answered(signs, power, warm):
    network = chain(signs, float(f"1e-{power}"))
    program = engine.compile(network)
    program._runs = 10_000 if warm else -10_000
    evidence = Evidence(observed={f"sign{i}": "on" for i in range(signs)})
    odds = 2.0**signs / 3
    expected = odds / (1 + odds)
    assert program.posteriors(evidence)["cause"]["yes"] == pytest.approx(expected, rel=1e-12)
    assert program.event({"cause": "yes"}, evidence) == pytest.approx(expected, rel=1e-12)
    log_p = np.log(0.75 + 0.25 * 2.0**signs) - power * signs * np.log(10)
    assert program.log_probability(evidence) == pytest.approx(log_p, rel=1e-12)
    gradient = program.gradients({"cause": "yes"}, evidence)["cause"]
    slope = expected * (1 - expected) / 0.25  # d P / d prior, the other entry standing still
    assert gradient[1] == pytest.approx(slope, rel=1e-9)
    assert program.expected_counts(evidence)["cause"][1] == pytest.approx(expected, rel=1e-12)
    codes = np.ones((3, signs), dtype=int)
    names = [f"sign{i}" for i in range(signs)]
    (found,) = program.predict(codes, names, [{"cause": "yes"}])
    np.testing.assert_allclose(found, expected, rtol=1e-12)


def test_a_single_item_of_probability_1e300():
    program = engine.compile(chain(1, 1e-300))
    evidence = Evidence(observed={"sign0": "on"})
    assert program.posteriors(evidence)["cause"]["yes"] == pytest.approx(0.4, rel=1e-12)
    assert program.probability(evidence) == pytest.approx(1.25e-300, rel=1e-12)


def test_scale_of_a_likelihood_does_not_matter():
    program = engine.compile(chain(2, 0.1))
    small = Evidence(likelihood={"sign0": [1e-290, 3e-290], "sign1": [2e-290, 1e-290]})
    plain = Evidence(likelihood={"sign0": [1.0, 3.0], "sign1": [2.0, 1.0]})
    found, expected = program.posteriors(small)["cause"], program.posteriors(plain)["cause"]
    assert found["yes"] == pytest.approx(expected["yes"], rel=1e-12)


def test_nor_does_it_for_an_event_too_large_for_a_joint(monkeypatch):
    program = engine.compile(chain(2, 0.1))
    evidence = Evidence(likelihood={"cause": [3.0, 1.0]})
    expected = program.event({"cause": "yes", "sign0": "on"}, evidence)
    monkeypatch.setattr(indicators, "JOINT", 0)
    event = {"cause": "yes", "sign0": "on"}
    assert program.event(event, evidence) == pytest.approx(expected, rel=1e-12)
    (found,) = program.predict(np.zeros((1, 0), dtype=int), [], [event], evidence)
    assert found == pytest.approx([expected], rel=1e-12)


def test_contradictions_name_their_items():
    program = engine.compile(chain(2, 0.1))
    with pytest.raises(EvidenceError, match=r"cause=no.*do\(cause=yes\)"):
        program.posteriors(Evidence(observed={"cause": "no"}, do={"cause": "yes"}))
    with pytest.raises(EvidenceError, match=r"cause=no"):
        program.joint(["sign0"], Evidence({"cause": "no", "sign0": "on"}, {"cause": [0, 1]}))


def test_impossible_evidence_far_from_the_target_is_still_an_error():
    dead = Table("dead", (), np.array([1.0, 0.0]))
    coin = Table("coin", (), np.array([0.5, 0.5]))
    states = {"dead": ("yes", "no"), "coin": ("heads", "tails")}
    program = engine.compile(DiscreteNetwork(states, {"dead": dead, "coin": coin}))
    for _ in range(3):
        with pytest.raises(EvidenceError, match=r"dead=no has probability 0"):
            program.event({"coin": "heads"}, Evidence(observed={"dead": "no"}))


def test_a_contradiction_far_from_the_target_is_still_an_error():
    coins = {v: Table(v, (), np.array([0.5, 0.5])) for v in ("here", "there")}
    network = DiscreteNetwork(dict.fromkeys(coins, ("heads", "tails")), coins)
    apart = Evidence(observed={"there": "heads"}, do={"there": "tails"})
    excluded = Evidence(observed={"there": "heads"}, likelihood={"there": [0.0, 1.0]})
    for evidence in (apart, excluded):
        with pytest.raises(EvidenceError, match="impossible together"):
            engine.compile(network).event({"here": "heads"}, evidence)


def test_what_is_set_and_seen_besides_leaves_no_trace():
    """The circuit made for a variable cut off from its parents once served where it is not."""
    network = chain(2, 0.1)
    seen = {"sign0": [1.0, 2.0]}
    program, target = engine.compile(network), {"sign0": "on"}
    both = Evidence(likelihood=seen, do={"sign0": "on"})
    assert program.event(target, both) == 1.0
    assert program.probability(both) == pytest.approx(2.0, rel=1e-12)
    for asked in (target, {"cause": "yes"}):
        program.event(asked, both)
        alone = engine.compile(network).event(asked, Evidence(likelihood=seen))
        assert program.event(asked, Evidence(likelihood=seen)) == pytest.approx(alone, rel=1e-12)


def test_marginals_that_cannot_be_met_name_their_items():
    states = {"a": ("0", "1"), "b": ("0", "1")}
    a = Table("a", (), np.array([0.5, 0.5]))
    copy = Table("b", ("a",), np.eye(2))
    program = engine.compile(DiscreteNetwork(states, {"a": a, "b": copy}))
    with pytest.raises(EvidenceError, match=r"a := \[0.2, 0.8\], b := \[0.6, 0.4\]"):
        program.posteriors(Evidence(marginal={"a": [0.2, 0.8], "b": [0.6, 0.4]}))
    with pytest.raises(EvidenceError, match=r"cannot meet b := \[0.6, 0.4\].*given a=0"):
        program.posteriors(Evidence(observed={"a": "0"}, marginal={"b": [0.6, 0.4]}))
    met = program.posteriors(Evidence(marginal={"a": [0.2, 0.8], "b": [0.2, 0.8]}))
    assert met["b"]["1"] == pytest.approx(0.8, abs=1e-12)


@pytest.mark.parametrize(
    ("evidence", "error", "message"),
    [
        (
            Evidence(observed={"cuase": "no"}),
            QueryError,
            "unknown variable 'cuase'; nearest: cause",
        ),
        (Evidence(observed={"cause": "on"}), QueryError, "cause: unknown state 'on'"),
        (Evidence(likelihood={"cause": [1.0]}), EvidenceError, "expected one for each of no, yes"),
        (Evidence(likelihood={"cause": [0, 0]}), EvidenceError, "not all zero"),
        (Evidence(likelihood={"cause": [-1, 2]}), EvidenceError, "non-negative"),
        (Evidence(marginal={"cause": [0.5, 0.6]}), EvidenceError, "adds up to 1.1"),
        (Evidence(do={"cause": "maybe"}), QueryError, "unknown state 'maybe'"),
    ],
)
def test_misspelt_evidence(evidence, error, message):
    with pytest.raises(error, match=message):
        engine.compile(chain(1, 0.1)).posteriors(evidence)


def test_tables_that_are_not_distributions_are_refused():
    for values, message in [([0.5, 0.6], "sum to 1"), ([1.5, -0.5], "negative"), ([1.0], "shape")]:
        table = Table("x", (), np.array(values))
        with pytest.raises(ModelError, match=message):
            engine.compile(DiscreteNetwork({"x": ("a", "b")}, {"x": table}))


@pytest.mark.parametrize("sign", [1, -1])
def test_a_row_off_by_no_more_than_a_millionth_is_a_distribution(sign):
    def compiled(off):
        tables = {"x": Table("x", (), np.array([0.5, 0.5 + sign * off]))}
        return engine.compile(DiscreteNetwork({"x": ("a", "b")}, tables))

    assert compiled(0.8e-6).event({"x": "a"}) == pytest.approx(0.5, abs=1e-6)
    with pytest.raises(ModelError, match="sum to 1"):
        compiled(1.2e-6)


def test_importing_the_engine_imports_neither_numba_nor_pgmpy():
    import subprocess
    import sys

    code = "import sys, cmocnet.engine; print({'numba', 'pgmpy', 'pandas'} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "set()"
