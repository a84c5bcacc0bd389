"""Every analysis gives one kind of result: a line, a frame, plain data, and what people are shown."""

from __future__ import annotations

import json
from collections.abc import Callable
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
import yaml

import cmocnet
from cmocnet import Network, check, sensitivity
from cmocnet.registry import bundled
from cmocnet.results import LONGEST, Result, Several, Strip, Table, html
from cmocnet.solve import coherence
from cmocnet.survey.listing import numbers

QUESTION = "P(mood=high | sunlight=sun, watering=rare)"
OTHER = "P(mood=high | sunlight=shade, watering=rare)"
MARKUP = "</td><script>alert(1)</script> & \"more\" 'so'"
CAUTION = "Invented <b>boldly</b> & not measured."


@pytest.fixture(scope="module")
def net(tmp_path_factory: pytest.TempPathFactory, write_garden: Callable[[Path], Path]) -> Network:
    """The garden, whose author tries to write markup."""
    folder = write_garden(tmp_path_factory.mktemp("garden"))
    protocol = folder / "protocol.yaml"
    sizes = yaml.safe_load((bundled() / "protocol.yaml").read_text(encoding="utf-8"))["sizes"]
    protocol.write_text(protocol.read_text() + yaml.safe_dump({"sizes": sizes}))
    written = {
        "variables/mood.yaml": ("label: Mood", "Mood", MARKUP),
        "variables/sunlight.yaml": ("label: Sunlight", "Sunlight", MARKUP),
        "review.yaml": ("caution: Invented.", CAUTION, ""),
    }
    for name, (line, text, more) in written.items():
        path, key = folder / name, line.partition(":")[0]
        changed = path.read_text().replace(line, f"{key}: {json.dumps(text + more)}", 1)
        path.write_text(changed)
    return cmocnet.load(folder)


@pytest.fixture(scope="module")
def found(net: Network) -> dict[str, Result]:
    """One of each kind."""
    question, sensed, why = net.ask(QUESTION), net.sensitivity(QUESTION), net.explain(QUESTION)
    firm = check.firmness(net.review, net.discrete, net.draws(n=20))
    firmly, solution = question.robustness(OTHER), net.solve()
    all_: dict[str, Result | None] = {
        "Answer": question.answer(),
        "Contrast": net.compare(QUESTION, OTHER),
        "Sensitivity": sensed,
        "Bars": sensed.tornado,
        "Askings": sensitivity.swings(net.ask("P(mood=high)")),
        "Functions": sensitivity.every_function(question),
        "Indices": sensitivity.judgement_indices(question, n=4),
        "Robustness": firmly,
        "Reversal": firmly.joint,
        "Explanation": why,
        "Contributions": why.contributions,
        "Conflict": why.conflict,
        "Pathways": why.pathways,
        "Levers": net.levers("P(mood=high)", k=1, n=20),
        "Stories": net.stories("P(mood=high)"),
        "Intervals": net.intervals(n=20),
        "Report": check.run(net.review, net.discrete),
        "Directions": check.Directions(tuple(firm), 20),
        "Spreads": check.predictive(net, contexts=20, n=5),
        "Solution": solution,
        "LeftOut": solution.left_out(),
        "Coherence": coherence(solution, check.run(net.review, net.discrete)),
        "Numbers": numbers(net.review),
    }
    return {name: result for name, result in all_.items() if result is not None}


KINDS = (
    "Answer", "Contrast", "Sensitivity", "Bars", "Askings", "Functions", "Indices", "Robustness",
    "Reversal", "Explanation", "Contributions", "Conflict", "Pathways", "Levers", "Stories",
    "Intervals", "Report", "Directions", "Spreads", "Solution", "LeftOut",
    "Coherence", "Numbers",
)  # fmt: skip
each = pytest.mark.parametrize("kind", KINDS)


def classes(above: type[Result]) -> set[str]:
    below = above.__subclasses__()
    return {c.__name__ for c in below if c.__module__.startswith("cmocnet.")}.union(
        *map(classes, below)
    )


def test_these_are_all_the_kinds(found: dict[str, Result]) -> None:
    shared = {"Finding", "Several"}
    assert classes(Result) - shared - {"Found"} == set(KINDS) == set(found)


@each
def test_a_repr_is_one_short_line(found: dict[str, Result], kind: str) -> None:
    line = repr(found[kind])
    assert line.startswith(f"<{kind}: ")
    assert "\n" not in line
    assert len(line) <= LONGEST + len(kind) + 4


@each
def test_a_frame_has_rows(found: dict[str, Result], kind: str) -> None:
    frame = found[kind].frame()
    assert isinstance(frame, pd.DataFrame)
    assert len(frame)
    assert all(isinstance(column, str) for column in frame.columns)


def listed(thing: Any) -> Any:
    """Plain data as JSON has it; refuses what is not plain."""
    if isinstance(thing, dict):
        assert all(isinstance(key, str) for key in thing)
        return {key: listed(value) for key, value in thing.items()}
    if isinstance(thing, (list, tuple)):
        return [listed(value) for value in thing]
    assert thing is None or isinstance(thing, (str, int, float, bool)), type(thing)
    return thing


