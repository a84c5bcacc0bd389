"""In the bundled review a step is credited to the configurations that speak of it, no others."""

from __future__ import annotations

import pytest

from cmocnet import Network
from cmocnet.explain import trace
from tests.explain.crediting import credited, hold_up, paths


@pytest.mark.parametrize("target", ["dissolution=yes", "synergy=high", "trust=low"])
@pytest.mark.parametrize(
    "given",
    [
        "mandate=mandated, integration=merger_or_acquisition, legal_agreements=weak",
        "mandate=voluntary, leadership=combative, cultural_compatibility=low",
        "do(resolution=destructive), conflict=high, prior_success=successful",
        "planned_aims=modest, initial_trust=medium, leadership=conventional, pace=slow",
    ],
)
def test_every_credit_in_the_bundled_review_holds_up(net: Network, given: str, target: str) -> None:
    assert hold_up(net, f"P({target} | {given})") > 20


def test_a_mandated_merger_is_not_put_down_to_culture(net: Network) -> None:
    """TX-49 is of cultures that clash; other roads lead to a breach of trust, too."""
    merger = "P(dissolution=yes | mandated, merger, legal_agreements=weak{})"
    carriers = {c.cmoc for c in trace(net.ask(merger.format(""))).carriers}
    assert "T3-30" in carriers
    assert "TX-49" not in carriers
    unlike = paths(net, merger.format(", cultural_compatibility=low"))
    credited_from = {p.item.variable for p in unlike for s in p.steps if "TX-49" in s.cmocs}
    assert credited_from == {"cultural_compatibility"}


def test_a_mechanism_of_many_contexts_is_credited_to_the_one_the_path_comes_from(
    net: Network,
) -> None:
    for given, expected in {
        "pace=slow": ("T3-14",),
        "pace=timely": ("T3-14",),
        "cessation=improper": ("T3-17",),
        "aims_alignment=conflicting": ("TX-65",),
    }.items():
        way = (given.split("=")[0], "working_friction", "conflict_ground", "conflict")
        assert credited(net, f"P(conflict=high | {given})", *way)[-1] == expected


def test_what_a_moderation_holds_alike_may_be_as_another_of_its_tests_has_it(net: Network) -> None:
    """TX-48 is of mandates among buddies, and of mergers among volunteers."""
    ours, nobody = ("TX-48",), ()
    for given, mandate, integration in (
        ("mandated, merger", ours, ours),
        ("mandated, buddying", ours, nobody),
        ("voluntary, merger", nobody, ours),
        ("voluntary, buddying", nobody, nobody),
    ):
        question = f"P(driver=contract_led | {given})"
        assert credited(net, question, "mandate", "driver") == [mandate]
        assert credited(net, question, "integration", "driver") == [integration]


def test_a_selection_leads_from_what_selects_to_what_is_selected(net: Network) -> None:
    """TX-40: who got on well before comes by another road; the road itself does nothing."""
    way = ("prior_success", "entry_point", "mandate")
    found = credited(net, "P(mandate=mandated | prior_success=successful)", *way)
    assert found[0] == ("TX-40",)
    assert "TX-40" not in found[1]


def test_a_later_round_begins_with_what_an_earlier_one_left(net: Network) -> None:
    """T3-23 is of trust at the end of a round, and of the threshold for risk in the next."""
    way = ("initial_trust", "risk_threshold")
    assert "T3-23" in credited(net, "P(risk_threshold=high | initial_trust=low)", *way)[0]


def test_shares_are_of_all_paths_effects(net: Network) -> None:
    found = trace(net.ask("P(trust=low | mandated, leadership=combative)"), top=None)
    whole = sum(abs(p.effect) for p in found.paths)
    for carrier in found.carriers:
        mine = [p.effect for p in found.paths if any(carrier.cmoc in s.cmocs for s in p.steps)]
        assert carrier.effect == pytest.approx(sum(mine), abs=1e-12)
        assert carrier.share == pytest.approx(sum(map(abs, mine)) / whole, abs=1e-12)
