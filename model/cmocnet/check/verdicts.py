"""One verdict a configuration: does the network move the way the review says, and by its mechanism?

This is an *encoding agreement*: it holds the model against the review, not against the world.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass
from typing import Any, Literal, get_args

from cmocnet.check.effects import Bench
from cmocnet.intervals import NOTHING
from cmocnet.registry.moment import moment
from cmocnet.registry.records import Cmoc, Expectation, Link
from cmocnet.wording import flat

Verdict = Literal["agrees", "weak", "wrong"]
VERDICTS: tuple[Verdict, ...] = get_args(Verdict)
"""From the best to the worst."""

NOTICEABLE = 0.01
"""An effect (in expected score) under this is weak."""
MEDIATED = 0.10
"""At least this share of an effect must run through the stated mechanism."""


@dataclass(frozen=True)
class Finding:
    """What one test of a configuration found.

    effects
        affected variable (with its round) -> effect in expected score
    mechanism
        effect on the mechanism, or None where the test names none
    mediated
        smallest share over the outcomes that runs through the mechanism
    reasons
        why the verdict is not ``agrees``
    """

    id: str
    test: int
    verdict: Verdict
    effects: Mapping[str, float]
    mechanism: float | None = None
    mediated: float | None = None
    reasons: tuple[str, ...] = ()


@dataclass(frozen=True)
class Agreement:
    """A configuration's verdict: the worst of its tests'."""

    cmoc: Cmoc
    findings: tuple[Finding, ...]

    @property
    def verdict(self) -> Verdict:
        """The worst of its findings."""
        return worst(f.verdict for f in self.findings)

    @property
    def reasons(self) -> tuple[str, ...]:
        """Why the verdict is not ``agrees``."""
        return tuple(dict.fromkeys(r for f in self.findings for r in f.reasons))

    def record(self) -> dict[str, Any]:
        """The verdict, why, and every finding as plain data."""
        return {
            "id": self.cmoc.id,
            "verdict": self.verdict,
            "reasons": list(self.reasons),
            "weak_because": self.cmoc.weak_because,
            "findings": [asdict(finding) for finding in self.findings],
        }

    @property
    def row(self) -> tuple[str, ...]:
        """In words: the id, the verdict, the effects, the smallest mediated share, and why."""
        effects = "; ".join(numbers(f.effects) for f in self.findings)
        shares = [f.mediated for f in self.findings if f.mediated is not None]
        share = f"{min(shares):.0%}" if shares else ""
        excused = self.verdict == "weak" and self.cmoc.weak_because
        why = flat(excused) if excused else "; ".join(self.reasons)
        return self.cmoc.id, self.verdict, effects, share, why


def numbers(values: Mapping[str, float]) -> str:
    """Effects in words.

    >>> numbers({"fog": 0.25, "wind": -0.5})
    'fog +0.250, wind -0.500'
    """
    return ", ".join(f"{name} {value:+.3f}" for name, value in values.items())


def worst(verdicts: Iterable[Verdict]) -> Verdict:
    """The worst of several verdicts; a configuration without any test is wrong.

    >>> worst(["agrees", "weak"])
    'weak'
    """
    return max(verdicts, key=VERDICTS.index, default="wrong")


def judge(bench: Bench, cmoc: Cmoc) -> Agreement:
    """All tests of one configuration, each by its type's rule."""
    return Agreement(
        cmoc, tuple(judge_test(bench, cmoc, t, number) for number, t in enumerate(cmoc.tests, 1))
    )


def judge_test(bench: Bench, cmoc: Cmoc, test: Expectation, number: int = 1) -> Finding:
    """One test, by the rule of its configuration's type (modelled in PROTOCOL.md)."""
    match cmoc.type:
        case "moderation":
            checks = _moderation(bench, test)
        case "selection":
            checks = _selection(bench, test)
        case "mixed":
            checks = _mixed(bench, test)
        case _:
            checks = _chain(bench, test)
            if test.contrast is not None:
                checks.contrasted(bench, test)
    checks.possible(bench, test)
    return Finding(
        cmoc.id,
        number,
        worst(checks.verdicts) if checks.verdicts else "agrees",
        checks.effects,
        checks.mechanism,
        checks.mediated,
        tuple(checks.reasons),
    )


