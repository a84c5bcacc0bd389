"""Questions in words: ``P(what | given what)`` with four kinds of evidence.

question := P( targets | items )        also without P( ), and with "given" for the bar
target   := phrase | name=states | name=?      (? asks for the whole distribution)
item     := see :mod:`cmocnet.evidence`
states   := state [or state ...]               "not high trust" means several, too
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from cmocnet.brackets import closing, outside
from cmocnet.cells import several
from cmocnet.errors import QueryError
from cmocnet.evidence import bounded, evidence, marked, named, parts, written
from cmocnet.items import Item, combined, exact, items
from cmocnet.lexicon import Asked, Lexicon
from cmocnet.typing import Evidence, States
from cmocnet.wording import quoted

_WRAPPED = re.compile(r"(?:p|pr|prob|probability)\s*\(", re.IGNORECASE)
_GIVEN = re.compile(r"\bgiven\b", re.IGNORECASE)


@dataclass(frozen=True)
class Query:
    """A question understood: target variable -> what is asked of it, and the evidence.

    A target is asked for a state, for one of several in a tuple, or for all its states (None).

    Two queries are equal when they ask the same, however they were worded. ``str`` gives the
    technical wording, which :func:`parse` reads back to an equal query.

    >>> print(Query({"fog": None}, Evidence(observed={"wind": "low"}, do={"fan": "on"})))
    P(fog=? | wind=low, do(fan=on))
    """

    targets: Mapping[str, str | States | None]
    evidence: Evidence = field(default_factory=Evidence)
    text: str = field(default="", compare=False)

    def __hash__(self) -> int:
        if not isinstance(self.targets, Mapping):  # built in Python, and refused when asked
            raise TypeError(f"{type(self.targets).__name__} is no mapping of targets")
        asked = frozenset((name, told(states)) for name, states in self.targets.items())
        return hash((asked, self.evidence))

    def __str__(self) -> str:
        asked = ", ".join(f"{name}={told(states)}" for name, states in self.targets.items())
        given = ", ".join(self.evidence.items(exact))
        return f"P({asked} | {given})" if given else f"P({asked})"


def told(states: str | States | None) -> str:
    """What is asked of a target, as a question has it.

    >>> told("low"), told(("low", "medium")), told(None)
    ('low', 'low or medium', '?')
    """
    some = states if isinstance(states, (tuple, list)) else (states,)
    return "?" if states is None else " or ".join(map(str, some))


def parse(text: str, lexicon: Lexicon) -> Query:
    """The question that a text asks, in the words of a lexicon.

    Raises :class:`~cmocnet.errors.QueryError` where it cannot be read and
    :class:`~cmocnet.errors.EvidenceError` where its items contradict each other.

    >>> from cmocnet.registry import Variable
    >>> from cmocnet.registry.records import Words
    >>> fog = Variable(name="fog", label="Fog", states=("thin", "thick"), direction="up")
    >>> wind = Variable(name="wind", label="Wind", states=("thin", "thick"), direction="up")
    >>> lexicon = Lexicon.build({"fog": fog, "wind": wind}, Words(("more",), (), ("no",), (), ()))
    >>> print(parse("more fog given do(no wind)", lexicon))
    P(fog=thick | do(wind=thin))
    """
    bounded(text)
    if not text.strip():
        raise QueryError("the question is empty", expected="P(target | item, item, ...)")
    asked, given = _halves(_unwrapped(text.strip()))
    targets = _targets(asked, lexicon)
    known = [] if given is None else written(given, lexicon)
    found = combined(known, lexicon)
    _unasked(targets, known)
    return Query(targets, found, text)


def understood(question: object, lexicon: Lexicon) -> Query:
    """A question in words parsed, or one built in Python checked; errors are as of :func:`parse`.

    >>> from cmocnet.registry.records import Words
    >>> understood(None, Lexicon.build({}, Words((), (), (), (), ())))
    Traceback (most recent call last):
    cmocnet.errors.QueryError: NoneType is no question; expected text, as P(target | item, ...)
    """
    if isinstance(question, str):
        return parse(question, lexicon)
    if not isinstance(question, Query):
        what = f"{type(question).__name__} is no question"
        raise QueryError(what, expected="text, as P(target | item, ...)")
    if not isinstance(question.targets, Mapping) or not isinstance(question.evidence, Evidence):
        raise QueryError("no mapping of targets, or no Evidence", where="the question")
    if not question.targets:
        raise QueryError("nothing is asked", where="the question", expected="a target")
    targets = {n: _among(lexicon, n, states) for n, states in question.targets.items()}
    checked = evidence(lexicon, question.evidence)
    _unasked(targets, items(checked))
    return Query(targets, checked, question.text)


def _among(lexicon: Lexicon, name: object, states: object) -> str | States | None:
    """What a target built in Python asks for, checked."""
    variable = named(lexicon, name, "a target")
    if states is None:
        return None
    some = several(lexicon, variable, (states,) if isinstance(states, str) else states)
    return some[0] if len(some) == 1 else some


def _unwrapped(text: str) -> str:
    wrapped = _WRAPPED.match(text)
    if not wrapped:
        return text
    end = closing(text, wrapped.end() - 1)
    after = text[end + 1 :].strip(" ?")
    if after:
        raise QueryError("text after the question's last parenthesis", where=quoted(after))
    return text[wrapped.end() : end]


def _halves(text: str) -> tuple[str, str | None]:
    """What is asked, and what is given if anything."""
    free = set(outside(text))
    bars = [position for position in sorted(free) if text[position] == "|"]
    if len(bars) > 1:
        raise QueryError("more than one '|'", where=quoted(text), expected="commas between items")
    if bars:
        return text[: bars[0]], text[bars[0] + 1 :]
    word = next((m for m in _GIVEN.finditer(text) if m.start() in free), None)
    return (text[: word.start()], text[word.end() :]) if word else (text, None)


def _targets(text: str, lexicon: Lexicon) -> dict[str, str | States | None]:
    if not text.strip():
        raise QueryError("nothing is asked", expected="a target, as in P(target | item, ...)")
    targets: dict[str, str | States | None] = {}
    for part in parts(text, lexicon, quoted(text)):
        name, state = target(part, lexicon)
        if targets.setdefault(name, state) != state:
            asked = [told(s) if s else "all its states" for s in (targets[name], state)]
            raise QueryError(f"{name} is asked for as {' and '.join(asked)}", where=quoted(text))
    return targets


def target(text: str, lexicon: Lexicon) -> Asked:
    """What one part of a question asks for, in words or as ``name=states`` or ``name=?``."""
    if marked(text):
        what = "do(...), ~ and := say what is given, not what is asked"
        raise QueryError(what, where=quoted(text), expected="it after '|'")
    name, _, state = text.partition("=")
    return (lexicon.variable(name), None) if state.strip() == "?" else lexicon.target(text)


def _unasked(targets: Mapping[str, str | States | None], items: Sequence[Item]) -> None:
    """Refuse evidence that settles a target; a likelihood does not, it only bears on it."""
    for item in items:
        if item.variable in targets and item.kind != "likelihood":
            what = f"{item.variable} is both asked for and given"
            raise QueryError(what, where=item.quoted)
