"""Questions at the level of a configuration: how an outcome comes out in two settings.

What the solver takes from the coding protocol, how large each stated effect is, experts can say
themselves. They are asked for the outcome in the setting at the end of a test and for that at its
start, each by itself; the sign that the review states is not shown, for it would lead them.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from cmocnet.errors import QueryError
from cmocnet.registry.judged import Kind
from cmocnet.registry.moment import moment
from cmocnet.registry.records import Review
from cmocnet.registry.variable import Variable
from cmocnet.solve.statements import Tested, needs_sizes, statements
from cmocnet.survey.template import known, notes, write_workbook
from cmocnet.survey.verbal import scales
from cmocnet.survey.wording import scale
from cmocnet.wording import flat

HEADINGS = ("id", "question", "what is meant", "scale")
WIDTHS = (32, 70, 60, 40)
"""Column widths of the .xlsx, in characters."""
NOTES = (
    "Questions come in pairs: the same, in two settings. Answer both or neither; think of each by "
    "itself before you compare them.",
    "No answer is the expected one: what the review says of the pair is not shown.",
)
MADE = "Suppose that all are made so, whatever they would have been, and the rest takes its course"
FOUND = "Suppose that all are found to be so, and that nobody made them so"


@dataclass(frozen=True)
class Setting:
    """One row of the workbook: the outcome of a tested effect at one end of the test.

    after
        at the test's end; else at its start
    """

    tested: Tested
    after: bool
    kind: Kind = "probability"

    @property
    def address(self) -> str:
        """The row's id, as ``TX-49/1/dissolution/to``; the other ends in ``from``."""
        return f"{self.tested.address}/{'to' if self.after else 'from'}"

    @property
    def facts(self) -> Mapping[str, str]:
        """Variable -> the state that the question supposes."""
        test = self.tested.test
        held = {} if self.tested.seen else test.condition
        return {**held, test.manipulated: test.end if self.after else test.start}


def settings(review: Review, variables: Iterable[str] = ()) -> dict[str, Setting]:
    """Address -> question: two for every effect that the review states, after and before.

    What several configurations state is asked once, under the address of the first.

    Parameters
    ----------
    review
        The review to ask about.
    variables
        Ask about effects on these only; empty for all.

    Raises
    ------
    CmocnetError
        The protocol has no sizes, so that nothing is stated.
    QueryError
        No such variable, or no effect on any of them is stated.

    >>> from cmocnet.registry import bundled, read
    >>> list(settings(read(bundled()), ["preparedness"]))[-2:]
    ['TX-50/1/preparedness/to', 'TX-50/1/preparedness/from']
    """
    needs_sizes(review)
    only = known(review, variables)
    asked = [t for t in questioned(review).values() if not only or t.link.variable in only]
    if not asked:
        what = f"no effect on {', '.join(only) or 'anything'} is stated"
        raise QueryError(what, expected="another variable")
    both = (Setting(t, after) for t in asked for after in (True, False))
    return {setting.address: setting for setting in both}


def effects(review: Review) -> list[Tested]:
    """Every effect that the review states, in the order of its register."""
    return [s.tested for s in statements(review, ()) if s.tested]


def questioned(review: Review) -> dict[Hashable, Tested]:
    """Question -> the first of the effects that it asks about."""
    found: dict[Hashable, Tested] = {}
    for tested in effects(review):
        found.setdefault(tested.question, tested)
    return found


def write_statements(review: Review, folder: Path, variables: Iterable[str] = ()) -> int:
    """Write the pairs of questions as ``questions.csv`` and ``questions.xlsx`` into a new folder.

    Answers how many pairs there are; ``variables`` are as for :func:`settings`, the rest and the
    errors as for :func:`~cmocnet.survey.template.write_template`.
    """
    asked = settings(review, variables)
    words = scales(Path(review.path))
    shares = scale("probability", words.probability)
    rows = [
        (at, question(review, setting), meaning(review, setting), shares)
        for at, setting in asked.items()
    ]
    write_workbook(folder, HEADINGS, rows, WIDTHS, notes(review, words, NOTES))
    return len(asked) // 2


def question(review: Review, setting: Setting) -> str:
    """What an expert is asked, in the review's own labels.

    >>> from cmocnet.registry import bundled, read
    >>> review = read(bundled())
    >>> *_, other = settings(review, ["preparedness"]).values()
    >>> print(question(review, other))
    And if instead? Think of another 100 cases, one collaboration each. ...
    """
    variables, link = review.variables, setting.tested.link
    again = "" if setting.after else "And if instead? "
    cases = f"{again}Think of {'' if setting.after else 'another '}100 cases"
    facts = "; ".join(fact(review, name, state) for name, state in setting.facts.items())
    supposed = f"{FOUND if setting.tested.seen else MADE}: {facts}."
    parts = (f"{cases}, one {review.about.unit} each.", supposed, _asked(variables[link.variable]))
    return " ".join(part for part in (*parts, _when(review, setting)) if part)


def fact(review: Review, word: str, state: str) -> str:
    """What is supposed, with its round if that is a later one."""
    name, number = moment(word)
    told = review.variables[name].fact(state)
    return told if number == 1 else f"{told} (in round {number})"


def _asked(variable: Variable) -> str:
    """Which number is wanted: the expected score, as a share or as a mean position."""
    *labels, top = (variable.label_of(state) for state in variable.states)
    if len(labels) == 1:
        return f"In how many is this so: {variable.label}: {top}? Answer with the share of the 100."
    places = zip(labels, variable.scores.tolist(), strict=False)
    steps = " over ".join(f"{label} ({score:.2g})" for label, score in places)
    return (
        f"Where do they lie on average in this: {variable.label}, from {steps} to {top} (1)? "
        "Answer with that average position."
    )


def _when(review: Review, setting: Setting) -> str:
    """In which round, or over how many if the outcome is judged over several."""
    link, since = setting.tested.link, _since(setting)
    if not review.repeats(link.variable):
        return ""
    rounds = review.about.rounds
    if link.variable == rounds.horizon.variable:
        over = f"{rounds.horizon.rounds} rounds of one {rounds.length} each"
        return f"{since}Judge over {over}, as if what round {link.round} reached were to last."
    return f"{since}This is about round {link.round}; a round is one {rounds.length}."


def _since(setting: Setting) -> str:
    """When the setting holds, where the answer is about later."""
    if setting.tested.link.round == 1:
        return ""
    later = any(moment(name)[1] > 1 for name in setting.facts)
    return f"What is supposed is so in round 1{', where no other is named' if later else ''}. "


def meaning(review: Review, setting: Setting) -> str:
    """What the variables of a question stand for, the asked one first."""
    names = dict.fromkeys((setting.tested.link.variable, *(moment(n)[0] for n in setting.facts)))
    known = (review.variables[name] for name in names)
    return " ".join(f"{v.label}: {flat(v.description)}" for v in known)
