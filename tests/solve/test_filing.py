"""Solved numbers in a review's folder: written whole, loaded by everything, and found stale."""

from __future__ import annotations

import json
import logging
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import cmocnet
from cmocnet import Network
from cmocnet.cli import main
from cmocnet.elicitation.draws import by_address, everyone
from cmocnet.errors import CmocnetError
from cmocnet.registry import read
from cmocnet.registry.solution import NAME
from cmocnet.rivals import RULE
from cmocnet.sensitivity.judged import believed, centre, value
from cmocnet.solve import Solution
from cmocnet.solve.filing import write

QUESTION = "P(abandoned | shade)"
WATER_ONLY = {"G-04": "water_only"}


def tables(net: Network) -> dict[str, np.ndarray[Any, Any]]:
    return {name: table.values for name, table in net.discrete.tables.items()}


def same(one: Network, other: Network) -> bool:
    pairs = zip(tables(one).values(), tables(other).values(), strict=True)
    return all((a == b).all() for a, b in pairs)


# --- there and back ------------------------------------------------------------------------------


def test_what_is_written_is_loaded(filed: Path, solution: Solution) -> None:
    net = cmocnet.load(filed)
    found = {j.address: j.central for j in everyone(net.review)}
    assert found == pytest.approx(dict(solution.values), rel=1e-8)
    network = solution.unknowns.network(solution.point.at)
    for name, table in network.tables.items():
        assert tables(net)[name] == pytest.approx(table.values, abs=1e-8)
    assert not net.review.notices


def test_a_judgement_keeps_what_was_believed(filed: Path, sized: Path) -> None:
    before, after = by_address(read(filed)), by_address(cmocnet.load(filed).unsolved.review)
    assert before.keys() == after.keys()
    for address, judgement in before.items():
        bare = after[address]
        assert (judgement.value, judgement.spread, judgement.by) == (
            *(bare.value, bare.spread),
            bare.by,
        )
        assert judgement.solved is not None
        assert bare.solved is None
        assert bare.central == bare.value
    assert any(j.central != pytest.approx(j.value, rel=0.01) for j in before.values())


def test_draws_are_those_of_the_solution(filed: Path, solution: Solution) -> None:
    net = cmocnet.load(filed)
    given, there = solution.draws(n=50, seed=3).values, net.draws(n=50, seed=3).values
    assert given.keys() == there.keys()
    for address, numbers in given.items():
        assert there[address] == pytest.approx(numbers, rel=1e-6)


def test_unsolved_is_as_it_was(filed: Path, garden_net: Network) -> None:
    net = cmocnet.load(filed).unsolved
    assert same(net, garden_net)
    assert net.unsolved is net
    ours, theirs = net.draws(n=20, seed=1).values, garden_net.draws(n=20, seed=1).values
    assert all((ours[a] == theirs[a]).all() for a in theirs)
    assert net.query(QUESTION).interval == garden_net.query(QUESTION).interval
    assert (net.rivals.tables["mood"] == garden_net.rivals.tables["mood"]).all()


def test_solving_begins_with_what_was_judged(filed: Path, solution: Solution) -> None:
    again = cmocnet.load(filed).solve()
    assert again.point.at == pytest.approx(solution.point.at, abs=1e-6)
    assert {m.judgement.value for m in again.moved} == {m.judgement.value for m in solution.moved}
    assert again.values == pytest.approx(dict(solution.values), abs=1e-6)


def test_draws_are_narrower_where_something_is_stated(filed: Path) -> None:
    net = cmocnet.load(filed)
    given, free = (n.query(QUESTION).interval for n in (net, net.unsolved))
    assert given is not None
    assert free is not None
    assert given[1] - given[0] < free[1] - free[0]


def test_what_is_left_of_a_score_is_what_is_drawn(filed: Path) -> None:
    net = cmocnet.load(filed)
    drawn = net.draws(n=20_000, seed=5).values
    for j in everyone(net.review):
        assert j.solved is not None
        for p in (0.05, 0.5, 0.95):
            below = (drawn[j.address] <= believed(j, np.array(p))).mean()
            assert below == pytest.approx(p, abs=0.02), (j.address, p)


def test_analyses_begin_at_the_solved_numbers(filed: Path) -> None:
    net = cmocnet.load(filed)
    for j in everyone(net.review):
        assert value(j, np.array([centre(j)]))[0] == j.central
    found = net.sensitivity(QUESTION)
    assert found.tornado.answer == pytest.approx(net.query(QUESTION).probability)
    assert all(b.at_low != b.at_high for b in found.tornado[:3])


# --- rivals --------------------------------------------------------------------------------------


def test_rivals_are_solved_in_their_own_right(
    filed: Path, every: list[tuple[str, Solution]]
) -> None:
    labels = [label for label, _ in every]
    assert labels[1:] == ["G-04=water_only", RULE]
    net = cmocnet.load(filed)
    assert net.rivals.labels == ("G-04=water_only", RULE)
    for (_, one), rival in zip(every[1:], (0, 1), strict=True):
        network = one.unknowns.network(one.point.at)
        for name, stacked in net.rivals.tables.items():
            assert stacked[rival] == pytest.approx(network.tables[name].values, abs=1e-8)
    loaded = cmocnet.load(filed, readings=WATER_ONLY)
    assert not loaded.review.notices
    assert tables(loaded)["mood"] == pytest.approx(net.rivals.tables["mood"][0])
    assert loaded.draws(n=3).values.keys() == net.draws(n=3).values.keys()


