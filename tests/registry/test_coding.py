"""The protocol is a function: every number marked as the protocol's is recomputed from the register."""

from __future__ import annotations

import msgspec
import pytest
from msgspec.structs import replace

from cmocnet import Network
from cmocnet.check.coding import numbers
from cmocnet.registry.protocol import code, govern
from cmocnet.registry.records import Cmoc


def test_every_number_of_the_protocol(net: Network) -> None:
    found = [number for name in net.variables for number in numbers(net.review, name)]
    assert len(found) > 200
    assert [n for n in found if n.value != n.coded] == []


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


def test_a_weight_is_told_to_two_decimals(net: Network) -> None:
    protocol = net.review.protocol
    hedge = {**protocol.weight.hedge, "shows": 3.456}
    finer = replace(protocol, weight=replace(protocol.weight, hedge=hedge))
    claim = _claim(hedge="shows", evidence="review", agreement="several")
    assert code(claim, finer).weight == 3.46


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


def test_agreement_is_backed_by_the_references(net: Network) -> None:
    """It counts sources of the link, not of its topic: as many are cited, or more."""
    least = {"one": 1, "none": 0, "several": 2, "contested": 0}
    assert [c.id for c in net.cmocs if len(c.references) < least[c.agreement]] == []


def test_one_reference_is_no_agreement_of_several(net: Network) -> None:
    """And what one source says is agreed by one, unless it is for the topic alone."""
    single = {c.agreement for c in net.cmocs if len(c.references) == 1}
    assert "several" not in single
    assert "one" in single
