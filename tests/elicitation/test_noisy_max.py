"""Noisy-MAX against a textbook table and against enumerating every hidden cause."""

from __future__ import annotations

from collections.abc import Callable
from itertools import product
from math import prod

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cmocnet.elicitation.noisy_max import noisy_max, noisy_or
from cmocnet.errors import ModelError


def links_of(
    rng: np.random.Generator, cards: tuple[int, ...], n: int, *lead: int
) -> list[np.ndarray]:
    return [rng.dirichlet(np.ones(n), (*lead, card)) for card in cards]


def by_enumeration(links: list[np.ndarray], leak: np.ndarray) -> np.ndarray:
    """Sum over what each cause and the leak produce; the child is the largest of it."""
    n = leak.size
    table = np.zeros((*(link.shape[0] for link in links), n))
    for place in np.ndindex(table.shape[:-1]):
        for produced in product(range(n), repeat=len(links) + 1):
            chances = [link[x, y] for link, x, y in zip(links, place, produced, strict=False)]
            table[(*place, max(produced))] += prod(chances) * leak[produced[-1]]
    return table


def test_fever() -> None:
    """Russell and Norvig, Artificial Intelligence, noisy-OR figure: cold, flu and malaria.

    They leave fever out with probability 0.6, 0.2 and 0.1 each; nothing else causes it.
    """
    table = noisy_or([[0, 0.4], [0, 0.8], [0, 0.9]])
    expected = [0.0, 0.9, 0.8, 0.98, 0.4, 0.94, 0.88, 0.988]
    np.testing.assert_allclose(table[..., 1].ravel(), expected, atol=1e-15)


@given(st.integers(0, 2**32 - 1), st.integers(2, 4), st.sampled_from([(2,), (3, 2), (2, 1, 3)]))
def test_hidden_causes_enumerated(seed: int, n: int, cards: tuple[int, ...]) -> None:
    rng = np.random.default_rng(seed)
    links, leak = links_of(rng, cards, n), rng.dirichlet(np.ones(n))
    table = noisy_max(links, leak)
    np.testing.assert_allclose(table, by_enumeration(links, leak), atol=1e-14)
    np.testing.assert_allclose(table.sum(axis=-1), 1.0, rtol=0, atol=1e-15)


def test_no_leak_is_a_leak_of_nothing() -> None:
    links = links_of(np.random.default_rng(1), (2, 3), 3)
    np.testing.assert_allclose(noisy_max(links), noisy_max(links, [1, 0, 0]), atol=1e-15)
    np.testing.assert_allclose(noisy_max([], [0.5, 0.3, 0.2]), [0.5, 0.3, 0.2])


def test_the_or_is_the_max_of_two_states() -> None:
    rng = np.random.default_rng(2)
    upper = [rng.uniform(size=3), rng.uniform(size=2)]
    links = [np.stack([1 - p, p], axis=-1) for p in upper]
    np.testing.assert_allclose(noisy_or(upper, 0.2), noisy_max(links, [0.8, 0.2]), atol=1e-15)


@given(st.integers(0, 2**32 - 1))
def test_a_stronger_cause_or_leak_dominates(seed: int) -> None:
    rng = np.random.default_rng(seed)
    links, leak = links_of(rng, (3, 2), 4), rng.dirichlet(np.ones(4))
    below = np.cumsum(noisy_max(links, leak), axis=-1)
    raised = links[0].copy()
    raised[1] = 0.5 * raised[1] + 0.5 * np.eye(4)[3]
    for table in (noisy_max([raised, links[1]], leak), noisy_max([*links, [np.eye(4)[2]]], leak)):
        assert np.all(np.cumsum(table, axis=-1).reshape(below.shape) <= below + 1e-14)


@given(st.integers(0, 2**32 - 1))
def test_draws_together_equal_draws_one_by_one(seed: int) -> None:
    rng = np.random.default_rng(seed)
    links, leak = links_of(rng, (2, 3), 3, 5), rng.dirichlet(np.ones(3), 5)
    fixed = links_of(rng, (2,), 3)[0]
    together = noisy_max([*links, fixed], leak)
    assert together.shape == (5, 2, 3, 2, 3)
    for d in range(5):
        one = noisy_max([*(link[d] for link in links), fixed], leak[d])
        np.testing.assert_allclose(together[d], one, rtol=0, atol=1e-15)
    upper, drawn = rng.uniform(size=(5, 2)), rng.uniform(size=5)
    together = noisy_or([upper, [0.1, 0.2, 0.3]], drawn)
    for d in range(5):
        one = noisy_or([upper[d], [0.1, 0.2, 0.3]], drawn[d])
        np.testing.assert_allclose(together[d], one, rtol=0, atol=1e-15)


@pytest.mark.parametrize(
    "wrong",
    [
        lambda: noisy_max([]),
        lambda: noisy_max([[[0.5, 0.6], [1.0, 0.0]]]),
        lambda: noisy_max([[[1.5, -0.5], [1.0, 0.0]]]),
        lambda: noisy_max([[1.0, 0.0]]),
        lambda: noisy_max([[[1, 0], [0, 1]]], [1, 0, 0]),
        lambda: noisy_or([[0.1, 1.2]]),
        lambda: noisy_or([[0.1, np.nan]]),
        lambda: noisy_or([[0.1, 0.2]], leak=-0.1),
    ],
)
def test_impossible_links_are_refused(wrong: Callable[[], object]) -> None:
    with pytest.raises(ModelError):
        wrong()
