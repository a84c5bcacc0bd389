"""Whatever Python hands in through any door ends in an answer or in one line that helps."""

from __future__ import annotations

import copy
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from cmocnet import Network
from cmocnet.errors import CmocnetError
from cmocnet.query import Query
from cmocnet.typing import Evidence

ODD: dict[str, Any] = {
    "None": None, "true": True, "numpy bool": np.bool_(True), "int": 2, "numpy int": np.int64(-1),
    "float": 0.5, "nan": float("nan"), "NA": pd.NA, "infinity": float("inf"), "complex": 1j,
    "bytes": b"trust", "text": "0.9", "empty": "", "list": [1, 2], "empty list": [], "nested": [[]],
    "tuple": ("trust",), "set": {"a"}, "dict": {1: 2}, "wrong dict": {"trust": "hgih"},
    "object": object(), "class": dict, "array": np.ones((2, 2)), "zero-d": np.array(1.0),
    "frame": pd.DataFrame({"a": [1]}), "series": pd.Series([1.0]), "function": len,
    "query": Query({"trust": "hgih"}), "half a query": Query({"trust": None}),
    "query of numbers": Query({1: 2}), "query of sets": Query({"trust": {"low"}}),  # type: ignore[dict-item]
    "no targets": Query({}), "query without evidence": Query({"trust": "low"}, {"a": "b"}),  # type: ignore[arg-type]
    "query of lists": Query(["trust"]),  # type: ignore[arg-type]
    "evidence": Evidence(observed={"trust": "low"}), "evidence of lists": Evidence(observed=["a"]),  # type: ignore[arg-type]
}  # fmt: skip
FRAME = pd.DataFrame({"mandate": ["mandated", None]})
Q = "P(dissolution | mandated)"
DOORS: dict[str, Callable[[Network, Any], Any]] = {
    "query": lambda net, x: net.query(x),
    "query evidence": lambda net, x: net.query(Query({"dissolution": "yes"}, x)),
    "query target": lambda net, x: net.query(Query({"trust": x})),
    "compare": lambda net, x: net.compare(Q, x),
    "resolve": lambda net, x: net.resolve(x),
    "posteriors": lambda net, x: net.posteriors(x),
    "given": lambda net, x: net.posteriors({"mandate": x}),
    "given name": lambda net, x: net.posteriors([x]),
    "do": lambda net, x: net.posteriors(do=x),
    "do state": lambda net, x: net.posteriors(do={"mandate": x}),
    "likelihood": lambda net, x: net.posteriors(likelihood=x),
    "numbers": lambda net, x: net.posteriors(likelihood={"trust": x}),
    "one number": lambda net, x: net.posteriors(likelihood={"trust": [x, 1, 1]}),
    "marginal": lambda net, x: net.posteriors(marginal=x),
    "shares": lambda net, x: net.posteriors(marginal={"trust": x}),
    "predict": lambda net, x: net.predict(x),
    "targets": lambda net, x: net.predict(FRAME, x),
    "target": lambda net, x: net.predict(FRAME, [x]),
    "cells": lambda net, x: net.predict(pd.DataFrame({"pace": pd.Series([x], dtype=object)})),
    "level": lambda net, x: net.predict(FRAME, level=x),
    "intervals": lambda net, x: net.intervals(level=x),
    "intervals evidence": lambda net, x: net.intervals(x),
    "sensitivity": lambda net, x: net.sensitivity(x, top=1),
    "explain": lambda net, x: net.explain(x),
    "levers": lambda net, x: net.levers(x, k=1, n=20),
    "stories": lambda net, x: net.stories(x),
    "stories given": lambda net, x: net.stories(Q, given=x),
    "seed": lambda net, x: net.draws(n=5, seed=x),
    "rounds": lambda net, x: net.unroll(x),
    "samples": lambda net, x: net.samples(x, Evidence(), n=5),
    "samples evidence": lambda net, x: net.samples({"trust": "low"}, x, n=5),
    "engine": lambda net, x: net.program.posteriors(x),
    "event": lambda net, x: net.program.event(x),
    "event state": lambda net, x: net.program.event({"trust": x}),
    "joint": lambda net, x: net.program.joint([x]),
}


