"""Words to meanings: which variable and which state a phrase such as "lower trust" names.

A :class:`Lexicon` holds the phrases that the variables' own files list and composes the rest from
the language of comparison (``words.yaml``). It tries, in this order, and stops at what it finds:

1. a phrase listed for a state ("merger");
2. a variable's name beside a state or comparative ("high trust", "trust is low", "no trust");
3. a comparative or negation beside a listed phrase ("no merger");
4. a bare name, if the variable says which state that means.

A negation of what means a state is every other state: "not high trust" is low or medium. Without
what means none ("no trust") it is the end that has least of it. Nothing is guessed: two meanings
are an error that lists both, none an error that lists the nearest.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Protocol

from cmocnet.errors import ModelError, QueryError, nearest
from cmocnet.phrases import Key, either, quoted, shown, spoken, tokens, without
from cmocnet.registry.records import Words
from cmocnet.typing import States

Meaning = tuple[str, States]
"""A variable and its states; none where the variable is clear and the state is not."""
Asked = tuple[str, str | States | None]
"""A variable and what is asked of it: a state, one of several, or None for all of them."""

_DEEPEST = 3  # "not much higher trust": comparatives that may stand before one another
_LONGEST = 60  # tokens of a phrase; nobody means anything by more
_SHOWN = 12  # meanings listed in one message
_OR = "or"  # of the language of questions, as "given" and "do" are


class NamedVariable(Protocol):
    """What the lexicon needs to know of a variable; the registry's Variable has it."""

    @property
    def label(self) -> str:
        """What a reader sees."""

    @property
    def states(self) -> tuple[str, ...]:
        """State names, in order from low to high where there is an order."""

    @property
    def state_words(self) -> Mapping[str, tuple[str, ...]]:
        """Phrases that mean exactly one state."""

    @property
    def state_labels(self) -> Mapping[str, str]:
        """What a reader sees for each state."""

    @property
    def names(self) -> tuple[str, ...]:
        """Nouns for the variable itself."""

    @property
    def bare(self) -> str | None:
        """The state that a noun alone means, if any."""

    @property
    def direction(self) -> str | None:
        """Where more of the noun lies: "up" the last state, "down" the first, None unordered."""


