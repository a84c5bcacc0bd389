"""Do the files say what they mean to? What is well formed and still not what the format asks for.

A slip of this kind stops no question; ``cmocnet check`` tells it, with file and line.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from contextlib import suppress

import msgspec
import yaml

from cmocnet.check.coding import Number, numbers
from cmocnet.errors import CmocnetError
from cmocnet.registry.consistency import arc
from cmocnet.registry.faults import Spot
from cmocnet.registry.moment import moment
from cmocnet.registry.protocol import completed
from cmocnet.registry.reading import Examined
from cmocnet.registry.records import Cmoc, Expectation
from cmocnet.registry.strict import cut_off
from cmocnet.registry.texts import read_text

SETTING = "setting"
CODES = ("hedge", "evidence", "agreement", "references")
"""What of an entry decides the protocol's numbers."""


def examine(found: Examined) -> tuple[CmocnetError, ...]:
    """Everything wrong with a review's files: what keeps them from being read, and what doesn't.

    >>> from cmocnet.registry import bundled
    >>> from cmocnet.registry.reading import examine as read
    >>> examine(read(bundled()))
    ()
    """
    for key, cmoc in found.review.cmocs.items():
        spot = Spot(found.faults, found.homes[key], (key,))
        _contrasted(cmoc, spot)
    _phrases(found)
    _settings(found)
    _arcs(found)
    _protocol(found)
    _cut_off(found)
    return found.faults.told()


def _contrasted(cmoc: Cmoc, spot: Spot) -> None:
    """A moderation is a difference between two settings."""
    for n, test in enumerate(cmoc.tests):
        if cmoc.type == "moderation" and not test.contrast:
            what = "a moderation without a contrast"
            (spot / "tests" / n / "contrast").wrong(what, expected="the setting it is held against")


def _phrases(found: Examined) -> None:
    """A phrase means one state of one variable."""
    seen: dict[str, list[tuple[str, str, int]]] = {}
    for name, variable in found.review.variables.items():
        for state, phrases in variable.state_words.items():
            for n, phrase in enumerate(phrases):
                plain = " ".join(phrase.casefold().split())
                seen.setdefault(plain, []).append((name, state, n))
    for phrase, meanings in seen.items():
        for name, state, n in meanings:
            others = sorted({f"{v}={s}" for v, s, _ in meanings} - {f"{name}={state}"})
            if others:
                spot = Spot(found.faults, f"variables/{name}.yaml", ("states", state, "words", n))
                what = f"the phrase {phrase!r} means {' and '.join(others)} too"
                spot.wrong(what, expected="one meaning")


def _settings(found: Examined) -> None:
    """What is given from outside hangs on nothing, unless that is given from outside too."""
    variables = found.review.variables
    for name, variable in variables.items():
        for parent in variable.parents if variable.layer == SETTING else ():
            layer = variables[parent].layer if parent in variables else "unknown"
            if layer != SETTING:
                spot = Spot(found.faults, f"variables/{name}.yaml", ("layer",))
                what = f"a {SETTING} with the parent {parent}, whose layer is {layer}"
                spot.wrong(what, expected=f"no parents but other {SETTING}s, or another layer")


def _arcs(found: Examined) -> None:
    """Where a test names two variables in turn, an arc between them cites its configuration."""
    review, twins = found.review, found.review.twins
    for key, cmoc in review.cmocs.items():
        if cmoc.type in ("moderation", "selection"):
            continue  # these are about an arc's strength, or about what is seen together
        own = {*cmoc.relies_on, *twins[key]}
        for test in cmoc.tests:
            for cause, effect in _steps(test):
                arcs = review.variables[effect].arcs if effect in review.variables else {}
                if cause in arcs and not own & set(arcs[cause]):
                    keys = arc(review.variables[effect], cause)
                    what = f"{key} claims the arc {cause} -> {effect}, which does not cite it"
                    Spot(found.faults, f"variables/{effect}.yaml", keys).wrong(
                        what, expected=f"{key} here, or in its entry relies_on: an id that is"
                    )


def _steps(test: Expectation) -> Iterator[tuple[str, str]]:
    """Cause and effect of one round: what is manipulated, the mechanism, the outcomes."""
    cause, at = moment(test.manipulated)
    if (link := test.mechanism) is not None:
        if link.round == at:
            yield cause, link.variable
        cause, at = link.variable, link.round
    yield from ((cause, link.variable) for link in test.outcomes if link.round == at)


def _protocol(found: Examined) -> None:
    """Numbers of the protocol, as far as it and the entries that are cited are in order."""
    spoilt = {(fault.file, fault.keys[:2]) for fault in found.faults.found if not fault.late}
    tables = {keys[0] if keys else "" for file, keys in spoilt if file == "protocol.yaml"}
    if tables & {"", "weight", "spread"}:  # these decide which entry governs
        return
    whole = {
        key: cmoc
        for key, cmoc in found.review.cmocs.items()
        if not spoilt & {(found.homes[key], at) for at in ((), (key,), *((key, c) for c in CODES))}
    }
    review = msgspec.structs.replace(
        found.review, cmocs=whole, protocol=completed(found.review.protocol)
    )
    for name in review.variables:
        for number in numbers(review, name):
            if number.table not in tables:
                _coded(number, Spot(found.faults, f"variables/{name}.yaml", number.keys))


def _coded(number: Number, spot: Spot) -> None:
    if number.coded is None:
        what = f"the protocol gives no such number as {number.value:g}"
        spot.wrong(what, expected="by: coder and why")
    elif not math.isclose(number.value, number.coded, rel_tol=1e-12):
        what = f"{number.value:g} is not what the protocol makes of what is cited"
        spot.wrong(what, expected=f"{number.coded:g}, or by: coder and why")


def _cut_off(found: Examined) -> None:
    """A ``#`` behind a blank begins a comment, also where prose means a number by it."""
    for rel, layers in found.faults.places.layers.items():
        for path in {layer.path for layer in layers if layer.path.suffix == ".yaml"}:
            with suppress(CmocnetError, yaml.YAMLError):  # told already
                for line, left in cut_off(read_text(path)):
                    what = f"the text is cut off at ' #', what is left is {left[-40:]!r}"
                    expected = "the text in quotes, or the comment on a line of its own"
                    Spot(found.faults, rel).wrong(what, expected=expected, line=line)
