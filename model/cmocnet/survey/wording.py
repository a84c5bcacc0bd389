"""A judgement as a question in words, put together from the review's own labels."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from cmocnet.registry.judged import Given, InterBeta, Judgement, NoisyMax, Parent, Ranked
from cmocnet.registry.records import Review, Variable
from cmocnet.survey.fit import Kind
from cmocnet.survey.place import Place, place
from cmocnet.survey.verbal import Scale


def question(review: Review, judgement: Judgement) -> str:
    """What an expert is asked for one judgement.

    >>> from cmocnet.elicitation.tables import judgements
    >>> from cmocnet.registry import bundled, read
    >>> review = read(bundled())
    >>> lowest, *_ = judgements(review.variables["trust_requirement"])
    >>> print(question(review, lowest))
    Think of 100 collaborations whose task looks like this. In how many would the partners need a
    high level of trust to take it on? Answer for this case: Perception of task complexity: Low.
    Answer with the share that would be High.
    """
    variable = review.variables[judgement.variable]
    found = place(variable, judgement.address)
    if found.part == "weight":
        return _weight(review, variable, found)
    wanted = _asked(review, variable, found)
    cases = [*found.held, *_case(review, found)]
    also = _exceptions(review, found)
    case = f"Answer for this case: {_said(review, cases)}{also}." if cases or also else ""
    return " ".join(part for part in (" ".join(variable.question.split()), case, wanted) if part)


def scale(kind: Kind, words: Scale) -> str:
    """How to answer: the numbers allowed, what low, central and high mean, and the words.

    >>> from cmocnet.registry import bundled
    >>> from cmocnet.survey.verbal import scales
    >>> scale("probability", scales(bundled()).probability)[:60]
    'A share from 0 to 1, or per cent such as 35%. Low is your 5t'
    """
    numbers = "A share from 0 to 1, or per cent such as 35%."
    if kind == "weight":
        numbers = "A number above 0 up to 100; only its ratio to the other weights here counts."
    cells = "Low is your 5th percentile, central your median (50th), high your 95th."
    return f"{numbers} {cells} Or a word, alone in central or in all three: {words.listed}."


def _label(review: Review, name: str) -> str:
    return review.variables[name].label


def _said(review: Review, states: Iterable[tuple[str, str]]) -> str:
    """``Label: State; Label: State``."""
    return "; ".join(
        f"{_label(review, name)}: {review.variables[name].state_labels[state]}"
        for name, state in states
    )


def _weight(review: Review, variable: Variable, found: Place) -> str:
    assert isinstance(found.spec, InterBeta | Ranked)
    others = ", ".join(_label(review, p) for p in found.spec.parents if p != found.parent)
    claim = _claim(review.variables[found.parent], variable, found.spec.parents[found.parent])
    case = f" Answer for this case: {_said(review, found.held)}." if found.held else ""
    return (
        f"{claim}, other things equal. How much does {review.variables[found.parent].label} count "
        f"there, beside {others}?{case}"
    )


def _claim(parent: Variable, child: Variable, way: Parent) -> str:
    """What a weight is the weight of: in one verb where both nouns have a more and a less.

    ``effect`` speaks of the order of the states. Where "more" of one of the nouns lies at its
    first state, the verb turns round; where states have an order of their own, they are named.
    """
    if way.scores is None and parent.direction and child.direction:
        same = parent.direction == child.direction
        verb = "raises" if (way.effect == "+") == same else "lowers"
        return f"{parent.label} {verb} {child.label}"
    low, high = (parent.state_labels[_extreme(parent, way, top)] for top in (False, True))
    towards = child.state_labels[child.states[-1]]
    return f"{parent.label}, going from {low} to {high}, moves {child.label} towards {towards}"


def _asked(review: Review, variable: Variable, found: Place) -> str:
    """Which number is wanted."""
    labels = [variable.state_labels[s] for s in variable.states]
    match found.part:
        case "lowest" | "highest" if len(labels) > 2:
            middle = f" over {', '.join(labels[1:-1])}"
            ends = f"from {labels[0]} (0){middle} to {labels[-1]} (1)"
            return f"Answer with the average position {ends}."
        case "leak":
            return f"Answer with the share that would be {labels[-1]} all the same."
        case "cause":
            return f"Answer with the share in which this alone would be enough for {labels[-1]}."
        case "row":
            return _share(labels, found.share)
        case _:
            return f"Answer with the share that would be {labels[-1]}."


def _share(labels: list[str], share: int) -> str:
    """A given row's k-th nested share: the first k states among the first k + 1.

    Of two states the upper one is asked for, as the variable's own question does.
    """
    if len(labels) == 2:
        return f"Answer with the share that would be {labels[1]}."
    of = _either(labels[:share])
    if share == len(labels) - 1:
        return f"Answer with the share that would be {of}."
    among = _either(labels[: share + 1])
    return f"Of those that would be {among}: answer with the share that is {of}."


def _either(labels: list[str]) -> str:
    quoted = [f"“{label}”" for label in labels]
    return " or ".join((", ".join(quoted[:-1]), quoted[-1])) if len(labels) > 1 else quoted[0]


def _case(review: Review, found: Place) -> list[tuple[str, str]]:
    """The parents' states that the question supposes."""
    match found.spec:
        case InterBeta():
            top = found.part == "highest"
            return [
                (p, _extreme(review.variables[p], spec, top))
                for p, spec in found.spec.parents.items()
            ]
        case NoisyMax():
            return [(p, _idle(review, found, p)) for p in found.spec.parents]
        case Given():
            return list(found.spec.rows[found.row].when.items())
        case _:
            return []


def _extreme(variable: Variable, parent: Parent, top: bool) -> str:
    """The state in which a parent pushes the child up, or down."""
    states = variable.states
    scores: Mapping[str, float] = parent.scores or {s: float(i) for i, s in enumerate(states)}
    up = (parent.effect == "+") == top
    return max(states, key=lambda s: scores[s] if up else -scores[s])


def _idle(review: Review, found: Place, name: str) -> str:
    """The asked cause's own state, else the first state in which a cause does nothing."""
    assert isinstance(found.spec, NoisyMax)
    if found.part == "cause" and name == found.parent:
        return found.state
    named = found.spec.parents[name].probability
    idle = [s for s in review.variables[name].states if s not in named]
    return idle[0] if idle else min(named, key=lambda s: named[s].value)


def _exceptions(review: Review, found: Place) -> str:
    """Cases of a given row that a later row takes over."""
    if not isinstance(found.spec, Given):
        return ""
    mine = found.spec.rows[found.row].when
    later = [
        {k: v for k, v in row.when.items() if k not in mine}
        for row in found.spec.rows[found.row + 1 :]
        if all(mine.get(k, v) == v for k, v in row.when.items())
    ]
    parts = ", or ".join(_said(review, states.items()) for states in later if states)
    if not parts:
        return ""
    return f", but not {parts}" if mine or found.held else f"any other than {parts}"
