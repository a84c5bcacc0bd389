"""Is every number marked ``by: protocol`` the one that the protocol makes of the register?"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from cmocnet.registry.judged import Anchor, Given, InterBeta, NoisyMax, Parent, Plain, Ranked, Row
from cmocnet.registry.places import Keys
from cmocnet.registry.protocol import Coded, govern
from cmocnet.registry.records import Review


class Number(NamedTuple):
    """A number said to be the protocol's: the keys that lead to it, itself, and what is coded.

    ``coded`` is None where the protocol gives no such number.
    """

    keys: Keys
    value: float
    coded: float | None

    @property
    def table(self) -> str:
        """The table of the protocol that gives it."""
        *_, above, word = self.keys
        if "rows" in self.keys:
            return "prevalence"
        if word != "value" and above != "leak":
            return str(word)
        return str(above) if above in ("lowest", "highest", "leak") else "cause"


def numbers(review: Review, name: str) -> Iterator[Number]:
    """Every number in a variable's file that is marked as the protocol's.

    What cites an id that is not in the register is left out: nothing can be coded of it.

    >>> from cmocnet.registry import bundled, read
    >>> next(numbers(read(bundled()), "faith"))
    Number(keys=('table', 'lowest', 'value'), value=0.15, coded=0.15)
    """
    for cell in review.variables[name].cells:
        yield from _table(review, cell.spec, cell.keys)


def _table(review: Review, spec: Plain, at: Keys) -> Iterator[Number]:
    match spec:
        case InterBeta():
            coded = _coded(review, tuple(i for p in spec.parents.values() for i in p.cites))
            if coded:
                yield from _anchor(spec.lowest, coded.lowest, coded, (*at, "lowest"))
                yield from _anchor(spec.highest, coded.highest, coded, (*at, "highest"))
            yield from _weights(review, spec.parents, at)
        case Ranked():
            yield from _weights(review, spec.parents, at)
            if spec.by == "protocol":
                yield Number((*at, "variance"), spec.variance, None)
        case NoisyMax():
            leak = review.protocol.leak
            if spec.leak.by == "protocol":
                for word in ("value", "strength"):
                    coded = getattr(leak, word, None)
                    yield Number((*at, "leak", word), getattr(spec.leak, word), coded)
            yield from _causes(review, spec, (*at, "parents"))
        case Given():
            for n, row in enumerate(spec.rows):
                if row.by == "protocol":
                    yield from _row(review, row, spec, (*at, "rows", n))


def _row(review: Review, row: Row, spec: Given, at: Keys) -> Iterator[Number]:
    """Only that a setting is in each state as often as in any other is the protocol's."""
    # A variable whose states cannot be read has an even row of none.
    sure, share = review.protocol.prevalence, 1.0 / max(len(row.row), 1)
    yields = not spec.parents and sure is not None
    unequal = max(row.row, key=lambda x: abs(x - share), default=share)
    yield Number((*at, "row"), unequal, share if yields else None)
    yield Number((*at, "strength"), row.strength, sure if yields else None)


def _causes(review: Review, spec: NoisyMax, at: Keys) -> Iterator[Number]:
    for name, cause in spec.parents.items():
        if coded := _coded(review, cause.cites):
            for state, anchor in cause.probability.items():
                yield from _anchor(anchor, coded.cause, coded, (*at, name, "probability", state))


def _coded(review: Review, cites: tuple[str, ...]) -> Coded | None:
    """What the protocol makes of the ids that are in the register."""
    known = cites and all(key in review.cmocs for key in cites)
    return govern(cites, review.cmocs, review.protocol) if known else None


def _weights(review: Review, parents: Mapping[str, Parent], at: Keys) -> Iterator[Number]:
    for name, parent in parents.items():
        coded = _coded(review, parent.cites) if parent.by == "protocol" else None
        if coded:
            keys = (*at, "parents", name)
            yield Number((*keys, "weight"), parent.weight, coded.weight)
            yield Number((*keys, "spread"), parent.spread, coded.spread)


def _anchor(anchor: Anchor, value: float, coded: Coded, at: Keys) -> Iterator[Number]:
    if anchor.by == "protocol":
        yield Number((*at, "value"), anchor.value, value)
        yield Number((*at, "strength"), anchor.strength, coded.strength)
