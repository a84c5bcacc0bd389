"""Who is credited with the steps of a path, and an independent check that it is so."""

from __future__ import annotations

from cmocnet import Network
from cmocnet.explain import Pathway, trace
from cmocnet.registry.judged import Partition, TableSpec
from cmocnet.registry.moment import moment
from cmocnet.registry.records import Expectation


def paths(net: Network, question: str) -> tuple[Pathway, ...]:
    return trace(net.ask(question), top=None).paths


def credited(net: Network, question: str, *variables: str) -> list[tuple[str, ...]]:
    """The ids credited with each step of the path through these variables."""
    (found,) = (p for p in paths(net, question) if p.variables == variables)
    return [step.cmocs for step in found.steps]


# --- an independent check -------------------------------------------------------------------------


def cites(spec: TableSpec, parent: str, known: dict[str, str]) -> set[str]:
    """Who claims an arc, outside the cells of moderators known to be in another state."""
    if not isinstance(spec, Partition):
        return set(spec.parents[parent].cites) if parent in spec.parents else set()
    cells = [cell for s, cell in spec.cells.items() if known.get(spec.by, s) == s]
    found = {i for cell in cells for i in cites(cell, parent, known)}
    return found | set(spec.cites if spec.by == parent else ())


def may_hold(net: Network, test: Expectation, known: dict[str, str]) -> bool:
    """Does nothing known gainsay the test? What is held alike in the contrast is left open."""
    if known.get(moment(test.manipulated)[0], test.end) not in (test.start, test.end):
        return False
    for name, state in test.condition.items():  # what is held later is not known of any case
        if name not in known or (test.contrast or {}).get(name) == state:
            continue
        ends = {net.variables[name].states[0], net.variables[name].states[-1]}
        if net.variables[name].direction is None:
            ends = {state, known[name]}
        if state != known[name] and {state, known[name]} == ends:
            return False
    return True


def lead(net: Network, starts: set[str], ends: set[str]) -> bool:
    """Is there a directed path from any of the starts to any of the ends?"""
    return not starts.isdisjoint(ends) or any(
        lead(net, starts, set(net.variables[end].parents)) for end in ends
    )


def on_its_chain(
    net: Network, test: Expectation, path: tuple[str, ...], at: int, selects: bool
) -> bool:
    """Does the path come from what the test speaks of, and lead to what it says moves?"""
    links = [*test.outcomes, *([test.mechanism] if test.mechanism else [])]
    start, at_first = moment(test.manipulated)
    contexts = {start, *(moment(name)[0] for name in test.condition)}
    ends = {link.variable for link in links}
    if selects and test.mechanism:
        contexts, ends = {*contexts, test.mechanism.variable}, {*ends, start}
    if any(link.round > at_first for link in links):
        carry = net.review.about.rounds.carry
        contexts |= {later for later, earlier in carry.items() if earlier == start}
        ends |= set(carry.values())
    comes = not contexts.isdisjoint(path[: at + 1]) or lead(net, contexts, {path[0]})
    return comes and lead(net, {path[at + 1]}, ends)


def hold_up(net: Network, question: str) -> int:
    """Check the steps of the leading paths by themselves; answer how many credits there were."""
    asked = net.ask(question)
    known = {**asked.evidence.observed, **asked.evidence.do}
    count = 0
    for path in trace(asked, top=60).paths:
        for at, step in enumerate(path.steps):
            assert set(step.cmocs) <= cites(net.variables[step.child].table, step.parent, known)
            for key in step.cmocs:
                cmoc = net.review.cmocs[key]
                selects = cmoc.type == "selection"
                assert any(
                    may_hold(net, test, known)
                    and on_its_chain(net, test, path.variables, at, selects)
                    for test in cmoc.tests
                ), (question, path.variables, key)
                count += 1
    return count
