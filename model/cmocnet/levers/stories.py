"""The most probable story of success and of failure, told over settings and headline outcomes.

The story is the most probable explanation: the one state of all variables together that is
likeliest given the outcome and what is fixed (Pearl 1988, *Probabilistic Reasoning in Intelligent
Systems*, chapter 5). It is one scenario among very many, not each variable's likeliest state.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, replace
from typing import TYPE_CHECKING, Any

from cmocnet.asked import Asked, Finding
from cmocnet.engine import Program
from cmocnet.errors import QueryError
from cmocnet.levers.objective import understood
from cmocnet.model import Model
from cmocnet.query import told
from cmocnet.results import TOP, Part, Rows, Table
from cmocnet.typing import Event, Evidence

if TYPE_CHECKING:
    from cmocnet.evidence import Given


@dataclass(frozen=True)
class Story:
    """One story.

    ends
        The outcome it leads to, and ``probability``, that of this outcome given what is fixed.
    settings, outcomes
        Variable -> state in the story: the settings, and the headline outcomes.
    support
        Setting -> P(its state | the outcome, what is fixed): how typical each is by itself.
    """

    ends: Mapping[str, str]
    probability: float
    settings: Mapping[str, str]
    outcomes: Mapping[str, str]
    support: Mapping[str, float]


@dataclass(frozen=True, repr=False)
class Stories(Finding):
    """The most probable story of success and that of failure."""

    evidence: Evidence
    success: Story
    failure: Story

    @property
    def differs(self) -> tuple[str, ...]:
        """The settings in which the two stories differ."""
        other = self.failure.settings
        return tuple(v for v, s in self.success.settings.items() if other[v] != s)

    @property
    def finding(self) -> str:
        """How likely either end is, and in how many settings the stories differ."""
        ends = ", ".join(
            f"{' and '.join(f'{v}={s}' for v, s in story.ends.items())} {story.probability:.0%}"
            for story in (self.success, self.failure)
        )
        return f"{ends}; {len(self.differs)} of {len(self.success.settings)} settings differ"

    columns = ("variable", "part", "success", "failure", "support_in_success", "support_in_failure")

    def rows(self) -> Rows:
        """One a setting or outcome: its state, and the setting's support, in each story."""
        good, bad = self.success, self.failure
        for v, s in good.settings.items():
            yield v, "settings", s, bad.settings[v], good.support[v], bad.support[v]
        for v, s in good.outcomes.items():
            yield v, "outcomes", s, bad.outcomes[v], None, None

    def record(self) -> dict[str, Any]:
        """Both stories as plain data, and the settings in which they differ."""
        return {
            "success": asdict(self.success),
            "failure": asdict(self.failure),
            "differs": list(self.differs),
        }

    def shown(self, top: int = TOP) -> Iterator[Part]:
        """The two stories side by side, where they differ and in their outcomes."""
        good, bad, words = self.success, self.failure, self.asked.in_words
        for name, story in (("success", good), ("failure", bad)):
            ends = " and ".join(words(v, s) for v, s in story.ends.items())
            yield from [""] * (story is bad)
            yield f"The likeliest story of {name}: {ends} ({story.probability:.0%})"
        pairs = {v: (good.settings[v], bad.settings[v]) for v in self.differs}
        pairs |= {v: (s, bad.outcomes[v]) for v, s in good.outcomes.items()}
        label = self.asked.state_label
        rows = [(self.asked.label(v), *(label(v, s) for s in two)) for v, two in pairs.items()]
        yield Table(["Where they differ, and what comes of it", "Success", "Failure"], rows)
        same = [v for v in good.settings if v not in self.differs]
        yield "The same in both: " + "; ".join(words(v, good.settings[v]) for v in same)
        yield "Each is one scenario among very many, the likeliest; it is no forecast."


def tell(asked: Asked, *, given: Given = (), do: Given = ()) -> Stories:
    """The most probable stories in which a question's targets come out well, and badly.

    Success is each target's favourable state, or where its file favours none the state asked for;
    failure its other end.

    Raises
    ------
    CmocnetError
        A target has no state, no opposite, or is given; or a fixed marginal is, which a single
        story cannot meet.

    >>> import cmocnet
    >>> told = tell(cmocnet.load().ask("P(dissolution | mandated, merger)"))
    >>> told.success.outcomes["dissolution"], told.failure.outcomes["dissolution"]
    ('no', 'yes')
    """
    net, program = asked.model, asked.program
    _, evidence = understood(net, asked, given, do, "raise")
    if evidence.marginal:
        what = "a fixed marginal cannot be met by one story"
        raise QueryError(what, where=", ".join(evidence.marginal), expected="a state of it")
    good, bad = (_story(net, program, ends, evidence) for ends in _ends(net, asked.event))
    return Stories(asked, evidence, good, bad)


def _ends(net: Model, states: Event) -> tuple[dict[str, str], dict[str, str]]:
    """The targets' states in success and in failure."""
    good, bad = {}, {}
    for name, state in states.items():
        variable = net.variables[name]
        well = variable.favourable if variable.better else state
        badly = variable.other(well) if isinstance(well, str) else None
        if badly is None:
            ends = f"{variable.states[0]} or {variable.states[-1]}"
            raise QueryError(f"{told(state)} has no opposite", where=name, expected=ends)
        good[name], bad[name] = str(well), badly
    return good, bad


def _story(net: Model, program: Program, ends: Mapping[str, str], evidence: Evidence) -> Story:
    probability = program.event(ends, evidence)
    told = replace(evidence, observed={**evidence.observed, **ends})
    states, _ = program.mpe(told)
    posteriors = program.posteriors(told)
    settings = {v: states[v] for v, known in net.variables.items() if known.layer == "setting"}
    return Story(
        ends=dict(ends),
        probability=probability,
        settings=settings,
        outcomes={v: states[v] for v in net.review.about.headline},
        support={v: posteriors[v][s] for v, s in settings.items()},
    )
