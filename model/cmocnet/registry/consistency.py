"""Do a review's files fit together? Arcs lead somewhere, nothing turns in a circle, ids exist.

Everything is gone through, also where a file is broken: what is known of it still counts.
"""

from __future__ import annotations

from collections.abc import Mapping
from graphlib import CycleError, TopologicalSorter
from typing import get_args

from cmocnet.registry.faults import Faults, Spot
from cmocnet.registry.judged import Partition, TableSpec
from cmocnet.registry.moment import LATEST, moment
from cmocnet.registry.places import Keys
from cmocnet.registry.records import (
    Agreement,
    Claim,
    Evidence,
    Expectation,
    Hedge,
    Link,
    Paths,
    Protocol,
    Restores,
    Review,
)
from cmocnet.registry.table_rules import table
from cmocnet.registry.variable import Variable


def ordered(variables: Mapping[str, Variable], faults: Faults) -> dict[str, Variable]:
    """``variables`` with every parent before its children, file order kept where it is free.

    Every circle of arcs is a fault at one of its arcs; the order then leaves that arc out.
    """
    graph = {
        name: [p for p in variable.parents if p in variables]
        for name, variable in variables.items()
    }
    while True:
        try:
            return {name: variables[name] for name in TopologicalSorter(graph).static_order()}
        except CycleError as error:
            path: list[str] = error.args[1]
            circle = " -> ".join(reversed(path))
            # graphlib tells a circle from each parent to its child.
            child, parent = path[-1], path[-2]
            if parent not in graph[child]:
                child, parent = parent, child
            keys = arc(variables[child], parent)
            spot = Spot(faults, f"variables/{child}.yaml", keys)
            spot.wrong(f"arcs turn in a circle: {circle}")
            graph[child].remove(parent)


def arc(variable: Variable, parent: str) -> Keys:
    """The keys that lead to a parent in a variable's table, where it stands there first."""

    # A partition names its own parent, and holds the others in its cells.
    def inside(spec: TableSpec, keys: Keys) -> Keys | None:
        if not isinstance(spec, Partition):
            return (*keys, "parents", parent) if parent in spec.parents else None
        if spec.by == parent:
            return (*keys, "by")
        cells = (inside(cell, (*keys, "cells", s)) for s, cell in spec.cells.items())
        return next((found for found in cells if found), None)

    return inside(variable.table, ("table",)) or ("table",)


def examine(review: Review, faults: Faults, homes: Mapping[str, str]) -> None:
    """Tell ``faults`` everything in a review that does not fit together.

    The review is as far as its files could be read; ``homes`` has the file of each configuration.
    """
    for name in review.variables:
        variable(review, name, faults)
    _protocol(review.protocol, Spot(faults, "protocol.yaml"))
    _about(review, Spot(faults, "review.yaml"))
    _words(review, Spot(faults, "words.yaml"))
    numbers = {s.number for s in review.sources.values()}
    for key, cmoc in review.cmocs.items():
        spot = Spot(faults, homes[key], (key,))
        _cmoc_ids(review, key, numbers, spot)
        for n, test in enumerate(cmoc.tests):
            _expectation(review, test, spot / "tests" / n)
    for key, situation in review.situations.items():
        spot = Spot(faults, "situations.yaml", (key,))
        (spot / "given").states(situation.given, review.variables)
        (spot / "contrast").states(situation.contrast, review.variables)
        for name in situation.expects:
            (spot / "expects" / name).known(name, review.variables, "variable")
        (spot / "cites").each(situation.cites, review.cmocs, "configuration")
    for key, claim in review.claims.items():
        spot = Spot(faults, "claims.yaml", (key,))
        for n, test in enumerate(claim.tests):
            _expectation(review, test, spot / "tests" / n)
        _package(review, claim, spot)
    _distinct_labels(review, faults)


