"""A review with a table of many causes: through every door as from the table written out.

The limit is set low for one of two networks of the same files, so that its table is in parts; the
other has it written out. Then one that only parts can hold.
"""

from __future__ import annotations

import copy
import pickle
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

import cmocnet
from cmocnet import CmocnetError, Network, check, engine, limits, sensitivity
from cmocnet.check.effects import Span
from cmocnet.check.firmness import firmness
from cmocnet.check.predictive import predictive, random_contexts
from cmocnet.cli import main
from cmocnet.elicitation.draws import by_address
from cmocnet.explain.arcs import arcs
from cmocnet.rounds import SURVIVAL
from cmocnet.solve.sensed import STEP, Sensed, Unknowns
from cmocnet.typing import Evidence
from tests.network.infested import infested

PESTS = 6
LOW = 2**7
"""Entries: below those of the table of seven causes, above those of all others."""
QUESTION = "P(abandoned | some pest 3, sunny plot)"
ASKED = (
    QUESTION,
    "P(pest 1 some | abandoned, do(watering=regular))",
    "P(abandoned | do(pest 0 some))",
)

Writer = Callable[[Path], Path]


@contextmanager
def low() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(limits, "TABLE", LOW)
        yield


@pytest.fixture(scope="module", params=["causes", "weighed", "moderated", "mixed"])
def pair(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, write_sized: Writer
) -> Iterator[tuple[Network, Network]]:
    """The network with its table written out, and with it in parts; nothing is kept of either."""
    folder = infested(write_sized(tmp_path_factory.mktemp("pests")), PESTS, request.param)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("CMOCNET_CACHE", "")
        one, two = cmocnet.load(folder), cmocnet.load(folder)
        with low():
            assert two.discrete.tables["abandoned"].parts
        assert not one.discrete.tables["abandoned"].parts
        yield one, two


@pytest.fixture(scope="module")
def many(tmp_path_factory: pytest.TempPathFactory, write_sized: Writer) -> Network:
    """41 causes."""
    return cmocnet.load(infested(write_sized(tmp_path_factory.mktemp("many")), 40))


def alike(found: Any, expected: Any, near: float = 1e-12) -> None:
    """Plain data of the same form, with numbers equal but for rounding."""
    if isinstance(expected, Mapping):
        assert list(found) == list(expected)
        for key in expected:
            alike(found[key], expected[key], near)
    elif isinstance(expected, (float, np.floating, np.ndarray)):
        np.testing.assert_allclose(found, expected, rtol=near, atol=near)
    elif isinstance(expected, Sequence) and not isinstance(expected, str):
        assert len(found) == len(expected)
        for one, other in zip(found, expected, strict=True):
            alike(one, other, near)
    else:
        assert found == expected


def robustness(net: Network) -> dict[str, Any]:
    """Without the changes that are rounding, which come in any order."""
    found = net.ask(QUESTION).robustness("P(abandoned | pest 3 none)").record()
    changes = found["joint"]["changes"]
    found["joint"]["changes"] = [c for c in changes if abs(c["score"]) > 1e-6]
    assert len(found["joint"]["changes"]) > 5
    return found


