"""What a one-page risk sheet of a scenario says, for people who were not at the screen.

``compose`` says everything in words; :mod:`.risk_sheet_html` and :mod:`.risk_sheet_pdf` lay it out.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import cmocnet
from cmocnet.explain import flow, trace
from cmocnet.explain.credits import Case
from cmocnet.explain.pathways import cited
from cmocnet.intervals import NOTHING
from cmocnet.model import DRAWS
from cmocnet.registry import bundled
from cmocnet_app import words
from cmocnet_app.answers import cached, headline, register, single_changes, sureness
from cmocnet_app.answers.headline import Contrast, Outcome, asked_state
from cmocnet_app.state import theory

if TYPE_CHECKING:
    from cmocnet import Network
    from cmocnet.levers import Lever
    from cmocnet_app.state.scenario import Scenario

MOST = 3
"""So many weak spots and so many changes stand on the sheet."""
LONGEST = 80
SEED = 0
UNNAMED = "Our plan"
UNPREPARED = "Wholly unprepared"


@dataclass(frozen=True)
class Line:
    """One outcome: its probability in the plan, the contrast and unprepared; how they compare."""

    outcome: str
    plan: str
    contrast: str
    unprepared: str
    compared: str
    sure: str
    bearing: str


@dataclass(frozen=True)
class Point:
    """A weak spot or a change: what it is, what it does, and the works behind it."""

    head: str
    text: str
    sources: str


@dataclass(frozen=True)
class Sheet:
    """Everything the sheet says, as plain text."""

    name: str
    review: str
    facts: tuple[str, ...]
    contrast: str
    lines: tuple[Line, ...]
    aim: str
    weak: tuple[Point, ...]
    changes: tuple[Point, ...]
    together: str
    code: str
    made_by: str
    caution: str
    scope: str
    citation: str


def compose(net: Network, scenario: Scenario, name: str = "") -> Sheet:
    """What the sheet says of a scenario in which something is known."""
    about = net.review.about
    beside = headline.contrast(net, scenario)
    outcomes = headline.outcomes(net, scenario, beside)
    focus = headline.worst(net, outcomes)
    weak, changes = _weak(net, scenario, focus), single_changes.singles(net, scenario, focus)[:MOST]
    return Sheet(
        name=" ".join(name.split())[:LONGEST] or UNNAMED,
        review=about.title,
        facts=tuple(scenario.facts(net.variables)),
        contrast=beside.label if beside else "",
        lines=tuple(_lines(net, scenario, beside, outcomes)),
        aim=words.lower(headline.event(net, focus)),
        weak=tuple(weak),
        changes=tuple(_change(net, scenario, focus, c) for c in changes),
        together=_together(net, scenario, focus, changes),
        code=code(net, scenario, focus),
        made_by=(
            f"cmocnet {cmocnet.__version__}, review files {about.version}; "
            f"how often a direction holds: of {DRAWS:,} draws of the judgements, seed {SEED}. "
            f"{UNPREPARED}: what can be settled beforehand is left at its worse end."
        ),
        caution=theory.caution(net),
        scope=about.scope,
        citation=f"{about.citation} doi:{about.doi}",
    )


def unprepared(net: Network, scenario: Scenario) -> Scenario:
    """The same with everything that can be settled beforehand left at its worse end."""
    worse = {
        v.name: bad
        for v in net.variables.values()
        if v.actionable and "before" in v.actionable.when and (bad := v.unfavourable)
    }
    return scenario.made(worse)


def code(net: Network, scenario: Scenario, name: str) -> str:
    """The line of Python that gives the focus outcome's probability in this scenario."""
    evidence = scenario.evidence(net)
    rival = theory.rival(net.review)
    folder = "" if net.review.path == str(bundled()) else '"FOLDER OF THE REVIEW"'
    own = 'priors="FOLDER OF YOUR JUDGEMENTS"' if net.priors else ""
    options = ", ".join(filter(None, [folder, own, f"readings={rival}" if rival else ""]))
    kinds = {
        "given": dict(evidence.observed),
        "do": dict(evidence.do),
        "likelihood": {k: list(map(float, v)) for k, v in evidence.likelihood.items()},
    }
    said = ", ".join(f"{kind}={states!r}" for kind, states in kinds.items() if states)
    wanted = f"[{name!r}][{asked_state(net.variables[name])!r}]"
    return f"import cmocnet; print(cmocnet.load({options}).posteriors({said}){wanted})"


