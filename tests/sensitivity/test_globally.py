"""Sobol indices: published ones for the Ishigami function, and the same draws as intervals use."""

from __future__ import annotations

import sys

import numpy as np
import pytest

from cmocnet import CmocnetError, Network
from cmocnet.asked import ask
from cmocnet.elicitation.draws import draw, everyone
from cmocnet.sensitivity import judgement_indices, sobol
from cmocnet.sensitivity.globally import SHARED, Response
from cmocnet.sensitivity.judged import Judged, varies

QUESTION = "P(dissolution | mandated)"
pytest.importorskip("SALib")


def ishigami(x: np.ndarray) -> np.ndarray:
    """Ishigami & Homma 1990, doi:10.1109/ISUMA.1990.151285, with a = 7 and b = 0.1."""
    first, second, third = x.T
    return np.asarray(np.sin(first) * (1 + 0.1 * third**4) + 7 * np.sin(second) ** 2)


def test_ishigami_has_the_published_indices() -> None:
    ranges = dict.fromkeys(("x1", "x2", "x3"), (-np.pi, np.pi))
    found = sobol(ishigami, ranges, n=4096, seed=0)
    first, total = [0.3139, 0.4424, 0.0], [0.5576, 0.4424, 0.2437]
    assert found.first == pytest.approx(first, abs=0.01)
    assert found.total == pytest.approx(total, abs=0.01)
    assert (np.abs(found.first - first) < 1.5 * found.first_error).all()
    assert found.evaluations == 4096 * 5
    assert found.variance == pytest.approx(13.84, rel=0.01)


def test_quantile_functions_and_chunks_change_nothing() -> None:
    ranges = dict.fromkeys(("x1", "x2", "x3"), (-np.pi, np.pi))
    quantiles = dict.fromkeys(("x1", "x2", "x3"), lambda u: -np.pi + 2 * np.pi * u)
    seen: list[tuple[int, int]] = []
    one = sobol(ishigami, ranges, n=64, seed=5)
    other = sobol(ishigami, quantiles, n=64, seed=5, chunk=37, progress=lambda *p: seen.append(p))
    assert one.total == pytest.approx(other.total, abs=1e-12)
    assert one.total_error == pytest.approx(other.total_error, abs=1e-12)
    assert seen[-1] == (320, 320)


def test_a_seed_of_0_is_a_seed() -> None:
    ranges = {"x1": (0.0, 1.0), "x2": (0.0, 1.0)}
    one, other = (sobol(lambda x: x.sum(axis=1), ranges, n=64, seed=0) for _ in range(2))
    assert (one.first_error == other.first_error).all()
    assert (one.first == other.first).all()


def test_the_response_gives_the_answers_of_the_draws(net: Network) -> None:
    """Of the beliefs: draws given the statements move together, the inputs of indices do not."""
    net = net.unsolved
    draws = draw(net.review, n=20, seed=4)
    asked = ask(net, QUESTION)
    (answers,) = net.program.predict_tables(draws.tables, asked.evidence, [asked.event])
    generator = np.random.default_rng(4)
    common = generator.standard_normal(20)
    known = everyone(net.review)
    own = dict(
        zip((j.address for j in known), generator.standard_normal((len(known), 20)), strict=True)
    )
    judged = Judged.of(asked)
    scores = np.stack([common, *(own[j.address] for j in judged.known)], axis=1)
    found = Response(judged, np.arange(len(judged.known)))(scores)
    assert found == pytest.approx(answers, abs=1e-10)


def test_the_response_varies_what_was_solved_around_it(net: Network) -> None:
    judged = Judged.of(ask(net, QUESTION))
    response = Response(judged, np.arange(len(judged.known)))
    free = np.array([j.solved is None for j in judged.known])
    assert not free.all()
    shared = net.review.protocol.shared
    tilt = np.array([j.overstates for j in judged.known])
    rows = np.append(0.0, np.where(free, judged.centre / np.sqrt(1.0 - tilt**2 * shared), 0.0))
    assert response(rows[None]) == pytest.approx(net.query(QUESTION).probability, abs=1e-12)


def test_indices_of_judgements(net: Network) -> None:
    found = judgement_indices(net.ask(QUESTION), n=32, seed=1, top=20)
    assert len(found.inputs) == 21
    assert found.evaluations == 32 * 23
    assert found.inputs[0] == SHARED
    frame = found.frame()
    assert list(frame["total"]) == sorted(found.total, reverse=True)
    assert frame["label"].notna().all()
    assert 0.5 < found.total.sum() < 2.0


def test_every_judgement_that_matters_is_an_input(net: Network) -> None:
    judged = Judged.of(ask(net, QUESTION))
    found = judgement_indices(net.ask(QUESTION), n=2)
    assert set(found.inputs) == {SHARED, *(j.address for j in judged.known)}
    assert all(varies(j) for j in judged.known)


def test_a_constant_has_no_indices() -> None:
    found = sobol(lambda x: np.ones(len(x)), {"x": (0.0, 1.0)}, n=8)
    assert found.variance == 0.0
    assert found.total.tolist() == [0.0]


def test_without_salib_the_error_names_the_extra(
    net: Network, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "SALib.analyze.sobol", None)
    with pytest.raises(CmocnetError, match=r'need SALib; expected pip install "cmocnet\[global\]"'):
        judgement_indices(net.ask(QUESTION))
