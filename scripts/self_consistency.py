"""Do the intervals hold what they promise? Simulated experts, hidden truths, and the coverage
found.

Draw hidden quantities; let simulated experts name low, central and high for each, with noise and
rounding; fit, pool and answer as `cmocnet elicit fit` does; count how often the 90 per cent
interval of an answer holds the answer that the hidden quantities give. This shows self-consistency
of the machinery, not that any real expert is right.

    python scripts/self_consistency.py --replications 2000 --out docs/self-consistency.md
"""

from __future__ import annotations

import argparse
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from rich.progress import track
from scipy.special import betaincinv, expit, logit

import cmocnet
from cmocnet.elicitation.draws import everyone, tables
from cmocnet.registry import Judgement
from cmocnet.registry.judged import Kind
from cmocnet.survey.fit import PERCENTILES, fit
from cmocnet.typing import Array
from cmocnet.writing import write_whole

EXPERTS = 3
Mask = NDArray[np.bool_]
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
    own: float = 0.1
    bias: float = 0.0


PANELS = (
    Panel("well calibrated", "know the same evidence, and as well as they say"),
    Panel("overconfident", "name intervals half as wide as their errors", width=0.5),
    Panel("biased together", "all overstate effects by one standard deviation", bias=1.0),
    Panel("independent", "well calibrated each, on evidence of their own", own=1.0),
)


def hidden(known: tuple[Judgement, ...], n: int, generator: np.random.Generator) -> Array:
    """``n`` worlds: every quantity drawn from its judgement's own distribution, (n, judgements)."""
    value, spread, weight = columns(known)
    worlds = np.empty((n, len(known)))
    size = (n, int((~weight).sum()))
    m, s = value[~weight], spread[~weight]
    worlds[:, ~weight] = generator.beta(m * s, (1.0 - m) * s, size)
    free = generator.standard_normal((n, int(weight.sum())))
    worlds[:, weight] = value[weight] * np.exp(spread[weight] * free)
    return worlds


def columns(known: tuple[Judgement, ...]) -> tuple[Array, Array, Mask]:
    """Value, spread, and whether it is a weight, of each judgement."""
    value = np.clip([j.value for j in known], 1e-3, None)
    spread = np.array([j.spread for j in known])
    return value, spread, np.array([j.kind == "weight" for j in known])


def named(
    panel: Panel, worlds: Array, known: tuple[Judgement, ...], generator: np.random.Generator
) -> Array:
    """What each expert names: low, central and high, (experts, n, judgements, 3).

    An expert knows the range such quantities lie in and has seen the hidden one at work in as many
    cases as that knowledge is worth: of a probability so many yes and no, of a weight one reading
    with an error as large as its range. Belief follows from both by Bayes' rule (Beta-binomial,
    and normal on the logarithm): that is what well calibrated means. The panel's failing is then
    added.
    """
    value, spread, weight = columns(known)
    cases = np.maximum(2, np.round(spread[~weight])).astype(int)
    alone = np.round(panel.own * cases).astype(int)
    shares = worlds[:, ~weight]
    together = generator.binomial(cases - alone, shares)
    common = generator.standard_normal((len(worlds), int(weight.sum())))
    tilt = np.array([j.overstates for j in known], dtype=np.float64)
    said = np.empty((EXPERTS, *worlds.shape, 3))
    for k in range(EXPERTS):
        yes = together + generator.binomial(alone, shares)
        a = value[~weight] * spread[~weight] + yes
        b = (1.0 - value[~weight]) * spread[~weight] + cases - yes
        belief = [betaincinv(a, b, p) for p in PERCENTILES]
        said[k][:, ~weight] = expit(failed(panel, logit(np.stack(belief, -1)), tilt[~weight]))
        own = generator.standard_normal(common.shape)
        error = np.sqrt(1.0 - panel.own) * common + np.sqrt(panel.own) * own
        seen = np.log(worlds[:, weight]) + spread[weight] * error
        middle = (np.log(value[weight]) + seen) / 2.0
        reach = spread[weight] / np.sqrt(2.0)
        belief = middle[..., None] + reach[:, None] * SCORES
        said[k][:, weight] = np.exp(failed(panel, belief, tilt[weight]))
    return ordered(rounded(said, weight))


def failed(panel: Panel, belief: Array, tilt: Array) -> Array:
    """Low, central and high on a free scale, narrowed and shifted as the panel errs."""
    centre = belief[..., 1:2]
    deviation = (belief[..., 2:] - belief[..., :1]) / (SCORES[2] - SCORES[0])
    return centre + panel.width * (belief - centre) + panel.bias * tilt[:, None] * deviation


def rounded(values: Array, weight: Mask) -> Array:
    """As people name numbers: twentieths, finer near 0 and 1; weights to a tenth."""
    end = np.minimum(values, 1.0 - values)
    digits = np.where(end < 0.02, 1000.0, np.where(end < 0.1, 100.0, 20.0))
    shares = np.clip(np.round(values * digits) / digits, 0.001, 0.999)
    return np.where(weight[:, None], np.maximum(np.round(values, 1), 0.1), shares)


