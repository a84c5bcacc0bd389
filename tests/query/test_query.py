"""Questions about an invented garden are read as meant, and errors say what is wrong where."""

from __future__ import annotations

import sys

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from cmocnet.errors import CmocnetError, EvidenceError, QueryError
from cmocnet.items import weights
from cmocnet.lexicon import Lexicon
from cmocnet.query import Query, parse
from cmocnet.registry import Variable
from cmocnet.registry.records import Words
from cmocnet.typing import Evidence, OneOf

STATES = {
    "growth": ("low", "medium", "high"),
    "frost": ("no", "yes"),
    "soil": ("poor", "good"),
    "shade_cast": ("light", "deep"),
}
SAID = {"soil": {"good": ("rich, dark and crumbly soil",)}, "frost": {"yes": ("freezing",)}}
LEXICON = Lexicon.build(
    {
        name: Variable(
            name=name,
            label=name.replace("_", " ").capitalize(),
            states=states,
            state_words=SAID.get(name, {}),
            names=("shadow",) if name == "shade_cast" else (),
            bare="yes" if name == "frost" else None,
            direction="up",
        )
        for name, states in STATES.items()
    },
    Words(("more", "higher", "good"), ("less", "poor"), ("no", "not"), ("some",), ("the", "is")),
)


@pytest.mark.parametrize(
    ("text", "technical"),
    [
        ("P(frost)", "P(frost=yes)"),
        ("growth", "P(growth=?)"),
        ("P(growth=?)", "P(growth=?)"),
        ("frost=?", "P(frost=?)"),
        ("P(frost | no deep shadow)", "P(frost=yes | shade_cast=light)"),
        ("frost given poor soil", "P(frost=yes | soil=poor)"),
        ("P( frost | growth is high, soil=poor )?", "P(frost=yes | growth=high, soil=poor)"),
        ("P(higher growth, no frost | soil=poor)", "P(growth=high, frost=no | soil=poor)"),
        ("P(growth, growth)", "P(growth=?)"),
        ("pr(frost | growth ~ [1, .5, 2e-1])", "P(frost=yes | growth ~ [1.0, 0.5, 0.2])"),
        ("P(frost | growth:=[0.2,0.3,0.5])", "P(frost=yes | growth := [0.2, 0.3, 0.5])"),
        ("P(frost | do(good soil))", "P(frost=yes | do(soil=good))"),
        ("P(frost | DO (soil=good, more shadow), growth=low)",
         "P(frost=yes | growth=low, do(soil=good), do(shade_cast=deep))"),
        ("P(frost | rich, dark and crumbly soil, high growth)",
         "P(frost=yes | soil=good, growth=high)"),
        ("P(frost | do(high growth, rich, dark and crumbly soil))",
         "P(frost=yes | do(growth=high), do(soil=good))"),
        # the same said twice is said once, and what is brought about need not be observed
        ("P(frost | good soil, soil=good)", "P(frost=yes | soil=good)"),
        ("P(frost | soil := [0.5, 0.5], soil := [.5, .5])", "P(frost=yes | soil := [0.5, 0.5])"),
        # but two likelihoods are two findings, whether they agree or not
        ("P(frost | soil ~ [1, 2], soil ~ [1.0, 2.0])", "P(frost=yes | soil ~ [0.25, 1.0])"),
        ("P(frost | soil ~ [1, 2], soil ~ [2, 1])", "P(frost=yes | soil ~ [0.5, 0.5])"),
        # several states
        ("P(not high growth)", "P(growth=low or medium)"),
        ("P(growth = high or low | not deep shadow)",
         "P(growth=low or high | shade_cast=light)"),
        ("P(frost | not high growth)", "P(frost=yes | growth=low or medium)"),
        ("P(frost | growth = high or medium, no poor soil)",
         "P(frost=yes | soil=good, growth=medium or high)"),
        ("P(frost | not low growth, not high growth)", "P(frost=yes | growth=medium)"),
        ("P(frost | not low growth, not low growth)", "P(frost=yes | growth=medium or high)"),
        ("P(frost | not low growth, growth=high)", "P(frost=yes | growth=high)"),
        ("P(frost | not low growth, do(growth=high))", "P(frost=yes | do(growth=high))"),
        ("P(frost | not low growth, growth ~ [1, 2, 4])",
         "P(frost=yes | growth ~ [0.0, 0.5, 1.0])"),
        ("P(high growth | not low growth)", "P(growth=high | growth=medium or high)"),
        ("P(frost | growth = low or medium or high)",
         "P(frost=yes | growth=low or medium or high)"),
        ("P(frost | good soil, do(good soil))", "P(frost=yes | do(soil=good))"),
        # a likelihood bears on a target without settling it
        ("P(soil | soil ~ [1, 2])", "P(soil=? | soil ~ [1.0, 2.0])"),
    ],
)  # fmt: skip
def test_reads(text: str, technical: str) -> None:
    query = parse(text, LEXICON)
    assert str(query) == technical
    assert query.text == text
    assert parse(str(query), LEXICON) == query


