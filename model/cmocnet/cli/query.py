"""``cmocnet query``: a question in words, its answer, and how far the answer can be trusted."""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from cmocnet import __version__
from cmocnet.answer import LEVEL, way
from cmocnet.cli import show
from cmocnet.cli.options import network
from cmocnet.cli.wording import caution, state
from cmocnet.joint import LARGEST, Joint
from cmocnet.typing import OneOf, States

if TYPE_CHECKING:
    from cmocnet.answer import Answer, Contrast
    from cmocnet.network import Network

HELP = "the probability of an outcome in a context, beside its opposite and the baseline"
ROWS = 40
"""Rows of a distribution shown on a terminal; ``--json`` gives all."""


def arguments(parser: argparse.ArgumentParser) -> None:
    """What the command takes."""
    parser.add_argument(
        "text",
        nargs="+",
        metavar="TEXT",
        help="the question, in quotes, as 'P(OUTCOME | CONTEXT, low CONTEXT)'",
    )
    parser.add_argument(
        "--quick", action="store_true", help="leave out the interval and the rival readings"
    )


def run(args: argparse.Namespace) -> int:
    """Ask and print."""
    net = network(args)
    answer = net.query(" ".join(args.text))
    # The judgements cannot be drawn anew under a fixed marginal, which binds them to the answer.
    quick = args.quick or bool(answer.query.evidence.marginal)
    if args.json:
        show.as_json(record(net, answer, quick=quick))
    else:
        _print(net, answer, quick=quick)
    return 0


def record(net: Network, answer: Answer, *, quick: bool) -> dict[str, Any]:
    """The whole answer for JSON; ``quick`` leaves None for what takes draws or rereading."""
    query, given = answer.query, answer.query.evidence
    return {
        "query": query.text,
        "canonical": str(query),
        "targets": dict(query.targets),
        "evidence": {
            "observed": dict(given.observed),
            "likelihood": {name: list(v) for name, v in given.likelihood.items()},
            "marginal": {name: list(v) for name, v in given.marginal.items()},
            "do": dict(given.do),
        },
        "probability": answer.probability,
        "opposite": answer.opposite,
        "opposite_given": dict(answer.opposite_given),
        "baseline": answer.baseline,
        "distribution": _distribution(answer),
        "interval": None if quick else answer.interval,
        "contrast": None if quick else _contrast(answer),
        "rivals": None if quick else dict(answer.rivals),
        "meaning": {name: dict(_meaning(net, answer, name)) for name in query.targets},
        "caution": caution(net),
        "readings": dict(net.review.readings),
        "engine": net.engine,
        "review": {"title": net.review.about.title, "version": net.review.about.version},
        "version": __version__,
    }


def _contrast(answer: Answer) -> dict[str, Any] | None:
    """How the case differs from its opposite, over draws of the judgements."""
    contrast = answer.contrast
    if contrast is None:
        return None
    return {
        "difference": contrast.difference,
        "interval": contrast.interval,
        "positive": contrast.positive,
        "negative": contrast.negative,
        "none": contrast.none,
    }


def _distribution(answer: Answer) -> object:
    """State -> probability; for several targets a list, since JSON has no tuples for keys."""
    names = list(answer.query.targets)
    if len(names) == 1:
        return dict(answer.distribution.items())
    if isinstance(answer.distribution, Joint) and answer.distribution.size > LARGEST:
        return None  # the probability asked for needs none
    return [
        {"states": dict(zip(names, key, strict=True)), "probability": p}
        for key, p in answer.distribution.items()
        if isinstance(key, tuple)
    ]


def _print(net: Network, answer: Answer, *, quick: bool) -> None:
    query = answer.query
    asked = " and ".join(_said(net, name, states) for name, states in query.targets.items())
    given = list(_given(net, answer))
    show.lines(asked, *(f"  given {item}" for item in given), "")
    if answer.probability is None:
        _print_distribution(net, answer)
    else:
        _print_comparison(net, answer)
        if not quick:
            _print_trust(answer)
    for name in query.targets:
        meaning = _meaning(net, answer, name)
        if meaning:
            labels = net.variables[_form(net, net.variables[name].by_form)].state_labels
            show.lines("", f"What {_label(net, name).lower()} means:")
            show.fields((f"  {labels[form]}", text) for form, text in meaning.items())
    show.lines("", caution(net))


