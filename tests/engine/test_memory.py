"""However many different questions are asked, what is kept of them is bounded."""

from __future__ import annotations

from itertools import combinations, islice

import pytest

from cmocnet.engine import compile as compiled
from cmocnet.engine import contraction
from cmocnet.engine.selection import KEPT
from cmocnet.forks import remembered
from cmocnet.typing import Evidence


def test_circuits_of_many_questions_are_let_go(alarm):
    program = compiled(alarm)
    names = list(alarm.names)
    for pair in islice(combinations(names, 2), 3 * KEPT):
        for evidence in (Evidence(), Evidence(observed={names[-1]: alarm.states[names[-1]][0]})):
            if names[-1] not in pair:
                program.joint(pair, evidence)
    held = vars(program.selection).values()
    assert max(len(one) for one in held if isinstance(one, dict | set)) <= KEPT
    first = program.joint(names[:2])
    assert abs(first.sum() - 1.0) < 1e-12


def test_trees_of_large_networks_are_let_go():
    """A tree takes what its products take, and there is one for each structure ever read."""
    size = 20_000
    for start in range(8):
        arcs = range(start, size + start)
        scopes = [frozenset((i - 1, i) if i > start else (i,)) for i in arcs]
        assert contraction.search(scopes, [2] * (size + start), frozenset(), effort=0) is not None
    held = [tree for tree in contraction._searched.results.values() if tree is not None]
    assert 0 < sum(len(tree.merges) for tree in held) <= contraction.GROWN


def test_as_much_is_remembered_as_was_said():
    asked = []

    @remembered(count=4, most=100, size=len)
    def line(length, *, of="-"):
        asked.append(length)
        return of * length

    assert [len(line(n)) for n in (1, 2, 1, 2)] == [1, 2, 1, 2]
    assert asked == [1, 2]  # what is remembered is not made again
    for n in (3, 4, 1, 5):
        line(n)
    assert sorted(map(len, line.results.values())) == [1, 3, 4, 5]  # 2 was longest unasked
    line(98)  # leaves no room even for 5, which was asked last
    assert sorted(map(len, line.results.values())) == [98]
    assert len(line(101)) == 101
    assert max(map(len, line.results.values())) == 98  # what is too large pushes nothing out
    assert line(98, of="+")[0] == "+"
    with pytest.raises(TypeError):
        line(None)