def test_four_kinds_of_evidence_stay_apart() -> None:
    text = "P(frost | soil=poor, growth ~ [0, 1, 1], shade_cast := [0.25, 0.75])"
    assert parse(text, LEXICON).evidence == Evidence(
        observed={"soil": "poor"},
        likelihood={"growth": (0.0, 1.0, 1.0)},
        marginal={"shade_cast": (0.25, 0.75)},
    )
    assert parse("frost | do(soil=poor)", LEXICON).evidence == Evidence(do={"soil": "poor"})


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "the question is empty"),
        ("  \n", "the question is empty"),
        ("P()", "nothing is asked"),
        ("P( | soil=good)", "nothing is asked"),
        ("P(frost | )", "'|': there is nothing where an item should be"),
        ("P(frost | soil=good,, growth=low)", "there is nothing where an item should be"),
        ("P(frost,)", "'frost,': there is nothing where"),
        ("P(frost | do())", "'do()': there is nothing where"),
        ("P(frost | soil=good", "character 2: '(' is not closed; expected ')'"),
        ("frost | soil=good)", "character 18: ')' closes nothing"),
        ("P(frost | soil ~ [1, 2)]", "character 23: ')' closes nothing"),
        ("P(frost) + P(growth)", "'+ P(growth)': text after"),
        ("P(frost | soil=good | growth=low)", "more than one '|'"),
        ("P(frots)", "'frots': means nothing in this model"),
        ("P(frost | soli=good)", "'soli': names no variable of this model; nearest: soil"),
        ("P(frost | soil=godo)", "'godo' is no state of it; expected poor or good; nearest: good"),
        ("P(frost | growth)", "'growth': leaves growth open"),
        ("P(do(frost))", "'do(frost)': do(...), ~ and := say what is given"),
        ("P(soil ~ [1, 2])", "say what is given, not what is asked"),
        ("P(high growth, low growth)", "growth is asked for as high and low"),
        ("P(growth, low growth)", "growth is asked for as all its states and low"),
        ("P(growth, not low growth)", "growth is asked for as all its states and medium or high"),
        (
            "P(frost | do(not high growth))",
            "'do(not high growth)': means growth=low or medium; expected one state to be brought about",
        ),
        ("P(frost | growth=unknown)", "'unknown' is no state of it"),
        ("P(frost | growth=n/a)", "is no state of it; expected low, medium or high"),
        ("P(frost | growth=more)", "'more' is no state of it"),
        ("P(frost | growth=?)", "'?' is no state of it"),
        ("P(frost | frost)", "'frost': frost is both asked for and given"),
        ("P(frost | do(no frost))", "'do(no frost)': frost is both asked for and given"),
        ("P(frost | frost := [0.5, 0.5])", "frost is both asked for and given"),
        ("P(frost | do(soil ~ [1, 2]))", "do(...) sets a state"),
        ("P(frost | do(do(soil=good)))", "do(...) sets a state"),
        ("P(frost | do(soil=good) high)", "'high' follows do(...)"),
        ("P(frost | soil ~ 1, 2)", "'soil ~ 1': no list after '~'"),
        ("P(frost | soil ~ [])", "'' is not a number"),
        (
            "P(frost | soil ~ [1, two])",
            "'two' is not a number; expected [a number for each of poor",
        ),
        ("P(frost | soil ~ [1])", "'soil ~ [1]': 1 number(s); expected 2, one for each of poor, g"),
        ("P(frost | soil ~ [1, -0.5])", "-0.5 is negative"),
        ("P(frost | soil ~ [0, 0])", "all numbers are zero"),
        ("P(frost | soil ~ [1, nan])", "nan is not finite"),
        ("P(frost | soil ~ [1, 1e999])", "inf is not finite"),
        ("P(frost | soil := [0.5, 0.6])", "the numbers sum to 1.1; expected 1"),
        ("P(frost | soil := [1e308, 1e308])", "the numbers sum to inf; expected 1"),
        ("P(frost | soil := [0.5, 0.500002])", "the numbers sum to 1.000002; expected 1"),
        (
            "P(frost | " + "x" * 10_000,
            "the question has 10,010 characters; expected at most 10,000",
        ),
    ],
)
def test_refuses(text: str, message: str) -> None:
    with pytest.raises(QueryError) as caught:
        parse(text, LEXICON)
    assert message in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("items", "message"),
    [
        ("good soil, soil=poor", "'good soil' and 'soil=poor': soil is given twice, as good and p"),
        ("do(good soil), poor soil", "soil is given twice, as poor and do(good)"),
        ("do(good soil), do(poor soil)", "soil is given twice, as do(good) and do(poor)"),
        ("soil ~ [1, 0], soil ~ [0, 1]", "soil is given twice, as [1.0, 0.0] and [0.0, 1.0]"),
        ("growth=low, not low growth", "growth is given twice, as low and medium or high"),
        ("do(low growth), not low growth", "growth is given twice, as do(low) and medium or high"),
        ("not low growth, growth ~ [1, 0, 0]", "as medium or high and [1.0, 0.0, 0.0]"),
        ("growth = low or medium, not low growth, not medium growth", "growth is given twice"),
        ("soil := [0.2, 0.8], soil := [0.3, 0.7]", "soil is given twice, as [0.2, 0.8] and [0"),
        ("soil := [0.5, 0.5], good soil", "soil is given twice, as good and [0.5, 0.5]"),
        ("soil := [0.5, 0.5], do(good soil)", "soil is given twice, as do(good) and [0.5, 0.5]"),
    ],
)
def test_contradictions_name_both_items(items: str, message: str) -> None:
    with pytest.raises(EvidenceError) as caught:
        parse(f"P(frost | {items})", LEXICON)
    assert message in str(caught.value)


