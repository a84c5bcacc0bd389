"""A judgement as a question in words, put together from the review's own labels."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from cmocnet.registry import Address, Review, Variable
from cmocnet.registry.judged import (
    Cause,
    Cell,
    Given,
    InterBeta,
    Judgement,
    Kind,
    NoisyMax,
    Parent,
    Ranked,
)
from cmocnet.survey.verbal import Scale
from cmocnet.wording import either

Variables = Mapping[str, Variable]


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
    at, variables = judgement.address, review.variables
    variable = variables[at.variable]
    cell = variable.cell(at)
    if at.part == "weight":
        return _weight(variables, at, cell)
    cases = [*cell.held, *_case(variables, at, cell)]
    also = _exceptions(variables, at, cell)
    case = f"Answer for this case: {_said(variables, cases)}{also}." if cases or also else ""
    parts = (" ".join(variable.question.split()), case, _asked(variable, at))
    return " ".join(part for part in parts if part)


def turned(variable: Variable, address: Address) -> bool:
    """Whether people are asked for 1 minus the judgement: a given row of two states.

    The registry holds the share of the lower state; people are asked for the upper one.
    """
    return address.part == "row" and len(variable.states) == 2


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


def _said(variables: Variables, states: Iterable[tuple[str, str]]) -> str:
    """``Label: State; Label: State``."""
    return "; ".join(variables[name].fact(state) for name, state in states)


def _weight(variables: Variables, at: Address, cell: Cell) -> str:
    assert isinstance(cell.spec, InterBeta | Ranked)
    parent, parents = variables[at.parent], cell.spec.parents
    others = ", ".join(variables[name].label for name in parents if name != at.parent)
    claim = _claim(parent, variables[at.variable], parents[at.parent])
    case = f" Answer for this case: {_said(variables, cell.held)}." if cell.held else ""
    return (
        f"{claim}, other things equal. How much does {parent.label} count there, beside "
        f"{others}?{case}"
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
    low, high = (parent.label_of(_extreme(parent, way, top)) for top in (False, True))
    towards = child.label_of(child.states[-1])
    return f"{parent.label}, going from {low} to {high}, moves {child.label} towards {towards}"


def _asked(variable: Variable, at: Address) -> str:
    """Which number is wanted."""
    labels = [variable.label_of(s) for s in variable.states]
    match at.part:
        case "lowest" | "highest" if len(labels) > 2:
            middle = f" over {', '.join(labels[1:-1])}"
            ends = f"from {labels[0]} (0){middle} to {labels[-1]} (1)"
            return f"Answer with the average position {ends}."
        case "leak":
            return f"Answer with the share that would be {labels[-1]} all the same."
        case "cause":
            return f"Answer with the share in which this alone would be enough for {labels[-1]}."
        case "row":
            return _share(labels, at.share)
        case _:
            return f"Answer with the share that would be {labels[-1]}."


def _share(labels: Sequence[str], share: int) -> str:
    """A given row's k-th nested share: the first k states among the first k + 1.

    Of two states the upper one is asked for, as the variable's own question does.
    """
    if len(labels) == 2:
        return f"Answer with the share that would be {labels[1]}."
    quoted = [f"“{label}”" for label in labels]
    of = either(quoted[:share])
    if share == len(labels) - 1:
        return f"Answer with the share that would be {of}."
    among = either(quoted[: share + 1])
    return f"Of those that would be {among}: answer with the share that is {of}."


def _case(variables: Variables, at: Address, cell: Cell) -> list[tuple[str, str]]:
    """The parents' states that the question supposes."""
    match cell.spec:
        case InterBeta(parents=parents):
            top = at.part == "highest"
            return [(name, _extreme(variables[name], way, top)) for name, way in parents.items()]
        case NoisyMax(parents=causes):
            return [(name, _idle(variables[name], at, cause)) for name, cause in causes.items()]
        case Given(rows=rows):
            return list(rows[at.row - 1].when.items())
        case _:
            return []


def _extreme(variable: Variable, parent: Parent, top: bool) -> str:
    """The state in which a parent pushes the child up, or down."""
    states = variable.states
    scores: Mapping[str, float] = parent.scores or {s: float(i) for i, s in enumerate(states)}
    up = (parent.effect == "+") == top
    return max(states, key=lambda s: scores[s] if up else -scores[s])


def _idle(variable: Variable, at: Address, cause: Cause) -> str:
    """The asked cause's own state, else the first state in which a cause does nothing."""
    if at.part == "cause" and variable.name == at.parent:
        return at.state
    named = cause.probability
    idle = [s for s in variable.states if s not in named]
    return idle[0] if idle else min(named, key=lambda s: named[s].value)


def _exceptions(variables: Variables, at: Address, cell: Cell) -> str:
    """Cases of a given row that a later row takes over."""
    if not isinstance(cell.spec, Given):
        return ""
    mine = cell.spec.rows[at.row - 1].when
    later = [
        {k: v for k, v in row.when.items() if k not in mine}
        for row in cell.spec.rows[at.row :]
        if all(mine.get(k, v) == v for k, v in row.when.items())
    ]
    parts = ", or ".join(_said(variables, states.items()) for states in later if states)
    if not parts:
        return ""
    return f", but not {parts}" if mine or cell.held else f"any other than {parts}"
