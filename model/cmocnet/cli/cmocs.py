"""``cmocnet cmocs``: the register of configurations, as a list, by words, or entry by entry."""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from cmocnet.cli import show
from cmocnet.cli.options import network
from cmocnet.errors import CmocnetError, nearest
from cmocnet.wording import flat

if TYPE_CHECKING:
    from cmocnet.network import Network
    from cmocnet.registry.records import Cmoc, Expectation, Link

HELP = "the review's context-mechanism-outcome configurations"


def arguments(parser: argparse.ArgumentParser) -> None:
    """What the command takes."""
    parser.add_argument("ids", nargs="*", metavar="ID", help="show these entries whole")
    parser.add_argument("--search", metavar="WORD", help="only entries that mention this")


def run(args: argparse.Namespace) -> int:
    """Choose and print."""
    net = network(args)
    chosen = _chosen(net, args.ids)
    if args.search is not None:
        chosen = [cmoc for cmoc in chosen if _mentions(cmoc, args.search)]
    if args.json:
        import msgspec

        show.as_json([msgspec.to_builtins(cmoc) for cmoc in chosen])
    elif args.ids and chosen:
        for cmoc in chosen:
            show.lines("", f"{cmoc.id}  {cmoc.where}", "")
            show.fields(_entry(net, cmoc))
    else:
        _print_list(net, chosen)
    return 0


def _chosen(net: Network, ids: Sequence[str]) -> list[Cmoc]:
    known = {key.lower(): cmoc for key, cmoc in net.review.cmocs.items()}
    for key in ids:
        if key.lower() not in known:
            near = nearest(key.upper(), net.review.cmocs)
            raise CmocnetError(f"no configuration {key[:80]!r}", nearest=near)
    return [known[key.lower()] for key in dict.fromkeys(ids)] or list(net.cmocs)


def _mentions(cmoc: Cmoc, words: str) -> bool:
    texts = (
        *(cmoc.id, cmoc.context, cmoc.mechanism, cmoc.outcome, cmoc.where),
        *(cmoc.statement, cmoc.reading, cmoc.against, cmoc.note or ""),
    )
    return " ".join(words.split()).lower() in " ".join(" ".join(texts).split()).lower()


def _print_list(net: Network, chosen: Sequence[Cmoc]) -> None:
    if chosen:
        show.table(
            ["Id", "Context", "Mechanism", "Outcome", "Sources"],
            ([c.id, c.context, c.mechanism, c.outcome, _short(net, c)] for c in chosen),
        )
    show.lines(f"{len(chosen)} of {len(net.cmocs)} configurations")


def _short(net: Network, cmoc: Cmoc) -> str:
    """The first source and how many more."""
    if not cmoc.sources:
        return cmoc.references_note or "none given"
    more = f" +{len(cmoc.sources) - 1}" if len(cmoc.sources) > 1 else ""
    return net.review.sources[cmoc.sources[0]].short + more


def _entry(net: Network, cmoc: Cmoc) -> Iterator[tuple[str, str]]:
    """Every field of an entry, named as a reader would."""
    sources = "; ".join(net.review.sources[key].short for key in cmoc.sources)
    yield "Context", cmoc.context
    yield "Mechanism", cmoc.mechanism
    yield "Outcome", cmoc.outcome
    yield "Statement", flat(cmoc.statement)
    yield "Type", cmoc.type
    yield "Wording", f"the review {cmoc.hedge} it" if cmoc.hedge != "may" else "it may be so"
    yield "Evidence", f"{cmoc.evidence}; sources: {cmoc.agreement}"
    yield "Sources", sources or cmoc.references_note or "none given"
    yield "Reading", flat(cmoc.reading)
    yield "Against", flat(cmoc.against)
    yield "Same as", cmoc.same_as or ""
    yield "Contradicts", ", ".join(cmoc.contradicts)
    for name, reading in cmoc.readings.items():
        use = " (in force)" if net.review.readings.get(cmoc.id) == name else ""
        yield f"Read as {name}{use}", flat(reading.says)
    for test in cmoc.tests:
        yield "Test", _tested(test)
    yield "Weak because", flat(cmoc.weak_because or "")
    yield "Note", flat(cmoc.note or "")


def _tested(test: Expectation) -> str:
    """A test in one line: what is set, who must move which way, and where."""
    moved = [*((test.mechanism,) if test.mechanism else ()), *test.outcomes]
    line = f"set {test.manipulated} from {test.start} to {test.end}: "
    line += ", ".join(map(_moves, moved))
    if test.condition:
        line += f"; with {_states(test.condition)}"
    if test.contrast:
        line += f"; less so with {_states(test.contrast)}"
    return line


def _moves(link: Link) -> str:
    way = "rises" if link.sign == "+" else "falls"
    return f"{link.variable} {way}{link.when}"


def _states(given: dict[str, str]) -> str:
    return ", ".join(f"{name} {state}" for name, state in given.items())
