"""The register of configurations as a list to search: what matches, in which words, as a table."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING

from cmocnet_app.words import lower, upper

if TYPE_CHECKING:
    from cmocnet import Network
    from cmocnet.check import Agreement
    from cmocnet.registry.records import Cmoc, Review, Source

Judged = Mapping[str, "Agreement"]
"""id -> what the check found."""

TYPES = {
    "chain": "A chain from context to outcome",
    "conditional": "Holds under a condition",
    "requirement": "Something needed first",
    "loop": "A loop that feeds itself",
    "selection": "Who comes together",
    "moderation": "Weakens or strengthens another effect",
    "mixed": "A benefit and a cost at once",
}
VERDICTS = {
    "agrees": "Network agrees",
    "weak": "Agrees, but weakly",
    "wrong": "Network disagrees",
}
HEDGE = {
    "shows": "The review shows it",
    "suggests": "The review suggests it",
    "posits": "The review puts it forward as theory",
    "may": "The review says only that it may be so",
}
EVIDENCE = {
    "case": "resting mainly on case studies",
    "review": "resting mainly on other reviews",
    "theory": "resting mainly on middle-range theory",
    "inference": "resting mainly on the authors' own inference",
}
AGREEMENT = {
    "several": "with several sources cited",
    "one": "with one source cited",
    "contested": "with sources or passages that contradict each other",
    "none": "with no source cited",
}
COLUMNS = (
    "id", "context", "mechanism", "outcome", "type", "where", "claim", "how firmly", "check",
    "reading", "contradicted by", "against", "sources",
)  # fmt: skip


def places(cmoc: Cmoc) -> tuple[str, ...]:
    """The parts of the review in which a configuration stands."""
    return tuple(part.strip() for part in cmoc.where.split(";"))


def parts(review: Review) -> tuple[str, ...]:
    """Every part of the review that holds a configuration, each once."""
    return tuple(sorted({part for cmoc in review.cmocs.values() for part in places(cmoc)}))


def firmly(cmoc: Cmoc) -> str:
    """How firmly a configuration is claimed, in one sentence."""
    sentence = f"{HEDGE[cmoc.hedge]}, {EVIDENCE[cmoc.evidence]}, {AGREEMENT[cmoc.agreement]}."
    told = " One of the review's own cases tells it." if cmoc.in_sample else ""
    return sentence + told


def plain(review: Review, text: str) -> str:
    """Prose of the files as a reader knows it: labels for names, a capital to begin with."""
    labels = {s: text for v in review.variables.values() for s, text in v.state_labels.items()}
    labels |= {name: v.label for name, v in review.variables.items()}

    def said(match: re.Match[str]) -> str:
        word = match.group()
        return lower(labels[word]) if word in labels else word.replace("_", " ")

    text = re.sub(r"\b[a-z]+(?:_[a-z]+)+\b", said, " ".join(text.split()))
    return upper(text)


def matching(
    net: Network,
    judged: Judged,
    *,
    search: str = "",
    kind: str = "",
    part: str = "",
    verdict: str = "",
) -> tuple[Cmoc, ...]:
    """The configurations that hold every word searched for and fit every filter; "" fits all."""
    wanted = search.casefold().split()
    return tuple(
        cmoc
        for cmoc in net.cmocs
        if (not kind or cmoc.type == kind)
        and (not part or part in places(cmoc))
        and (not verdict or judged[cmoc.id].verdict == verdict)
        and all(word in _text(net.review, cmoc) for word in wanted)
    )


def _text(review: Review, cmoc: Cmoc) -> str:
    prose = (cmoc.statement, cmoc.reading, cmoc.against, cmoc.note or "")
    works = (f"{s.short} {s.fields.get('title', '')}" for s in _works(review, cmoc))
    texts = (cmoc.id, cmoc.context, cmoc.mechanism, cmoc.outcome, cmoc.where, *prose, *works)
    return plain(review, " ".join(texts)).casefold()


def _works(review: Review, cmoc: Cmoc) -> Iterator[Source]:
    return (review.sources[key] for key in cmoc.sources)


def source(work: Source) -> str:
    """Author, year and title, without the marks of a bibliography file."""
    title = re.sub(r"[{}]", "", work.fields.get("title", "")).rstrip(".")
    return f"{work.short}. {title}." if title else f"{work.short}."


def doi(work: Source) -> str:
    """A work's DOI, or "" where none is known or it does not look like one."""
    number = work.fields.get("doi", "")
    return number if re.fullmatch(r"10\.\d{4,9}/[^\s\"'<>]+", number) else ""


def works(review: Review, keys: Iterable[str], named: int = 4) -> str:
    """Author and year of the first works, and how many more."""
    short = list(dict.fromkeys(review.sources[key].short for key in keys if key in review.sources))
    more = len(short) - named
    told = "; ".join(short[:named]) + (f"; {more} more" if more > 0 else "")
    return told or "no work cited"


def rows(net: Network, judged: Judged, chosen: Iterable[Cmoc]) -> Iterator[tuple[str, ...]]:
    """The configurations as rows of a table under ``COLUMNS``."""
    return (_row(net.review, judged, cmoc) for cmoc in chosen)


def _row(review: Review, judged: Judged, cmoc: Cmoc) -> tuple[str, ...]:
    cited = (f"{source(w)} {doi(w)}".strip() for w in _works(review, cmoc))
    return (
        cmoc.id,
        cmoc.context,
        cmoc.mechanism,
        cmoc.outcome,
        TYPES[cmoc.type],
        cmoc.where,
        plain(review, cmoc.statement),
        firmly(cmoc),
        VERDICTS[judged[cmoc.id].verdict],
        plain(review, cmoc.reading),
        ", ".join(cmoc.contradicts),
        plain(review, cmoc.against),
        "; ".join(cited) or cmoc.references_note or "none given",
    )
