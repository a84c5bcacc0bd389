"""Whatever a question holds, its refusal is one line that steers no terminal."""

from __future__ import annotations

import pickle

import pytest

from cmocnet import engine
from cmocnet.errors import CmocnetError, FileError, QueryError, ReviewError

STEERING = ("\x1b", "\0", "\x7f", "\x9b2J", "\u202e", "\u2066", "\x08", "\r\n", "\u2028")


@pytest.mark.parametrize("odd", STEERING)
def test_a_question_is_refused_in_one_line_that_steers_nothing(net, odd: str) -> None:
    with pytest.raises(QueryError) as error:
        net.query(f"P(nonsense{odd}word)")
    assert odd not in str(error.value)
    assert "nonsense" in str(error.value)
    assert len(str(error.value).splitlines()) == 1


@pytest.mark.parametrize("odd", STEERING)
def test_every_part_of_a_message_is_shown_so(odd: str) -> None:
    error = CmocnetError(f"a{odd}", where=f"b{odd}", expected=f"c{odd}", nearest=[f"d{odd}"])
    several = ReviewError([FileError(f"a{odd}", where=f"b{odd}"), error])
    for one in (error, several, pickle.loads(pickle.dumps(error))):
        assert odd not in str(one)
    assert error.what == f"a{odd}"  # what was given stands in the error as it was


@pytest.mark.parametrize("said", ["été", "漢字", "😀", "ÆØÅ → ß", "e\u0301"])
def test_letters_stay_as_they_are(said: str) -> None:
    assert str(CmocnetError(said)) == said


@pytest.mark.parametrize(
    ("length", "told"),
    [(79, "x" * 79), (80, "x" * 80), (81, f"{'x' * 77}..."), (400, f"{'x' * 77}...")],
)
def test_up_to_eighty_characters_of_a_phrase_are_told(net, length: int, told: str) -> None:
    with pytest.raises(QueryError, match=f"^'{told}': means nothing"):
        net.lexicon.resolve("x" * length)


def test_a_long_word_of_a_file_is_cut(tmp_path) -> None:
    path = tmp_path / "n.xmlbif"
    path.write_text(f"<?xml version='1.0' encoding='UTF-8{'-8' * 900}'?><BIF/>")
    with pytest.raises(FileError) as error:
        engine.read(path)
    assert len(str(error.value)) < 700


@pytest.mark.parametrize("part", ["what", "where", "expected", "nearest"])
def test_what_has_no_end_is_cut_in_its_middle(part: str) -> None:
    long = {"what": "wrong", part: "first" + 5000 * "x" + "last"}
    if part == "nearest":
        long[part] = [long[part]]
    several = {"what": "wrong", part: 900 * "many words " if part != "nearest" else 900 * ["word"]}
    for given in (long, several):
        error = CmocnetError(**given)
        for one in (error, ReviewError([FileError(**given), error])):
            assert len(str(one)) <= 1000
            assert "wrong" in str(one) or part == "what"
    assert "first" in str(CmocnetError(**long))
    assert "last" in str(CmocnetError(**long))
