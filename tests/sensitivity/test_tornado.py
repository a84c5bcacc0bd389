"""Bars are exact: each equals the answer of a network whose files hold the other number."""

from __future__ import annotations

import copy
import re
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import yaml

import cmocnet
from cmocnet import Network, engine
from cmocnet.asked import ask
from cmocnet.elicitation.draws import everyone
from cmocnet.elicitation.tables import build
from cmocnet.query import Query
from cmocnet.sensitivity import Bar, analyse, contexts, tornado
from cmocnet.sensitivity.judged import believed as quantile
from cmocnet.sensitivity.reach import relevant
from cmocnet.typing import DiscreteNetwork

MANDATED = "P(dissolution | mandated, low cultural compatibility, do(pace=slow))"
EVERY_KIND = {
    "weight": r"[a-z_]+/weight\.",
    "lowest": r"[a-z_]+/lowest",
    "highest": r".*highest",
    "leak": r".*leak",
    "cause": r".*cause\.",
    "weight in a cell": r"[a-z_]+/\[.*weight\.",
    "row": r"[a-z_]+/row\d+\.1$",
}
UNWRITTEN = {
    "method": "given",
    "rows": [{"row": [0.5, 0.5], "strength": 2, "by": "assumption", "why": "a test"}],
}
"""What a context whose file has no table is given, written out."""


def in_file(file: dict[str, Any], place: str, number: float) -> dict[str, Any]:
    """A variable's file, changed by hand where an address says."""
    file = yaml.safe_load(yaml.safe_dump(file))
    spec = file.setdefault("table", copy.deepcopy(UNWRITTEN))
    while place.startswith("["):
        state, _, place = place[1:].partition("]")
        spec = spec["cells"][state]
    kind, _, rest = place.partition(".")
    mine = {"by": "coder", "why": "a test"}
    if kind == "weight":
        spec["parents"][rest] = {"spread": 0.3, **spec["parents"][rest], "weight": number, **mine}
    elif kind == "cause":
        parent, _, state = rest.partition(".")
        causes = spec["parents"][parent].setdefault("probability", {})
        causes[state] = {"strength": 8, **causes.get(state, {}), "value": number, **mine}
    elif kind in {"lowest", "highest", "leak"}:
        spec[kind] = {"strength": 8, **spec.get(kind, {}), "value": number, **mine}
    else:
        row = spec["rows"][int(kind.removeprefix("row")) - 1]
        assert len(row["row"]) == 2
        row["row"] = [number, 1.0 - number]
    return file


def with_values(net: Network, values: Mapping[str, float]) -> DiscreteNetwork:
    """The network rebuilt from judgements at other values."""
    states, tables = net.discrete.states, dict(net.discrete.tables)
    for name in {a.partition("/")[0] for a in values}:
        mine = {a: np.asarray(v) for a, v in values.items() if a.startswith(f"{name}/")}
        tables[name] = replace(tables[name], values=build(net.variables[name], states, mine))
    return replace(net.discrete, tables=tables)


def two_states(net: Network, address: str) -> bool:
    return len(net.variables[address.partition("/")[0]].states) == 2


@pytest.fixture(scope="module")
def bars(net: Network) -> dict[str, Bar]:
    return {b.address: b for b in tornado(net.ask(MANDATED))}


@pytest.fixture(scope="module")
def believed(net: Network) -> dict[str, Bar]:
    return {b.address: b for b in tornado(net.unsolved.ask(MANDATED))}


@pytest.mark.parametrize("kind", EVERY_KIND)
def test_a_bar_equals_the_answer_from_changed_files(
    net: Network, believed: Mapping[str, Bar], tmp_path: Path, kind: str
) -> None:
    """Of the beliefs alone: a changed file leaves the solved numbers behind."""
    fitting = (b for a, b in believed.items() if re.match(EVERY_KIND[kind], a))
    bar = next(b for b in fitting if kind != "row" or two_states(net, b.address))
    name, _, place = bar.address.partition("/")
    file = Path(net.review.path) / "variables" / f"{name}.yaml"
    (tmp_path / "variables").mkdir()
    assert isinstance(bar.high, float)
    changed = in_file(yaml.safe_load(file.read_text()), place, bar.high)
    (tmp_path / "variables" / file.name).write_text(yaml.safe_dump(changed))
    answer = cmocnet.load(priors=tmp_path).unsolved.query(MANDATED)
    assert bar.at_high == pytest.approx(answer.probability, abs=1e-12)
    assert bar.width > 0.0


