"""Entries of the register as HTML: what is claimed, how firmly, how it is read. Text is escaped."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from html import escape
from typing import TYPE_CHECKING

from cmocnet_app.answers import register

if TYPE_CHECKING:
    from cmocnet.check import Agreement
    from cmocnet.registry.records import Cmoc, Review, Source

ARROW = '<span class="arrow" aria-hidden="true">→</span>'
MEANING = {
    "agrees": "The network moves the way the review says, and by the mechanism it names.",
    "weak": "The network moves the way the review says, but hardly, or mostly by another road.",
    "wrong": "The network does not move the way the review says.",
}


def entries(review: Review, judged: register.Judged, chosen: Iterable[Cmoc]) -> str:
    """One folded entry a configuration."""
    inside = "".join(_entry(review, judged[cmoc.id], cmoc) for cmoc in chosen)
    return f'<div class="register">{inside}</div>'


def chain(cmoc: Cmoc) -> str:
    """Context, mechanism and outcome in one row."""
    steps = (("Context", cmoc.context), ("Mechanism", cmoc.mechanism), ("Outcome", cmoc.outcome))
    cells = (
        f'<span class="step"><span class="role">{role}</span> {escape(said)}</span>'
        for role, said in steps
    )
    return f'<span class="chain">{ARROW.join(cells)}</span>'


def _entry(review: Review, agreement: Agreement, cmoc: Cmoc) -> str:
    verdict = agreement.verdict
    tags = (
        f'<span class="tag {verdict}">{escape(register.VERDICTS[verdict])}</span>'
        f'<span class="code">{escape(cmoc.id)}</span>'
    )
    rows = "".join(
        f"<dt>{escape(term)}</dt><dd>{inside}</dd>"
        for term, inside in _rows(review, agreement, cmoc)
    )
    return (
        f'<details class="entry" data-entry="{escape(cmoc.id)}"><summary>{chain(cmoc)}'
        f'<span class="tags">{tags}</span></summary><dl>{rows}</dl></details>'
    )


def _rows(review: Review, agreement: Agreement, cmoc: Cmoc) -> Iterator[tuple[str, str]]:
    """Heading and HTML of everything an entry says."""

    def prose(text: str | None) -> str:
        return escape(register.plain(review, text or ""))

    yield "What the review claims", prose(cmoc.statement)
    yield "How firmly", escape(register.firmly(cmoc))
    yield "How it is read here", prose(cmoc.reading)
    yield "The check", _checked(agreement, prose(cmoc.weak_because))
    if cmoc.contradicts:
        yield "Contradicted by", _list(_named(review, key) for key in cmoc.contradicts)
    if cmoc.same_as:
        yield "Stated again in", _named(review, cmoc.same_as)
    if cmoc.readings:
        yield "Rival readings", _list(_readings(review, cmoc))
    yield "What would count against it", prose(cmoc.against)
    if cmoc.note:
        yield "Note", prose(cmoc.note)
    yield "Kind of claim", escape(register.TYPES[cmoc.type])
    yield "Where in the review", escape(cmoc.where)
    works = [review.sources[key] for key in cmoc.sources]
    none = f"<p>{escape((cmoc.references_note or 'None given').capitalize())}.</p>"
    yield "Sources", _list(map(cited, works)) if works else none


def _checked(agreement: Agreement, because: str) -> str:
    return f"{MEANING[agreement.verdict]} {because}".strip()


def _named(review: Review, key: str) -> str:
    return f'{chain(review.cmocs[key])} <span class="code">{escape(key)}</span>'


def _readings(review: Review, cmoc: Cmoc) -> Iterator[str]:
    for name, reading in cmoc.readings.items():
        adopted = " <strong>(adopted)</strong>" if review.readings.get(cmoc.id) == name else ""
        yield escape(register.plain(review, reading.says)) + adopted


def cited(work: Source) -> str:
    """A work's author, year and title, and its DOI as text and link."""
    number = register.doi(work)
    link = ""
    if number:
        address = escape(f"https://doi.org/{number}")
        link = f' <a href="{address}" rel="noreferrer noopener">doi:{escape(number)}</a>'
    return escape(register.source(work)) + link


def _list(items: Iterable[str]) -> str:
    return "<ul>" + "".join(f"<li>{item}</li>" for item in items) + "</ul>"