@pytest.mark.parametrize("door", DOORS)
def test_every_odd_thing_is_answered_or_refused_in_one_line(net: Network, door: str) -> None:
    for name, thing in ODD.items():
        handed = copy.deepcopy(thing) if isinstance(thing, (list, dict)) else thing
        try:
            DOORS[door](net, handed)
        except CmocnetError as error:
            assert str(error).strip(), name  # noqa: PT017
            assert "\n" not in str(error), name  # noqa: PT017
            assert len(str(error)) < 600, name  # noqa: PT017


@pytest.mark.parametrize("thing", [t for t in ODD if t != "text"])
def test_a_network_is_saved_under_a_path_only(net: Network, tmp_path: Path, thing: str) -> None:
    with pytest.raises((CmocnetError, OSError)):
        net.save(tmp_path if thing == "empty" else ODD[thing])


@pytest.mark.parametrize(
    ("ask", "message"),
    [
        (
            lambda net: net.posteriors({"mandate": True}),
            "'True' (bool) is no state of it; expected",
        ),
        (lambda net: net.posteriors({"mandate": 1}), "expected voluntary or mandated"),
        (lambda net: net.posteriors({"mandate": "mandatde"}), "nearest: mandated"),
        (lambda net: net.posteriors({"mandat": "mandated"}), "nearest: mandate"),
        (lambda net: net.posteriors({1: "mandated"}), "'1' (int) names no variable"),
        (lambda net: net.posteriors([("mandate", "mandated")]), "is no phrase"),
        (lambda net: net.posteriors(FRAME), "DataFrame gives no states"),
        (lambda net: net.query(None), "NoneType is no question; expected text"),
        (lambda net: net.predict({"mandate": ["mandated"]}), "dict is no table; expected a pandas"),
        (lambda net: net.predict(FRAME, [None]), "a target of NoneType"),
        (lambda net: net.predict(FRAME, level="0.9"), "an interval of '0.9'; expected a share"),
        (lambda net: net.intervals(level="0.9"), "level: '0.9', str; expected a share"),
        (lambda net: net.program.joint(["trust", "trust"]), "trust: is named twice"),
        (lambda net: net.program.posteriors({"trust": "low"}), "dict is no evidence; expected"),
        (lambda net: net.sensitivity(Q, top="3"), "top: '3'; expected a whole number"),
        (lambda net: net.unroll(0), "rounds: 0; expected a whole number of 1 or more"),
        (lambda net: net.draws(n=True), "draws: True; expected"),
        (lambda net: net.save(None), "path: 'None' (NoneType); expected a path"),
    ],
)
def test_what_the_line_says(net: Network, ask: Callable[[Network], Any], message: str) -> None:
    with pytest.raises(CmocnetError) as caught:
        ask(net)
    assert message in str(caught.value)


def test_kinds_of_evidence_that_hold_the_same(net: Network) -> None:
    right = dict(net.posteriors(["mandated"])["trust"])
    same: tuple[Any, ...] = (
        "mandated", ("mandated",), {"mandated"}, iter(["mandated"]), {"mandate": "mandated"},
        {"mandate": np.str_("mandated")}, {"Mandate": "Mandated"}, {"mandate": ["mandated"]},
        pd.Series({"mandate": "mandated"}), FRAME.iloc[0], ["mandated", "mandated"],
    )  # fmt: skip
    for given in same:
        assert dict(net.posteriors(given)["trust"]) == right


def test_a_whole_number_names_a_state_of_that_name() -> None:
    from cmocnet.cells import said
    from cmocnet.lexicon import Lexicon
    from cmocnet.registry import Variable
    from cmocnet.registry.records import Words

    states = ("0", "1", "True")
    grade = Variable(name="grade", label="Grade", states=states)
    lexicon = Lexicon.build({"grade": grade}, Words((), (), ("not",), (), ()))
    assert [said(lexicon, "grade", v) for v in (1, np.int64(0), 1.0, True)] == [
        ("1",), ("0",), ("1",), ("True",),
    ]  # fmt: skip
    for value in (2, 1.5, False):
        with pytest.raises(CmocnetError, match="is no state of it; expected 0, 1 or True"):
            said(lexicon, "grade", value)
