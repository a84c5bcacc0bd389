"""Do the intervals hold what they promise? Simulated experts, hidden truths, and the coverage found.

Draw hidden quantities; let simulated experts name low, central and high for each, with noise and
rounding; fit, pool and answer as `cmocnet elicit fit` does; count how often the 90 per cent interval
of an answer holds the answer that the hidden quantities give. This shows self-consistency of the
machinery, not that any real expert is right.

    python scripts/self_consistency.py --replications 2000 --out docs/self-consistency.md
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from rich.progress import track
from scipy.special import expit, logit

import cmocnet
from cmocnet.elicitation.draws import everyone, tables
from cmocnet.exchange import write_whole
from cmocnet.registry import Judgement
from cmocnet.survey.fit import PERCENTILES, fit
from cmocnet.typing import Array

QUESTIONS = (
    "P(dissolution | mandated, low cultural compatibility)",
    "P(high synergy | do(strong legal agreements), merger)",
    "P(inertia | mandated, no shared vision, weak accountability)",
)
EXPERTS = 3
SCORES = np.array([-1.6448536269514722, 0.0, 1.6448536269514722])


@dataclass(frozen=True)
class Panel:
    """How a panel of experts errs, in units of what each judgement's spread warrants.

    width
        half-width of the named interval beside the one that the error warrants
    own
        share of the error's variance that an expert does not share with the others
    bias
        error common to all experts and questions, towards larger effects
    """

    name: str
    says: str
    width: float = 1.0
    own: float = 0.0
    bias: float = 0.0


PANELS = (
    Panel("well calibrated", "know the same evidence, and as well as they say"),
    Panel("overconfident", "name intervals half as wide as their errors", width=0.5),
    Panel("biased together", "all overstate effects by one standard deviation", bias=1.0),
    Panel("independent", "well calibrated each, on evidence of their own", own=1.0),
)


def scale(known: tuple[Judgement, ...]) -> tuple[Array, Array]:
    """Centre and standard deviation of each judgement on its free scale (logit, or logarithm)."""
    value = np.array([j.value for j in known])
    spread = np.array([j.spread for j in known])
    weight = np.array([j.kind == "weight" for j in known])
    inside = np.where(weight, 0.5, np.clip(value, 0.01, 0.99))
    sd = np.sqrt(1.0 / (inside * spread) + 1.0 / ((1.0 - inside) * spread))
    return np.where(weight, np.log(np.maximum(value, 1e-3)), logit(inside)), np.where(weight, spread, sd)


def rounded(values: Array, weight: Array) -> Array:
    """As people name numbers: hundredths near the ends, twentieths between, weights to a tenth."""
    fine = np.round(values, 2)
    coarse = np.round(values * 20) / 20
    near = (values < 0.1) | (values > 0.9)
    shares = np.clip(np.where(near, fine, coarse), 0.01, 0.99)
    return np.where(weight[:, None], np.maximum(np.round(values, 1), 0.1), shares)


def named(panel: Panel, truth: Array, known: tuple[Judgement, ...], seed: int) -> Iterator[Array]:
    """What each expert names for each judgement: arrays (judgements, 3) of low, central, high.

    An expert knows the range such quantities lie in, sees the hidden one with an error as large as
    that range, and believes what follows from both (Bayes' rule): that is what well calibrated means.
    """
    generator = np.random.default_rng(seed)
    centre, sd = scale(known)
    weight = np.array([j.kind == "weight" for j in known])
    tilt = np.array([j.overstates for j in known], dtype=np.float64)
    common = generator.standard_normal(len(known))
    for _ in range(EXPERTS):
        alone = generator.standard_normal(len(known))
        seen = truth + sd * (np.sqrt(1.0 - panel.own) * common + np.sqrt(panel.own) * alone)
        # What is known beforehand and what is seen count the same, so belief lies halfway.
        belief, doubt = (centre + seen) / 2.0, sd / np.sqrt(2.0)
        free = (belief + doubt * panel.bias * tilt)[:, None] + panel.width * doubt[:, None] * SCORES
        yield ordered(rounded(np.where(weight[:, None], np.exp(free), expit(free)), weight))


def ordered(said: Array) -> Array:
    """Rounding can make two named numbers one; they are held apart by the least that can be said."""
    low, central, high = said.T
    return np.stack([np.minimum(low, central - 0.005), central, np.maximum(high, central + 0.005)], -1)


def pooled(said: list[Array], weight: Array) -> tuple[Array, Array]:
    """Mean and variance of the linear pool of the fitted distributions (logarithm for weights)."""
    mean, variance = [], []
    for numbers in said:
        m, v = np.empty(len(weight)), np.empty(len(weight))
        a, b = fit("probability", np.clip(numbers[~weight], 1e-4, 1 - 1e-4), percentiles=PERCENTILES)
        m[~weight], v[~weight] = a / (a + b), a * b / ((a + b) ** 2 * (a + b + 1))
        m[weight], sd = fit("weight", numbers[weight], percentiles=PERCENTILES)
        v[weight] = sd**2
        mean.append(m)
        variance.append(v)
    means = np.array(mean)
    return means.mean(0), np.mean(variance, 0) + means.var(0)


def samples(mean: Array, variance: Array, weight: Array, n: int, seed: int) -> Array:
    """``n`` draws of every judgement from its pooled Beta or log-normal: (judgements, n)."""
    generator = np.random.default_rng(seed)
    found = np.empty((len(mean), n))
    m, v = mean[~weight, None], variance[~weight, None]
    strength = np.maximum(m * (1 - m) / v - 1, 0.05)
    found[~weight] = generator.beta(m * strength, (1 - m) * strength, (int((~weight).sum()), n))
    shape = (int(weight.sum()), n)
    free = generator.normal(mean[weight, None], np.sqrt(variance[weight, None]), shape)
    found[weight] = np.exp(free)
    return found


def answers(net: cmocnet.Network, values: Mapping[str, Array]) -> Array:
    """Each question's probability under each draw: (questions, n)."""
    drawn = dict(tables(net.review, values))
    found = []
    for question in QUESTIONS:
        query = net.query(question).query
        found += net.batches.predict_tables(drawn, query.evidence, [dict(query.targets)])
    return np.array(found)


def coverage(net: cmocnet.Network, panel: Panel, n: int, draws: int, seed: int) -> Array:
    """Share of replications in which the 90 per cent interval holds the hidden answer, a question."""
    known = everyone(net.review)
    weight = np.array([j.kind == "weight" for j in known])
    addresses = [j.address for j in known]
    centre, sd = scale(known)
    noise = np.random.default_rng(seed).standard_normal((len(known), n))
    hidden = centre[:, None] + sd[:, None] * noise
    natural = np.where(weight[:, None], np.exp(hidden), expit(hidden))
    truth = answers(net, dict(zip(addresses, natural, strict=True)))
    inside = np.zeros((len(QUESTIONS), n), dtype=bool)
    block = max(1, 4000 // draws)
    for start in track(range(0, n, block), description=panel.name):
        several = []
        for r in range(start, min(start + block, n)):
            said = list(named(panel, hidden[:, r], known, seed=seed + 7919 * (r + 1)))
            several.append(samples(*pooled(said, weight), weight, draws, seed=seed + r))
        found = answers(net, dict(zip(addresses, np.concatenate(several, axis=1), strict=True)))
        for k in range(len(several)):
            part = found[:, k * draws : (k + 1) * draws]
            low, high = np.quantile(part, [0.05, 0.95], axis=1)
            inside[:, start + k] = (low <= truth[:, start + k]) & (truth[:, start + k] <= high)
    return inside.mean(axis=1)


def page(found: Mapping[Panel, Array], n: int, draws: int, seed: int) -> str:
    """The result as a page of the docs."""
    lines = [
        "# Do the intervals hold what they promise?",
        "",
        "Hidden quantities are drawn around the bundled judgements; simulated experts name low, central and high",
        "for each, with noise and rounding; the answers are fitted, pooled linearly and put to three questions. Shown",
        f"is how often the 90 per cent interval held the hidden answer, over {n:,} replications with {draws} draws each",
        f"(`python scripts/self_consistency.py --replications {n} --draws {draws} --seed {seed}`). This is self-consistency",
        "of the machinery: it does not show that any real expert is right.",
        "",
        "| panel of three experts | " + " | ".join(f"`{q}`" for q in QUESTIONS) + " |",
        "| --- |" + " ---: |" * len(QUESTIONS),
    ]
    for panel, shares in found.items():
        cells = " | ".join(f"{100 * s:.1f}%" for s in shares)
        lines.append(f"| **{panel.name}**: {panel.says} | {cells} |")
    lines += [
        "",
        "- *Well calibrated* experts get what the interval promises.",
        "- *Overconfident* experts get intervals that are too narrow, and nothing in their answers gives it away: ask for",
        "  reasons at the ends of the range, and compare past answers with what came out.",
        "- Experts *biased together* agree with each other and are off together; pooling cannot find that out.",
        "- *Independent* experts each know something the others do not. The linear pool keeps all their doubt, so its",
        "  interval is wider than it need be: safe, not sharp.",
        "",
    ]
    return "\n".join(lines)


def main() -> None:
    """Run all panels and write the page."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--replications", type=int, default=2000)
    parser.add_argument("--draws", type=int, default=200)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--out", type=Path, help="write the page here instead of printing it")
    args = parser.parse_args()
    net = cmocnet.load()
    found = {p: coverage(net, p, args.replications, args.draws, args.seed) for p in PANELS}
    text = page(found, args.replications, args.draws, args.seed)
    if args.out:
        write_whole(args.out, text)
    print(text)


if __name__ == "__main__":
    main()