def ordered(said: Array) -> Array:
    """Rounding can make two named numbers one; they are held apart by the least sayable."""
    low, central, high = np.moveaxis(said, -1, 0)
    least = 0.0005
    return np.stack(
        [np.minimum(low, central - least), central, np.maximum(high, central + least)], -1
    )


def fitted(said: Array, weight: Array) -> tuple[Array, Array]:
    """Value and spread fitted to every triple of (..., judgements, 3); each distinct one once."""
    value, spread = np.empty(said.shape[:-1]), np.empty(said.shape[:-1])
    kinds: tuple[tuple[Kind, Array], ...] = (("weight", weight), ("probability", ~weight))
    for kind, chosen in kinds:
        triples = said[..., chosen, :]
        distinct, back = np.unique(triples.reshape(-1, 3), axis=0, return_inverse=True)
        v, s = fit(kind, distinct, percentiles=PERCENTILES)
        value[..., chosen] = v[back].reshape(triples.shape[:-1])
        spread[..., chosen] = s[back].reshape(triples.shape[:-1])
    return value, spread


def pooled(value: Array, spread: Array, weight: Array) -> tuple[Array, Array]:
    """Mean and variance (logarithm for weights) of the linear pool of (experts, judgements)."""
    mean = np.where(weight, np.log(value), value)
    variance = np.where(weight, spread**2, value * (1.0 - value) / (spread + 1.0))
    return mean.mean(axis=0), variance.mean(axis=0) + mean.var(axis=0)


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
    for question in net.review.about.questions:
        query = net.query(question).query
        found += net.batches.predict_tables(drawn, query.evidence, [dict(query.targets)])
    return np.array(found)


def coverage(net: cmocnet.Network, panel: Panel, n: int, draws: int, seed: int) -> Array:
    """Share of replications whose 90 per cent interval holds the hidden answer, a question."""
    known = everyone(net.review)
    _, _, weight = columns(known)
    addresses = [j.address for j in known]
    generator = np.random.default_rng(seed)
    worlds = hidden(known, n, generator)
    truth = answers(net, dict(zip(addresses, np.ascontiguousarray(worlds.T), strict=True)))
    value, spread = fitted(named(panel, worlds, known, generator), weight)
    questions = len(net.review.about.questions)
    inside = np.zeros((questions, n), dtype=bool)
    block = max(1, 4000 // draws)
    for start in track(range(0, n, block), description=panel.name):
        several = [
            samples(*pooled(value[:, r], spread[:, r], weight), weight, draws, seed + r)
            for r in range(start, min(start + block, n))
        ]
        found = answers(net, dict(zip(addresses, np.concatenate(several, axis=1), strict=True)))
        parts = found.reshape(questions, len(several), draws)
        low, high = np.quantile(parts, [0.05, 0.95], axis=-1)
        now = truth[:, start : start + len(several)]
        inside[:, start : start + len(several)] = (low <= now) & (now <= high)
    return inside.mean(axis=1)


PAGE = """\
# Do the intervals hold what they promise?

Hidden quantities are drawn around the bundled judgements; simulated experts name low, central
and high for each, with noise and rounding; the answers are fitted, pooled linearly and put to
three questions. Shown is how often the 90 per cent interval held the hidden answer, over {n:,}
replications with {draws} draws each (`python scripts/self_consistency.py --replications {n}
--draws {draws} --seed {seed}`). This is self-consistency of the machinery: it does not show that
any real expert is right.

{table}

- *Well calibrated* experts get what the interval promises.
- *Overconfident* experts get intervals that are too narrow, and nothing in their answers gives it
  away: ask for reasons at the ends of the range, and compare past answers with what came out.
- Experts *biased together* agree with each other and are off together; pooling cannot find that
  out.
- *Independent* experts each know something the others do not. The linear pool keeps all their
  doubt, so its interval is wider than it need be: safe, not sharp.
"""


def page(found: Mapping[Panel, Array], asked: Sequence[str], n: int, draws: int, seed: int) -> str:
    """The result as a page of the docs."""
    lines = [
        f"| panel of three experts | {' | '.join(q.replace('|', 'given') for q in asked)} |",
        "| --- |" + " ---: |" * len(asked),
    ]
    for panel, shares in found.items():
        cells = " | ".join(f"{100 * s:.1f}%" for s in shares)
        lines.append(f"| **{panel.name}**: {panel.says} | {cells} |")
    return PAGE.format(n=n, draws=draws, seed=seed, table="\n".join(lines))


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
    asked = net.review.about.questions
    text = page(found, asked, args.replications, args.draws, args.seed)
    if args.out:
        write_whole(args.out, text)
    print(text)


if __name__ == "__main__":
    main()