def _lines(
    net: Network, scenario: Scenario, beside: Contrast | None, outcomes: Sequence[Outcome]
) -> Iterable[Line]:
    worst = headline.posteriors(net, unprepared(net, scenario))
    sure = sureness.of(net, scenario, beside, outcomes)
    for outcome in outcomes:
        name = outcome.variable.name
        holds = sure[name].holds
        compared = "" if outcome.difference is None else words.likelier(outcome.difference)
        same = outcome.difference is None or abs(outcome.difference) < words.SAME
        yield Line(
            outcome=words.event(outcome.variable, outcome.state),
            plan=_share(outcome.here),
            contrast=_share(outcome.beside),
            unprepared=_share(worst[name][outcome.state]),
            compared=compared,
            sure="" if holds is None or same else words.per_cent(holds),
            bearing=words.bearing(outcome.gain),
        )


def _share(probability: float | None) -> str:
    return "" if probability is None else words.per_cent(probability)


def _weak(net: Network, scenario: Scenario, focus: str) -> Iterable[Point]:
    """The known contexts that do most harm to the focus outcome, and what each sets off."""
    query = headline.question(net, scenario, focus)
    parts = cached.explanation(net, query).contributions.items
    sign = headline.better(net, focus)
    harmful = sorted((c for c in parts if sign * c.value < -NOTHING), key=lambda c: sign * c.value)[
        :MOST
    ]
    state = asked_state(net.variables[focus])
    followed = net.ask(replace(query, targets={focus: state}))
    paths = trace(followed, top=None).paths if harmful else ()
    for part in harmful:
        name = part.item.variable
        mine = [p for p in paths if p.item == part.item and sign * p.effect < 0]
        keys = [key for path in mine[:1] for step in path.steps for key in step.sources]
        yield Point(
            head=words.fact(net.variables[name], scenario.states[name]),
            text=_sets_off(net, [v for p in mine[:1] for v in p.variables[1:]], part.value),
            sources=register.works(net.review, keys),
        )


def _sets_off(net: Network, through: Sequence[str], value: float) -> str:
    labels = [words.lower(net.variables[name].label) for name in through]
    chain = f"Acts on {', then '.join(labels)}. " if labels else "Goes with it, by no direct path. "
    return f"{chain}Its part: {words.points(value)}."


def _change(net: Network, scenario: Scenario, focus: str, change: single_changes.Change) -> Point:
    lever = change.lever
    ids = _behind(net, scenario, focus, lever)
    moved = headline.better(net, focus) * change.effect
    return Point(
        head=str(lever),
        text=f"{lever.how} By itself: {words.points(moved)}.".strip(),
        sources=register.works(net.review, cited(net, ids)),
    )


def _behind(net: Network, scenario: Scenario, focus: str, lever: Lever) -> list[str]:
    """Ids of the configurations that speak, in this case, of what the change acts on at once.

    Only what leads on to the focus outcome counts.
    """
    changed = scenario.made({lever.variable: lever.state})
    before, after = (headline.posteriors(net, each) for each in (scenario, changed))
    moved = {v: after[v].array - before[v].array for v in net.variables}
    leading = flow.between(net.discrete, lever.variable, [focus])
    steps = (
        flow.Carried((lever.variable, child), (moved[lever.variable], moved[child]), 0.0)
        for child in net.variables
        if child in leading and lever.variable in net.variables[child].parents
    )
    case = Case(net, changed.evidence(net))
    return [key for (ids,) in case.credited(steps) for key in ids]


def _together(
    net: Network, scenario: Scenario, focus: str, some: tuple[single_changes.Change, ...]
) -> str:
    if not some:
        return "Nothing that people can change is left open."
    start, end = single_changes.together(net, scenario, focus, some)
    each = "All together they take" if len(some) > 1 else "It takes"
    aim = words.lower(headline.event(net, focus))
    return f"{each} {aim} from {words.per_cent(start)} to {words.per_cent(end)}."
