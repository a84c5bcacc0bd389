"""Reference pages made from a review's files: its variables and its configurations."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import groupby

from cmocnet.registry import Cmoc, Review, Variable, bundled, read
from cmocnet.registry.records import Expectation, Link

LAYERS = {
    "setting": "Settings: given from outside",
    "standing": "Standing conditions: they last over the rounds",
    "loop": "The trust-building loop: one copy a round",
    "outcome": "Outcomes: one copy a round",
}
GENERATED = "Generated from the files in `priors/` by `make docs`; edit those."


def variables() -> str:
    """The page of every variable, by layer, settings first."""
    review = read(bundled())
    ordered = sorted(review.variables.values(), key=lambda v: (list(LAYERS).index(v.layer), v.name))
    lines = ["# Variables", "", GENERATED, ""]
    for layer, group in groupby(ordered, key=lambda v: v.layer):
        lines += [f"## {LAYERS[layer]}", ""]
        for variable in group:
            lines += _variable(variable)
    return _page(lines)


def _variable(variable: Variable) -> Iterator[str]:
    yield from (
        f"### {variable.label}",
        "",
        f"`{variable.name}`. {_flat(variable.description)}",
        "",
    )
    yield from ("| state | label | words |", "| --- | --- | --- |")
    for state in variable.states:
        words = ", ".join(variable.state_words[state])
        yield f"| `{state}` | {variable.state_labels[state]} | {words} |"
    yield ""
    for parent, cites in variable.arcs.items():
        yield f"- depends on `{parent}`: {', '.join(cites)}"
    if variable.actionable:
        when = ", ".join(w.replace("_", " ") for w in variable.actionable.when)
        yield f"- can be changed ({when}): {_flat(variable.actionable.how)}"
    for form, meaning in variable.by_form.items():
        yield f"- {form.replace('_', ' ')}: {_flat(meaning)}"
    yield from (f"- described in: {_flat(variable.sources)}", "")


def configurations() -> str:
    """The page of every configuration, in the order of their ids."""
    review = read(bundled())
    lines = ["# Configurations", "", GENERATED, ""]
    lines += [
        "How each was coded, and by which rules: [PROTOCOL.md](../../priors/PROTOCOL.md).",
        "",
    ]
    for cmoc in review.cmocs.values():
        lines += _configuration(cmoc, review)
    return _page(lines)


def _configuration(cmoc: Cmoc, review: Review) -> Iterator[str]:
    yield from (f"## {cmoc.id}", "")
    yield f"**Context** {_flat(cmoc.context)}  "
    yield f"**Mechanism** {_flat(cmoc.mechanism)}  "
    yield from (f"**Outcome** {_flat(cmoc.outcome)}", "")
    yield from (_flat(cmoc.statement), "")
    yield f"- stated in: {_flat(cmoc.where)}"
    yield f"- {cmoc.type}; {cmoc.hedge}; evidence: {cmoc.evidence}; agreement: {cmoc.agreement}"
    cited = [f"[{review.sources[k].number}] {review.sources[k].short}" for k in cmoc.sources]
    yield f"- references: {'; '.join(cited) or _flat(cmoc.references_note or 'none')}"
    yield f"- read as: {_flat(cmoc.reading)}"
    for name, reading in cmoc.readings.items():
        adopted = " (adopted)" if name == review.readings[cmoc.id] else ""
        yield f"- reading `{name}`{adopted}: {_flat(reading.says)}"
    yield from (f"- expected: {_expected(test)}" for test in cmoc.tests)
    yield f"- would count against it: {_flat(cmoc.against)}"
    if cmoc.same_as:
        yield f"- the same as {cmoc.same_as}"
    if cmoc.contradicts:
        yield f"- contradicts {', '.join(cmoc.contradicts)}"
    if cmoc.weak_because:
        yield f"- weak because: {_flat(cmoc.weak_because)}"
    yield ""


def _expected(test: Expectation) -> str:
    parts = [f"`{test.manipulated}` from {test.start} to {test.end}"]
    if test.condition:
        parts.append(f"where {_setting(test.condition.items())}")
    if test.contrast:
        parts.append(f"against where {_setting(test.contrast.items())}")
    through = [f"through {_link(test.mechanism)}"] if test.mechanism else []
    moved = ", ".join(map(_link, test.outcomes))
    return " ".join([*parts, "moves", moved, *through])


def _link(link: Link) -> str:
    later = f" in round {link.round}" if link.round > 1 else ""
    return f"`{link.variable}` {'up' if link.sign == '+' else 'down'}{later}"


def _setting(pairs: Iterable[tuple[str, str]]) -> str:
    return ", ".join(f"`{name}` is {state}" for name, state in pairs)


def _flat(text: str) -> str:
    return " ".join(text.split())


def _page(lines: Iterable[str]) -> str:
    return "\n".join(lines).rstrip() + "\n"