def variable(review: Review, name: str, faults: Faults) -> None:
    """Tell what in one variable's file does not fit the review."""
    spot = Spot(faults, f"variables/{name}.yaml")
    found = review.variables[name]
    for word in ("bare", "favourable", "later_rounds"):
        state = getattr(found, word)
        if state is not None:
            (spot / word).state(state, found)
    table(found.table, found, review, spot / "table")


def _protocol(protocol: Protocol, spot: Spot) -> None:
    """Every code has its number."""
    codes: dict[str, object] = {"hedge": Hedge, "evidence": Evidence, "agreement": Agreement}
    for word in ("lowest", "highest", "cause"):
        _numbered(getattr(protocol, word), Hedge, spot / word)
    for name in ("weight", "spread", "strength"):
        for code, kind in codes.items():
            _numbered(getattr(getattr(protocol, name), code), kind, spot / name / code)


def _numbered(numbers: Mapping[str, float], codes: object, spot: Spot) -> None:
    for word in get_args(codes):
        if word not in numbers:
            spot.wrong(f"no number for {word!r}", about=spot)


def _about(review: Review, spot: Spot) -> None:
    about = review.about
    for later, earlier in about.rounds.carry.items():
        here = spot / "rounds" / "carry" / later
        both = here.known(later, review.variables, "variable")
        both = here.known(earlier, review.variables, "variable") and both
        mine, other = (review.variables[v].states if both else () for v in (later, earlier))
        if mine and other and mine != other:
            here.wrong(f"{later} and {earlier} differ in their states")
    horizon = about.rounds.horizon
    _state_of(review, horizon.variable, horizon.state, spot / "rounds" / "horizon")
    if about.stand_in is not None:
        for word in ("variable", "instead_of"):
            name = getattr(about.stand_in, word)
            (spot / "stand_in" / word).known(name, review.variables, "variable")
    for n, rate in enumerate(about.base_rates):
        here = spot / "base_rates" / n
        _state_of(review, rate.variable, rate.state, here)
        (here / "source").known(rate.source, review.sources, "source")
    (spot / "headline").each(about.headline, review.variables, "variable")
    for heading, names in about.groups.items():
        (spot / "groups" / heading).each(names, review.variables, "variable")


def _state_of(review: Review, name: str, state: str, spot: Spot) -> None:
    if (spot / "variable").known(name, review.variables, "variable"):
        (spot / "state").state(state, review.variables[name])


def _words(review: Review, spot: Spot) -> None:
    """A word may stand in one list only, and once."""
    seen: dict[str, str] = {}
    lists = {"more": "more", "less": "less", "negation": "not", "middle": "middle"}
    for field, key in {**lists, "filler": "filler"}.items():
        for n, word in enumerate(getattr(review.words, field)):
            plain = " ".join(word.casefold().split())
            if plain in seen:
                (spot / key / n).wrong(f"{word!r} stands in {seen[plain]!r} too")
            seen.setdefault(plain, key)


def _cmoc_ids(review: Review, key: str, numbers: set[int | None], spot: Spot) -> None:
    cmoc = review.cmocs[key]
    (spot / "contradicts").each(cmoc.contradicts, review.cmocs, "id")
    (spot / "relies_on").each(cmoc.relies_on, review.cmocs, "id")
    if cmoc.same_as:
        (spot / "same_as").known(cmoc.same_as, review.cmocs, "id")
    for n, number in enumerate(cmoc.references):
        if number not in numbers:
            (spot / "references" / n).wrong(f"reference {number} is not in references.bib")
    if not cmoc.references and not cmoc.references_note:
        (spot / "references").wrong(
            "no references and no references_note",
            expected="the review's reference numbers, or a note such as 'none given'",
        )
    if cmoc.adopted is not None:
        (spot / "adopted").known(cmoc.adopted, cmoc.readings, "reading")


def _changed(review: Review, change: Expectation | Restores | Paths, spot: Spot) -> None:
    """A manipulation sets a known variable from one of its states to another."""
    found = _timed(review, change.manipulated, spot / "manipulated")
    if found is None:
        return
    both = (spot / "from").state(change.start, found)
    both = (spot / "to").state(change.end, found) and both
    if both and change.start == change.end:
        (spot / "to").wrong(f"{change.manipulated} is set from {change.start} to itself")


