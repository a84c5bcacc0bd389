"""A stated effect as HTML: what is stated, what the network comes to, and where it stands."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from cmocnet_app.answers import stated

if TYPE_CHECKING:
    from cmocnet.registry.records import Review
    from cmocnet_app.answers.stated import Stated

NAMED = 4
"""So many configurations that state the same are linked; of more, only how many."""


def entry(
    review: Review, one: Stated, own: Stated | None, kept: Mapping[str, str | Sequence[str]]
) -> str:
    """One effect.

    Parameters
    ----------
    own
        The same under a visitor's changes; None where there are none.
    kept
        What the address of the page says beside, which the links to the evidence say too.
    """
    kind, verdict = stated.verdict(one)
    who = "The review" if one.statement.heard is None else "Experts"
    now = f" With your changes: {escape(_lower(stated.comes(own)))}" if own else ""
    return (
        f'<div class="stated" data-stated="{escape(one.tested.address)}"><p>'
        f"<strong>{escape(stated.change(review, one.tested))}.</strong></p>"
        f"<p>{who}: {escape(stated.effect(review, one))}. {escape(stated.comes(one))}{now}</p>"
        f'<p class="tags"><span class="tag {kind}">{escape(verdict)}</span> '
        f"<span>{_links(one.ids, kept)}</span></p></div>"
    )


def _lower(text: str) -> str:
    return text.replace("The network comes", "it comes", 1)


def _links(ids: Sequence[str], kept: Mapping[str, str | Sequence[str]]) -> str:
    more = f" and {len(ids) - NAMED} more" if len(ids) > NAMED else ""
    return ", ".join(_link(key, kept) for key in ids[:NAMED]) + more


def _link(key: str, kept: Mapping[str, str | Sequence[str]]) -> str:
    # In a tab of its own: what a visitor changed lives as long as this one is open.
    address = "evidence?" + urlencode({**kept, "view.search": key}, doseq=True)
    return (
        f'<a class="code" href="{escape(address)}" target="_blank" rel="noopener" '
        f'aria-label="{escape(key)} in the evidence, in a new tab">{escape(key)}</a>'
    )
