"""The bundled review's solved numbers: they are where the files would have them solved anew."""

from __future__ import annotations

import numpy as np
import pytest

from cmocnet import Network
from cmocnet.elicitation.draws import by_address, everyone
from cmocnet.sensitivity.judged import varies
from cmocnet.solve.conditional import found
from cmocnet.solve.newton import Point, stand
from cmocnet.solve.sensed import Unknowns
from cmocnet.solve.solution import contexts
from cmocnet.solve.statements import statements

NEAR = 2e-6
"""Of a solved score: those in the file are told to six decimals."""


@pytest.fixture(scope="module")
def unknowns(net: Network) -> Unknowns:
    bare = net.unsolved.review
    return Unknowns(bare, tuple(j for j in everyone(bare) if varies(j)))


@pytest.fixture(scope="module")
def rest(net: Network, unknowns: Unknowns) -> Point:
    """Where the file says that the search came to rest, with all that is stated there.

    A score is one's own part and the coder's; the most probable parts are the shortest.
    """
    assert net.review.solved is not None
    numbers = net.review.solved.numbers
    scores = np.array([numbers[str(j.address)].score for j in unknowns.known])
    at = np.linalg.pinv(unknowns.mix().toarray()) @ scores
    return stand(unknowns, statements(unknowns.review, contexts(net.unsolved)), at)


def test_they_are_of_these_files(net: Network, unknowns: Unknowns) -> None:
    assert not any("older than the files" in notice for notice in net.review.notices)
    assert net.review.solved is not None
    assert net.review.solved.numbers.keys() == {str(j.address) for j in unknowns.known}
    assert all(by_address(net.review)[j.address].solved for j in unknowns.known)


@pytest.mark.slow
def test_solving_anew_would_not_move_them(rest: Point) -> None:
    assert np.abs(rest.gradient).max() < 1e-4
    assert np.abs(rest.step).max() < NEAR


@pytest.mark.slow
def test_the_file_says_what_is_left_unsure(net: Network, unknowns: Unknowns, rest: Point) -> None:
    solved, again = net.review.solved, found(unknowns, rest)
    assert solved is not None
    assert again.left == pytest.approx(solved.left, abs=1e-5)
    for address, number in solved.numbers.items():
        assert again.numbers[address].value == pytest.approx(number.value, rel=1e-6, abs=1e-6), (
            address
        )
        assert again.numbers[address].left == pytest.approx(number.left, abs=1e-5), address
