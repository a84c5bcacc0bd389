"""Questions, in words and built in Python, to the bundled review."""

from __future__ import annotations

import math
from functools import cache
from pathlib import Path
from random import Random
from typing import Any

import numpy as np
import pandas as pd

import cmocnet
from cmocnet.query import Query
from cmocnet.typing import Evidence
from fuzz.drive import Case, Door, WrongError
from fuzz.mutation import ODD, spoilt

KNOWN = {"np": np, "pd": pd, "nan": math.nan, "inf": math.inf, "Query": Query, "Evidence": Evidence}
"""What an expression of Python may use, beside the network as ``net``."""
STRANGE = (
    *("None", "nan", "inf", "-1", "0", "1.5", "True", "''", "' '", "b'x'", "()", "[]", "{}"),
    *("object()", "np.nan", "np.array([])", "np.array([[0.5], [0.5]])", "pd.NA", "pd.NaT"),
    *("pd.Series(dtype=float)", "{None: None}", "[None]", "(1, 2)", "'x' * 5000", "10 ** 400"),
    *("'\\x1b[31m'", "'a\\nb'", "'\\ud800'", "range(3)", "iter([0.5, 0.5])", "{'trust': 'high'}"),
    *("[0.5, 0.5]", "[1e-320, 1.0]", "[1e308, 1e308]", "['0.5', 0.5]", "[nan, 1]", "[-1, 2]"),
)


@cache
def network() -> cmocnet.Network:
    """The bundled review's network."""
    return cmocnet.load()


@cache
def phrases() -> tuple[str, ...]:
    """Everything that the review has a word for: names, labels, states."""
    found: list[str] = []
    for name, variable in network().variables.items():
        found += [name, variable.label, *variable.names]
        found += [f"{name}={state}" for state in variable.states]
        found += [f"{state} {name.replace('_', ' ')}" for state in variable.states]
        found += [word for words in variable.state_words.values() for word in words]
    return tuple(found)


def item(rng: Random) -> str:
    """Something that may be given."""
    phrase, name = rng.choice(phrases()), rng.choice(list(network().variables))
    way = rng.randrange(10)
    if way == 0:
        return f"do({phrase})"
    if way == 1:
        return f"{name} {rng.choice(('~', ':='))} [{', '.join(_number(rng) for _ in range(2))}]"
    if way == 2:
        states = network().variables[name].states
        return f"{name} = {' or '.join(rng.choices(states, k=2))}"
    return f"{rng.choice(('', '', '', 'not ', 'no ', 'more ', 'less '))}{phrase}"


def _number(rng: Random) -> str:
    return rng.choice(("0", "1", "0.5", "0.25", "3", "1e-300", "1e308", repr(rng.random())))


def question(rng: Random) -> str:
    """A question, mostly one that the grammar knows."""
    asked = ", ".join(rng.choice(phrases()) for _ in range(rng.choice((1, 1, 1, 2, 3))))
    asked += rng.choice(("", "", "", "", "=?"))
    given = ", ".join(item(rng) for _ in range(rng.choice((0, 1, 1, 2, 3, 8))))
    text = f"P({asked} | {given})" if given else f"P({asked})"
    return text if rng.random() < 0.7 else text[2:-1].replace("|", "given")


def _words(rng: Random) -> Case:
    text = question(rng)
    if rng.random() < 0.6:
        text = spoilt(rng, text, (*ODD, *rng.sample(phrases(), 3)))
    return {"question.txt": text.encode("utf-8", "surrogatepass")}


def _ask(given: Case, _: Path) -> None:
    text = given["question.txt"].decode("utf-8", "surrogatepass")
    answer = network().query(text)
    sane([answer.probability, answer.baseline, answer.opposite])


def sane(shares: list[float | None]) -> None:
    """Refuse what is no probability."""
    wrong = [p for p in shares if p is not None and not -1e-9 <= p <= 1 + 1e-9]
    if wrong:
        raise WrongError(f"no probability: {wrong}")


def _python(rng: Random) -> Case:
    given, do = _mapping(rng), _mapping(rng) if rng.random() < 0.3 else "()"
    soft = _numbers(rng) if rng.random() < 0.3 else "None"
    fixed = _numbers(rng) if rng.random() < 0.2 else "None"
    way = rng.randrange(4)
    if way == 0:
        asked = f"{{{_name(rng)}: {_state(rng)}}}"
        seen = f"Evidence({given}, {soft}, {fixed}, {do})"
        text = f"net.query(Query({asked}, {rng.choice((seen, seen, 'Evidence()', _odd(rng)))}))"
    elif way == 1:
        text = f"net.query({rng.choice((_odd(rng), repr(question(rng))))})"
    else:
        text = f"net.posteriors({given}, {do}, {soft}, {fixed})"
    return {"call.py": text.encode("utf-8")}


def _mapping(rng: Random) -> str:
    entries = ", ".join(f"{_name(rng)}: {_state(rng)}" for _ in range(rng.randrange(4)))
    listed = ", ".join(repr(rng.choice(phrases())) for _ in range(rng.randrange(3)))
    ways = (f"{{{entries}}}", f"pd.Series({{{entries}}}, dtype=object)", f"[{listed}]", _odd(rng))
    return rng.choices(ways, (5, 2, 3, 1))[0]


def _numbers(rng: Random) -> str:
    name = rng.choice(list(network().variables))
    shares = [rng.choice((0.0, 1.0, 0.5, 1e-300, 1e300, rng.random())) for _ in range(2)]
    labelled = dict(zip(network().variables[name].states, shares, strict=False))
    ways = (repr(shares), repr(labelled), f"pd.Series({labelled!r})", _odd(rng))
    return f"{{{name!r}: {rng.choice(ways)}}}" if rng.random() < 0.9 else _odd(rng)


def _name(rng: Random) -> str:
    known = repr(rng.choice(list(network().variables)))
    return known if rng.random() < 0.9 else rng.choice(("None", "1", "'x'", "nan", "''", "(1,)"))


def _state(rng: Random) -> str:
    states = rng.choice(list(network().variables.values())).states
    ways = (repr(rng.choice(states)), repr(rng.choice(phrases())), "None", _odd(rng))
    return rng.choices(ways, (6, 2, 1, 1))[0]


def _odd(rng: Random) -> str:
    return rng.choice(STRANGE)


def _call(given: Case, _: Path) -> None:
    found: Any = eval(given["call.py"].decode("utf-8"), {**KNOWN, "net": network()})
    if isinstance(found, cmocnet.Answer):
        sane([found.probability, found.baseline, found.opposite])
    else:
        sane([p for states in found.values() for p in states.values()])


WORDS = Door("questions", _words, _ask)
PYTHON = Door("calls", _python, _call)
