"""Words to meanings: which variable and which state a phrase such as "lower trust" names.

A :class:`Lexicon` holds the phrases that the variables' own files list and composes the rest from
the language of comparison (``words.yaml``). It tries, in this order, and stops at what it finds:

1. a phrase listed for a state ("merger");
2. a variable's name beside a state or comparative ("high trust", "trust is low", "no trust");
3. a comparative or negation beside a listed phrase ("no merger");
4. a bare name, if the variable says which state that means.

Nothing is guessed: two meanings are an error that lists both, none an error that lists the nearest.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from itertools import pairwise
from typing import Any, Protocol

from cmocnet.errors import ModelError, QueryError, nearest
from cmocnet.folding import Folding, Key
from cmocnet.likeness import Likeness
from cmocnet.registry.records import Words

Meaning = tuple[str, str | None]
"""A variable and its state; None where the variable is clear and the state is not."""

_DEEPEST = 3  # "not much higher trust": comparatives that may stand before one another
_LONGEST = 60  # tokens of a phrase; nobody means anything by more
_SHOWN = 12  # meanings listed in one message


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
    def favourable(self) -> str | None:
        """The state that people wish for, if wishes order the states."""

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
    ...     names=("shade", "shadow"), bare=None, direction="up", favourable=None)
    >>> words = Words(("more",), ("less",), ("no", "not"), ("some",), ("the", "is"))
    >>> lexicon = Lexicon.build({"shade": shade}, words)
    >>> [lexicon.resolve(p)[1] for p in ("more shade", "the shadow is light", "no gloom")]
    ['deep', 'light', 'light']
    """

    variables: Mapping[str, NamedVariable]
    _folding: Folding
    _said: dict[Key, set[Meaning]] = field(default_factory=dict)
    _named: dict[Key, set[str]] = field(default_factory=dict)
    _states: dict[str, dict[Key, str]] = field(default_factory=dict)
    _lone: dict[Key, set[Meaning]] = field(default_factory=dict)
    _jumbled: dict[Key, set[Meaning]] = field(default_factory=dict)
    _spoken: set[str] = field(default_factory=set)
    _nouns: set[str] = field(default_factory=set)

    @classmethod
    def build(cls, variables: Mapping[str, NamedVariable], words: Words) -> Lexicon:
        """The lexicon of these variables (name -> variable).

        Raises :class:`~cmocnet.errors.ModelError` where words or variables contradict themselves.
        """
        lexicon = cls(variables, Folding.of(words))
        for name, variable in variables.items():
            lexicon._add(name, variable)
        lexicon._add_lone()
        lexicon._add_cores()
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
            self._nouns.add(_spoken(noun))
            for state in variable.states:
                self._spoken.add(_spoken(noun if state == variable.bare else f"{state} {noun}"))
        for state, phrases in variable.state_words.items():
            for phrase in phrases:
                self._said.setdefault(self._fold(phrase), set()).add((name, state))
                self._spoken.add(_spoken(phrase))
        labels = {self._fold(label): state for state, label in variable.state_labels.items()}
        self._states[name] = labels | {self._fold(state): state for state in variable.states}

    def _add_lone(self) -> None:
        """A state's own name or label is enough where it is no word for anything else."""
        for name, states in self._states.items():
            for key, state in states.items():
                if key not in self._named and self._folding.modifiers.get(key) != "negation":
                    self._lone.setdefault(key, set()).add((name, state))

    def _add_cores(self) -> None:
        """What is left of each phrase without the words that may be left out, if that is free."""
        core = self._folding.core
        for found in (self._named, self._said):
            cores: dict[Key, set[Any]] = {}
            for key, meanings in found.items():
                cores.setdefault(core(key), set()).update(meanings)
            free = [key for key in cores if len(key) > 1 and not self._found(key)]
            found.update((key, cores[key]) for key in free)
        for key, meanings in self._said.items():
            self._jumbled.setdefault(tuple(sorted(key)), set()).update(meanings)

    def phrases(self) -> tuple[str, ...]:
        """Every phrase the lexicon would suggest, in alphabetical order."""
        return tuple(sorted(self._spoken))

    def knows(self, phrase: str) -> bool:
        """Whether the phrase, commas included, is about a variable of the model."""
        return bool(self._meanings(self._fold(phrase)))

    def resolve(self, phrase: str) -> tuple[str, str]:
        """The variable and state that a phrase, or ``variable=state``, names.

        Raises :class:`~cmocnet.errors.QueryError` where it names none, several, or only a variable.
        """
        noun, equals, state = phrase.partition("=")
        if equals:
            variable = self.variable(noun)
            return variable, self.state(variable, state.removeprefix("="))
        return self._settled(phrase, self._meanings(self._fold(phrase)))

    def target(self, phrase: str) -> Meaning:
        """Like :meth:`resolve`, but a name without a bare state stands for the whole variable."""
        key = self._fold(phrase)
        name, *others = self._named.get(key, ("",))
        plain = name and not others and key not in self._said
        return (name, self.variables[name].bare) if plain else self.resolve(phrase)

    def variable(self, phrase: str) -> str:
        """The variable whose technical name, label or noun this is; QueryError where none is."""
        name = phrase.strip()
        if name in self.variables:
            return name
        first, *others = self._named.get(self._fold(phrase), ("",))
        if others:
            raise _ambiguous(name, ((variable, None) for variable in (first, *others)))
        if first:
            return first
        near = self._near(name, self._nouns)
        raise QueryError("names no variable of this model", where=quoted(name), nearest=near)

    def state(self, variable: str, phrase: str) -> str:
        """The state of a given variable that a phrase names; QueryError where none does."""
        name, key = phrase.strip(), self._fold(phrase)
        states = self.variables[variable].states
        if name in states:
            return name
        said = {m for m in self._said.get(key, ()) if m[0] == variable}
        _, found = said.pop() if len(said) == 1 else self._state(variable, key) or (variable, None)
        if found:
            return found
        what, where = f"{quoted(name)} is no state of it", quoted(variable)
        raise QueryError(what, where=where, expected=either(states), nearest=nearest(name, states))

    def _fold(self, phrase: str) -> Key:
        return self._folding.key(phrase)

    def _meanings(self, key: Key) -> set[Meaning]:
        if not 0 < len(key) <= _LONGEST:
            return set()
        core = self._folding.core(key)
        exact = self._said.get(key) or self._lone.get(key) or self._found(key)
        return exact or self._found(core)

    def _found(self, key: Key) -> set[Meaning]:
        bare = {(name, self.variables[name].bare) for name in self._named.get(key, ())}
        turned = {*self._modified(key, 1)}
        if not any(state for _, state in turned):  # the longest listed phrase comes first
            turned = {*self._composed(key)} or {*self._modified(key)}
        return self._said.get(key) or turned or bare or self._jumbled.get(tuple(sorted(key)), set())

    def _composed(self, key: Key) -> Iterator[Meaning]:
        """Name and state side by side, in either order."""
        for cut in range(1, len(key)):
            for noun, rest in ((key[cut:], key[:cut]), (key[:cut], key[cut:])):
                for name in self._named.get(noun, ()):
                    if meaning := self._state(name, rest):
                        yield meaning

    def _modified(self, key: Key, depth: int = _DEEPEST) -> Iterator[Meaning]:
        """Comparatives and negations, before or after a listed phrase."""
        for cut in range(1, len(key)) if depth else ():
            for modifier, rest in ((key[:cut], key[cut:]), (key[cut:], key[:cut])):
                if kind := self._folding.modifiers.get(modifier):
                    inner = self._said.get(rest) or set(self._modified(rest, depth - 1))
                    yield from ((name, self._turned(name, state, kind)) for name, state in inner)

    def _state(self, name: str, key: Key, depth: int = _DEEPEST) -> Meaning | None:
        """What the words beside a variable's name say of it; None if they say nothing."""
        if key in self._states[name]:
            return name, self._states[name][key]
        if kind := self._folding.modifiers.get(key):
            return name, self._end(name, kind)
        for cut in range(1, len(key)) if depth else ():
            kind = self._folding.modifiers.get(key[:cut])
            if kind and (inner := self._state(name, key[cut:], depth - 1)):
                return name, self._turned(name, inner[1], kind)
        return None

    def _end(self, name: str, kind: str) -> str | None:
        """The state that a comparative of the variable's own noun means."""
        if kind in ("better", "worse"):
            return self._valued(name, kind)
        variable = self.variables[name]
        if kind == "middle":
            half, odd = divmod(len(variable.states), 2)
            return variable.states[half] if odd and variable.direction else None
        ends = {"up": variable.states[-1], "down": variable.states[0]}
        more = ends.get(variable.direction or "", variable.bare)
        return self._turned(name, (kind == "negation" and variable.bare) or more, kind)

    def _turned(self, name: str, state: str | None, kind: str) -> str | None:
        """The state after a modifier: more keeps it, less and not turn an end into the other."""
        if kind in ("better", "worse"):  # a better good or a worse evil; nothing else is plain
            return state if state == self._valued(name, kind) else None
        variable = self.variables[name]
        first, *between, last = variable.states
        if state is None or kind == "more":
            return state
        stuck = kind == "middle" or state in between or (between and not variable.direction)
        return None if stuck else last if state == first else first

    def _valued(self, name: str, kind: str) -> str | None:
        """The end that people wish for, or the other; None where wishes do not order the states."""
        variable = self.variables[name]
        first, *_, last = variable.states
        wished = variable.favourable
        if wished not in (first, last):
            return wished if kind == "better" else None
        return wished if kind == "better" else last if wished == first else first

    def _settled(self, phrase: str, meanings: set[Meaning]) -> tuple[str, str]:
        clear = {name for name, state in meanings if state}
        meanings = {m for m in meanings if m[1] or m[0] not in clear}
        if len(meanings) > 1:
            raise _ambiguous(phrase, meanings)
        if not meanings:
            raise self._unknown(phrase)
        ((name, found),) = meanings
        if found:
            return name, found
        options = either(f"{name}={state}" for state in self.variables[name].states)
        raise QueryError(f"leaves {name} open", where=quoted(phrase), expected=options)

    def _unknown(self, phrase: str) -> QueryError:
        near = self._near(phrase, self._spoken | self._nouns)
        what = "means nothing in this model"
        if likely := self._likeness.nearest(self._plain(self._fold(phrase)[:_LONGEST])):
            what += f" but could mean {either(f'{name}={state}' for name, state in likely)}"
        return QueryError(what, where=quoted(phrase), nearest=near)

    @cached_property
    def _likeness(self) -> Likeness:
        """The listed phrases, and each noun beside a word for more of it and one for less."""
        known: dict[Key, set[Meaning]] = {}
        for key, meanings in self._said.items():
            known.setdefault(self._plain(key), set()).update(meanings)
        for noun, names in self._named.items():
            for kind in sorted({*self._folding.modifiers.values()} - {"negation", "middle"}):
                said = {(name, self._end(name, kind)) for name in names}
                known.setdefault((*self._plain(noun), kind), set()).update(said)
        return Likeness.of(known)

    def _plain(self, key: Key) -> Key:
        """The core of a key, with the kind of each comparative in its place."""
        kinds = self._folding.modifiers
        return tuple(kinds.get((token,), token) for token in self._folding.core(key))

    def _near(self, phrase: str, candidates: Iterable[str]) -> tuple[str, ...]:
        """The nearest three; shared letter pairs choose whom to compare, for comparing is slow."""
        plain = _spoken(phrase)[:80]
        pairs = set(pairwise(plain))
        ranked = sorted(sorted(candidates), key=lambda other: len(pairs ^ set(pairwise(other))))
        return nearest(plain, ranked[:40])


def _spoken(phrase: str) -> str:
    return " ".join(phrase.lower().replace("_", " ").split())


def _ambiguous(phrase: str, meanings: Iterable[Meaning]) -> QueryError:
    listed = sorted(f"{name}={state}" if state else name for name, state in meanings)
    rest = [f"{len(listed) - _SHOWN} others"] if len(listed) > _SHOWN else []
    return QueryError(f"could mean {either(listed[:_SHOWN] + rest)}", where=quoted(phrase))


def either(options: Iterable[str]) -> str:
    """Options in a sentence.

    >>> either(["low", "medium", "high"])
    'low, medium or high'
    """
    *rest, last = options
    return " or ".join(filter(None, (", ".join(rest), last)))


def quoted(text: str, longest: int = 80) -> str:
    """A piece of someone's text as a message shows it: in quotes, on one line, cut if long.

    >>> quoted("  low   trust ")
    "'low trust'"
    """
    line = " ".join(text.split())
    return f"'{line}'" if len(line) <= longest else f"'{line[: longest - 3]}...'"
