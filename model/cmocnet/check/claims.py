"""The discussion's claims and the named situations, held against the network."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from cmocnet.check.effects import Bench
from cmocnet.check.verdicts import judge_test, numbers
from cmocnet.intervals import NOTHING
from cmocnet.registry.records import Claim, Expectation, Link, Paths, Restores


@dataclass(frozen=True)
class Held:
    """One thing that must come out: what, whether it does, and the numbers.

    One that is not ``required`` is reported all the same.
    """

    name: str
    says: str
    holds: bool
    numbers: Mapping[str, float]
    required: bool = True

    @property
    def fails(self) -> bool:
        """Whether it must come out and does not."""
        return self.required and not self.holds

    @property
    def row(self) -> tuple[str, ...]:
        """In words: its name, whether it holds, and the numbers."""
        word = "holds" if self.holds else "FAILS" if self.required else "no (derived)"
        return self.name, word, f"{self.says} {numbers(self.numbers)}"


def claims(bench: Bench) -> Iterator[Held]:
    """Every claim of ``claims.yaml``."""
    for name, claim in bench.review.claims.items():
        numbers: dict[str, float] = {}
        moved = _direction(bench, claim, numbers)
        holds = _restored(bench, claim.restores, numbers) and moved
        if claim.paths is not None:
            numbers.update(_paths(bench, claim.paths))
        yield Held(name, claim.says, holds, numbers, required=not claim.derived)


def _direction(bench: Bench, claim: Claim, numbers: dict[str, float]) -> bool:
    """The claim's tests, judged by the rule for a chain, or for a moderation where contrasted."""
    fine = True
    for test in claim.tests:
        finding = judge_test(bench, "chain" if test.contrast is None else "moderation", test)
        numbers.update(finding.effects)
        fine = fine and finding.verdict != "wrong"
    return fine


def _restored(bench: Bench, claim: Restores | None, numbers: dict[str, float]) -> bool:
    """The package wins back at least the stated share of what the change took."""
    if claim is None:
        return True
    link = Link(variable=claim.outcome, sign="+")
    base = {**claim.condition, claim.manipulated: claim.start}
    harmed = {**claim.condition, claim.manipulated: claim.end}
    whole = bench.score(link, base)
    taken = whole - bench.score(link, harmed)
    back = bench.score(link, {**harmed, **claim.package}) - bench.score(link, harmed)
    numbers.update(taken=taken, restored=back / taken if taken > NOTHING else 0.0)
    return taken > NOTHING and back / taken >= claim.share


def _paths(bench: Bench, paths: Paths) -> dict[str, float]:
    """The total effect, and what is left of it with each mediator held in turn."""
    link = Link(variable=paths.outcome, sign="+")
    test = Expectation(
        manipulated=paths.manipulated, start=paths.start, end=paths.end, outcomes=(link,)
    )
    held = {name: Link(variable=name, sign="+") for name in paths.mediators}
    left = {f"with {name} held": bench.direct(test, at, link, {}) for name, at in held.items()}
    return {"total": bench.effect(test, link, {})} | left


def situations(bench: Bench) -> Iterator[Held]:
    """Every named situation against its contrast: each expected variable differs the stated way."""
    for name, situation in bench.review.situations.items():
        expected = [Link(variable=v, sign=sign) for v, sign in situation.expects.items()]
        numbers = {
            at.variable: bench.score(at, situation.given) - bench.score(at, situation.contrast)
            for at in expected
        }
        holds = all(numbers[at.variable] * at.way > NOTHING for at in expected)
        told = f"{situation.summary} (in sample)" if situation.in_sample else situation.summary
        yield Held(name, told, holds, numbers)