def test_a_rival_without_a_solution_has_the_others_where_nothing_differs(
    sized: Path, every: list[tuple[str, Solution]], caplog: pytest.LogCaptureFixture
) -> None:
    write(cmocnet.load(sized), every[:1])
    with caplog.at_level(logging.WARNING):
        net = cmocnet.load(sized, readings=WATER_ONLY)
    (notice,) = net.review.notices
    assert "G-04=water_only" in notice
    assert caplog.messages == [f"cmocnet: {notice}"]
    found, main_ = by_address(net.review), by_address(read(sized))
    assert found["mood/[sun]lowest"].solved is None
    assert found["mood/[sun]lowest"].central == 0.02
    assert found["watering/lowest"].central == main_["watering/lowest"].central
    net.draws(n=3)  # numbers that were not solved are drawn beside those that were


# --- what is laid over ---------------------------------------------------------------------------


def overlay(folder: Path, content: str) -> Path:
    (folder / "variables").mkdir(parents=True)
    (folder / "variables" / "watering.yaml").write_text(content)
    return folder


def test_what_is_laid_over_wins(filed: Path, tmp_path: Path) -> None:
    said = "table: {lowest: {value: 0.3, strength: 40, by: expert, why: asked}}"
    net = cmocnet.load(filed, priors=overlay(tmp_path / "set", said))
    before, after = by_address(read(filed)), by_address(net.review)
    assert after["watering/lowest"].central == 0.3
    assert after["watering/lowest"].solved is None
    assert tables(net)["watering"][0, 1] == pytest.approx(0.3)
    others = before.keys() - {"watering/lowest"}
    assert {a: after[a] for a in others} == {a: before[a] for a in others}
    drawn = net.draws(n=4000, seed=2).values["watering/lowest"]
    assert drawn.mean() == pytest.approx(0.3, abs=0.01)


def test_an_expert_who_says_the_same_number_wins_too(filed: Path, tmp_path: Path) -> None:
    said = "table: {lowest: {value: 0.1, strength: 10, by: expert, why: asked}}"
    net = cmocnet.load(filed, priors=overlay(tmp_path / "set", said))
    assert by_address(net.review)["watering/lowest"].central == 0.1


# --- the command ---------------------------------------------------------------------------------


def test_the_command_writes_and_everything_uses_it(
    sized: Path, every: list[tuple[str, Solution]], capsys: pytest.CaptureFixture[str]
) -> None:
    before = cmocnet.load(sized).query(QUESTION).probability
    assert main(["solve", "--write", "--model", str(sized)]) == 0
    said = " ".join(capsys.readouterr().out.split())
    assert f"Written to {sized / NAME}" in said
    assert f"G-04=water_only: {every[1][1].finding}" in said
    after = cmocnet.load(sized).query(QUESTION).probability
    assert after != pytest.approx(before, abs=1e-3)
    for option, answer in (([], after), (["--unsolved"], before)):
        assert main(["query", QUESTION, "--model", str(sized), "--json", *option]) == 0
        told = json.loads(capsys.readouterr().out)
        assert told["probability"] == pytest.approx(answer)
    assert main(["check", "--files", "--model", str(sized)]) == 0
    assert main(["solve", "--model", str(sized), "--json"]) == 0
    moved = json.loads(capsys.readouterr().out.partition("\n")[2])["judgements"]
    assert {m["address"]: m["after"] for m in moved} == pytest.approx(
        dict(every[0][1].values), abs=1e-6
    )


def test_a_review_without_sizes_has_nothing_to_write(
    garden: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["solve", "--write", "--model", str(garden)]) == 2
    assert "sizes" in capsys.readouterr().err
    assert not (garden / NAME).exists()
    net = cmocnet.load(garden)
    assert net.unsolved is net


def test_what_does_not_come_to_rest_is_not_written(
    filed: Path, every: list[tuple[str, Solution]]
) -> None:
    before = (filed / NAME).read_text()
    one = every[0][1]
    unrested = Solution(one.model, one.unknowns, one.stated, one.before, one.before, False)
    with pytest.raises(CmocnetError, match=r"G-04=water_only did not come to rest.*nothing was"):
        write(cmocnet.load(filed), [every[0], ("G-04=water_only", unrested)])
    assert (filed / NAME).read_text() == before


@pytest.mark.parametrize(
    "options",
    [["-o", "somewhere"], ["--reading", "G-04=water_only"], ["--answers", "a.csv"]],
)
def test_a_folder_keeps_the_review_as_it_stands(
    options: list[str], sized: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["solve", "--write", "--model", str(sized), *options]) == 2
    assert capsys.readouterr().err.count("\n") == 1
    assert not (sized / NAME).exists()
