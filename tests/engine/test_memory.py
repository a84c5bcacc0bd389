"""However many different questions are asked, what is kept of them is bounded."""

from __future__ import annotations

from itertools import combinations, islice

from cmocnet.engine import compile as compiled
from cmocnet.engine.selection import KEPT
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
