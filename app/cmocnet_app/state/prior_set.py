"""A visitor's own prior set: an upload laid over the bundled judgements, then numbers changed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import numpy as np
import yaml

from cmocnet.elicitation.draws import by_address
from cmocnet.registry.files import merge, parse_yaml
from cmocnet.sensitivity.judged import believed, varies
from cmocnet.survey import Panel, write_priors
from cmocnet.survey.answers import Answer
from cmocnet.survey.fit import PERCENTILES, Distribution
from cmocnet.survey.panel import Opinion, Result
from cmocnet.survey.pool import Pooled
from cmocnet.survey.wording import turned
from cmocnet_app.state import uploads
from cmocnet_app.state.sizes import Size, Sizes

if TYPE_CHECKING:
    from cmocnet import Network
    from cmocnet.registry.judged import Judgement
    from cmocnet.registry.records import Review

WHO = "a visitor of the page"
INNER = 0.001
"""A share set on the page stays this far inside 0 and 1."""


@dataclass(frozen=True)
class PriorSet:
    """What a visitor changed: an uploaded set, numbers, and sizes of what the review states.

    ``numbers`` has address -> as it is asked for.
    """

    base: uploads.Files = field(default_factory=dict)
    numbers: Mapping[str, float] = field(default_factory=dict)
    sizes: Sizes = field(default_factory=dict)

    @property
    def empty(self) -> bool:
        """Nothing was changed."""
        return not (self.base or self.numbers or self.sizes)

    def put(self, address: str, value: float) -> PriorSet:
        """The same with one number changed."""
        return replace(self, numbers={**self.numbers, address: value})

    def without(self, address: str) -> PriorSet:
        """The same with one number as it was."""
        return replace(self, numbers={k: v for k, v in self.numbers.items() if k != address})

    def sized(self, address: str, size: Size | None) -> PriorSet:
        """The same with one effect of another size; None is the size that it had."""
        kept = {k: v for k, v in self.sizes.items() if k != address}
        return replace(self, sizes=kept if size is None else {**kept, address: size})


def inside(share: float) -> float:
    """A share as it can be set on the page: never quite 0 or 1.

    >>> inside(0.0), inside(0.25)
    (0.001, 0.25)
    """
    return min(max(share, INNER), 1.0 - INNER)


def asked(review: Review, judgement: Judgement) -> Distribution:
    """A judgement in the terms in which it is asked for: of two states, the upper one's share.

    Its value is the solved one if it was solved, its spread that of the belief before.

    >>> from cmocnet import load
    >>> from cmocnet.elicitation.tables import judgements
    >>> review = load().review
    >>> lowest, *_ = judgements(review.variables["inertia"])
    >>> asked(review, lowest).value == lowest.central
    True
    """
    other = turned(review.variables[judgement.variable], judgement.address)
    value = 1.0 - judgement.central if other else judgement.central
    return Distribution(judgement.kind, value, judgement.spread)


def middle(review: Review, judgement: Judgement) -> tuple[float, float]:
    """5th and 95th percentile as asked for; a share of exactly 0 or 1 is held as certain."""
    value = asked(review, judgement).value
    if not varies(judgement):
        return value, value
    low, high = believed(judgement, np.array([PERCENTILES[0], PERCENTILES[-1]])).tolist()
    turns = turned(review.variables[judgement.variable], judgement.address)
    return (1.0 - high, 1.0 - low) if turns else (low, high)


def files(under: Network, mine: PriorSet) -> uploads.Files:
    """The set as files; numbers that were changed stand as an expert's judgement.

    Parameters
    ----------
    under
        The network with ``mine.base`` laid over it.

    Raises
    ------
    CmocnetError
        The set does not fit the review.
    """
    if not mine.numbers:
        return mine.base
    with uploads.spare_folder(under.review.path) as spare:
        write_priors(under.review, _panel(under.review, mine.numbers), spare / "priors")
        changed = uploads.read(spare / "priors")
    return dict(mine.base) | {k: _merged(mine.base.get(k), text) for k, text in changed.items()}


def _merged(below: str | None, above: str) -> str:
    if below is None:
        return above
    whole = merge(parse_yaml(below, "below"), parse_yaml(above, "above"))
    text: str = yaml.safe_dump(whole, sort_keys=False, allow_unicode=True, width=110)
    return text


def _panel(review: Review, numbers: Mapping[str, float]) -> Panel:
    """The changed numbers as the answers of a panel of one."""
    known = by_address(review)
    results = {a: _result(review, known[a], v) for a, v in numbers.items() if a in known}
    return Panel((WHO,), (1.0,), "linear", results, len(known))


def _result(review: Review, judgement: Judgement, value: float) -> Result:
    said = asked(review, judgement)
    judged = replace(said, value=inside(value) if said.kind == "probability" else value)
    low, central, high = (judged.quantile(p) for p in PERCENTILES)
    answer = Answer(judgement.address, low, central, high, where="the page")
    opinion = Opinion(WHO, answer, judged, misses=())
    return Result(
        judgement, (opinion,), Pooled(judged, (low, central, high), 0.0, 0.0, apart=False)
    )