def _print_comparison(net: Network, answer: Answer) -> None:
    """The probability beside the opposite case and the baseline."""
    cases: list[tuple[str, float | None]] = []
    if not answer.query.evidence.empty:
        cases.append(("This case", answer.probability))
        turned = ", ".join(state(net, n, s) for n, s in answer.opposite_given.items())
        cases.append((f"The opposite ({turned})", answer.opposite))
    cases.append(("Nothing known (rests on assumed prevalences)", answer.baseline))
    known = [(case, p) for case, p in cases if p is not None]
    chances = show.percents([p for _, p in known])
    show.table(
        ["", "Probability"],
        [(case, shown) for (case, _), shown in zip(known, chances, strict=True)],
        right=["Probability"],
    )
    if answer.probability is not None and answer.opposite is not None:
        difference = answer.probability - answer.opposite
        told = way(difference)
        show.lines(
            f"{100 * abs(difference):.1f} points {told} than in the opposite case"
            if told
            else f"does not depend on {_turned(net, answer)}"
        )


def _print_trust(answer: Answer) -> None:
    """How far the answer moves with the judgements, and with other readings of the review."""
    if answer.interval is not None:
        low, high = show.percents(answer.interval)
        show.lines(f"{LEVEL:.0%} credible interval over the judgements: {low} to {high}")
    if answer.contrast is not None:
        _print_direction(answer.contrast)
    if answer.rivals:
        ends = sorted(answer.rivals.items(), key=lambda item: item[1])
        (least, low_p), (most, high_p) = ends[0], ends[-1]
        low, high = show.percents([low_p, high_p])
        show.lines(f"{len(ends)} other readings give {low} ({least}) to {high} ({most})")


def _print_direction(contrast: Contrast) -> None:
    """In how many draws the case differs from its opposite as it does at the central judgements."""
    if contrast.holds is not None:
        share = f"{contrast.holds:.0%} of the draws of the judgements"
        show.lines(f"{contrast.way} than the opposite in {share}")
    elif contrast.depends:  # level at the central judgements only
        above, below = f"{contrast.positive:.0%}", f"{contrast.negative:.0%}"
        show.lines(f"level at the central judgements; higher in {above}, lower in {below} of draws")


def _turned(net: Network, answer: Answer) -> str:
    """What the opposite case turns round, by name where that is short."""
    labels = [_label(net, name) for name in answer.opposite_given]
    return " and ".join(labels) if len(labels) < 3 else "what the opposite case turns round"


def _print_distribution(net: Network, answer: Answer) -> None:
    names = list(answer.query.targets)
    rows = list(answer.distribution.items())
    chances = show.percents([p for _, p in rows])
    columns = [net.variables[name].label for name in names]
    keys = [key if isinstance(key, tuple) else (key,) for key, _ in rows]
    cells = [
        [net.variables[n].state_labels.get(s, s) for n, s in zip(names, key, strict=True)]
        for key in keys
    ]
    table = [(*cell, chance) for cell, chance in zip(cells, chances, strict=True)]
    show.table([*columns, "Probability"], table[:ROWS], right=["Probability"])
    if len(table) > ROWS:
        show.lines(f"{ROWS} of {len(table)} combinations; --json gives all")


def _label(net: Network, name: str) -> str:
    return net.variables[name].label


def _said(net: Network, name: str, states: str | States | None) -> str:
    return f"{_label(net, name)}: every state" if states is None else state(net, name, states)


def _given(net: Network, answer: Answer) -> Iterator[str]:
    """Every item of the evidence in the words of the review."""
    given = answer.query.evidence
    for name, code in given.observed.items():
        yield state(net, name, code)
    for name, code in given.do.items():
        yield f"{state(net, name, code)} (brought about)"
    for name, values in given.likelihood.items():
        if isinstance(values, OneOf):
            yield state(net, name, values.some)
            continue
        states = _weighed(net, name, [f"{v:g}" for v in values])
        yield f"{_label(net, name)} seen with likelihood {states}"
    for name, values in given.marginal.items():
        states = _weighed(net, name, show.percents(list(values)))
        yield f"{_label(net, name)} fixed at {states}"


def _weighed(net: Network, name: str, numbers: list[str]) -> str:
    labels = net.variables[name].state_labels
    pairs = zip(net.variables[name].states, numbers, strict=True)
    return ", ".join(f"{labels.get(state, state)} {number}" for state, number in pairs)


def _meaning(net: Network, answer: Answer, name: str) -> Mapping[str, str]:
    """What a target means in each form, or in the one form that is given."""
    by_form = net.variables[name].by_form
    given = answer.query.evidence
    known = {**given.observed, **given.do}.get(_form(net, by_form), "")
    return {known: by_form[known]} if known in by_form else by_form


def _form(net: Network, by_form: Mapping[str, str]) -> str:
    """The variable whose states the forms are."""
    having = (name for name, v in net.variables.items() if by_form and {*by_form} <= {*v.states})
    return next(having, "")
