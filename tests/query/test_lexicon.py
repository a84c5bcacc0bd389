"""Phrases about an invented garden resolve to variables and states, and nothing is guessed."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Literal

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from cmocnet.errors import CmocnetError, ModelError, QueryError
from cmocnet.folding import tokens
from cmocnet.lexicon import Lexicon
from cmocnet.registry import Variable
from cmocnet.registry.records import Words

WORDS_FILE = Path(__file__).parents[2] / "priors" / "words.yaml"


def plant(
    name: str,
    states: tuple[str, ...],
    *,
    label: str = "",
    direction: Literal["up", "down"] | None = "up",
    **said: Any,
) -> Variable:
    return Variable(name=name, states=states, label=label, direction=direction, **said)


def words() -> Words:
    lists = yaml.safe_load(WORDS_FILE.read_text("utf-8"))
    lists["negation"] = lists.pop("not")
    lists["same"] = tuple(map(tuple, lists["same"]))
    return Words(**{name: tuple(entries) for name, entries in lists.items()})


GARDEN = {
    variable.name: variable
    for variable in (
        plant("growth", ("low", "medium", "high"), label="Growth", names=("plant growth",)),
        plant(
            "soil_quality",
            ("poor", "good"),
            label="Quality of the soil",
            names=("soil", "fertilisation", "loam"),
            state_words={"good": ("rich, dark and crumbly soil", "humus")},
        ),
        plant(
            "gap",
            ("wide", "narrow"),
            label="Gap between rows",
            names=("spacing",),
            state_labels={"wide": "Wide or very wide", "narrow": "Narrow"},
            direction="down",
        ),
        plant(
            "frost",
            ("no", "yes"),
            label="Late frost",
            names=("night frosts",),
            state_words={"yes": ("freezing", "damage from cold")},
            bare="yes",
        ),
        plant(
            "plan",
            ("hedge", "orchard", "meadow"),
            label="Plan",
            names=("layout",),
            state_words={"orchard": ("fruit trees",), "hedge": ("enclosure",)},
            direction=None,
        ),
        plant(
            "colour",
            ("pale", "mixed", "vivid"),
            label="Colour",
            names=("blossom",),
            state_words={"vivid": ("bright bloom",), "mixed": ("motley",)},
            bare="vivid",
        ),
        plant("watering", ("scant", "ample"), names=("care",), label="Watering"),
        plant("pruning", ("scant", "hard"), names=("care",), label="Pruning"),
        plant("weeds", ("few", "many"), label="Weeds", state_words={"few": ("enclosure",)}),
    )
}
LEXICON = Lexicon.build(GARDEN, words())


@pytest.mark.parametrize(
    ("phrase", "meaning"),
    [
        # listed for a state
        ("fruit trees", "plan=orchard"),
        ("Fruit-Tree", "plan=orchard"),
        ("rich, dark and crumbly soil", "soil_quality=good"),
        # a state's own name that no other variable has
        ("meadow", "plan=meadow"),
        # technical forms
        ("soil_quality=poor", "soil_quality=poor"),
        ("soil quality = Good", "soil_quality=good"),
        ("growth == high", "growth=high"),
        ("gap=wide or very wide", "gap=wide"),
        ("frost=no", "frost=no"),
        ("plan=fruit trees", "plan=orchard"),
        # a name beside a state, either order, with filler
        ("high growth", "growth=high"),
        ("plant growth is medium", "growth=medium"),
        ("a very high level of plant growth", "growth=high"),
        ("wide or very wide spacing", "gap=wide"),
        # comparatives and the direction of the noun
        ("increased growth", "growth=high"),
        ("growth reduced", "growth=low"),
        ("moderate growth", "growth=medium"),
        ("greater spacing", "gap=wide"),
        ("less spacing", "gap=narrow"),
        ("much higher growth", "growth=high"),
        ("significantly lower growth", "growth=low"),
        # negation
        ("lack of growth", "growth=low"),
        ("no late frost", "frost=no"),
        ("without any night frosts", "frost=no"),
        ("no spacing", "gap=narrow"),
        ("not freezing", "frost=no"),
        ("no damage from cold", "frost=no"),
        ("less bright bloom", "colour=pale"),
        ("more bright bloom", "colour=vivid"),
        ("absence of humus", "soil_quality=poor"),
        # a bare name
        ("night frost", "frost=yes"),
        ("blossom", "colour=vivid"),
        # spelling
        ("higher fertilization", "soil_quality=good"),
        ("color=vivid", "colour=vivid"),
    ],
)
def test_phrase(phrase: str, meaning: str) -> None:
    assert "=".join(LEXICON.resolve(phrase)) == meaning


@pytest.mark.parametrize(
    ("phrase", "meaning"),
    [
        ("the growth is not low", "growth=medium or high"),
        ("not much higher growth", "growth=low or medium"),
        ("not medium growth", "growth=low or high"),
        ("the growth isn't high", "growth=low or medium"),
        ("anything but high growth", "growth=low or medium"),
        ("no high growth", "growth=low or medium"),
        ("not anything but high growth", "growth=high"),
        ("not not high growth", "growth=high"),
        ("not lack of growth", "growth=medium or high"),
        ("growth is not low or medium", "growth=high"),
        ("low or high growth", "growth=low or high"),
        ("growth = high or low", "growth=low or high"),
        ("growth = not high", "growth=low or medium"),
        ("plan = not fruit trees", "plan=hedge or meadow"),
        ("no fruit trees", "plan=hedge or meadow"),
        ("not motley", "colour=pale or vivid"),
        ("no blossom", "colour=pale or mixed"),
        ("not freezing", "frost=no"),
        ("gap = not wide or very wide", "gap=narrow"),
    ],
)
def test_a_negation_is_every_other_state(phrase: str, meaning: str) -> None:
    name, states = LEXICON.meaning(phrase)
    assert f"{name}={' or '.join(states)}" == meaning


def test_not_a_state_is_all_the_others_of_every_plant() -> None:
    for name, plant in GARDEN.items():
        for state in plant.states:
            others = tuple(s for s in plant.states if s != state)
            for phrase in (f"{name} = not {state}", f"{name} = isn't {state}"):
                assert LEXICON.meaning(phrase) == (name, others)
            every = f"{name} = not not {state}"
            assert LEXICON.meaning(every) == (name, (state,))


@pytest.mark.parametrize(
    ("phrase", "message"),
    [
        ("enclosure", "'enclosure': could mean plan=hedge or weeds=few"),
        ("scant care", "'scant care': could mean pruning=scant or watering=scant"),
        ("scant", "'scant': could mean pruning=scant or watering=scant"),
        ("care", "'care': could mean pruning or watering"),
        ("growth", "'growth': leaves growth open; expected growth=low, growth=medium or growth=h"),
        ("not medium growth", "'not medium growth': means growth=low or high; expected one state"),
        ("growth=higher", "'higher' is no state of it; expected low, medium or high"),
        ("growth=missing", "'missing' is no state of it"),
        ("growth=better", "'better' is no state of it"),
        ("growth=not worse", "'not worse' is no state of it"),
        ("growth=not lower", "'not lower' is no state of it"),
        ("soil=low", "'low' is no state of it; expected poor or good"),
        ("not (low or medium or high) growth", "leaves growth open"),
        ("moderate frost", "leaves frost open"),
        ("not motley", "'not motley': means colour=pale or vivid"),
        ("no fruit trees", "a question takes plan=hedge or meadow"),
        ("not enclosure", "could mean"),
        ("more layout", "leaves plan open"),
        ("hgih growth", "'hgih growth': means nothing in this model but could mean growth="),
        ("hgih growth", "; nearest: high growth"),
        (
            "growth=hgih",
            "'growth': 'hgih' is no state of it; expected low, medium or high; nearest",
        ),
        ("grwoth=high", "'grwoth': names no variable of this model; nearest: growth"),
        ("growth != low", "'growth !': names no variable"),
        ("growth, high", "means nothing"),
        ("", "means nothing"),
        ("=", "names no variable"),
        ("no", "means nothing"),
    ],
)
def test_error(phrase: str, message: str) -> None:
    with pytest.raises(QueryError) as caught:
        LEXICON.resolve(phrase)
    assert message in str(caught.value)
    assert "\n" not in str(caught.value)


def test_unknown_phrase_names_the_nearest_three() -> None:
    with pytest.raises(QueryError) as caught:
        LEXICON.resolve("nigth frots")
    assert len(caught.value.nearest) == 3
    assert caught.value.nearest[0] == "night frosts"


@pytest.mark.parametrize("phrase", ["soil_quality", "Soil", "quality of the soil", "loams"])
def test_variable(phrase: str) -> None:
    assert LEXICON.variable(phrase) == "soil_quality"


def test_target_of_a_bare_name_is_its_state_or_the_whole_variable() -> None:
    assert LEXICON.target("frost") == ("frost", "yes")
    assert LEXICON.target("plant growth") == ("growth", None)
    assert LEXICON.target("no frost") == ("frost", "no")
    with pytest.raises(QueryError, match="could mean"):
        LEXICON.target("care")


def test_every_suggested_phrase_is_understood() -> None:
    for phrase in LEXICON.phrases():
        try:
            LEXICON.resolve(phrase)
        except QueryError as error:
            assert "could mean" in str(error)  # noqa: PT017


def test_every_technical_form_is_understood() -> None:
    for name, plant in GARDEN.items():
        for state in plant.states:
            assert LEXICON.resolve(f"{name}={state}") == (name, state)


def test_tokens_fold_spelling_and_plurals() -> None:
    assert tokens("Organized LABOURS") == tokens("organised labor")
    assert tokens("four losses") == ("four", "loss")
    assert tokens("partner\u2019s well\u2013kept hedges") == ("partner", "well", "kept", "hedge")


@pytest.mark.parametrize(
    ("variable", "message"),
    [
        (plant("x", ("only",)), "x: fewer than two states"),
        (plant("x", ("a", "b"), bare="c"), "x: unknown state 'c'"),
        (plant("x", ("low", "high"), state_words={"hgih": ("y",)}), "x: unknown state 'hgih'"),
    ],
)
def test_a_variable_that_contradicts_itself(variable: Variable, message: str) -> None:
    with pytest.raises(ModelError, match=message):
        Lexicon.build({"x": variable}, words())


def test_a_word_in_two_lists() -> None:
    with pytest.raises(ModelError, match="'big' is listed as both more and less"):
        Lexicon.build({}, Words(("big",), ("big",), (), (), ()))
    with pytest.raises(ModelError, match="'declined' is listed as both less and unknown"):
        Lexicon.build({}, Words((), ("declined",), (), (), (), ("declined",)))


PIECES = st.sampled_from(
    [*LEXICON.phrases(), "or", "no", "not", "less", "more", "some", "lacking", "the", "=", ",", "!"]
)


@given(st.one_of(st.text(), st.lists(PIECES, max_size=9).map(" ".join)))
def test_any_text_resolves_or_is_a_plain_error(text: str) -> None:
    for ask in (LEXICON.resolve, LEXICON.meaning, LEXICON.target, LEXICON.variable):
        try:
            ask(text)
        except CmocnetError as error:
            assert "\n" not in str(error)  # noqa: PT017
    LEXICON.knows(text)
