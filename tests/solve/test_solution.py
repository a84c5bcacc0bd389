"""The most probable point: no other is better, the same each time, and used as a prior set."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

import cmocnet
from cmocnet import Network
from cmocnet.errors import CmocnetError, FileError
from cmocnet.solve import Solution
from cmocnet.solve.newton import stand


def objective(solution: Solution, at: Any) -> float:
    return stand(solution.unknowns, solution.stated, at).objective


def test_no_point_nearby_is_better(solution: Solution) -> None:
    assert solution.converged
    rng, rest = np.random.default_rng(1), solution.point
    assert rest.objective < solution.before.objective
    for size in (1e-3, 1e-2, 0.1, 0.5):
        for _ in range(10):
            step = rng.normal(0.0, size, len(rest.at))
            assert objective(solution, rest.at + step) > rest.objective


def test_the_gradient_is_the_central_difference(solution: Solution) -> None:
    at = np.random.default_rng(2).normal(0.0, 0.4, len(solution.point.at))
    found = stand(solution.unknowns, solution.stated, at).gradient
    for i, step in enumerate(1e-4 * np.eye(len(at))):
        slow = (objective(solution, at + step) - objective(solution, at - step)) / 2e-4
        assert found[i] == pytest.approx(slow, abs=1e-5)


def test_the_same_files_give_the_same_numbers(solution: Solution, garden_net: Network) -> None:
    again = garden_net.solve()
    assert again.point.at.tolist() == solution.point.at.tolist()


def test_progress_is_told_step_by_step(garden_net: Network) -> None:
    steps: list[int] = []
    garden_net.solve(progress=lambda n, _total: steps.append(n))
    assert steps == list(range(1, len(steps) + 1))
    assert len(steps) > 2


def test_parts_add_up_to_the_objective(solution: Solution) -> None:
    before, after = (sum(part[k] for part in solution.parts.values()) for k in (0, 1))
    assert before == pytest.approx(solution.before.objective)
    assert after == pytest.approx(solution.point.objective)


def test_what_moved_is_told_farthest_first(solution: Solution) -> None:
    sizes = [abs(m.score) for m in solution.moved]
    assert sizes == sorted(sizes, reverse=True)
    assert {m.judgement.address for m in solution.moved} == set(solution.values)
    assert all(m.value == solution.values[m.judgement.address] for m in solution.moved)


def test_a_written_solution_answers_as_the_solver_says(
    solution: Solution, sized: Path, tmp_path: Path
) -> None:
    folder = tmp_path / "solved"
    solution.write(folder)
    net = cmocnet.load(sized, priors=folder)
    network = solution.unknowns.network(solution.point.at)
    for name, table in network.tables.items():
        assert net.discrete.tables[name].values == pytest.approx(table.values, abs=2e-6)
    by = {j.by for v in net.variables.values() for j in cmocnet.elicitation.tables.judgements(v)}
    assert "solved" in by


def test_solved_numbers_are_not_solved_again(
    solution: Solution, sized: Path, tmp_path: Path
) -> None:
    solution.write(tmp_path / "solved")
    with pytest.raises(CmocnetError, match="solved already"):
        cmocnet.load(sized, priors=tmp_path / "solved").solve()


def test_a_folder_is_not_written_over(solution: Solution, tmp_path: Path) -> None:
    (tmp_path / "there").mkdir()
    with pytest.raises(FileError, match="there"):
        solution.write(tmp_path / "there")


def test_a_search_that_is_not_at_rest_writes_nothing(solution: Solution, tmp_path: Path) -> None:
    found = Solution(
        solution.model, solution.unknowns, solution.stated, solution.before, solution.before, False
    )
    with pytest.raises(CmocnetError, match="did not come to rest"):
        found.write(tmp_path / "solved")
    assert not (tmp_path / "solved").exists()
    assert "did not come to rest" in found.finding


def test_a_protocol_without_sizes_is_one_line(garden: Path) -> None:
    with pytest.raises(CmocnetError, match="sizes"):
        cmocnet.load(garden).solve()


def change(folder: Path, name: str, old: str, new: str) -> None:
    path = folder / name
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")


def test_statements_against_each_other_name_each_other(sized: Path) -> None:
    path = sized / "cmocs" / "garden.yaml"
    entries = path.read_text(encoding="utf-8")
    start, end = entries.index("G-02:"), entries.index("G-03:")
    other = entries[start:end].replace("G-02:", "G-05:").replace('sign: "+"', 'sign: "-"')
    path.write_text(entries + other, encoding="utf-8")
    change(sized, "review.yaml", "ids: {G: 4}", "ids: {G: 5}")
    found = cmocnet.load(sized).solve()
    against = {m.statement.source: m.against for m in found.missed}
    assert "G-02" in against["G-05"]
    assert "G-05" in against["G-02"]
    assert not any(m.unreachable for m in found.missed)


def test_what_no_judgement_moves_is_told(sized: Path) -> None:
    change(
        sized,
        "cmocs/garden.yaml",
        'manipulated: watering, from: rare, to: regular, outcomes: [{variable: mood, sign: "+"}]}\nG-03',
        'manipulated: watering, from: rare, to: regular, outcomes: [{variable: mood_before, sign: "+"}]}\nG-03',
    )
    found = cmocnet.load(sized).solve()
    stuck = [m for m in found.missed if m.unreachable]
    assert [(m.statement.source, m.statement.says, m.value) for m in stuck] == [
        ("G-02", "mood_before +", 0.0)
    ]
    rows = [row for part in found.shown() if not isinstance(part, str) for row in part.rows]
    assert any("no judgement moves it" in row for row in rows)
