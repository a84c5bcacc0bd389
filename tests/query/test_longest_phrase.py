"""A phrase of up to sixty words is looked up; a longer one is no phrase, however it ends."""

from __future__ import annotations

import pytest

from cmocnet.errors import QueryError
from cmocnet.lexicon import Lexicon
from cmocnet.registry import Variable
from cmocnet.registry.records import Words


def named(length: int) -> tuple[Lexicon, str]:
    phrase = " ".join(f"word{i}" for i in range(length))
    plot = Variable(
        name="plot",
        label="Plot",
        states=("bare", "green"),
        state_words={"green": (phrase,)},
        direction="up",
    )
    return Lexicon.build({"plot": plot}, Words((), (), (), (), ())), phrase


@pytest.mark.parametrize("length", [1, 12, 30, 59, 60])
def test_a_phrase_of_so_many_words_is_found(length: int) -> None:
    lexicon, phrase = named(length)
    assert lexicon.resolve(phrase) == ("plot", "green")


@pytest.mark.parametrize("length", [61, 80])
def test_a_longer_one_is_not_looked_up(length: int) -> None:
    lexicon, phrase = named(length)
    with pytest.raises(QueryError):
        lexicon.resolve(phrase)