@dataclass(frozen=True, eq=False, repr=False)
class Lexicon:
    """Every phrase of a model and what it means; made by :meth:`build`.

    >>> from types import SimpleNamespace
    >>> from cmocnet.registry.records import Words
    >>> shade = SimpleNamespace(name="shade", label="Shade", states=("light", "deep"),
    ...     state_labels={"light": "Light", "deep": "Deep"}, state_words={"deep": ("gloom",)},
    ...     names=("shade", "shadow"), bare=None, direction="up")
    >>> words = Words(("more",), ("less",), ("no", "not"), ("some",), ("the", "is"))
    >>> lexicon = Lexicon.build({"shade": shade}, words)
    >>> [lexicon.resolve(p)[1] for p in ("more shade", "the shadow is light", "no gloom")]
    ['deep', 'light', 'light']
    """

    variables: Mapping[str, NamedVariable]
    words: Words
    _filler: frozenset[Key]
    _modifiers: Mapping[Key, str]
    _said: dict[Key, set[Meaning]] = field(default_factory=dict)
    _named: dict[Key, set[str]] = field(default_factory=dict)
    _states: dict[str, dict[Key, str]] = field(default_factory=dict)
    _spoken: set[str] = field(default_factory=set)
    _nouns: set[str] = field(default_factory=set)

    @classmethod
    def build(cls, variables: Mapping[str, NamedVariable], words: Words) -> Lexicon:
        """The lexicon of these variables (name -> variable).

        Raises :class:`~cmocnet.errors.ModelError` where words or variables contradict themselves.
        """
        filler = frozenset(map(tokens, words.filler)) - {()}
        lexicon = cls(variables, words, filler, _modifiers(words, filler))
        for name, variable in variables.items():
            lexicon._add(name, variable)
        # A state's own name is enough where no other variable has such a state ("mandated").
        lone: dict[Key, set[Meaning]] = {}
        for name, state in ((name, s) for name, v in variables.items() for s in v.states):
            lone.setdefault(lexicon._fold(state), set()).add((name, (state,)))
        for key, meanings in lone.items():
            if key not in lexicon._named and key not in lexicon._modifiers:
                lexicon._said.setdefault(key, meanings)
        return lexicon

    def _add(self, name: str, variable: NamedVariable) -> None:
        if len(variable.states) < 2:
            raise ModelError("fewer than two states", where=name)
        for state in (*variable.state_words, *variable.state_labels, variable.bare):
            if state and state not in variable.states:
                near = nearest(state, variable.states)
                raise ModelError(f"unknown state '{state}'", where=name, nearest=near)
        for noun in dict.fromkeys((name, variable.label, *variable.names)):
            self._named.setdefault(self._fold(noun), set()).add(name)
            self._nouns.add(spoken(noun))
            for state in variable.states:
                self._spoken.add(spoken(noun if state == variable.bare else f"{state} {noun}"))
        for state, phrases in variable.state_words.items():
            for phrase in phrases:
                self._said.setdefault(self._fold(phrase), set()).add((name, (state,)))
                self._spoken.add(spoken(phrase))
        labels = {self._fold(label): state for state, label in variable.state_labels.items()}
        self._states[name] = labels | {self._fold(state): state for state in variable.states}

    def phrases(self) -> tuple[str, ...]:
        """Every phrase the lexicon would suggest, in alphabetical order."""
        return tuple(sorted(self._spoken))

    def knows(self, phrase: str) -> bool:
        """Whether the phrase, commas included, is about a variable of the model."""
        return bool(self._meanings(self._fold(phrase)))

    def resolve(self, phrase: str) -> tuple[str, str]:
        """The variable and the one state that a phrase, or ``variable=state``, names.

        Raises :class:`~cmocnet.errors.QueryError` where it names none, several, or only a variable.
        """
        name, states = self.meaning(phrase)
        return name, _only(name, states, phrase)

    def meaning(self, phrase: str) -> Meaning:
        """The variable and the states that a phrase, or ``variable=state``, names.

        They are several for "not high trust" or "trust = low or medium". Raises
        :class:`~cmocnet.errors.QueryError` where it names no state, or several variables.
        """
        if not isinstance(phrase, str):
            raise QueryError(f"{shown(phrase)} is no phrase", expected="words, or name=state")
        noun, equals, state = phrase.partition("=")
        if equals:
            variable = self.variable(noun)
            return variable, self.states(variable, state.removeprefix("="))
        return self._settled(phrase, self._meanings(self._fold(phrase)))

    def target(self, phrase: str) -> Asked:
        """What a phrase asks for; a name without a bare state stands for the whole variable."""
        key = self._fold(phrase)
        name, *others = self._named.get(key, ("",))
        if name and not others and key not in self._said:
            return name, self.variables[name].bare
        variable, states = self.meaning(phrase)
        return variable, states[0] if len(states) == 1 else states

    def variable(self, phrase: str) -> str:
        """The variable whose technical name, label or noun this is; QueryError where none is."""
        name = phrase.strip()
        if name in self.variables:
            return name
        first, *others = self._named.get(self._fold(phrase), ("",))
        if others:
            raise _ambiguous(name, ((variable, ()) for variable in (first, *others)))
        if first:
            return first
        near = self._near(name, self._nouns)
        raise QueryError("names no variable of this model", where=quoted(name), nearest=near)

    def state(self, variable: str, phrase: str) -> str:
        """The one state of a given variable that a phrase names; QueryError where none is."""
        return _only(variable, self.states(variable, phrase), phrase)

    def states(self, variable: str, phrase: str) -> States:
        """The states of a given variable that a phrase names; QueryError where it names none.

        A bare comparative such as "higher" or "missing" names none unless it is a state's own name.
        """
        name, states = phrase.strip(), self.variables[variable].states
        if name in states:
            return (name,)
        if found := self._state(variable, self._fold(phrase), alone=False):
            return found
        what, where = f"{quoted(name)} is no state of it", quoted(variable)
        raise QueryError(what, where=where, expected=either(states), nearest=nearest(name, states))

    def _fold(self, phrase: str) -> Key:
        return without(tokens(phrase), self._filler)

    def _meanings(self, key: Key) -> set[Meaning]:
        if not 0 < len(key) <= _LONGEST:
            return set()
        bare = {(n, _some(self.variables[n].bare)) for n in self._named.get(key, ())}
        return self._said.get(key) or {*self._composed(key)} or {*self._modified(key)} or bare

    def _composed(self, key: Key) -> Iterator[Meaning]:
        """Name and state side by side, in either order."""
        for cut in range(1, len(key)):
            for noun, rest in ((key[cut:], key[:cut]), (key[:cut], key[cut:])):
                for name in self._named.get(noun, ()):
                    states = self._state(name, rest)
                    if states is not None:
                        yield name, states

    def _modified(self, key: Key, depth: int = _DEEPEST) -> Iterator[Meaning]:
        """Comparatives and negations, before or after a listed phrase."""
        for cut in range(1, len(key)) if depth else ():
            for modifier, rest in ((key[:cut], key[cut:]), (key[cut:], key[:cut])):
                if kind := self._modifiers.get(modifier):
                    inner = self._said.get(rest) or set(self._modified(rest, depth - 1))
                    yield from ((name, self._turned(name, found, kind)) for name, found in inner)

    def _state(
        self, name: str, key: Key, depth: int = _DEEPEST, *, alone: bool = True
    ) -> States | None:
        """What the words beside a variable's name say of it; None if they say nothing.

        ``alone`` says whether a comparative by itself means an end ("lower trust"); it does not
        where a value stands ("trust=lower"), where what is listed for a state means it instead.
        """
        if key in self._states[name]:
            return (self._states[name][key],)
        listed = set() if alone else {s for v, s in self._said.get(key, ()) if v == name}
        if len(listed) == 1:
            return listed.pop()
        if kind := self._modifiers.get(key):
            return self._end(name, kind) if alone else None
        for cut in range(1, len(key)) if depth else ():
            if kind := self._modifiers.get(key[:cut]):
                inner = self._state(name, key[cut:], depth - 1, alone=alone)
                if inner is not None:
                    return self._turned(name, inner, kind)
        return self._several(name, key, depth, alone) if _OR in key and depth else None

    def _several(self, name: str, key: Key, depth: int, alone: bool) -> States | None:
        """The states of "low or medium", in the order of the variable; a name may hold an "or"."""
        for cut in (i for i, token in enumerate(key) if token == _OR):
            one = self._state(name, key[:cut], 1, alone=alone)
            if one:
                other = self._state(name, key[cut + 1 :], depth, alone=alone)
                if other:
                    return tuple(s for s in self.variables[name].states if s in {*one, *other})
        return None

    def _end(self, name: str, kind: str) -> States:
        """The states that a comparative or negation of the variable's own noun means."""
        variable = self.variables[name]
        if kind == "middle":
            half, odd = divmod(len(variable.states), 2)
            return (variable.states[half],) if odd and variable.direction else ()
        if kind == "negation" and variable.bare:
            return self._turned(name, (variable.bare,), kind)
        ends = {"up": variable.states[-1], "down": variable.states[0]}
        more = _some(ends.get(variable.direction or "", variable.bare))
        return self._turned(name, more, "less" if kind == "negation" else kind)

    def _turned(self, name: str, states: States, kind: str) -> States:
        """The states after a modifier: more keeps them, less turns an end, not leaves the rest."""
        variable = self.variables[name]
        first, *between, last = variable.states
        if not states or kind == "more":
            return states
        if kind == "negation":
            return tuple(s for s in variable.states if s not in states)
        stuck = kind == "middle" or states not in ((first,), (last,))
        if stuck or (between and not variable.direction):
            return ()
        return (last,) if states == (first,) else (first,)

    def _settled(self, phrase: str, meanings: set[Meaning]) -> Meaning:
        clear = {name for name, states in meanings if states}
        meanings = {m for m in meanings if m[1] or m[0] not in clear}
        if len(meanings) > 1:
            raise _ambiguous(phrase, meanings)
        if not meanings:
            near = self._near(phrase, self._spoken | self._nouns)
            raise QueryError("means nothing in this model", where=quoted(phrase), nearest=near)
        ((name, found),) = meanings
        if found:
            return name, found
        options = either(f"{name}={state}" for state in self.variables[name].states)
        raise QueryError(f"leaves {name} open", where=quoted(phrase), expected=options)

    def _near(self, phrase: str, candidates: Iterable[str]) -> tuple[str, ...]:
        """The nearest three; shared letter pairs choose whom to compare, for comparing is slow."""
        plain = spoken(phrase)[:80]
        pairs = set(pairwise(plain))
        ranked = sorted(sorted(candidates), key=lambda other: len(pairs ^ set(pairwise(other))))
        return nearest(plain, ranked[:40])


def _modifiers(words: Words, filler: frozenset[Key]) -> dict[Key, str]:
    found: dict[Key, str] = {}
    for kind in ("more", "less", "negation", "middle"):
        for word in getattr(words, kind):
            key = without(tokens(word), filler)
            if found.setdefault(key, kind) != kind:
                raise ModelError(f"'{word}' is listed as both {found[key]} and {kind}")
    return found


def _ambiguous(phrase: str, meanings: Iterable[Meaning]) -> QueryError:
    listed = sorted("=".join(filter(None, (name, " or ".join(found)))) for name, found in meanings)
    rest = [f"{len(listed) - _SHOWN} others"] if len(listed) > _SHOWN else []
    return QueryError(f"could mean {either(listed[:_SHOWN] + rest)}", where=quoted(phrase))


def _some(state: str | None) -> States:
    return () if state is None else (state,)


def _only(name: str, states: States, phrase: str) -> str:
    if len(states) == 1:
        return states[0]
    several = f"{name}={' or '.join(states)}"
    where, expected = quoted(phrase), f"one state here; a question takes {several}"
    raise QueryError(f"means {several}", where=where, expected=expected)
