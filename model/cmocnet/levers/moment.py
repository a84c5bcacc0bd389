"""When the outcome counts: as the network of one round judges it, or after rounds of the loop.

The rounds are unrolled (:mod:`cmocnet.rounds`) and answered exactly. What stands, settings and
standing conditions, has one copy, so that a change of it lasts through all rounds; what repeats is
given, or changed, in the first round alone. The network of one round judges the outcome that has a
horizon as if what that round reached were to last; over rounds its hazard adds up.
"""

from __future__ import annotations

from collections.abc import Set
from dataclasses import dataclass
from typing import Literal

from cmocnet.amounts import whole
from cmocnet.engine import Program
from cmocnet.errors import CmocnetError, EvidenceError, QueryError
from cmocnet.levers.backfires import Headline, headlines
from cmocnet.model import Model
from cmocnet.query import told
from cmocnet.rounds import SURVIVAL, at_round, survival_draws, unroll_draws
from cmocnet.typing import Array, Event, Evidence, States

HORIZON = "horizon"
Rounds = int | Literal["horizon"]
"""So many rounds, or as many as the review judges its outcome over."""


@dataclass(frozen=True)
class Moment:
    """The end of the last of some rounds; of the only one, if there is one."""

    net: Model
    rounds: int = 1

    @property
    def program(self) -> Program:
        """The engine over all rounds."""
        compiled = self.net.compiled  # refuses the reference engine
        return compiled if self.rounds == 1 else self.net.over(self.rounds)

    def tables(self, n: int, seed: int) -> dict[str, Array]:
        """Draws of the tables over all rounds."""
        review, static = self.net.review, self.net.discrete
        drawn = self.net.draws(n=n, seed=seed).tables
        if self.rounds == 1:
            return dict(drawn)
        chain = survival_draws(review, static, drawn, self.rounds)
        return unroll_draws(review, static, drawn, self.rounds) | chain

    def event(self, event: Event) -> dict[str, str | States]:
        """What to ask of :attr:`program`: the event, of what repeats in the last round.

        Raises
        ------
        QueryError
            It concerns the outcome with a horizon, but neither that it has come about by then nor
            that it has not.
        """
        if self.rounds == 1:
            return dict(event)
        return dict(self._last(name, states) for name, states in event.items())

    def watched(self, evidence: Evidence) -> dict[str, Headline]:
        """What to ask of :attr:`program` -> the headline outcome whose scores it has."""
        found = headlines(self.net, evidence)
        if self.rounds == 1:
            return {h.name: h for h in found}
        return dict(pair for h in found for pair in self._watched(h))

    def beforehand(self, names: Set[str]) -> None:
        """Refuse what is given or changed, if the outcome with a horizon is among it.

        Raises
        ------
        EvidenceError
            It is: the rounds lead to it.
        """
        name = self.net.review.about.rounds.horizon.variable
        if self.rounds > 1 and name in names:
            what = f"{name} is what {self.rounds} rounds lead to, and cannot come before them"
            raise EvidenceError(what, expected="what is known by the end of the first round")

    def _last(self, name: str, states: str | States) -> tuple[str, str | States]:
        horizon = self.net.review.about.rounds.horizon
        if name != horizon.variable:
            return self._copy(name), states
        some = {states} if isinstance(states, str) else {*states}
        if some == {horizon.state}:
            return self._copy(SURVIVAL), "yes"
        if some == {*self.net.variables[name].states} - {horizon.state}:
            return self._copy(SURVIVAL), "no"
        what = f"{name}={told(states)} is not followed over rounds"
        raise QueryError(what, expected=f"{name}={horizon.state}, whose hazard adds up")

    def _watched(self, headline: Headline) -> list[tuple[str, Headline]]:
        """Of the outcome with a horizon what is scored is whether it has come about."""
        horizon, name = self.net.review.about.rounds.horizon, headline.name
        if name != horizon.variable:
            return [(self._copy(name), headline)]
        states = self.net.variables[name].states
        if len(states) != 2:
            return []
        scores = headline.scores if states[1] == horizon.state else headline.scores[::-1]
        return [(self._copy(SURVIVAL), Headline(name, scores))]

    def _copy(self, name: str) -> str:
        if name == SURVIVAL:
            return f"{SURVIVAL}@{self.rounds}"
        return at_round(name, self.rounds) if self.net.review.repeats(name) else name


def moment(net: Model, rounds: Rounds) -> Moment:
    """The end of so many rounds.

    Raises
    ------
    CmocnetError
        No number of rounds from 1 to the horizon; or there are several, and the review hands
        nothing over from one to the next.

    >>> import cmocnet
    >>> moment(cmocnet.load(), "horizon").rounds
    12
    """
    about = net.review.about.rounds
    if rounds == HORIZON:
        number = about.horizon.rounds
    elif isinstance(rounds, str):
        what = f"{rounds[:40]!r} is no number of rounds"
        expected = f"1 to {about.horizon.rounds}, or {HORIZON}"
        raise CmocnetError(what, where="rounds", expected=expected)
    else:
        number = whole(rounds, "rounds", least=1, most=about.horizon.rounds)
    if number > 1 and not about.carry:
        what = "nothing is handed over from one round to the next"
        expected = "carry in review.yaml, or rounds=1"
        raise CmocnetError(what, where="rounds", expected=expected)
    return Moment(net, number)