DOORS: dict[str, Callable[[Network], Any]] = {
    "answers": lambda net: [net.query(text).record() for text in ASKED],
    "posteriors": lambda net: net.posteriors(QUESTION.split("| ")[1].rstrip(")")),
    "all four kinds": lambda net: net.posteriors(
        {"pest_1": "some"}, {"abandoned": "yes"}, {"pest_3": [0.2, 0.9]}, {"pest_5": [0.5, 0.5]}
    ),
    "intervals": lambda net: {
        name: {s: [*i] for s, i in states.items()}
        for name, states in net.intervals("abandoned", n=50).items()
    },
    "draws": lambda net: net.sampled(list(net.variables), net.evidence("sunny plot"), n=40, seed=3),
    "predict": lambda net: net.predict(
        pd.DataFrame({"pest_1": ["some", "none", None], "sunlight": [None, "sun", "shade"]}),
        targets=["abandoned", "pest_5"],
        level=0.9,
    ).to_dict("list"),
    "sensitivity": lambda net: net.sensitivity(QUESTION).record(),
    "robustness": robustness,
    "information": lambda net: sensitivity.information(net.ask(QUESTION)),
    "explain": lambda net: net.explain(QUESTION).record(),
    "explain a making": lambda net: net.explain(
        "P(abandoned | do(sunny plot), pest 1 some)"
    ).record(),
    "levers": lambda net: net.levers("P(abandoned=no | shade)", k=2, n=20).record(),
    "levers on the child": lambda net: net.levers(
        "P(mood=high)", levers=["abandoned", "watering"], k=2, n=20
    ).record(),
    "check": lambda net: check.run(net.review, net.discrete).record(),
    "mutants": lambda net: [
        (m.parent, m.child, m.surgery, m.noticed) for m in check.mutants(net.review, net.discrete)
    ],
    "firmness": lambda net: [
        f.record() for f in firmness(net.review, net.discrete, net.draws(n=40))
    ],
    "predictive": lambda net: predictive(net, contexts=30, n=5).record(),
    "arcs": lambda net: [(a.parent, a.child, a.way, a.strength) for a in arcs(net)],
    "rivals": lambda net: dict(net.query(QUESTION).rivals),
    "rounds": lambda net: [
        engine.compile(net.unroll(3)).posteriors(e)
        for e in (Evidence(), Evidence({f"{SURVIVAL}@3": "yes", "pest_1": "some"}))
    ],
    "contrast": lambda net: net.compare(QUESTION, "P(abandoned | pest 1 none)").record(),
}


@pytest.mark.parametrize("door", DOORS)
def test_a_door_is_as_with_the_table_written_out(
    pair: tuple[Network, Network], door: str, request: pytest.FixtureRequest
) -> None:
    whole, parts = pair
    expected = DOORS[door](whole)
    kind = request.node.callspec.params["pair"]
    if door == "rounds" and kind in ("weighed", "mixed"):  # the root of a sum is no sum of roots
        with low(), pytest.raises(CmocnetError, match="abandoned: its hazard a round takes all"):
            DOORS[door](parts)
        return
    with low():
        found = DOORS[door](parts)
    alike(found, expected, 1e-12 if door != "robustness" else 1e-6)


def test_slopes_to_judgements(
    pair: tuple[Network, Network], request: pytest.FixtureRequest
) -> None:
    """As the solver has them: against the table written out, and against central differences."""
    whole, parts = pair
    rounds = 1 if request.node.callspec.params["pair"] in ("weighed", "mixed") else 2
    span: Span = rounds, None if rounds > 1 else frozenset()
    seen = {"abandoned": "yes", "pest_1": "some"}
    known = tuple(by_address(whole.review).values())
    point = np.random.default_rng(2).normal(size=len(known) + 1) * 0.3

    def slopes(net: Network, at: np.ndarray) -> tuple[float, np.ndarray]:
        return Sensed(Unknowns(net.review, known), at)._log(span, {"sunlight": "sun"}, seen, {})

    _, expected = slopes(whole, point)
    with low():
        _, found = slopes(parts, point)
        np.testing.assert_allclose(found, expected, rtol=0, atol=1e-9)
        for i in np.flatnonzero(np.abs(found) > 1e-3)[::5]:
            move = np.eye(len(point))[i] * STEP
            up, down = slopes(parts, point + move)[0], slopes(parts, point - move)[0]
            assert found[i] == pytest.approx((up - down) / (2 * STEP), abs=1e-6)


def test_solved_alike(pair: tuple[Network, Network]) -> None:
    whole, parts = pair
    expected = whole.solve()
    with low():
        found = parts.solve()
    alike([*found.values.values()], [*expected.values.values()], 1e-4)


def test_what_takes_the_rows_is_refused(pair: tuple[Network, Network]) -> None:
    with low():
        asked = pair[1].ask(QUESTION)
        entry = sensitivity.Entry("abandoned", "yes", {})
        for refused in (
            asked.stories,
            lambda: sensitivity.every_function(asked),
            lambda: sensitivity.sensitivity_function(asked, entry),
        ):
            with pytest.raises(CmocnetError, match=r"^abandoned: .* takes all rows of its table"):
                refused()


