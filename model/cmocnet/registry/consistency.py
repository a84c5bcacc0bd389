"""Do a review's files fit together? Arcs lead somewhere, nothing turns in a circle, ids exist."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from graphlib import CycleError, TopologicalSorter
from itertools import product
from typing import get_args

from cmocnet.errors import ModelError, nearest
from cmocnet.registry.judged import Given, InterBeta, NoisyMax, Partition, Ranked, TableSpec
from cmocnet.registry.records import (
    Agreement,
    Claim,
    Evidence,
    Expectation,
    Hedge,
    Paths,
    Protocol,
    Restores,
    Review,
    Variable,
)


def topological(variables: Mapping[str, Variable]) -> dict[str, Variable]:
    """``variables`` with every parent before its children, file order kept where it is free.

    Raises
    ------
    ModelError
        An arc comes from nowhere, or arcs turn in a circle; names the variables.
    """
    graph: dict[str, tuple[str, ...]] = {}
    for name, variable in variables.items():
        for parent in variable.parents:
            _known(parent, variables, f"variables/{name}.yaml, table", "parent")
        graph[name] = variable.parents
    try:
        order = list(TopologicalSorter(graph).static_order())
    except CycleError as error:
        circle = " -> ".join(reversed(error.args[1]))
        raise ModelError(f"arcs turn in a circle: {circle}", where="variables") from None
    return {name: variables[name] for name in order}


def check(review: Review) -> None:
    """Raise a ModelError at the first thing that does not fit."""
    for name, variable in review.variables.items():
        where = f"variables/{name}.yaml"
        for word, state in (("bare", variable.bare), ("favourable", variable.favourable)):
            if state is not None:
                _known(state, variable.states, f"{where}, key {word}", "state")
        if variable.later_rounds is not None:
            _known(variable.later_rounds, variable.states, f"{where}, key later_rounds", "state")
        _table(variable.table, variable, review, f"{where}, table")
    _protocol(review.protocol)
    _rounds(review)
    for key, cmoc in review.cmocs.items():
        _cmoc_ids(review, key)
        for test in cmoc.tests:
            _expectation(review, test, f"cmocs, entry {key}, tests")
    for key, situation in review.situations.items():
        _setting(review, situation.given, f"situations.yaml, {key}, given")
        _setting(review, situation.contrast, f"situations.yaml, {key}, contrast")
        for name in situation.expects:
            _known(name, review.variables, f"situations.yaml, {key}, expects", "variable")
        for cited in situation.cites:
            _known(cited, review.cmocs, f"situations.yaml, {key}, cites", "configuration")
    for key, claim in review.claims.items():
        for test in claim.tests:
            _expectation(review, test, f"claims.yaml, {key}")
        _package(review, claim, f"claims.yaml, {key}")
    _distinct_labels(review)


def _known(word: str, valid: Iterable[str], where: str, kind: str) -> None:
    pool = list(valid)
    if word not in pool:
        raise ModelError(f"no {kind} {word!r}", where=where, nearest=nearest(word, pool))


def _setting(review: Review, setting: Mapping[str, str], where: str) -> None:
    for name, state in setting.items():
        _known(name, review.variables, where, "variable")
        _known(state, review.variables[name].states, f"{where}, {name}", "state")


def _protocol(protocol: Protocol) -> None:
    """Every code has its number."""
    tables = {"lowest": protocol.lowest, "highest": protocol.highest, "cause": protocol.cause}
    expected: dict[str, tuple[str, ...]] = dict.fromkeys(tables, get_args(Hedge))
    codes: dict[str, object] = {"hedge": Hedge, "evidence": Evidence, "agreement": Agreement}
    for name in ("weight", "spread", "strength"):
        for code, kind in codes.items():
            tables[f"{name}.{code}"] = getattr(getattr(protocol, name), code)
            expected[f"{name}.{code}"] = get_args(kind)
    for key, words in expected.items():
        for word in set(words) - set(tables[key]):
            raise ModelError(f"no number for {word!r}", where=f"protocol.yaml, {key}")


def _rounds(review: Review) -> None:
    rounds = review.about.rounds
    for later, earlier in rounds.carry.items():
        where = "review.yaml, rounds.carry"
        _known(later, review.variables, where, "variable")
        _known(earlier, review.variables, where, "variable")
        if review.variables[later].states != review.variables[earlier].states:
            raise ModelError(f"{later} and {earlier} differ in their states", where=where)
    _setting(review, {rounds.horizon.variable: rounds.horizon.state}, "review.yaml, rounds.horizon")
    if review.about.stand_in is not None:
        for name in (review.about.stand_in.variable, review.about.stand_in.instead_of):
            _known(name, review.variables, "review.yaml, stand_in", "variable")
    for rate in review.about.base_rates:
        _setting(review, {rate.variable: rate.state}, "review.yaml, base_rates")
        _known(rate.source, review.sources, "review.yaml, base_rates", "source")
    listed = {"headline": review.about.headline, **review.about.groups}
    for heading, names in listed.items():
        for name in names:
            _known(name, review.variables, f"review.yaml, {heading}", "variable")


def _cmoc_ids(review: Review, key: str) -> None:
    cmoc = review.cmocs[key]
    where = f"cmocs, entry {key}"
    for other in (*cmoc.contradicts, *((cmoc.same_as,) if cmoc.same_as else ())):
        _known(other, review.cmocs, where, "id")
    numbers = {s.number for s in review.sources.values()}
    for number in cmoc.references:
        if number not in numbers:
            raise ModelError(
                f"reference {number} is not in references.bib", where=f"{where}, references"
            )
    if not cmoc.references and not cmoc.references_note:
        raise ModelError(
            "no references and no references_note",
            where=where,
            expected="the review's reference numbers, or a note such as 'none given'",
        )
    if cmoc.adopted is not None:
        _known(cmoc.adopted, cmoc.readings, f"{where}, adopted", "reading")


def _changed(review: Review, change: Expectation | Restores | Paths, where: str) -> None:
    """A manipulation sets a known variable from one of its states to another."""
    _setting(review, {change.manipulated: change.start}, where)
    _setting(review, {change.manipulated: change.end}, where)
    if change.start == change.end:
        raise ModelError(f"{change.manipulated} is set from {change.start} to itself", where=where)


def _package(review: Review, claim: Claim, where: str) -> None:
    if claim.restores is not None:
        _changed(review, claim.restores, f"{where}, restores")
        _known(claim.restores.outcome, review.variables, f"{where}, restores", "variable")
        _setting(review, claim.restores.package, f"{where}, restores.package")
        _setting(review, claim.restores.condition, f"{where}, restores.condition")
    if claim.paths is not None:
        _changed(review, claim.paths, f"{where}, paths")
        for name in (claim.paths.outcome, *claim.paths.mediators):
            _known(name, review.variables, f"{where}, paths", "variable")


def _distinct_labels(review: Review) -> None:
    """Programs that read our files name variables by label, so labels must tell them apart."""
    seen: dict[str, str] = {}
    for name, variable in review.variables.items():
        label = variable.label.strip()
        if not label or label in seen:
            other = f", as {seen[label]}'s" if label else ""
            raise ModelError(f"the label is {label!r}{other}", where=f"variables/{name}.yaml")
        seen[label] = name


def _expectation(review: Review, test: Expectation, where: str) -> None:
    _changed(review, test, where)
    for word, held in (("condition", test.condition), ("contrast", test.contrast or {})):
        _setting(review, held, f"{where}, {word}")
        if test.manipulated in held:
            raise ModelError(f"{test.manipulated} is manipulated", where=f"{where}, {word}")
    for place in test.possible:
        name, _, state = place.partition(".")
        _setting(review, {name: state}, f"{where}, possible")
    for link in (*test.outcomes, *((test.mechanism,) if test.mechanism else ())):
        _known(link.variable, review.variables, where, "variable")


def _table(
    spec: TableSpec, child: Variable, review: Review, where: str, by: tuple[str, ...] = ()
) -> None:
    """``by`` are the moderators around this table: each may cut it once, and be no parent too."""
    own = (spec.by,) if isinstance(spec, Partition) else tuple(spec.parents)
    for name in own:
        if name in by:
            raise ModelError(f"{name} cuts the table already", where=where)
    match spec:
        case Partition():
            states = review.variables[spec.by].states
            _cited(spec.cites, review, f"{where}, by {spec.by}")
            if set(spec.cells) != set(states):
                raise ModelError(
                    f"cells are {', '.join(spec.cells)}",
                    where=f"{where}, by {spec.by}",
                    expected=", ".join(states),
                )
            for state, cell in spec.cells.items():
                _table(cell, child, review, f"{where}, cell {state}", (*by, spec.by))
        case Given():
            _given(spec, child, review, where)
        case NoisyMax():
            _noisy(spec, child, review, where)
        case InterBeta() | Ranked():
            _weighted(spec, review, where)


def _cited(cites: tuple[str, ...], review: Review, where: str) -> None:
    if not cites:
        raise ModelError("no citation", where=where, expected="the ids that claim this arc")
    for key in cites:
        _known(key, review.cmocs, f"{where}, cites", "id")


def _weighted(spec: InterBeta | Ranked, review: Review, where: str) -> None:
    if sum(p.weight for p in spec.parents.values()) <= 0:
        raise ModelError("the weights sum to nothing", where=where, expected="a weight above 0")
    for name, parent in spec.parents.items():
        place = f"{where}, parent {name}"
        _cited(parent.cites, review, place)
        _reasoned(parent.by, parent.why, place)
        states = review.variables[name].states
        if parent.scores is not None and set(parent.scores) != set(states):
            raise ModelError(
                f"scores are for {', '.join(parent.scores)}",
                where=place,
                expected=", ".join(states),
            )
    if isinstance(spec, InterBeta):
        for word, anchor in (("lowest", spec.lowest), ("highest", spec.highest)):
            _reasoned(anchor.by, anchor.why, f"{where}, {word}")
        low, high = spec.lowest.value, spec.highest.value
        if low > high:
            raise ModelError(f"lowest ({low:g}) is above highest ({high:g})", where=where)
    else:
        _reasoned(spec.by, spec.why, where)


def _noisy(spec: NoisyMax, child: Variable, review: Review, where: str) -> None:
    if len(child.states) != 2:
        raise ModelError("noisy_max here is for two states", where=where, expected="two states")
    _reasoned(spec.leak.by, spec.leak.why, f"{where}, leak")
    for name, cause in spec.parents.items():
        place = f"{where}, parent {name}"
        _cited(cause.cites, review, place)
        for state, anchor in cause.probability.items():
            _known(state, review.variables[name].states, place, "state")
            _reasoned(anchor.by, anchor.why, f"{place}, {state}")


def _given(spec: Given, child: Variable, review: Review, where: str) -> None:
    for name, arc in spec.parents.items():
        _cited(arc.cites, review, f"{where}, parent {name}")
    for number, row in enumerate(spec.rows, start=1):
        place = f"{where}, row {number}"
        if len(row.row) != len(child.states) or abs(sum(row.row) - 1) > 1e-9:
            raise ModelError(
                f"the row is {list(row.row)}",
                where=place,
                expected=f"{len(child.states)} probabilities that sum to 1",
            )
        for name, state in row.when.items():
            _known(name, spec.parents, f"{place}, when", "parent")
            _known(state, review.variables[name].states, f"{place}, when {name}", "state")
        _reasoned(row.by, row.why, place)
    for missing in _uncovered(spec, review):
        raise ModelError(f"no row for {missing}", where=where, expected="a row that fits it")


def _uncovered(spec: Given, review: Review) -> Iterator[str]:
    """The first parent configurations that no row fits."""
    names = list(spec.parents)
    for states in product(*(review.variables[n].states for n in names)):
        here = dict(zip(names, states, strict=True))
        if not any(all(here[k] == v for k, v in row.when.items()) for row in spec.rows):
            yield ", ".join(f"{k}={v}" for k, v in here.items()) or "the variable"


def _reasoned(by: str, why: str | None, where: str) -> None:
    """A number that the protocol does not give must say why it is what it is."""
    if by != "protocol" and not why:
        raise ModelError(f"a number by the {by} without a reason", where=where, expected="why: ...")
