"""A missing value is no observation, whoever wrote it and through whichever door it comes."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from cmocnet import Network
from cmocnet.cells import said
from cmocnet.errors import CmocnetError, QueryError
from cmocnet.folding import KINDS, MARKS, Key
from cmocnet.scenarios import predict_file

WRITTEN = (
    "", " ", "missing", "MISSING", "Missing ", "None", "NONE", "null", "NaN", "nan", "NA", "N/A",
    "n.a.", "<NA>", "#N/A", "-", "--", "\u2013", "?", "??", "...", "unknown", "Unknown.", "(unknown)",
    "not known", "is not known", "don't know", "Don\u2019t know", "DON'T KNOW", "dont know", "DK",
    "not available", "not applicable", "no answer", "not  sure", "\u00a0unknown\u00a0", "TBD",
    "left blank",
)  # fmt: skip
NOTHING = (None, float("nan"), np.nan, pd.NA, pd.NaT, np.datetime64("NaT"))


def own(net: Network, name: str) -> set[Key]:
    """The names, the labels and the listed phrases of a variable's states, folded."""
    variable = net.variables[name]
    listed = [p for words in variable.state_words.values() for p in words]
    names = (*variable.states, *variable.state_labels.values(), *listed)
    return {*map(net.lexicon.folding.key, names)}


@pytest.mark.parametrize("text", WRITTEN)
def test_no_variable_takes_a_missing_value_for_a_state(net: Network, text: str) -> None:
    for name in net.variables:
        if net.lexicon.folding.key(text) not in own(net, name):
            assert said(net.lexicon, name, text) is None, name


def comparisons(net: Network) -> list[str]:
    """Words of comparison, and words that mean the same, in one of three shapes or negated."""
    words = net.review.words
    listed = [word for kind in KINDS for word in getattr(words, kind)]
    same = [word for group in words.same if group[0] in listed for word in group]
    every = [(w, w.upper(), f" {w}  ", f"not {w}")[k % 4] for k, w in enumerate((*listed, *same))]
    return [*every, "no less", "much higher", "not better", "better", "worse", "not some"]


def test_no_variable_takes_a_bare_comparison_for_a_state(net: Network) -> None:
    """Refused or not observed, unless the variable's own file says that it is a state."""
    every = comparisons(net)
    for k, name in enumerate(net.variables):
        names = own(net, name)
        for text in every[k % 7 :: 7]:  # each of some variables: they all go the same way
            keys = {net.lexicon.folding.key(text), net.lexicon.folding.key(text.split(" ", 1)[-1])}
            try:
                meant = said(net.lexicon, name, text)
            except QueryError as error:
                assert "is no state of it" in str(error)  # noqa: PT017
            else:
                assert meant is None or keys & names, (name, text)


@pytest.mark.parametrize(
    "word", ["lower", "No", "missing", "LACK OF", "some", "better", "Worse", "shrinks", "absent"]
)
def test_no_question_takes_a_bare_comparison_for_a_state(net: Network, word: str) -> None:
    for name in ("trust", "leadership", "pace", "mandate", "achievement"):
        for item in (f"{name}={word}", f"{name} = not {word}"):
            with pytest.raises(QueryError, match="is no state of it"):
                net.resolve(item)


def test_a_states_own_name_is_the_state_though_it_sounds_like_nothing(net: Network) -> None:
    assert said(net.lexicon, "early_wins", "None") == ("none",)
    assert said(net.lexicon, "dissolution", "No") == ("no",)
    assert said(net.lexicon, "role_clarity", "unclear") == ("unclear",)
    assert said(net.lexicon, "early_wins", None) is None


def test_every_mark_and_listed_word_is_silent(net: Network) -> None:
    for word in (*MARKS, *net.review.words.unknown):
        assert net.lexicon.folding.silent(word), word
        assert net.lexicon.folding.silent(f" {word.upper()}! "), word
    assert not any(net.lexicon.folding.silent(word) for word in ("low", "high", "mandated", "no"))


@pytest.mark.parametrize(
    "text", ["often", "the", "n", "know", "confirmed", "say", "sidelined", "declined", "muddled"]
)
def test_filler_and_synonyms_do_not_make_a_word_silent(net: Network, text: str) -> None:
    assert not net.lexicon.folding.silent(text)


def test_what_is_not_known_is_no_phrase_of_a_variable(net: Network) -> None:
    """That partners "do not know each other" is listed for one; as a value it says nothing."""
    assert net.resolve("do not know each other")[0] == "prior_success"
    assert said(net.lexicon, "prior_success", "don't know") is None
    with pytest.raises(QueryError, match="is no state of it"):
        net.resolve("prior_success = don't know")


@pytest.mark.parametrize("level", [None, 0.9])
def test_a_frame_of_missing_values_answers_the_baseline(net: Network, level: float | None) -> None:
    cells = pd.Series([*WRITTEN, *NOTHING], dtype=object)
    found = net.predict(pd.DataFrame({"leadership": cells}), ["dissolution"], level=level)
    base = net.query("P(dissolution)").probability
    assert found["dissolution=yes"].to_numpy() == pytest.approx(base, abs=1e-12)


@pytest.mark.parametrize("ending", [".csv", ".parquet"])
def test_a_file_of_missing_values_answers_the_baseline(
    net: Network, tmp_path: Path, ending: str
) -> None:
    source, frame = tmp_path / f"in{ending}", pd.DataFrame({"leadership": [*WRITTEN, None]})
    frame.to_csv(source, index=False) if ending == ".csv" else frame.to_parquet(source, index=False)
    found = predict_file(net, source, None, ["dissolution"]).frame
    assert found is not None
    base = net.query("P(dissolution)").probability
    assert found["dissolution=yes"].to_numpy() == pytest.approx(base, abs=1e-12)


@pytest.mark.parametrize("value", [*NOTHING, "missing", "don't know", "-", ""])
def test_a_missing_value_of_a_mapping_is_not_given(net: Network, value: object) -> None:
    row = {"mandate": "mandated", "pace": value}
    expected = dict(net.posteriors(given=["mandated"])["trust"])
    assert dict(net.posteriors(given=row)["trust"]) == expected
    assert dict(net.posteriors(given=pd.Series(row))["trust"]) == expected
    assert dict(net.posteriors(given=["mandated"], do={"pace": value})["trust"]) == expected


@pytest.mark.parametrize("item", ["trust=unknown", "trust = N/A", "trust=missing", "trust=-"])
def test_a_question_that_gives_nothing_is_refused(net: Network, item: str) -> None:
    for question in (f"P(dissolution | {item})", f"P({item})", f"P(dissolution | do({item}))"):
        with pytest.raises(CmocnetError) as caught:
            net.query(question)
        assert "is no state of it" in str(caught.value)


def test_a_row_of_a_frame_is_evidence(net: Network) -> None:
    frame = pd.DataFrame({"mandate": ["mandated"], "pace": [None], "trust": ["not high"]})
    asked = net.evidence(frame.iloc[0])
    assert asked.items() == ("mandate=mandated", "trust=low or medium")