def test_a_marginal_may_miss_one_by_rounding() -> None:
    weights("marginal", [0.3333333, 0.3333333, 0.3333333], STATES["growth"], "growth")


@pytest.mark.parametrize("unit", ["no ", "soil=good,", "(", "()", "do(", "[", "|", "high growth,"])
def test_a_question_twice_as_long_takes_twice_the_work(unit: str) -> None:
    short, long = (("frost | " + unit * size)[:size] for size in (5_000, 10_000))
    assert calls(long) < 2.5 * calls(short)


def calls(text: str) -> int:
    """Calls of functions, built-in ones too, that it takes to refuse a question."""
    made = 0

    def count(_: object, event: str, __: object) -> None:
        nonlocal made
        made += event in {"call", "c_call"}

    before = sys.getprofile()
    try:
        sys.setprofile(count)
        with pytest.raises(CmocnetError):
            parse(text, LEXICON)
    finally:
        sys.setprofile(before)
    return made


@st.composite
def queries(draw: st.DrawFn) -> Query:
    kinds = {name: draw(st.sampled_from(["asked", "seen", "~", ":=", "do", ""])) for name in STATES}
    number = st.floats(0, 1e6)

    def states(kind: str) -> dict[str, str]:
        return {n: draw(st.sampled_from(STATES[n])) for n, k in kinds.items() if k == kind}

    def numbers(kind: str) -> dict[str, tuple[float, ...]]:
        return {
            n: tuple(draw(st.tuples(*[number] * len(STATES[n])).filter(any)))
            for n, k in kinds.items()
            if k == kind
        }

    asked = {n: draw(st.sampled_from([None, s])) for n, s in states("asked").items()}
    if draw(st.booleans()) and "growth" in asked:
        asked["growth"] = draw(st.sampled_from([("low", "medium"), ("low", "high")]))
    assume(asked)
    weighed = numbers("~")
    if draw(st.booleans()) and "growth" in weighed:
        weighed["growth"] = OneOf(STATES["growth"], ("low", "high"))
    marginal = {n: tuple(v / sum(vs) for v in vs) for n, vs in numbers(":=").items()}
    return Query(asked, Evidence(states("seen"), weighed, marginal, states("do")))


@given(queries())
def test_technical_wording_reads_back_as_the_same_query(query: Query) -> None:
    again = parse(str(query), LEXICON)
    assert again == query
    assert str(again) == str(query)


MARKS = ["P(", "(", ")", "[", "]", "do(", "|", ",", "=", ":=", "~", "=?", "given", "1", "nan"]
PHRASES = [
    "no",
    "or",
    "not high",
    "more",
    "soil",
    "growth",
    "frost",
    "good",
    "shadow",
    "rich, dark and crumbly soil",
]
PIECES = st.sampled_from([*MARKS, *PHRASES, "=good", "do(good soil)", "~ [1, 2]", ":= [0.5, 0.5]"])


@given(st.one_of(st.text(), st.lists(PIECES, max_size=14).map(" ".join)))
def test_any_text_is_a_query_or_a_plain_error(text: str) -> None:
    try:
        query = parse(text, LEXICON)
    except CmocnetError as error:
        assert "\n" not in str(error)  # noqa: PT017
    else:
        assert parse(str(query), LEXICON) == query
