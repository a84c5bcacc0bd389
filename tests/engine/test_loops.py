"""The loops of a batch, compiled and in NumPy, give the same; and which of them run when."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cmocnet import engine
from cmocnet.engine import abreast, batch, kernels, loops, predict, run

sys.path.insert(0, str(Path(__file__).parent))
from strategies import networks
from test_against_brute_force import SETTINGS

BOTH = (abreast, kernels)


def answers(monkeypatch, module, ask):
    with monkeypatch.context() as patch:
        patch.setattr(batch.loops, "of_batch", lambda work: module)
        patch.setattr(predict.loops, "of_batch", lambda work: module)
        return ask()


@SETTINGS
@given(networks(), st.data())
def test_numpy_gives_what_the_compiled_loops_give(network, data):
    names = list(network.names)
    some = data.draw(st.lists(st.sampled_from(names), unique=True, max_size=3))
    n, seed = data.draw(st.sampled_from([1, 15, 16, 17, 300])), data.draw(st.integers(0, 99))
    rng = np.random.default_rng(seed)
    codes = np.array([rng.integers(-1, len(network.states[v]), n) for v in some], dtype=int)
    tables = {
        v: rng.dirichlet(np.ones(t.values.shape[-1]), (n, *t.values.shape[:-1]))
        for v, t in network.tables.items()
    }
    targets = [v for v in names if v not in some]
    events = [{v: network.states[v][0]} for v in targets]
    program = engine.compile(network)

    def ask():
        drawn = program.predict_tables(tables, targets=[*targets, *events])
        mixed = program.predict_tables({names[0]: tables[names[0]]}, targets=targets)
        possible = codes.reshape(-1, n).T
        if not all((t.values > 0).all() for t in network.tables.values()):
            return [*drawn, *mixed]
        return [*drawn, *mixed, *program.predict(possible, some, [*targets, *events])]

    with pytest.MonkeyPatch.context() as patch:
        numpy, compiled = (answers(patch, module, ask) for module in BOTH)
    for ours, theirs in zip(numpy, compiled, strict=True):
        np.testing.assert_allclose(ours, theirs, rtol=1e-12, atol=1e-15)


@pytest.mark.parametrize("module", BOTH)
def test_a_large_network_too(alarm, monkeypatch, module):
    rng = np.random.default_rng(0)
    names = list(alarm.names)
    codes = np.full((2_000, 2), -1)
    codes[:, 0] = rng.integers(0, len(alarm.states[names[0]]), 2_000)
    program = engine.compile(alarm)
    found = answers(
        monkeypatch, module, lambda: program.predict(codes, names[:2], names[5:9], threads=2)
    )
    for values, name in zip(found, names[5:9], strict=True):
        alone = program.joint([name], engine_evidence(alarm, names[0], codes[0, 0]))
        np.testing.assert_allclose(values[0], alone, atol=1e-12)


def engine_evidence(network, name, code):
    from cmocnet.typing import Evidence

    return Evidence(observed={name: network.states[name][code]})


def test_numba_comes_when_enough_was_asked(monkeypatch):
    monkeypatch.setattr(loops, "_made", 0)
    monkeypatch.setitem(sys.modules, "cmocnet.engine.kernels", kernels)
    monkeypatch.delitem(sys.modules, "cmocnet.engine.kernels")
    assert loops.of_batch(loops.COLD) is abreast
    assert loops.of_batch(1).__name__ == kernels.__name__
    assert loops.of_batch(1).__name__ == kernels.__name__, "what is loaded is used"


def test_without_numba_numpy_answers_everything(alarm, monkeypatch):
    monkeypatch.setattr(loops, "compiling", lambda: False)
    monkeypatch.setattr(run, "kernels", None)
    assert loops.of_batch(10 * loops.COLD) is abreast
    program = engine.compile(alarm)
    compiled = engine.compile(alarm)
    for _ in range(6):
        found = program.posteriors()
    monkeypatch.undo()
    for _ in range(6):
        expected = compiled.posteriors()
    name = alarm.names[7]
    assert dict(found[name]) == pytest.approx(dict(expected[name]), abs=1e-12)