def test_nobody_sees_what_joins_the_causes(many: Network) -> None:
    names = list(many.variables)
    assert list(many.posteriors()) == names
    assert set(many.posteriors().frame().variable) == set(names)
    assert len(many.posteriors().array) == sum(len(v.states) for v in many.variables.values())
    assert list(many.discrete.states) == names
    assert set(many.draws(n=3).tables) <= set(names)
    with pytest.raises(CmocnetError) as error:
        many.query("P(abandoned_up_to_pest_3)")
    assert "up_to" not in str(error.value).split("nearest")[-1]
    explained = many.explain("P(abandoned | pest 1 some)")
    assert all(set(p.variables) <= set(names) for p in explained.pathways.paths)
    assert {a.parent for a in arcs(many)} <= set(names)
    again = pickle.loads(pickle.dumps(many))
    assert copy.deepcopy(many).query(QUESTION).probability == again.query(QUESTION).probability


def test_forty_causes_against_the_formula(many: Network) -> None:
    """P(kept) is the product of what the leak and every cause leave be, the pests seen."""
    pests = [f"pest_{k}" for k in range(40)]
    rng = np.random.default_rng(5)
    states = {name: str(rng.choice(["none", "some"])) for name in pests}
    kept = 0.95 * np.prod(
        [1 - (0.02 + 0.03 * (k % 11)) * (states[p] == "some") for k, p in enumerate(pests)]
    )
    for mood, worth in (("low", 0.6), ("high", 1.0)):
        found = many.posteriors({**states, "mood": mood})["abandoned"]["no"]
        assert found == pytest.approx(kept * worth, rel=1e-12)
    table = many.discrete.tables["abandoned"]
    shares = random_contexts(many, 10, 1)[1]
    assert shares.shape == (10, 21)
    assert table.values.shape == (4 + 8 * 40,)


def test_kept_for_next_time(many: Network, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    expected = many.query(QUESTION).record()
    monkeypatch.setenv("CMOCNET_CACHE", str(tmp_path))
    for _ in range(2):
        alike(cmocnet.load(many.review.path).query(QUESTION).record(), expected)


@pytest.mark.parametrize("ending", ["bif", "xdsl", "xmlbif", "net"])
def test_other_programs_get_plain_variables(
    pair: tuple[Network, Network], tmp_path: Path, ending: str
) -> None:
    parts = pair[1]
    file = tmp_path / f"garden.{ending}"
    with low():
        parts.save(file, labels=False)
        read = engine.compile(engine.read(file))
        evidence = Evidence({"pest_1": "some", "abandoned": "yes"})
        expected = parts.program.posteriors(evidence)
        found = read.posteriors(evidence)
    hidden = set(found) - set(expected)
    assert hidden
    assert all(name.startswith("abandoned_up_to_") for name in hidden)
    for name, states in expected.items():
        alike(found[name].tolist(), states.tolist())


def test_pgmpy_agrees(many: Network) -> None:
    model = many.to_pgmpy()
    assert model.check_model()
    reference = cmocnet.load(many.review.path, engine="pgmpy")
    assert set(reference.posteriors(QUESTION.split("| ")[1].rstrip(")"))) == set(many.variables)
    for text in ASKED:
        found = reference.query(text).probability
        assert found == pytest.approx(many.query(text).probability, abs=1e-10)


def test_commands(many: Network, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    model = ["--model", str(many.review.path)]
    assert main(["query", QUESTION, *model]) == 0
    assert main(["export", "--tables", str(tmp_path / "tables"), *model]) == 0
    written = {file.stem for file in (tmp_path / "tables").iterdir()}
    assert written > set(many.variables)
    assert main(["reconstruct", *model]) == 0
    capsys.readouterr()
    assert main(["reconstruct", "--variable", "abandoned", *model]) == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert (
        "abandoned: reconstruction takes all rows of its table, and those over 41 parents" in line
    )