def test_bars_equal_networks_rebuilt(net: Network, bars: Mapping[str, Bar]) -> None:
    asked = ask(net, MANDATED)
    known = {j.address: j for j in everyone(net.review)}
    chosen = np.random.default_rng(3).choice(sorted(known), 15, replace=False)
    for address in chosen:
        low, high = (float(quantile(known[address], np.asarray(p))) for p in (0.05, 0.95))
        bar = bars[address]
        assert (bar.low, bar.high) == pytest.approx((low, high), abs=1e-14)
        for number, found in ((low, bar.at_low), (high, bar.at_high)):
            program = engine.compile(with_values(net, {address: number}))
            brute = program.event(asked.event, asked.evidence)
            assert found == pytest.approx(brute, abs=1e-12), address


def test_every_judgement_has_a_bar_and_they_are_sorted(net: Network) -> None:
    found = tornado(net.ask(MANDATED))
    assert {b.address for b in found} == {j.address for j in everyone(net.review)}
    assert [b.width for b in found] == sorted((b.width for b in found), reverse=True)
    assert found.answer == net.query(MANDATED).probability


def test_pruning_by_derivatives_keeps_the_bars_it_evaluates(net: Network) -> None:
    whole = {b.address: b for b in tornado(net.ask(MANDATED))}
    few = tornado(net.ask(MANDATED), top=25)
    assert len(few) == 25
    assert few[0].address == tornado(net.ask(MANDATED))[0].address
    for b in few:
        assert (b.at_low, b.at_high) == pytest.approx(
            (whole[b.address].at_low, whole[b.address].at_high), abs=1e-13
        )


def test_tables_that_do_not_matter_have_no_derivative(net: Network) -> None:
    question = "P(trust high | experience = good, do(leadership = combative), high progress)"
    asked = ask(net, question)
    matter = relevant(asked)
    gradients = net.program.gradients(asked.event, asked.evidence, covariation=True)
    moving = {v for v, g in gradients.items() if np.abs(g).max() > 1e-12}
    assert moving <= matter < set(net.variables)
    assert "leadership" not in matter
    assert all(b.width == 0 for b in tornado(net.ask(question)) if b.address.startswith("synergy/"))


def test_fixed_marginals_are_fitted_anew_for_every_bar(net: Network) -> None:
    question = "P(dissolution | faith := [0.2, 0.5, 0.3], clash := [0.6, 0.4], mandated)"
    found = tornado(net.ask(question))
    asked = ask(net, question)
    for bar in (found[0], found[5]):
        assert isinstance(bar.high, float)
        program = engine.compile(with_values(net, {bar.address: bar.high}))
        brute = program.event(asked.event, asked.evidence)
        assert bar.at_high == pytest.approx(brute, abs=1e-9)


def test_context_bars_are_observations(net: Network) -> None:
    found = contexts(net.ask(MANDATED))
    asked = ask(net, MANDATED)
    settings = {v.name for v in net.variables.values() if v.layer == "setting"}
    assert {b.address for b in found} == settings - {"mandate", "cultural_compatibility", "pace"}
    for bar in found:
        for state, answer in ((bar.low, bar.at_low), (bar.high, bar.at_high)):
            brute = net.program.event(asked.event, asked.observing({bar.address: str(state)}))
            assert answer == pytest.approx(brute, abs=1e-12)
        states = net.variables[bar.address].states
        if net.variables[bar.address].direction:
            assert (bar.low, bar.high) == (states[0], states[-1])


def test_roots_are_the_contexts_of_a_bare_program(
    alarm: engine.Program, hypotension: Query
) -> None:
    found = {b.address for b in contexts(ask(alarm, hypotension))}
    tables = alarm.network.tables
    roots = {v for v in tables if not tables[v].parents}
    assert found == roots - {"HYPOVOLEMIA", "INTUBATION"}


def test_analyse_holds_both_and_keeps_them_apart(net: Network) -> None:
    found = analyse(net.ask(MANDATED))
    frame = found.frame()
    assert set(frame["kind"]) == {"judgement", "context"}
    assert len(frame) == len(found.tornado) + len(found.contexts)
    assert list(found.tornado.frame()["width"]) == [b.width for b in found.tornado]


def test_labels_are_words(net: Network) -> None:
    for bar in tornado(net.ask(MANDATED)):
        assert bar.label.startswith(net.variables[bar.address.partition("/")[0]].label)
        assert not re.search(r"[a-z]_[a-z]", bar.label), bar.label


def test_a_given_share_is_told_by_its_place(net: Network) -> None:
    from cmocnet.elicitation.draws import everyone
    from cmocnet.sensitivity.wording import in_words

    told = {j.address: in_words(j, net.variables) for j in everyone(net.review)}
    rows = [j.address for j in everyone(net.review) if j.address.part == "row"]
    three = [a for a in rows if len(net.variables[a.variable].states) == 3]
    first = next(a for a in three if a.share == 1)
    low, middle, high = (
        net.variables[first.variable].label_of(s) for s in net.variables[first.variable].states
    )
    assert f"chance of '{low}' rather than '{middle}'" in told[first]
    second = next(a for a in three if a.share == 2 and a.variable == first.variable)
    assert f"chance of staying short of '{high}'" in told[second]
