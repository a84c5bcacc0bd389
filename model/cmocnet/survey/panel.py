"""A panel of experts: their files read, every answer fitted, every question pooled.

Fitting and pooling are in the terms in which questions are asked; :mod:`.overlay` turns the result
into the registry's.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from cmocnet.elicitation.draws import by_address
from cmocnet.registry import Address, Judgement, Review
from cmocnet.registry.judged import Kind
from cmocnet.survey.answers import Answer, Answers, read_each
from cmocnet.survey.fit import Distribution, Miss, fit, misses
from cmocnet.survey.pool import How, Pooled, pool, shares
from cmocnet.survey.verbal import scales


@dataclass(frozen=True)
class Opinion:
    """One expert's answer to one question: what was said, what was fitted, where that misses."""

    expert: str
    answer: Answer
    distribution: Distribution
    misses: tuple[Miss, ...]


@dataclass(frozen=True)
class Result:
    """One question: its judgement, every expert's opinion, and what they come to."""

    judgement: Judgement
    opinions: tuple[Opinion, ...]
    pooled: Pooled


@dataclass(frozen=True)
class Panel:
    """What a panel of experts comes to.

    experts, weights
        who was heard, and the share each has
    how
        the pool, ``linear`` or ``log``
    results
        address -> result, for every question that somebody with a weight answered
    asked
        how many questions there are
    """

    experts: tuple[str, ...]
    weights: tuple[float, ...]
    how: How
    results: Mapping[str, Result]
    asked: int

    @property
    def by_disagreement(self) -> tuple[Result, ...]:
        """Results, those on which the experts differ most first."""
        return tuple(sorted(self.results.values(), key=lambda r: -r.pooled.disagreement))

    @property
    def half_weighted(self) -> tuple[str, ...]:
        """Tables of which only some weights were answered; the others keep the weight they had."""
        weights: dict[str, list[bool]] = {}
        for address in self._weights:
            weights.setdefault(address.table, []).append(address in self.results)
        return tuple(table for table, has in weights.items() if any(has) and not all(has))

    _weights: tuple[Address, ...] = ()


def convene(
    review: Review,
    files: Sequence[Path],
    *,
    how: How = "linear",
    weights: Sequence[float] | None = None,
) -> Panel:
    """Read one file an expert, fit every answer, pool every question.

    Parameters
    ----------
    review
        The review that was asked about.
    files
        ``.csv`` or ``.xlsx``, one an expert, at least one.
    how
        ``linear`` or ``log`` pool.
    weights
        One a file, only ratios count; None for equal ones. Where an expert left a question out,
        the others' weights are scaled up.

    Raises
    ------
    FileError
        As :func:`~cmocnet.survey.answers.read_answers`; or two files of one name.
    CmocnetError
        The weights do not fit, or sum to nothing.
    """
    share = shares(weights, len(files))
    questions = by_address(review)
    sheets = read_each(files, questions, scales(Path(review.path)))
    opinions = list(_opinions(sheets, questions))
    weight = {sheet.expert: float(w) for sheet, w in zip(sheets, share, strict=True)}
    results = {}
    for address, judgement in questions.items():
        mine = tuple(o for o in opinions if o.answer.address == address and weight[o.expert] > 0)
        if mine:
            pooled = pool([o.distribution for o in mine], [weight[o.expert] for o in mine], how)
            results[address] = Result(judgement, mine, pooled)
    return Panel(
        tuple(weight),
        tuple(weight.values()),
        how,
        results,
        len(questions),
        tuple(j.address for j in questions.values() if j.kind == "weight"),
    )


def _opinions(sheets: Sequence[Answers], questions: Mapping[str, Judgement]) -> Iterator[Opinion]:
    """Every answer with its fit, all of a kind fitted at once."""
    kinds: tuple[Kind, ...] = ("probability", "weight")
    for kind in kinds:
        said = [
            (sheet.expert, answer)
            for sheet in sheets
            for answer in sheet.answers.values()
            if questions[answer.address].kind == kind
        ]
        if not said:
            continue
        values, spreads = fit(kind, np.array([answer.fitted(kind) for _, answer in said]))
        for (expert, answer), value, spread in zip(said, values, spreads, strict=True):
            found = Distribution(kind, float(value), float(spread))
            yield Opinion(expert, answer, found, misses(found, answer.values))
