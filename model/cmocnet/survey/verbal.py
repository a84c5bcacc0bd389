"""Words for numbers: the scales of ``verbal.yaml``, and what a word in a cell stands for.

For probabilities the scale is the verbal-numerical one of Renooij and Witteman (1999), as used by
van der Gaag et al. (2002); the file cites both. That for weights is the coder's own and says so.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

from msgspec import Meta

from cmocnet.errors import FileError, nearest
from cmocnet.registry import bundled
from cmocnet.registry.files import read_mapping
from cmocnet.registry.judged import Kind, Record
from cmocnet.registry.reading import convert


class Step(Record, frozen=True):
    """One step of a scale: its number, and the words that mean it."""

    value: Annotated[float, Meta(ge=0, le=100)]
    words: Annotated[tuple[str, ...], Meta(min_length=1)]


class Scale(Record, frozen=True):
    """A scale of words, lowest step first, and where it comes from."""

    steps: Annotated[tuple[Step, ...], Meta(min_length=2)]
    by: Literal["published", "coder"]
    source: str | None = None
    why: str | None = None

    def step(self, word: str) -> int | None:
        """Which step a word names, or None.

        >>> scale = Scale(steps=(Step(value=1, words=("weak",)), Step(value=4, words=("strong",))),
        ...               by="coder")
        >>> scale.step(" STRONG "), scale.step("strongish")
        (1, None)
        """
        plain = _plain(word)
        for number, step in enumerate(self.steps):
            if plain in map(_plain, step.words):
                return number
        return None

    def reach(self, number: int) -> tuple[float, float, float]:
        """A word that stands alone, as low, central and high: from the step below to the one above.

        >>> steps = tuple(Step(value=v, words=(str(v),)) for v in (0, 0.5, 1))
        >>> scale = Scale(steps=steps, by="coder")
        >>> scale.reach(1), scale.reach(2)
        ((0, 0.5, 1), (0.5, 1, 1))
        """
        below, above = max(number - 1, 0), min(number + 1, len(self.steps) - 1)
        low, central, high = (self.steps[i].value for i in (below, number, above))
        return low, central, high

    def nearest(self, word: str) -> tuple[str, ...]:
        """The words of the scale most like ``word``."""
        return nearest(word, (w for step in self.steps for w in step.words))

    @property
    def listed(self) -> str:
        """Every step's first word and its number, as a reader sees them."""
        return ", ".join(f"{step.words[0]} {step.value:g}" for step in self.steps)


class Scales(Record, frozen=True):
    """The content of ``verbal.yaml``: a scale for each kind of judgement."""

    probability: Scale
    weight: Scale

    def of(self, kind: Kind) -> Scale:
        """The scale for a kind of judgement."""
        return self.probability if kind == "probability" else self.weight


def scales(folder: Path) -> Scales:
    """The scales in a review's folder, or the bundled ones where it has none.

    Raises
    ------
    FileError
        The file is malformed, or a scale does not rise, leaves its range, or names no source.

    >>> scales(bundled()).probability.steps[-2]
    Step(value=0.85, words=('probable',))
    """
    path = folder / "verbal.yaml"
    if not path.is_file():
        path = bundled() / "verbal.yaml"
    found = convert(read_mapping(path), Scales, str(path))
    tops: dict[Kind, float] = {"probability": 1.0, "weight": 100.0}
    for name, top in tops.items():
        scale = found.of(name)
        where = f"{path}, {name}"
        values = [step.value for step in scale.steps]
        if values != sorted(set(values)) or values[-1] > top:
            raise FileError(
                f"the steps are {values}", where=where, expected=f"rising numbers up to {top:g}"
            )
        if not (scale.source if scale.by == "published" else scale.why):
            raise FileError("a scale without a source", where=where, expected="source: or why:")
    return found


def _plain(word: str) -> str:
    """Lower case, single blanks, hyphens as blanks."""
    return " ".join(word.casefold().replace("-", " ").split())
