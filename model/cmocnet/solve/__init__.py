"""The review with its own force: the most probable numbers given everything that it states.

Judgements are normal scores under the protocol's own distributions; every test of the register is a
statement of size (:mod:`.statements`), and so are the cases the review tells and the outside
figures. The most probable point (:mod:`.newton`) is found with the engine's exact derivatives
(:mod:`.sensed`), and :mod:`.solution` says what moved, what is missed, and what pulls against what.
"""

from cmocnet.solve.foretold import Coherence, Foretold, coherence
from cmocnet.solve.left_out import LeftOut, left_out
from cmocnet.solve.newton import Progress
from cmocnet.solve.solution import Solution, solved
from cmocnet.solve.statements import Heard, Statement, statements

__all__ = [
    "Coherence",
    "Foretold",
    "Heard",
    "LeftOut",
    "Progress",
    "Solution",
    "Statement",
    "coherence",
    "left_out",
    "solved",
    "statements",
]