def _package(review: Review, claim: Claim, spot: Spot) -> None:
    if (restores := claim.restores) is not None:
        here = spot / "restores"
        _changed(review, restores, here)
        (here / "outcome").known(restores.outcome, review.variables, "variable")
        (here / "package").states(restores.package, review.variables)
        (here / "condition").states(restores.condition, review.variables)
    if (paths := claim.paths) is not None:
        here = spot / "paths"
        _changed(review, paths, here)
        (here / "outcome").known(paths.outcome, review.variables, "variable")
        (here / "mediators").each(paths.mediators, review.variables, "variable")


def _distinct_labels(review: Review, faults: Faults) -> None:
    """Programs that read our files name variables by label, so labels must tell them apart."""
    seen: dict[str, str] = {}
    for name, found in review.variables.items():
        label, spot = found.label.strip(), Spot(faults, f"variables/{name}.yaml", ("label",))
        if not label or label in seen:
            other = f", as {seen[label]}'s" if label else ""
            # A label may be lacking because its key, or another above it, is misspelt.
            whole = Spot(faults, spot.file)
            spot.wrong(f"the label is {label!r}{other}", about=None if label else whole)
        seen.setdefault(label, name)


def _expectation(review: Review, test: Expectation, spot: Spot) -> None:
    _changed(review, test, spot)
    for word, held in (("condition", test.condition), ("contrast", test.contrast or {})):
        for name, state in held.items():
            timed = _timed(review, name, spot / word / name)
            if timed is not None:
                (spot / word / name).state(state, timed)
        if test.manipulated in held:
            (spot / word / test.manipulated).wrong(f"{test.manipulated} is manipulated")
    for place in test.possible:
        name, _, state = place.partition(".")
        here = spot / "possible" / place
        timed = _timed(review, name, here)
        if timed is not None:
            here.state(state, timed)
    if test.mechanism:
        _link(review, test.mechanism, spot / "mechanism")
    for n, link in enumerate(test.outcomes):
        _link(review, link, spot / "outcomes" / n)


def _link(review: Review, link: Link, spot: Spot) -> None:
    """What a test says moves is known, has its round, and is held against an earlier one."""
    if (spot / "variable").known(link.variable, review.variables, "variable"):
        _in_round(review, link.variable, link.round, spot / "round")
        if link.than_round is not None and link.than_round >= link.round:
            what = f"round {link.round} is held against round {link.than_round}"
            (spot / "than_round").wrong(what, expected="an earlier round")


def _timed(review: Review, word: str, spot: Spot) -> Variable | None:
    """The variable that a test names, in the first round or, as ``mood@2``, in a later one."""
    name, number = moment(word)
    if not spot.known(name, review.variables, "variable"):
        return None
    if word != name and number == 1:
        spot.wrong(f"{word!r} is round 1", expected=f"{name}, without a round")
    elif number > LATEST:
        spot.wrong(f"{word!r} is round {number}", expected=f"rounds 1 to {LATEST}")
    else:
        _in_round(review, name, number, spot)
    return review.variables[name]


def _in_round(review: Review, name: str, number: int, spot: Spot) -> None:
    """A later round has its own copy of the variable, and the first one bears on it."""
    faults, home = spot.faults, f"variables/{name}.yaml"
    # What is said of rounds may be lacking because its key, or another above it, is misspelt.
    if number == 1 or faults.spoilt(home, ()) or faults.spoilt("review.yaml", ("rounds",)):
        return
    if not review.about.rounds.carry:
        what = f"round {number} of {name}, and nothing is carried over from one round to the next"
        spot.wrong(what, expected="round 1, or rounds.carry in review.yaml")
    elif review.variables[name].layer and not review.repeats(name):
        what = f"round {number} of {name}, which stands for all rounds"
        spot.wrong(what, expected="no round, or the variable in rounds.carry of review.yaml")
