"""Whatever a page prints of a variable and its state can be asked in these words."""

from __future__ import annotations

from collections import defaultdict

import pytest

from cmocnet import Network
from cmocnet.errors import QueryError
from cmocnet.folding import tokens
from cmocnet.lexicon import Lexicon
from cmocnet.registry import Variable
from cmocnet.registry.records import Words


def test_a_variable_and_its_state_in_every_form_that_is_printed(net: Network) -> None:
    wrong = []
    for name, variable in net.variables.items():
        for state in variable.states:
            label, of = variable.state_labels[state], variable.label
            printed = (
                f"{of}: {label}",
                f"{of} is {label}",
                f"{of} is '{label}'",
                f"{of} = {label}",
            )
            for text in (*printed, f"{label} {of.lower()}", f"{of} {label}".lower()):
                if net.resolve(text) != (name, state):
                    wrong.append((text, net.resolve(text)))
    assert wrong == []


def test_a_label_alone_means_its_state_or_lists_all_that_bear_it(net: Network) -> None:
    bearers = defaultdict(set)
    for name, variable in net.variables.items():
        for state, label in variable.state_labels.items():
            bearers[label].add((name, state))
    for label, meanings in bearers.items():
        try:
            assert net.resolve(label) in meanings, label
        except QueryError as error:
            listed = str(error)
            if label not in ("No", "Yes", "None"):  # answers, which label no one thing
                assert "could mean" in listed, label
                assert len(meanings) > 3 or all(f"{n}={s}" in listed for n, s in meanings), label


@pytest.mark.parametrize(
    "phrase", ["Run for years", "run for years", "Garden given up: Run for years"]
)
def test_the_labels_of_another_review(phrase: str) -> None:
    given_up = Variable(
        name="given_up", label="Garden given up", states=("no", "yes"), direction="up",
        state_labels={"no": "Run for years", "yes": "Left to weeds"}, favourable="no",
    )  # fmt: skip
    lexicon = Lexicon.build(
        {"given_up": given_up}, Words(("more",), (), ("no",), (), ("the", "is"))
    )
    assert lexicon.resolve(phrase) == ("given_up", "no")


def test_a_noun_that_means_no_state_by_itself_is_left_open(net) -> None:
    """A listed phrase such as "key people there" must not give "key people" a state."""
    kept = net.lexicon.folding.kept
    every = net.variables.values()
    listed = {tokens(p, kept) for v in every for words in v.state_words.values() for p in words}
    for name, variable in net.variables.items():
        if variable.bare is not None:
            continue
        for noun in (name, variable.label, *variable.names):
            if tokens(noun, kept) not in listed:
                assert net.lexicon.target(name) == (name, None) or noun != name
                with pytest.raises(QueryError):
                    net.resolve(noun)
