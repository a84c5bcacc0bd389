"""Shared by all tests: the bundled network, a copy of its files, and a second, invented review.

The second review is about a shared garden: five variables, four configurations, nothing of the
bundled one's subject. What works for both works for a review in the file format, not for one text.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
import yaml

import cmocnet
from cmocnet import Network
from cmocnet.registry import bundled

GARDEN = {
    "review.yaml": """
title: Why some shared gardens thrive
citation: An invented review of shared gardens.
doi: none
licence: CC0
version: 0.1.0
caution: Invented.
scope: Gardens.
rounds:
  length: season
  carry: {mood_before: mood}
  horizon: {variable: abandoned, state: "yes", rounds: 4}
headline: [mood, abandoned]
ids: {G: 4}
""",
    "protocol.yaml": """
weight:
  hedge: {shows: 4.0, suggests: 3.0, posits: 2.0, may: 1.0}
  evidence: {case: 1.0, review: 1.0, theory: 0.9, inference: 0.8}
  agreement: {several: 1.0, one: 0.9, contested: 0.5, none: 0.5}
spread:
  hedge: {shows: 0.2, suggests: 0.3, posits: 0.4, may: 0.5}
  evidence: {case: 0.2, review: 0.2, theory: 0.3, inference: 0.4}
  agreement: {several: 0.2, one: 0.3, contested: 0.6, none: 0.6}
strength:
  hedge: {shows: 20, suggests: 12, posits: 8, may: 5}
  evidence: {case: 15, review: 15, theory: 12, inference: 8}
  agreement: {several: 20, one: 10, contested: 5, none: 4}
lowest: {shows: 0.1, suggests: 0.2, posits: 0.3, may: 0.35}
highest: {shows: 0.9, suggests: 0.8, posits: 0.7, may: 0.65}
cause: {shows: 0.6, suggests: 0.5, posits: 0.4, may: 0.3}
shared: 0.2
""",
    "words.yaml": """
more: [more, high, higher]
less: [less, low, lower]
not: ["no", not, without]
middle: [some]
filler: [the, a, is]
""",
    "claims.yaml": """
sun_saves:
  says: Sun keeps a garden going.
  where: Discussion
  tests:
    - {manipulated: sunlight, from: shade, to: sun, outcomes: [{variable: abandoned, sign: "-"}]}
  restores: {manipulated: sunlight, from: sun, to: shade, outcome: mood, package: {watering: regular}, condition: {}, share: 0.1}
  paths: {manipulated: sunlight, from: shade, to: sun, outcome: mood, mediators: [watering]}
""",
    "situations.yaml": """
dark_corner:
  label: Dark corner
  summary: A plot in the shade.
  given: {sunlight: shade}
  contrast_label: In the sun
  contrast: {sunlight: sun}
  expects: {mood: "-", abandoned: "+"}
""",
    "references.bib": """
@article{digger2001, author = {Digger, A and Delver, B}, title = {On spades}, year = {2001}, number = {1}}
@book{hoe1999, author = {Hoe, C}, title = {On hoes}, year = {1999}, number = {2}}
""",
    "variables/sunlight.yaml": """
name: sunlight
label: Sunlight
layer: setting
description: How much sun the plot gets.
states:
  shade: {label: In the shade, words: [dark corner]}
  sun: {label: In the sun, words: [sunny plot]}
names: [sunlight]
direction: up
favourable: sun
actionable: {when: [before], how: Choose another plot.}
question: Of 100 gardens, how many lie in the sun?
sources: Results
table:
  method: given
  rows:
    - {row: [0.4, 0.6], strength: 4, by: assumption, why: a guess}
""",
    "variables/mood_before.yaml": """
name: mood_before
label: Mood before
layer: loop
description: How the gardeners feel as the season begins.
states: {low: {label: Low}, high: {label: High, words: [keen gardeners]}}
names: [mood before]
direction: up
question: In how many is the mood high at the start?
sources: Results
table:
  method: interbeta
  lowest: {value: 0.1, strength: 10}
  highest: {value: 0.9, strength: 10}
  parents:
    sunlight: {weight: 3.6, spread: 0.3, cites: [G-01]}
""",
    "variables/watering.yaml": """
name: watering
label: Watering
layer: loop
description: How often the plot is watered.
states: {rare: {label: Rare}, regular: {label: Regular, words: [water every day]}}
names: [watering]
bare: regular
direction: up
favourable: regular
question: In how many is watering regular?
sources: Results
table:
  method: interbeta
  lowest: {value: 0.1, strength: 10}
  highest: {value: 0.9, strength: 10}
  parents:
    mood_before: {weight: 3.6, spread: 0.3, cites: [G-01]}
""",
    "variables/mood.yaml": """
name: mood
label: Mood
layer: loop
description: How the gardeners feel as the season ends.
states: {low: {label: Low}, high: {label: High, words: [happy gardeners]}}
names: [mood]
direction: up
favourable: high
question: In how many is the mood high at the end?
sources: Results
table:
  method: partition
  by: sunlight
  cites: [G-04]
  cells:
    shade:
      method: ranked
      function: wmean
      variance: 0.2
      why: water does little without light
      parents:
        watering: {weight: 3.0, spread: 0.3, cites: [G-02]}
        mood_before: {weight: 4.0, spread: 0.6, by: coder, why: moods last, cites: [G-04]}
    sun:
      method: interbeta
      lowest: {value: 0.15, strength: 8, by: coder, why: a cell}
      highest: {value: 0.85, strength: 8, by: coder, why: a cell}
      parents:
        watering: {weight: 3.0, spread: 0.3, cites: [G-02]}
        mood_before: {weight: 4.0, spread: 0.6, by: coder, why: moods last, cites: [G-04]}
