"""Answers: the probability asked for, what it is held against, and how far it can be trusted."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

from cmocnet import __version__, opposite
from cmocnet.asked import Asked, Finding
from cmocnet.contrast import Contrast
from cmocnet.errors import EvidenceError
from cmocnet.forks import kept
from cmocnet.intervals import LEVEL, Interval, central, way
from cmocnet.joint import LARGEST, SMALL, Joint
from cmocnet.results import Part, Rows, Table, chances
from cmocnet.typing import Array, Evidence
from cmocnet.wording import percents


@dataclass(frozen=True, eq=False, repr=False)
class Answer(Finding):
    """What the network says to one question.

    query
        The question as understood; ``str(query)`` is its canonical form.
    probability
        P(target states | evidence), in [0, 1]; None where the target names no state.
    distribution
        Posterior of the target variable(s): state -> probability for one variable, the states
        joined, as "high, no", for several. A tuple of the states finds the same.
    baseline
        The same probability with nothing known; it rests on assumed prevalences.
    opposite
        The same probability with every item of the evidence turned to its other end, or None where
        no item has an other end.
    opposite_given
        The items turned round, as variable -> state.

    ``interval``, ``contrast`` and ``rivals`` are worked out when first asked for. Under a fixed
    marginal there are none: it binds the judgements to the answer.
    """

    probability: float | None
    distribution: Joint
    baseline: float | None
    opposite: float | None
    opposite_given: Mapping[str, str] = field(default_factory=dict)

    @property
    def doubted(self) -> bool:
        """Can the answer be worked out under other judgements, and readings?"""
        return self.probability is not None and not self.query.evidence.marginal

    @kept
    def samples(self) -> Array | None:
        """The probability under each draw of the judgements, shape (draws,)."""
        return self.asked.samples() if self.doubted else None

    @property
    def interval(self) -> Interval | None:
        """Central 90 per cent credible interval of ``probability`` over the judgements."""
        return None if self.samples is None else central(self.samples)

    @kept
    def contrast(self) -> Contrast | None:
        """Probability less that of the opposite case, over paired draws."""
        if self.opposite is None or self.probability is None or self.samples is None:
            return None
        other = _opposite(self.asked, self.opposite_given)
        difference = self.probability - self.opposite
        return Contrast(difference, self.samples - other.samples(), self.asked, other)

    @kept
    def rivals(self) -> Mapping[str, float]:
        """Reading of the review, or rule of combination, used instead -> the probability under it.

        The judgements' interval knows nothing of these: they are uncertainty of structure.
        """
        return self.asked.rivals() if self.doubted else {}

    @property
    def meaning(self) -> dict[str, Mapping[str, str]]:
        """Target -> form -> what the target means in it; the one form that is given, or each."""
        given = {**self.query.evidence.observed, **self.query.evidence.do}
        found: dict[str, Mapping[str, str]] = {}
        for name in self.query.targets:
            by_form = self.asked.model.variables[name].by_form
            known = given.get(self._form(by_form), "")
            found[name] = {known: by_form[known]} if known in by_form else by_form
        return found

    def _form(self, by_form: Mapping[str, str]) -> str:
        """The variable whose states the forms are."""
        known = self.asked.model.variables.items()
        having = (name for name, v in known if by_form and {*by_form} <= {*v.states})
        return next(having, "")

    # --- as a result --------------------------------------------------------------------------

    @property
    def finding(self) -> str:
        """The probability beside what it is held against, or the likeliest state of all."""
        if self.probability is not None:
            beside = {"the opposite": self.opposite, "nothing known": self.baseline}
            known = {"": self.probability} | {c: p for c, p in beside.items() if p is not None}
            told = zip(known, percents(list(known.values())), strict=True)
            return f"{self.query} = {', '.join(f'{case} {p}'.strip() for case, p in told)}"
        if self.distribution.size > SMALL:
            return f"{self.query}: {self.distribution!r}"
        likeliest = max(self.distribution, key=self.distribution.__getitem__)
        (chance,) = percents([self.distribution[likeliest]])
        return f"{self.query}: {likeliest} is likeliest, {chance}"

    def _cases(self) -> list[tuple[str, float]]:
        """This case, its opposite, and nothing known, where they are told apart."""
        cases: list[tuple[str, float | None]] = []
        if not self.query.evidence.empty:
            cases.append(("This case", self.probability))
            words = self.asked.in_words
            turned = ", ".join(words(n, s) for n, s in self.opposite_given.items())
            cases.append((f"The opposite ({turned})", self.opposite))
        cases.append(("Nothing known (rests on assumed prevalences)", self.baseline))
        return [(case, p) for case, p in cases if p is not None]

    @property
    def columns(self) -> tuple[str, ...]:
        """A column a target, with its state, and one of probabilities."""
        return (*self.query.targets, "probability")

    def rows(self) -> Rows:
        """The distribution: one a combination of states."""
        return [(*states, p) for states, p in self.distribution.cells()]

    def record(self, *, quick: bool = False) -> dict[str, Any]:
        """The whole answer; ``quick`` leaves None for what takes draws or rereading."""
        query, given, net = self.query, self.query.evidence, self.asked.model
        quick = quick or bool(given.marginal)
        return {
            "query": query.text,
            "canonical": str(query),
            "targets": dict(query.targets),
            "evidence": {
                "observed": dict(given.observed),
                "likelihood": {name: list(v) for name, v in given.likelihood.items()},
                "marginal": {name: list(v) for name, v in given.marginal.items()},
                "do": dict(given.do),
            },
            "probability": self.probability,
            "opposite": self.opposite,
            "opposite_given": dict(self.opposite_given),
            "baseline": self.baseline,
            "distribution": self._distribution(),
            "interval": None if quick else self.interval,
            "contrast": None if quick or not self.contrast else self.contrast.record(),
            "rivals": None if quick else dict(self.rivals),
            "meaning": {name: dict(forms) for name, forms in self.meaning.items()},
            "caution": self.caution,
            "readings": dict(net.review.readings),
            "engine": net.engine,
            "review": {"title": net.review.about.title, "version": net.review.about.version},
            "version": __version__,
        }

    def _distribution(self) -> object:
        """State -> probability; of several targets a list, whose states stand apart."""
        names = list(self.query.targets)
        if len(names) == 1:
            return dict(self.distribution)
        if self.distribution.size > LARGEST:
            return None  # the probability asked for needs none
        return [
            {"states": dict(zip(names, states, strict=True)), "probability": p}
            for states, p in self.distribution.cells()
        ]

    def shown(self, top: int = 40, *, quick: bool = False) -> Iterator[Part]:
        """The probability beside its opposite and the baseline, and how far to trust it."""
        yield self.asked.targets_in_words
        yield from (f"  given {item}" for item in self.asked.items_in_words)
        yield ""
        if self.probability is None:
            yield from self._every_state(top)
        else:
            yield from self._compared(None if quick else self.interval)
            if not quick:
                yield from self._trust()
        for name, forms in self.meaning.items():
            if forms:
                form = self._form(self.asked.model.variables[name].by_form)
                yield from ("", f"What {self.asked.label(name).lower()} means:")
                rows = [(f"  {self.asked.state_label(form, f)}", text) for f, text in forms.items()]
                yield Table(["", ""], rows)

    def _compared(self, interval: Interval | None) -> Iterator[Part]:
        cases = self._cases()
        yield chances([""], [(case,) for case, _ in cases], [p for _, p in cases], interval)
        if self.probability is not None and self.opposite is not None:
            difference = self.probability - self.opposite
            goes = way(difference)
            yield (
                f"{100 * abs(difference):.1f} points {goes} than in the opposite case"
                if goes
                else f"does not depend on {self._turned()}"
            )

    def _turned(self) -> str:
        """What the opposite case turns round, by name where that is short."""
        labels = [self.asked.label(name) for name in self.opposite_given]
        return " and ".join(labels) if len(labels) < 3 else "what the opposite case turns round"

    def _trust(self) -> Iterator[str]:
        """How far the answer moves with the judgements, and with other readings of the review."""
        if self.interval is not None:
            low, high = percents(self.interval)
            yield f"{LEVEL:.0%} credible interval over the judgements: {low} to {high}"
        if self.contrast is not None:
            yield from self.contrast.direction("the opposite")
        if self.rivals:
            ends = sorted(self.rivals.items(), key=lambda item: item[1])
            (least, low_p), (most, high_p) = ends[0], ends[-1]
            low, high = percents([low_p, high_p])
            yield f"{len(ends)} other readings give {low} ({least}) to {high} ({most})"

    def _every_state(self, top: int) -> Iterator[Part]:
        names, cells = [*self.query.targets], [*islice(self.distribution.cells(), top)]
        columns, label = map(self.asked.label, names), self.asked.state_label
        rows = [[*map(label, names, states)] for states, _ in cells]
        yield chances([*columns], rows, [p for _, p in cells])
        if self.distribution.size > top:
            yield f"{top} of {self.distribution.size} combinations; --json gives all"


def answer(asked: Asked) -> Answer:
    """The answer to a question, beside its opposite and the baseline.

    >>> from cmocnet import load
    >>> answer(load().ask("P(dissolution | mandated)"))
    <Answer: P(dissolution=yes | mandate=mandated) = ...%, the opposite ...%, nothing known ...%>
    """
    variables = asked.model.variables
    known = {name: variables[name].states for name in asked.query.targets}
    joint = Joint(asked.engine, known, asked.evidence)
    whole = any(states is None for states in asked.query.targets.values())
    if whole or joint.size <= SMALL:
        joint.settled  # noqa: B018  # too many combinations are refused here
    if whole:
        return Answer(asked, None, joint, None, None)
    turned = opposite.ends(asked.evidence, variables)
    return Answer(
        asked,
        probability=joint.probability(asked.event),
        distribution=joint,
        baseline=asked.given(Evidence()).probability(),
        opposite=_possible(_opposite(asked, turned)) if turned else None,
        opposite_given=turned,
    )


def _opposite(asked: Asked, turned: Mapping[str, str]) -> Asked:
    return asked.given(opposite.turned(asked.evidence, turned))


def _possible(asked: Asked) -> float | None:
    """The probability, or None where evidence nobody gave is impossible."""
    try:
        return asked.probability()
    except EvidenceError:
        return None
