"""The parts of ``cmocnet check`` over draws: how firm directions are, which worlds are possible."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from cmocnet.cli import show

if TYPE_CHECKING:
    from cmocnet.check.firmness import Firmness
    from cmocnet.check.predictive import Spread
    from cmocnet.network import Network


def directions(net: Network, draws: int) -> list[Firmness]:
    """The share of draws in which each configuration's directions hold, with a progress bar."""
    from cmocnet.check.firmness import firmness

    total = len(net.cmocs)
    firm: list[Firmness] = []
    with show.bar("directions over draws") as progress:
        for one in firmness(net.review, net.discrete, net.draws(n=draws)):
            firm.append(one)
            if progress is not None:
                progress(len(firm), total)
    return firm


def print_firm(firm: list[Firmness], draws: int) -> None:
    """One line a configuration, the least firm first."""
    order = sorted(firm, key=lambda f: f.share)
    show.lines("", f"Share of {draws:,} draws in which all stated directions hold")
    show.table(
        ["Id", "Holds in", "", "Claim"],
        (
            (
                f.cmoc.id,
                f"{f.share:.0%}",
                "uncertain" if f.uncertain else "",
                f"{f.cmoc.context} -> {f.cmoc.mechanism} -> {f.cmoc.outcome}",
            )
            for f in order
        ),
        right=["Holds in"],
    )
    uncertain = sum(f.uncertain for f in firm)
    show.lines(f"{uncertain} of {len(firm)} uncertain: under 95% of draws")


def print_predictive(net: Network, spreads: tuple[Spread, ...]) -> None:
    """The spread of each outcome, and the outside base rates beside it."""
    show.lines("", "What the priors hold possible: 5%, 50% and 95% of worlds")
    show.table(
        ["Outcome", "Over contexts", "Over judgements", "Over both", "Seen elsewhere"],
        (
            (
                f"{v.label}: {v.state_labels[s.state]}",
                _span(s.over_contexts),
                _span(s.over_judgements),
                _span(s.over_both),
                " ".join(f"{r.says} ({r.source})" for r in s.base_rates),
            )
            for s in spreads
            for v in [net.variables[s.variable]]
        ),
    )


def _span(quantiles: Mapping[float, float]) -> str:
    return " - ".join(f"{quantiles[q]:.0%}" for q in (0.05, 0.5, 0.95))


def record(firmness: list[Firmness], spreads: tuple[Spread, ...]) -> dict[str, Any]:
    """Both as JSON knows them; what was not asked for is left out."""
    told: dict[str, Any] = {}
    if firmness:
        told["firmness"] = [
            {"id": f.cmoc.id, "share": f.share, "uncertain": f.uncertain} for f in firmness
        ]
    if spreads:
        told["predictive"] = [
            {
                "variable": s.variable,
                "state": s.state,
                "over_contexts": {str(q): p for q, p in s.over_contexts.items()},
                "over_judgements": {str(q): p for q, p in s.over_judgements.items()},
                "over_both": {str(q): p for q, p in s.over_both.items()},
                "base_rates": [
                    {"low": r.low, "high": r.high, "says": r.says} for r in s.base_rates
                ],
            }
            for s in spreads
        ]
    return told