""",
    "variables/abandoned.yaml": """
name: abandoned
label: Garden abandoned
layer: outcome
description: Whether the garden is given up within four seasons.
states: {"no": {label: "No"}, "yes": {label: "Yes", words: [given up]}}
names: [abandoned]
bare: "yes"
direction: up
favourable: "no"
question: In how many is it given up?
sources: Results
table:
  method: noisy_max
  leak: {value: 0.05, strength: 8, by: coder, why: bad luck}
  parents:
    mood:
      cites: [G-03]
      probability: {low: {value: 0.4, strength: 4}}
""",
    "cmocs/garden.yaml": """
G-01:
  context: The plot lies in the sun
  mechanism: Gardeners start in good mood
  outcome: They water regularly
  type: chain
  where: Results
  statement: Sun lifts the mood, and who is in good mood comes to water.
  hedge: shows
  evidence: case
  agreement: one
  references: [1]
  reading: sunlight raises mood_before and through it watering.
  against: Sunny plots that dry out.
  tests:
    - {manipulated: sunlight, from: shade, to: sun, mechanism: {variable: mood_before, sign: "+"},
       outcomes: [{variable: watering, sign: "+"}]}
G-02:
  context: Regular watering
  mechanism: Things grow
  outcome: Gardeners are happier
  type: chain
  where: Results
  statement: What is watered grows, and growth pleases.
  hedge: suggests
  evidence: review
  agreement: several
  references: [1, 2]
  reading: watering raises mood.
  against: Lush gardens with sullen gardeners.
  tests:
    - {manipulated: watering, from: rare, to: regular, outcomes: [{variable: mood, sign: "+"}]}
G-03:
  context: Low mood
  mechanism: Nobody comes
  outcome: The garden is given up
  type: chain
  where: Discussion
  statement: Gardens are given up when nobody enjoys them.
  hedge: posits
  evidence: inference
  agreement: none
  references: []
  references_note: none given
  reading: low mood brings abandonment.
  against: Loved gardens that are given up.
  tests:
    - {manipulated: mood, from: high, to: low, outcomes: [{variable: abandoned, sign: "+"}]}
G-04:
  context: Sun
  mechanism: Water counts for more
  outcome: Mood depends on watering
  type: moderation
  where: Discussion
  statement: Where there is light water is what is missing.
  hedge: may
  evidence: theory
  agreement: contested
  references: [2]
  reading: the effect of watering on mood is larger in the sun.
  against: Shaded gardens that live by water alone.
  contradicts: [G-02]
  adopted: graded
  readings:
    graded: {says: Water counts for more in the sun.}
    water_only:
      says: In the sun water is all.
      changes:
        mood: {table: {cells: {sun: {lowest: {value: 0.02}, highest: {value: 0.98}}}}}
  tests:
    - {manipulated: watering, from: rare, to: regular, outcomes: [{variable: mood, sign: "+"}],
       condition: {sunlight: sun}, contrast: {sunlight: shade}}
""",
}


@pytest.fixture(scope="session")
def net() -> Network:
    """The bundled review's network; read-only, so one serves all tests."""
    return cmocnet.load()


@pytest.fixture
def review_copy(tmp_path: Path) -> Path:
    """A copy of the bundled review's files that a test may damage."""
    return Path(shutil.copytree(bundled(), tmp_path / "priors"))


@pytest.fixture(scope="session")
def write_garden() -> Callable[[Path], Path]:
    """Writes the garden review into a folder and returns it."""

    def write(folder: Path) -> Path:
        for name, text in GARDEN.items():
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text.lstrip(), encoding="utf-8")
        return folder

    return write


@pytest.fixture
def garden(tmp_path: Path, write_garden: Callable[[Path], Path]) -> Path:
    """The garden review's folder, fresh for each test."""
    return write_garden(tmp_path / "garden")


SIZES = yaml.safe_load((bundled() / "protocol.yaml").read_text(encoding="utf-8"))["sizes"]
CASE = """
the_corner:
  label: The corner
  summary: A plot in the shade that was given up.
  given: {sunlight: shade, mood_before: low}
  contrast_label: In the sun
  contrast: {sunlight: sun, mood_before: low}
  seen: {abandoned: "yes"}
"""
RATE = """
base_rates:
  - {variable: abandoned, state: "yes", low: 0.5, high: 0.6, says: Half of all, source: digger2001, rounds: 8}
"""


@pytest.fixture(scope="session")
def write_sized(write_garden: Callable[[Path], Path]) -> Callable[[Path], Path]:
    """Writes the garden with sizes, a case that was seen, and an outside figure at its own time."""

    def write(folder: Path) -> Path:
        write_garden(folder)
        for name, more in (
            ("protocol.yaml", yaml.safe_dump({"sizes": SIZES})),
            ("situations.yaml", CASE),
            ("review.yaml", RATE),
        ):
            path = folder / name
            path.write_text(path.read_text(encoding="utf-8") + more, encoding="utf-8")
        return folder

    return write


@pytest.fixture
def sized(tmp_path: Path, write_sized: Callable[[Path], Path]) -> Path:
    """The folder of the garden with sizes, fresh for each test."""
    return write_sized(tmp_path / "sized")


@pytest.fixture(scope="session")
def garden_net(
    tmp_path_factory: pytest.TempPathFactory, write_sized: Callable[[Path], Path]
) -> Network:
    """The garden with sizes."""
    return cmocnet.load(write_sized(tmp_path_factory.mktemp("sized")))
