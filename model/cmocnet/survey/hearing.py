"""What experts answered of stated effects: files in, one pooled effect a statement out."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from statistics import fmean

from cmocnet.arguments import path
from cmocnet.errors import CmocnetError, FileError
from cmocnet.registry import Review
from cmocnet.solve.statements import Heard
from cmocnet.survey.answers import Answer, read_each
from cmocnet.survey.statements import effects, questioned, settings
from cmocnet.survey.verbal import scales

WIDTH = 3.25
"""Standard deviations between the 5th and the 95th percentile, near enough for any smooth
distribution with one peak (Pearson and Tukey 1965, Biometrika 52:533)."""

Opinion = tuple[float, float]
"""What one expert says of an effect: a difference, and its variance."""
Answered = str | os.PathLike[str] | Iterable[str | os.PathLike[str]] | Mapping[str, Heard]
"""Answers as they are handed over: a filled-in file, several, or what was heard already."""


def heard(review: Review, answers: Answered | None) -> Mapping[str, Heard]:
    """What was heard of each effect, from files or as it is.

    Raises
    ------
    FileError
        As :func:`hear`.
    CmocnetError
        The answers are neither paths nor a mapping to :class:`~cmocnet.solve.Heard`.
    """
    if answers is None:
        return {}
    if isinstance(answers, Mapping):
        if all(isinstance(said, Heard) for said in answers.values()):
            return answers
        expected = "address -> Heard, or paths"
        raise CmocnetError("not what experts said", where="answers", expected=expected)
    if isinstance(answers, str | os.PathLike) or not isinstance(answers, Iterable):
        answers = [answers]
    return hear(review, [path(one, "answers") for one in answers])


def hear(review: Review, files: Sequence[Path]) -> dict[str, Heard]:
    """Read one file an expert and pool what they say of each effect, all with equal weight.

    Where experts say e with variance v each, the pool has the mean of the e, and as its variance
    the mean of the v plus the variance of the e about their mean: that of the equal mixture of
    their opinions (the linear pool), which is wider where they disagree.

    The files are ``.csv`` or ``.xlsx``, as :func:`~cmocnet.survey.statements.write_statements`
    writes them. What is heard stands under the address of its effect, whichever configuration it
    was asked under; an effect that nobody answered is left out.

    Raises
    ------
    FileError
        As :func:`~cmocnet.survey.answers.read_answers`; or two files of one name, or only one
        question of a pair answered.
    """
    said: dict[str, dict[str, Opinion]] = {}
    for sheet in read_each(files, settings(review), scales(Path(review.path))):
        _both(sheet.answers)
        for pair in dict.fromkeys(at.rpartition("/")[0] for at in sheet.answers):
            both = (sheet.answers[f"{pair}/{end}"] for end in ("to", "from"))
            said.setdefault(pair, {})[sheet.expert] = opinion(*both)
    first = questioned(review)
    asked_as = {t.address: first[t.question].address for t in effects(review)}
    return {at: pooled(said[pair]) for at, pair in asked_as.items() if pair in said}


def _both(answers: Mapping[str, Answer]) -> None:
    """A difference needs both of its settings."""
    for address, answer in answers.items():
        pair, _, end = address.rpartition("/")
        other = f"{pair}/{'from' if end == 'to' else 'to'}"
        if other not in answers:
            what = f"{address} is answered and {other} is not"
            raise FileError(what, where=answer.where, expected="both of a pair, or neither")


def opinion(after: Answer, before: Answer) -> Opinion:
    """One expert's difference between two settings, and its variance.

    The difference is that of the central answers. An answer's standard deviation is
    (high - low) / 3.25; the two are taken as independent, so that their variances add:
    ((high - low after)**2 + (high - low before)**2) / 3.25**2.

    >>> after = Answer("A/1/x/to", 0.4, 0.5, 0.6, "a.csv, row 2")
    >>> opinion(after, Answer("A/1/x/from", 0.1, 0.2, 0.3, "a.csv, row 3"))
    (0.3, 0.00757...)
    """
    wide = ((one.high - one.low) / WIDTH for one in (after, before))
    return after.central - before.central, sum(w**2 for w in wide)


def pooled(opinions: Mapping[str, Opinion]) -> Heard:
    """What several experts come to, as :func:`hear` says.

    >>> pooled({"ann": (0.1, 0.01), "ben": (0.3, 0.03)})
    Heard(difference=0.2, spread=0.173..., experts=('ann', 'ben'))
    """
    differences, variances = zip(*opinions.values(), strict=True)
    mean = fmean(differences)
    between = fmean((one - mean) ** 2 for one in differences)
    return Heard(mean, (fmean(variances) + between) ** 0.5, tuple(opinions))
