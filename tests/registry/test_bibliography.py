"""The bibliography: plain BibTeX entries, balanced braces, unique keys and numbers."""

from __future__ import annotations

from pathlib import Path

import pytest

import cmocnet
from cmocnet.errors import CmocnetError, FileError
from cmocnet.registry.bibliography import parse


def test_fields_and_kinds() -> None:
    text = """
    Some words between entries are no harm.
    @Article{a:2001,
      author = {Ab, C and De, F},
      Title = {Of {Braces} and
         line breaks},
      year = {2001}, number = {12},
    }
    @misc{b-2.x, title = {Short}}
    """
    found = parse(text, "x.bib")
    assert list(found) == ["a:2001", "b-2.x"]
    first, second = found.values()
    assert first.kind == "article"
    assert first.fields["title"] == "Of {Braces} and line breaks"
    assert (first.number, second.number) == (12, None)
    assert first.short == "Ab and De 2001"
    assert second.short == "b-2.x n.d."


@pytest.mark.parametrize(
    ("author", "short"),
    [
        ("Ab, C", "Ab 1999"),
        ("Ab, C and De, F", "Ab and De 1999"),
        ("Ab, C and De, F and Gh, I", "Ab et al. 1999"),
        ("Ab, C and others", "Ab et al. 1999"),
        ("{An Institute}", "An Institute 1999"),
    ],
)
def test_how_a_source_is_cited(author: str, short: str) -> None:
    assert parse(f"@book{{k, author = {{{author}}}, year = {{1999}}}}", "x")["k"].short == short


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", "no entries"),
        ("only prose", "no entries"),
        ("@book{k, title = {Open", "never close"),
        ("@book{k, title = {Open {twice}", "never close"),
        ("@book{k, title = {Fine}", "does not close"),
        ('@book{k, title = "Quoted"}', "does not close"),
        ("@book{k, title = {A}} @book{k, title = {B}}", "twice"),
        ("@book{k, number = {twelve}}", "digits"),
        ("@book{k, number = {\u00b2}}", "digits"),
        ("@book{k, number = {1}} @book{l, number = {1}}", "number"),
    ],
)
def test_slips_are_found(text: str, expected: str) -> None:
    with pytest.raises(FileError, match=expected) as caught:
        [source.number for source in parse(text, "x.bib").values()]
    assert str(caught.value).startswith("x.bib")


def test_sources_of_a_configuration(garden: Path) -> None:
    net = cmocnet.load(garden)
    assert {c.id: c.sources for c in net.cmocs} == {
        "G-01": ("digger2001",),
        "G-02": ("digger2001", "hoe1999"),
        "G-03": (),
        "G-04": ("hoe1999",),
    }


def test_the_bundled_bibliography(net: cmocnet.Network) -> None:
    """Every reference of the register has an author and a title, and its own number."""
    sources = net.review.sources
    numbers = [s.number for s in sources.values() if s.number is not None]
    assert len(numbers) == len(set(numbers))
    cited = {key for cmoc in net.cmocs for key in cmoc.sources}
    assert cited
    assert [key for key in cited if {"author", "title"} - set(sources[key].fields)] == []
    assert all(len(c.sources) == len(c.references) for c in net.cmocs)


def test_a_reference_that_is_not_in_it(garden: Path) -> None:
    path = garden / "cmocs" / "garden.yaml"
    path.write_text(path.read_text().replace("references: [1, 2]", "references: [1, 77]"))
    with pytest.raises(CmocnetError, match=r"G-02.*77.*references\.bib"):
        cmocnet.load(garden)


def test_an_empty_number_is_none(garden: Path) -> None:
    path = garden / "references.bib"
    path.write_text(path.read_text() + "@book{spare, author = {A}, title = {B}, number = {}}\n")
    assert cmocnet.load(garden).review.sources["spare"].number is None
