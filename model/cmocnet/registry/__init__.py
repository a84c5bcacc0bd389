"""Floor 1: files -> frozen records. What a review says, read strictly and checked whole.

``read(path)`` returns a :class:`Review`; nothing here computes a probability.
"""

from cmocnet.registry.address import Address
from cmocnet.registry.files import bundled
from cmocnet.registry.judged import Judgement
from cmocnet.registry.read import read
from cmocnet.registry.records import Cmoc, Review, Situation, Source
from cmocnet.registry.variable import Variable

__all__ = [
    "Address",
    "Cmoc",
    "Judgement",
    "Review",
    "Situation",
    "Source",
    "Variable",
    "bundled",
    "read",
]
