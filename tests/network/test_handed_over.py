"""Everything public goes to another process and back, and can be copied: results and errors."""

from __future__ import annotations

import copy
import dataclasses
import importlib
import multiprocessing
import pickle
import pkgutil
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pytest

import cmocnet
from cmocnet import Network, check, errors, sensitivity
from cmocnet.errors import CmocnetError
from cmocnet.sensitivity.globally import Response

QUESTION = "P(mood=high | sun)"
WAYS: dict[str, Callable[[Any], Any]] = {
    "pickle": lambda thing: pickle.loads(pickle.dumps(thing)),
    "copy": copy.copy,
    "deepcopy": copy.deepcopy,
}


@pytest.fixture(scope="module", params=WAYS)
def again(request: pytest.FixtureRequest) -> Callable[[Any], Any]:
    return WAYS[request.param]


@pytest.fixture
def net(garden: Path) -> Network:
    return cmocnet.load(garden)


def results(net: Network) -> dict[str, Any]:
    """One of everything that can be asked of a network."""
    return {
        "network": net,
        "answer": net.query(QUESTION),
        "whole distribution": net.query("P(mood=? | sun)"),
        "contrast": net.compare("P(mood=high | sun)", "P(mood=high | shade)"),
        "draws": net.draws(n=20),
        "rivals": net.rivals,
        "lexicon": net.lexicon,
        "discrete": net.discrete,
        "evidence": net.evidence(["sun"]),
        "intervals": net.intervals(),
        "posteriors": net.posteriors(["sun"]),
        "sensitivity": net.sensitivity(QUESTION),
        "askings": sensitivity.swings(net.ask("P(mood=high)")),
        "functions": sensitivity.every_function(net.ask(QUESTION)),
        "robustness": net.ask(QUESTION).robustness("P(mood=high | shade)"),
        "explanation": net.explain(QUESTION),
        "levers": net.levers("P(mood=high)", k=1, n=20),
        "stories": net.stories("P(mood=high)"),
        "response": Response.of(net.ask(QUESTION)),
        "report": check.run(net.review, net.discrete),
    }


def fields(thing: Any) -> Mapping[str, Any]:
    """What a result holds, by name."""
    if dataclasses.is_dataclass(thing):
        return {f.name: getattr(thing, f.name) for f in dataclasses.fields(thing)}
    if hasattr(thing, "__struct_fields__"):
        return {name: getattr(thing, name) for name in thing.__struct_fields__}
    return dict(vars(thing)) if hasattr(thing, "__dict__") else {}


def inside_the_engine(thing: Any) -> bool:
    """What is compiled: held to its answers in the engine's own tests."""
    ours = type(thing).__module__.startswith("cmocnet.engine.")
    return ours and not isinstance(thing, Mapping)


def same(one: Any, other: Any) -> bool:
    """Do two results say the same? Most compare by identity, so field by field."""
    if type(one) is not type(other):
        return False
    if isinstance(one, np.ndarray):
        return bool(np.array_equal(one, other))
    if inside_the_engine(one):
        return True
    if isinstance(one, Network):
        return same(one.review, other.review) and one.engine == other.engine
    if isinstance(one, partial):
        return same([one.func, *one.args], [other.func, *other.args])
    if callable(one) and hasattr(one, "__self__"):
        return bool(one.__name__ == other.__name__) and same(one.__self__, other.__self__)
    if isinstance(one, Mapping):
        return list(one) == list(other) and all(same(one[k], other[k]) for k in one)
    if isinstance(one, (tuple, list)):
        return len(one) == len(other) and all(map(same, one, other))
    mine = fields(one)
    if mine:
        theirs = fields(other)
        return all(same(value, theirs[name]) for name, value in mine.items())
    return bool(one == other)