@each
def test_a_record_goes_through_json(found: dict[str, Result], kind: str) -> None:
    record = found[kind].record()
    assert record
    assert json.loads(json.dumps(record, allow_nan=False)) == listed(record)


class Read(HTMLParser):
    """The text of a piece of HTML, and every tag and attribute in it."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.attributes: set[str] = set()
        self.open: list[str] = []
        self.text: list[str] = []
        self.feed(text)
        self.close()
        assert not self.open

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes |= {name for name, _ in attrs}
        self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text.append(data)


@each
def test_nothing_from_files_becomes_markup(found: dict[str, Result], kind: str) -> None:
    read = Read(found[kind]._repr_html_())  # type: ignore[operator]
    assert read.tags <= {"div", "p", "strong", "table", "tr", "th", "td"}
    assert read.attributes <= {"style"}
    told = "".join(read.text)
    silent = {"Contributions", "Conflict", "Reversal", "Report", "Directions", "LeftOut"}
    silent |= {"Coherence"}  # it has a caution of its own
    assert (CAUTION in told) == (kind not in silent)
    nameless = {"Conflict", "Contributions", "Report", "Directions", "Solution", "LeftOut"}
    nameless |= {"Numbers"}  # by address
    assert (MARKUP in told) == (kind not in nameless)


@each
def test_a_notebook_shows_what_a_terminal_shows(found: dict[str, Result], kind: str) -> None:
    told = "".join(Read(found[kind]._repr_html_()).text)  # type: ignore[operator]
    for part in found[kind].shown():
        cells = [part] if isinstance(part, str) else [c for row in part.rows for c in row]
        assert all(cell in told for cell in cells)


def test_a_distribution_is_keyed_by_text_and_found_by_states(net: Network) -> None:
    one = net.query("P(mood=? | sunlight=sun)")
    assert list(one.distribution) == ["low", "high"]
    assert one.distribution["high"] == one.distribution[("high",)]
    both = net.query("P(mood=?, abandoned=?)")
    assert list(both.distribution) == ["low, no", "low, yes", "high, no", "high, yes"]
    assert both.distribution["high, no"] == both.distribution[("high", "no")]
    assert ("high", "maybe") not in both.distribution
    assert 5 not in both.distribution
    frame = both.frame()
    assert list(frame.columns) == ["mood", "abandoned", "probability"]
    assert frame["probability"].sum() == pytest.approx(1)
    assert both.distribution == dict(both.distribution)


def test_a_sequence_of_results_is_a_sequence(found: dict[str, Result]) -> None:
    for kind in ("Bars", "Askings", "Functions", "Directions", "Spreads"):
        some = found[kind]
        assert isinstance(some, Several)
        assert some[0] is next(iter(some))
        assert some[:2] == some.items[:2]
        assert some[-1] in some
        assert len(some) == len(some.record())


def test_what_is_given_as_one_of_several_states_is_plain_data() -> None:
    """A likelihood of ones and zeros holds its states beside it."""
    record = cmocnet.load().explain("P(inertia | not high trust)").record()
    assert json.loads(json.dumps(record)) == listed(record)
    assert record["pathways"]
    assert record["carried"][0]["item"]["text"] == "trust=low or medium"


def test_nothing_is_drawn_for_an_answer_on_one_line(
    net: Network, monkeypatch: pytest.MonkeyPatch
) -> None:
    answer = net.query(QUESTION)
    monkeypatch.setattr(Network, "samples", None)
    assert repr(answer).startswith("<Answer: P(mood=high | ")
    answer.record(quick=True)
    assert list(answer.shown(quick=True))


def test_under_a_fixed_marginal_nothing_is_drawn(net: Network) -> None:
    answer = net.query("P(mood=high | sunlight := [0.5, 0.5])")
    assert (answer.interval, answer.contrast, dict(answer.rivals)) == (None, None, {})
    assert answer.record()["interval"] is answer.record()["rivals"] is None
    assert CAUTION in "".join(Read(answer._repr_html_()).text)  # type: ignore[operator]


def test_a_bare_program_has_results_too(net: Network) -> None:
    from cmocnet.asked import ask
    from cmocnet.query import Query

    asked = ask(net.compiled, Query({"mood": "high"}))
    for some in (sensitivity.swings(asked), sensitivity.every_function(asked)):
        assert Read(some._repr_html_()).tags  # type: ignore[operator]
        assert not some.caution


def test_bars_stand_on_one_scale() -> None:
    strips = [Strip(0.2, 0.4), Strip(0.2, 0.1, (0.0, 0.3)), None]
    table = Table(["A", "N"], [("a", "1"), ("b", "2"), ("c", "3")], ["N"], strips, 0.2)
    drawn = html(["Title", "", table])
    assert drawn.count("left:50.0%;width:50.0%") == 1
    assert drawn.count("left:25.0%;width:25.0%") == 1
    assert drawn.count("left:0.0%;width:75.0%") == 1
    assert drawn.count("border-left") == 2
    assert html([Table(["A"], [("a",)], (), [Strip(0.0, 0.0)])]).count("width:0.0%")


def test_posteriors_are_drawn_by_name(net: Network) -> None:
    read = Read(net.posteriors()._repr_html_())
    assert "mood_before" in read.text
    assert np.isfinite(net.posteriors().array).all()