class _Checks:
    """What has been found so far in one test."""

    def __init__(self) -> None:
        self.verdicts: list[Verdict] = []
        self.reasons: list[str] = []
        self.effects: dict[str, float] = {}
        self.mechanism: float | None = None
        self.mediated: float | None = None

    def signed(self, what: str, effect: float, sign: str) -> None:
        """``effect`` must have ``sign`` and be noticeable."""
        along = effect if sign == "+" else -effect
        if along <= NOTHING:
            moved = "does not move" if abs(effect) <= NOTHING else f"moves {effect:+.4f}"
            self._add("wrong", f"{what} {moved}, expected {sign}")
        elif along < NOTICEABLE:
            self._add("weak", f"{what} moves only {effect:+.4f}")
        else:
            self.verdicts.append("agrees")

    def mediation(self, what: str, total: float, direct: float) -> None:
        if abs(total) <= NOTHING:
            return
        share = 1.0 - direct / total
        self.mediated = share if self.mediated is None else min(share, self.mediated)
        if share < MEDIATED:
            self._add("wrong", f"only {share:.2f} of the effect on {what} is mediated")

    def contrasted(self, bench: Bench, test: Expectation) -> None:
        """Outside the condition the effect must be smaller, none, or reversed."""
        for link, less in _contrasts(bench, test):
            self.signed(f"the effect on {link.variable} inside less outside", less, link.sign)

    def possible(self, bench: Bench, test: Expectation) -> None:
        for place, least in test.possible.items():
            word, _, state = place.partition(".")
            name, number = moment(word)
            after = {**test.condition, test.manipulated: test.end}
            p = bench.share(Link(variable=name, sign="+", round=number), state, after)
            if p < least:
                self._add("wrong", f"{place} has only {p:.3f}, expected at least {least:g}")

    def _add(self, verdict: Verdict, reason: str) -> None:
        self.verdicts.append(verdict)
        self.reasons.append(reason)


def _chain(bench: Bench, test: Expectation) -> _Checks:
    """Context moves mechanism and outcome the stated way, and the mechanism carries the effect."""
    checks = _Checks()
    if test.mechanism is not None:
        checks.mechanism = bench.effect(test, test.mechanism, test.condition)
        checks.signed(test.mechanism.variable, checks.mechanism, test.mechanism.sign)
    for link in test.outcomes:
        total = bench.effect(test, link, test.condition)
        checks.effects[_label(link)] = total
        checks.signed(_label(link), total, link.sign)
        if test.mechanism is not None:
            direct = bench.direct(test, test.mechanism, link, test.condition)
            checks.mediation(_label(link), total, direct)
    return checks


def _contrasts(bench: Bench, test: Expectation) -> Iterator[tuple[Link, float]]:
    """Each outcome, and the effect on it inside the condition less that in the contrast."""
    for link in test.outcomes:
        inside = bench.effect(test, link, test.condition)
        yield link, inside - bench.effect(test, link, test.contrast or {})


def _moderation(bench: Bench, test: Expectation) -> _Checks:
    """The effect inside the condition less the effect in the contrast has the stated sign."""
    checks = _Checks()
    for link, less in _contrasts(bench, test):
        checks.effects[_label(link)] = less
        checks.signed(f"the difference of effects on {link.variable}", less, link.sign)
    return checks


def _selection(bench: Bench, test: Expectation) -> _Checks:
    """Seen together by observation; nothing moves by intervention."""
    checks = _Checks()
    links = (*((test.mechanism,) if test.mechanism else ()), *test.outcomes)
    for link in links:
        seen = bench.seen_effect(test, link)
        done = bench.effect(test, link, test.condition)
        checks.effects[_label(link)] = seen
        checks.signed(f"{link.variable} (observed)", seen, link.sign)
        if abs(done) > NOTHING:
            checks._add(
                "wrong", f"{link.variable} moves {done:+.4f} by intervention, expected none"
            )
    return checks


def _mixed(bench: Bench, test: Expectation) -> _Checks:
    """Benefit through the mechanism, cost past it, and a small sum of the two."""
    checks = _Checks()
    if test.mechanism is None:
        checks._add("wrong", "a mixed configuration names the mechanism of its benefit")
        return checks
    checks.mechanism = bench.effect(test, test.mechanism, test.condition)
    checks.signed(test.mechanism.variable, checks.mechanism, test.mechanism.sign)
    for link in test.outcomes:
        total = bench.effect(test, link, test.condition)
        past = bench.direct(test, test.mechanism, link, test.condition)
        through = total - past
        checks.effects[_label(link)] = total
        checks.signed(f"{link.variable} through {test.mechanism.variable}", through, link.sign)
        other = "-" if link.sign == "+" else "+"
        checks.signed(f"{link.variable} past {test.mechanism.variable}", past, other)
        if abs(total) > min(abs(through), abs(past)):
            checks._add("wrong", f"the net effect on {link.variable} ({total:+.4f}) is not small")
    return checks


def _label(link: Link) -> str:
    return f"{link.variable}{link.when}"