def reached(thing: Any, seen: dict[type, Any]) -> dict[type, Any]:
    """One of every class of ours that a result leads to."""
    if type(thing).__module__.startswith("cmocnet."):
        if type(thing) in seen:
            return seen
        seen[type(thing)] = thing
    inner: list[Any] = []
    if inside_the_engine(thing):
        return seen
    if isinstance(thing, Mapping):
        inner += thing.values()
    elif isinstance(thing, (tuple, list)):
        inner += thing
    else:
        inner += fields(thing).values()
    for part in inner:
        if not isinstance(part, (str, bytes, int, float, np.ndarray, ModuleType, type(None))):
            reached(part, seen)
    return seen


def test_every_result_comes_back_the_same(net: Network, again: Callable[[Any], Any]) -> None:
    asked = results(net)
    found = reached(list(asked.values()), {})
    assert len(found) > 50
    for thing in [*asked.values(), *found.values()]:
        assert same(thing, again(thing)), type(thing)


def test_an_answer_goes_on_answering(net: Network, again: Callable[[Any], Any]) -> None:
    answer = net.query(QUESTION)
    copied = again(answer)
    assert copied.interval == answer.interval
    assert copied.contrast.interval == answer.contrast.interval  # type: ignore[union-attr]
    assert copied.rivals == answer.rivals


def test_a_network_goes_on_answering(net: Network, again: Callable[[Any], Any]) -> None:
    wanted = net.query(QUESTION)
    copied = again(net)
    assert copied.query(QUESTION).probability == wanted.probability
    assert copied.review == net.review


# --- errors -------------------------------------------------------------------------------------


def classes(above: type[CmocnetError]) -> Iterator[type[CmocnetError]]:
    yield above
    for below in above.__subclasses__():
        yield from classes(below)


def every_error() -> list[type[CmocnetError]]:
    for module in pkgutil.walk_packages(cmocnet.__path__, "cmocnet."):
        if not module.name.endswith("__main__"):
            importlib.import_module(module.name)
    ours = (kind for kind in classes(CmocnetError) if kind.__module__.startswith("cmocnet."))
    return sorted(ours, key=lambda kind: kind.__name__)


def made(kind: type[CmocnetError]) -> CmocnetError:
    """One of the kind; several faults at once begin with one such."""
    if issubclass(kind, errors.ReviewError):
        return kind([made(errors.FileError), errors.ModelError("another")])
    return kind("what", where="where", expected="this", nearest=("that", "those"))


@pytest.mark.parametrize("kind", every_error())
def test_every_error_comes_back(kind: type[CmocnetError], again: Callable[[Any], Any]) -> None:
    error = made(kind)
    error.add_note("a note")
    copied = again(error)
    assert type(copied) is kind
    assert str(copied) == str(error)
    assert (copied.what, copied.where, copied.expected) == ("what", "where", "this")
    assert (copied.nearest, copied.args) == (error.nearest, error.args)
    assert copied.__notes__ == ["a note"]


def test_all_faults_of_a_review_come_back(again: Callable[[Any], Any]) -> None:
    copied = again(made(errors.ReviewError))
    assert [str(fault) for fault in copied.faults] == [str(made(errors.FileError)), "another"]
    assert [type(fault) for fault in copied.faults] == [errors.FileError, errors.ModelError]


POOL = """
import multiprocessing
import sys
import cmocnet

def ask(question):
    return cmocnet.load().query(question).probability

if __name__ == "__main__":
    with multiprocessing.get_context(sys.argv[1]).Pool(1) as pool:
        try:
            pool.map(ask, ["P(inertia)", "P(dissolutoin)"])
        except cmocnet.errors.QueryError as error:
            print(error)
"""


@pytest.mark.parametrize(
    "start", sorted({"fork", "spawn"} & {*multiprocessing.get_all_start_methods()})
)
def test_a_misspelt_question_ends_a_pool(tmp_path: Path, start: str) -> None:
    """In a process of its own: a page that was tested before leaves another ``__main__`` here."""
    script = tmp_path / "pool.py"
    script.write_text(POOL)
    words = [sys.executable, str(script), start]
    done = subprocess.run(words, capture_output=True, text=True, timeout=300, check=False)
    assert "nearest: dissolution" in done.stdout, done.stderr[-500:]


def test_errors_are_found_where_they_are_looked_for() -> None:
    assert cmocnet.errors is errors
