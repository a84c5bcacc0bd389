"""Words to meanings: which variable and which state a phrase such as "lower trust" names.

A :class:`Lexicon` holds the phrases that the variables' own files list and composes the rest from
the language of comparison (``words.yaml``). It tries, in this order, and stops at what it finds:

1. a phrase listed for a state ("merger"), or a state's own name or label;
2. a comparative or negation beside a listed phrase ("no merger");
3. a variable's name beside a state or comparative ("high trust", "trust is low", "no trust");
4. a bare name, if the variable says which state that means;
5. the words of a listed phrase in another order;
6. the same once more, without the words that may be left out.

Several words of comparison are tried last ("not much higher trust"); what one does to the states,
:mod:`cmocnet.comparing` says. Nothing is guessed: two meanings are an error that lists both, none
an error that lists the nearest, and what it could mean by the words it shares.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, fields
from functools import cached_property
from typing import Any, cast

from cmocnet.comparing import end, some, turned
from cmocnet.errors import ModelError, QueryError, nearest
from cmocnet.folding import KINDS, Folding, Key, tokens
from cmocnet.likeness import Likeness, spelled
from cmocnet.registry.records import Words
from cmocnet.registry.variable import Variable
from cmocnet.typing import States
from cmocnet.wording import either, quoted, shown, spoken

Meaning = tuple[str, States]
"""A variable and its states; none where the variable is clear and the state is not."""
Asked = tuple[str, str | States | None]
"""A variable and what is asked of it: a state, one of several, or None for all of them."""
_Phrases = dict[Key, set[Meaning]]
Listed = tuple[_Phrases, dict[Key, set[str]], dict[str, dict[Key, str]], _Phrases, _Phrases,
               set[str], set[str], _Phrases]  # fmt: skip

_DEEPEST = 3  # "not much higher trust": comparatives that may stand before one another
_LONGEST = 60  # tokens of a phrase; nobody means anything by more
_SHOWN = 12  # meanings listed in one message
_OR = "or"  # of the language of questions, as "given" and "do" are


@dataclass(frozen=True, eq=False, repr=False)
class Lexicon:
    """Every phrase of a model and what it means; made by :meth:`build`.

    >>> shade = Variable(name="shade", label="Shade", states=("light", "deep"),
    ...     state_labels={"light": "Light", "deep": "Deep"}, state_words={"deep": ("gloom",)},
    ...     names=("shade", "shadow"), direction="up")
    >>> words = Words(("more",), ("less",), ("no", "not"), ("some",), ("the", "is"))
    >>> lexicon = Lexicon.build({"shade": shade}, words)
    >>> [lexicon.resolve(p)[1] for p in ("more shade", "the shadow is light", "no gloom")]
    ['deep', 'light', 'light']
    """

    variables: Mapping[str, Variable]
    folding: Folding
    _said: _Phrases = field(default_factory=dict)
    _named: dict[Key, set[str]] = field(default_factory=dict)
    _states: dict[str, dict[Key, str]] = field(default_factory=dict)
    _lone: _Phrases = field(default_factory=dict)
    _jumbled: _Phrases = field(default_factory=dict)
    _spoken: set[str] = field(default_factory=set)
    _nouns: set[str] = field(default_factory=set)
    _open: _Phrases = field(default_factory=dict)

    @classmethod
    def build(cls, variables: Mapping[str, Variable], words: Words) -> Lexicon:
        """The lexicon of these variables (name -> variable).

        Raises :class:`~cmocnet.errors.ModelError` where words or variables contradict themselves.
        """
        lexicon = cls(variables, Folding.of(words))
        for name, variable in variables.items():
            lexicon._add(name, variable)
        lexicon._leave_open()
        lexicon._add_lone()
        lexicon._add_cores()
        return lexicon

    def _add(self, name: str, variable: Variable) -> None:
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
        labels = [(label, state) for state, label in variable.state_labels.items()]
        for word, state in (*labels, *zip(variable.states, variable.states, strict=True)):
            own = self._states.setdefault(name, {})
            own |= {self.folding.plain(word): state, self._fold(word): state}

    def _leave_open(self) -> None:
        """A noun alone says nothing, though what is left of a listed phrase be the same words."""
        each = self.variables.items()
        phrases = (p for _, v in each for listed in v.state_words.values() for p in listed)
        said = {tokens(phrase, self.folding.kept) for phrase in phrases}
        for name, noun in ((n, noun) for n, v in each for noun in (n, v.label, *v.names)):
            key = tokens(noun, self.folding.kept)
            if self.variables[name].bare is None and key not in said:
                self._open.setdefault(key, set()).add((name, ()))

    def _add_lone(self) -> None:
        """A state's own name or label is enough where it is no word for anything else."""
        for name, states in self._states.items():
            for key, state in states.items():
                if key not in self._named and self.folding.modifiers.get(key) != "negation":
                    self._lone.setdefault(key, set()).add((name, (state,)))

    def _add_cores(self) -> None:
        """What is left of each phrase without the words that may be left out, if that is free."""
        for found in (self._named, self._said):
            cores: dict[Key, set[Any]] = {}
            for key, meanings in found.items():
                cores.setdefault(self.folding.core(key), set()).update(meanings)
            free = [key for key in cores if len(key) > 1 and not self._found(key)]
            found.update((key, cores[key]) for key in free)
        for key, meanings in self._said.items():
            self._jumbled.setdefault(tuple(sorted(key)), set()).update(meanings)

    def listed(self) -> Listed:
        """Everything listed in building, in the order of the fields; for keeping."""
        return cast(Listed, tuple(getattr(self, f.name) for f in fields(self)[2:]))

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
        if len(states) == 1:
            return name, states[0]
        several = f"{name}={' or '.join(states)}"
        where, expected = quoted(phrase), f"one state here; a question takes {several}"
        raise QueryError(f"means {several}", where=where, expected=expected)

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
        alone = self._open.get(tokens(phrase, self.folding.kept))
        return self._settled(phrase, alone or self._meanings(self._fold(phrase)))

    def target(self, phrase: str) -> Asked:
        """What a phrase asks for; a name without a bare state stands for the whole variable."""
        key = self._fold(phrase)
        name, *others = self._named.get(key, ("",))
        alone = tokens(phrase, self.folding.kept) in self._open
        if name and not others and (alone or key not in self._said):
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
        near = spelled(name, self._nouns)
        raise QueryError("names no variable of this model", where=quoted(name), nearest=near)

    def states(self, variable: str, phrase: str) -> States:
        """The states of a given variable that a phrase names; QueryError where it names none.

        A bare comparative such as "higher" or "missing" names none unless it is a state's own name.
        """
        name, states = phrase.strip(), self.variables[variable].states
        if name in states:
            return (name,)
        plain, key = self.folding.plain(phrase), self._fold(phrase)
        if len(key) <= _LONGEST and (
            {plain, key} & self._states[variable].keys() or not self.folding.silent(phrase)
        ):
            # As it stands first: "not successful" is what is left, though it also means "failed".
            found = self._state(variable, plain, alone=False)
            if found := found or self._state(variable, key, alone=False):
                return found
        raise no_state(variable, quoted(name), states)

    def _fold(self, phrase: str) -> Key:
        return self.folding.key(phrase)

    def _meanings(self, key: Key) -> set[Meaning]:
        if not 0 < len(key) <= _LONGEST:
            return set()
        exact = self._said.get(key) or self._lone.get(key) or self._found(key)
        core = self.folding.core(key)
        return exact or (self._found(core) if core != key else exact)

    def _found(self, key: Key) -> set[Meaning]:
        bare = {(name, some(self.variables[name].bare)) for name in self._named.get(key, ())}
        found = {*self._modified(key, 1)}
        if not any(states for _, states in found):  # the longest listed phrase comes first
            found = {*self._composed(key)} or {*self._modified(key)}
        return self._said.get(key) or found or bare or self._jumbled.get(tuple(sorted(key)), set())

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
        kinds, widest = self.folding.modifiers, self.folding.widest
        cuts = {*range(1, widest + 1), *range(len(key) - widest, len(key))}
        for cut in sorted(cuts & {*range(1, len(key))}) if depth else ():
            before, after = key[:cut], key[cut:]
            # "trust is not | high" is no more of "trust not there": the negation is of "high".
            split = kinds.get(before[-1:]) == "negation"
            for modifier, rest in ((before, after), *([] if split else [(after, before)])):
                if kind := kinds.get(modifier):
                    inner = self._said.get(rest) or set(self._modified(rest, depth - 1))
                    yield from ((n, turned(self.variables[n], found, kind)) for n, found in inner)

    def _state(
        self, name: str, key: Key, depth: int = _DEEPEST, *, alone: bool = True, one: bool = False
    ) -> States | None:
        """What the words beside a variable's name say of it; None if they say nothing.

        ``alone`` says whether a comparative by itself means an end ("lower trust"); it does not
        where a value stands ("trust=lower"), where what is listed for a state means it instead.
        With ``one`` an "or" stands for itself.
        """
        if key in self._states[name]:
            return (self._states[name][key],)
        listed = set() if alone else {s for v, s in self._said.get(key, ()) if v == name}
        if len(listed) == 1:
            return listed.pop()
        if alone and (kind := self.folding.modifiers.get(key)):
            return end(self.variables[name], kind)
        for cut in range(1, len(key)) if depth else ():
            if kind := self.folding.modifiers.get(key[:cut]):
                inner = self._state(name, key[cut:], depth - 1, alone=alone, one=one)
                if inner is not None:
                    return turned(self.variables[name], inner, kind)
        several = _OR in key and depth and not one
        return self._several(name, key, depth, alone) if several else None

    def _several(self, name: str, key: Key, depth: int, alone: bool) -> States | None:
        """The states of "low or medium", in the order of the variable; a name may hold an "or"."""
        for cut in (i for i, token in enumerate(key) if token == _OR):
            first = self._state(name, key[:cut], 1, alone=alone, one=True)
            if first:
                other = self._state(name, key[cut + 1 :], depth, alone=alone)
                if other:
                    return tuple(s for s in self.variables[name].states if s in {*first, *other})
        return None

    def _settled(self, phrase: str, meanings: set[Meaning]) -> Meaning:
        clear = {name for name, states in meanings if states}
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
        near = spelled(phrase, self._spoken | self._nouns)
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
            for kind in (kind for kind in KINDS if kind not in ("negation", "middle")):
                said = {(name, end(self.variables[name], kind)) for name in names}
                known.setdefault((*self._plain(noun), kind), set()).update(said)
        return Likeness.of(known)

    def _plain(self, key: Key) -> Key:
        """The core of a key, with the kind of each comparative in its place."""
        return tuple(
            self.folding.modifiers.get((token,), token) for token in self.folding.core(key)
        )


def _ambiguous(phrase: str, meanings: Iterable[Meaning]) -> QueryError:
    listed = sorted("=".join(filter(None, (name, " or ".join(found)))) for name, found in meanings)
    rest = [f"{len(listed) - _SHOWN} others"] if len(listed) > _SHOWN else []
    return QueryError(f"could mean {either(listed[:_SHOWN] + rest)}", where=quoted(phrase))


def no_state(variable: str, said: str, states: States) -> QueryError:
    """That what was said of a variable is none of its states."""
    what, near = f"{said} is no state of it", nearest(said.strip("'")[:80], states)
    return QueryError(what, where=quoted(variable), expected=either(states), nearest=near)
