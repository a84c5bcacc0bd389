"""The protocol is a function: every number marked as the protocol's is recomputed from the register."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec
import pytest

from cmocnet import Network
from cmocnet.elicitation.protocol import code, govern
from cmocnet.registry.judged import (
    Anchor,
    Given,
    InterBeta,
    NoisyMax,
    Parent,
    Partition,
    Ranked,
    TableSpec,
)
from cmocnet.registry.records import Cmoc

Number = tuple[str, float, float]
"""Address, the number in the file, the number the protocol gives."""


def _protocol_numbers(net: Network, spec: TableSpec, at: str) -> Iterator[Number]:
    """Every number marked ``by: protocol`` beside what the register makes it."""
    match spec:
        case Partition():
            for state, cell in spec.cells.items():
                yield from _protocol_numbers(net, cell, f"{at}[{state}]")
        case InterBeta():
            cites = tuple(i for parent in spec.parents.values() for i in parent.cites)
            for word, anchor in (("lowest", spec.lowest), ("highest", spec.highest)):
                yield from _anchor(net, anchor, cites, word, f"{at}{word}")
            yield from _weights(net, spec.parents, at)
        case Ranked():
            yield from _weights(net, spec.parents, at)
        case NoisyMax():
            assert spec.leak.by != "protocol", f"{at}: the protocol gives no leak"
            for name, cause in spec.parents.items():
                for state, anchor in cause.probability.items():
                    yield from _anchor(net, anchor, cause.cites, "cause", f"{at}{name}.{state}")
        case Given():
            for row in spec.rows:
                assert row.by != "protocol", f"{at}: the protocol gives no rows"


def _weights(net: Network, parents: dict[str, Parent], at: str) -> Iterator[Number]:
    for name, parent in parents.items():
        if parent.by == "protocol":
            coded = govern(parent.cites, net.review.cmocs, net.review.protocol)
            yield f"{at}weight.{name}", parent.weight, coded.weight
            yield f"{at}spread.{name}", parent.spread, coded.spread


def _anchor(
    net: Network, anchor: Anchor, cites: tuple[str, ...], word: str, at: str
) -> Iterator[Number]:
    if anchor.by == "protocol":
        coded = govern(cites, net.review.cmocs, net.review.protocol)
        yield at, anchor.value, float(getattr(coded, word))
        yield f"{at}.strength", anchor.strength, coded.strength


def test_every_number_of_the_protocol(net: Network) -> None:
    numbers = [
        number
        for name, variable in net.variables.items()
        for number in _protocol_numbers(net, variable.table, f"{name}/")
    ]
    assert len(numbers) > 200
    assert [n for n in numbers if n[1] != n[2]] == []


def _claim(**fields: str) -> Cmoc:
    blank = dict.fromkeys(
        ("context", "mechanism", "outcome", "where", "statement", "reading", "against"), "x"
    )
    entry = {"id": "X", "type": "chain", "references": [], "tests": [], **blank, **fields}
    return msgspec.convert(entry, Cmoc)


def test_code_by_hand(net: Network) -> None:
    """Weight is a product, spread the largest of three, strength the smallest, the rest by hedge."""
    claim = _claim(hedge="suggests", evidence="theory", agreement="none")
    coded = code(claim, net.review.protocol)
    assert coded.weight == 1.62  # 3.0 x 0.9 x 0.6
    assert coded.spread == 0.7
    assert coded.strength == 4
    assert (coded.lowest, coded.highest, coded.cause) == (0.15, 0.85, 0.5)


def test_the_strongest_claim_governs(net: Network) -> None:
    """Largest weight first; among equals the smallest spread."""
    cmocs = {
        "strong": _claim(hedge="shows", evidence="review", agreement="several"),
        "sure": _claim(hedge="suggests", evidence="case", agreement="several"),
        "weak": _claim(hedge="may", evidence="inference", agreement="none"),
    }
    protocol = net.review.protocol
    assert govern(cmocs, cmocs, protocol) == code(cmocs["strong"], protocol)
    assert govern(("weak", "sure"), cmocs, protocol) == code(cmocs["sure"], protocol)


def test_no_references_gets_the_widest_spread(net: Network) -> None:
    """None given is a correct entry; it is the least certain one."""
    protocol = net.review.protocol
    unsupported = [c for c in net.cmocs if not c.references]
    assert unsupported
    assert {code(c, protocol).spread for c in unsupported} == {
        max(protocol.spread.agreement.values())
    }
    assert all(c.agreement in {"none", "contested"} for c in unsupported)


@pytest.mark.parametrize("basis", ["coder", "assumption"])
def test_other_numbers_say_why(net: Network, basis: str) -> None:
    """Every judgement the protocol does not give carries its reason; settings are assumptions."""
    from cmocnet.elicitation.tables import judgements

    others = [j for v in net.variables.values() for j in judgements(v) if j.by == basis]
    assert others
    assert [j.address for j in others if not j.why] == []


def test_agreement_follows_the_references(net: Network) -> None:
    """``one`` cites exactly one source, ``several`` two or more, ``none`` cites nobody."""
    counts = {"one": {1}, "none": {0}, "several": set(range(2, 100)), "contested": set(range(100))}
    assert [c.id for c in net.cmocs if len(c.references) not in counts[c.agreement]] == []
