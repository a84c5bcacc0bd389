"""Why evidence is impossible: a smallest set of its items that cannot all hold.

Deletion filter (Chinneck and Dravnieks 1991, ORSA Journal on Computing 3:157): leave an item out;
if the rest is still impossible, it was not needed. What is left is minimal: without any one of its
items it is possible.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from cmocnet.engine.single import Single
from cmocnet.errors import EvidenceError
from cmocnet.typing import Evidence

KINDS = ("likelihood", "observed", "do")


def impossible(program: Single, evidence: Evidence) -> EvidenceError:
    """The error for evidence of probability zero, naming a minimal set of conflicting items."""
    rest = minimal(program, replace(evidence, marginal={}))
    items = rest.items()
    if len(items) == 1:
        return EvidenceError(f"impossible: {items[0]} has probability 0 in this network")
    return EvidenceError(f"impossible together: {', '.join(items)}")


def minimal(program: Single, evidence: Evidence) -> Evidence:
    """A subset of the evidence that is impossible and of which every part is possible."""
    for kind in KINDS:
        for name in getattr(evidence, kind):
            shorter = {v: s for v, s in getattr(evidence, kind).items() if v != name}
            candidate: Evidence = replace(evidence, **{kind: shorter})
            if program.log_probability(candidate) == -np.inf:
                evidence = candidate
    return evidence
