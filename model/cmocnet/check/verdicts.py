"""One verdict a configuration: does the network move the way the review says, and by its mechanism?

This is an *encoding agreement*: it holds the model against the review, not against the world.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, Literal, get_args

from cmocnet.check.effects import Bench
from cmocnet.intervals import NOTHING
from cmocnet.registry.moment import moment
from cmocnet.registry.records import Cmoc, CmocType, Expectation, Link
from cmocnet.wording import flat

Verdict = Literal["agrees", "weak", "wrong"]
VERDICTS: tuple[Verdict, ...] = get_args(Verdict)
"""From the best to the worst."""

NOTICEABLE = 0.01
"""An effect (in expected score) under this is weak."""
PAST = 0.10
"""Where less of an effect runs through the stated mechanism, it runs past it."""
MEDIATED = 0.25
"""Less than this share through the mechanism is weak."""
ROAD = 0.5
"""The same where the review names the mechanism as the road."""


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
    findings = (
        judge_test(bench, cmoc.type, test, cmoc.id, n) for n, test in enumerate(cmoc.tests, 1)
    )
    return Agreement(cmoc, tuple(findings))


def judge_test(
    bench: Bench, kind: CmocType, test: Expectation, key: str = "", number: int = 1
) -> Finding:
    """One test, by the rule of its configuration's type (modelled in PROTOCOL.md).

    ``key`` and ``number`` are the configuration's id and which of its tests this is.
    """
    checks = _Checks(bench, test)
    match kind:
        case "moderation":
            checks.moderation()
        case "selection":
            checks.selection()
        case "mixed":
            checks.mixed()
        case _:
            checks.chain()
    checks.possible()
    verdict = worst(checks.verdicts) if checks.verdicts else "agrees"
    told = (checks.effects, checks.mechanism, checks.mediated, tuple(checks.reasons))
    return Finding(key, number, verdict, *told)


@dataclass
class _Checks:
    """What has been found so far in one test."""

    bench: Bench
    test: Expectation
    verdicts: list[Verdict] = field(default_factory=list)
    reasons: list[str] = field(default_factory=list)
    effects: dict[str, float] = field(default_factory=dict)
    mechanism: float | None = None
    mediated: float | None = None

    def chain(self) -> None:
        """Context moves mechanism and outcome the stated way, and the mechanism carries the effect.

        Outside the condition, if something is said of it, the effect is smaller, none or reversed.
        """
        mechanism = self.test.mechanism
        self._moved(mechanism)
        for link in self.test.outcomes:
            total = self._total(link)
            self._signed(_label(link), total, link.sign)
            if mechanism is not None and abs(total) > NOTHING:
                self._mediated(link, 1.0 - self._past(mechanism, link) / total)
        for link, less in self._contrasts() if self.test.contrast is not None else ():
            self._signed(f"the effect on {link.variable} inside less outside", less, link.sign)

    def moderation(self) -> None:
        """The effect inside the condition less the effect in the contrast has the stated sign."""
        for link, less in self._contrasts():
            self.effects[_label(link)] = less
            self._signed(f"the difference of effects on {link.variable}", less, link.sign)

    def selection(self) -> None:
        """Seen together by observation; nothing moves by intervention."""
        mechanism = self.test.mechanism
        for link in (*((mechanism,) if mechanism else ()), *self.test.outcomes):
            seen = self.bench.seen_effect(self.test, link)
            done = self.bench.effect(self.test, link, self.test.condition)
            self.effects[_label(link)] = seen
            self._signed(f"{link.variable} (observed)", seen, link.sign)
            if abs(done) > NOTHING:
                self._wrong(f"{link.variable} moves {done:+.4f} by intervention, expected none")

    def mixed(self) -> None:
        """Benefit through the mechanism, cost past it, and a small sum of the two."""
        mechanism = self.test.mechanism
        if mechanism is None:
            self._wrong("a mixed configuration names the mechanism of its benefit")
            return
        self._moved(mechanism)
        for link in self.test.outcomes:
            total, past = self._total(link), self._past(mechanism, link)
            through, other = total - past, "-" if link.sign == "+" else "+"
            self._signed(f"{link.variable} through {mechanism.variable}", through, link.sign)
            self._signed(f"{link.variable} past {mechanism.variable}", past, other)
            if abs(total) > min(abs(through), abs(past)):
                self._wrong(f"the net effect on {link.variable} ({total:+.4f}) is not small")

    def possible(self) -> None:
        """What must remain possible after the manipulation does."""
        test = self.test
        for place, least in test.possible.items():
            word, _, state = place.partition(".")
            name, number = moment(word)
            after = {**test.condition, test.manipulated: test.end}
            p = self.bench.share(Link(variable=name, sign="+", round=number), state, after)
            if p < least:
                self._wrong(f"{place} has only {p:.3f}, expected at least {least:g}")

    def _moved(self, mechanism: Link | None) -> None:
        """The mechanism, if the test names one, moves the stated way."""
        if mechanism is not None:
            self.mechanism = self.bench.effect(self.test, mechanism, self.test.condition)
            self._signed(mechanism.variable, self.mechanism, mechanism.sign)

    def _total(self, link: Link) -> float:
        total = self.bench.effect(self.test, link, self.test.condition)
        self.effects[_label(link)] = total
        return total

    def _past(self, mechanism: Link, link: Link) -> float:
        """What is left of the effect with the mechanism held."""
        return self.bench.direct(self.test, mechanism, link, self.test.condition)

    def _contrasts(self) -> Iterator[tuple[Link, float]]:
        """Each outcome, and the effect on it inside the condition less that in the contrast."""
        for link in self.test.outcomes:
            inside = self.bench.effect(self.test, link, self.test.condition)
            yield link, inside - self.bench.effect(self.test, link, self.test.contrast or {})

    def _signed(self, what: str, effect: float, sign: str) -> None:
        """``effect`` must have ``sign`` and be noticeable."""
        along = effect if sign == "+" else -effect
        if along <= NOTHING:
            moved = "does not move" if abs(effect) <= NOTHING else f"moves {effect:+.4f}"
            self._wrong(f"{what} {moved}, expected {sign}")
        elif along < NOTICEABLE:
            self.verdicts.append("weak")
            self.reasons.append(f"{what} moves only {effect:+.4f}")
        else:
            self.verdicts.append("agrees")

    def _mediated(self, link: Link, share: float) -> None:
        self.mediated = share if self.mediated is None else min(share, self.mediated)
        if share < (ROAD if self.test.road else MEDIATED):
            self.verdicts.append("wrong" if share < PAST else "weak")
            self.reasons.append(f"only {share:.2f} of the effect on {_label(link)} is mediated")

    def _wrong(self, reason: str) -> None:
        self.verdicts.append("wrong")
        self.reasons.append(reason)


def _label(link: Link) -> str:
    return f"{link.variable}{link.when}"
