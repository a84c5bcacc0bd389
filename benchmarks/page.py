"""The what-if page in a real browser: from a moved slider to the new outcomes, and memory.

One visitor moves sliders by keyboard; the others are light ones. In the browser, the clock starts
with the key pressed and stops with the frame after every headline outcome shows the number that the
library gives.
"""

from __future__ import annotations

import json
import random
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

import cmocnet
from benchmarks import heavy
from benchmarks.results import Bar, Effort, Row
from benchmarks.visitors import Told
from cmocnet_app import words
from cmocnet_app.answers import headline
from cmocnet_app.sections.context_panel import SOFT, two_ended
from cmocnet_app.state.scenario import Scenario, askable, preset
from tests.app import served_page

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from cmocnet.registry import Variable

START = "enforced_merger_unprepared"
OTHERS = 19
CROWD, CROWD_SECONDS = 60, 300.0
PATIENT, SOON = 10.0, "95th percentile under 10 s"
HEAVY, HEAVY_SECONDS = 10, 60.0
"""Visitors who each have whole pages drawn that take the server long, again and again."""
WARM = 20
"""Changes before anything is measured."""
ARRIVED, PAUSE = 5_000, 200
"""Milliseconds: until all others have opened the page, and between two changes among them."""
NUMBERS = "[data-outcome] .here .number"
STOPWATCH = """
({selector, expected}) => {
  const shown = () => [...document.querySelectorAll(selector)].map(e => e.textContent).join(" ");
  window.took = new Promise(resolve => {
    let start;
    const pressed = event => { start ??= event.timeStamp; };
    addEventListener("keydown", pressed, {capture: true, once: true});
    const watch = new MutationObserver(() => {
      if (start === undefined || shown() !== expected) return;
      watch.disconnect();
      requestAnimationFrame(() => resolve(performance.now() - start));
    });
    watch.observe(document.body, {subtree: true, childList: true, characterData: true});
  });
}
"""


@dataclass
class Visitor:
    """A visitor at a browser, and the scenario that the page should be showing."""

    page: Page
    rng: random.Random
    net: cmocnet.Network
    given: dict[str, str]
    likely: dict[str, str] = field(default_factory=dict)

    def shown(self) -> str:
        """The headline numbers of the scenario, as the library gives them."""
        scenario = Scenario(self.given, likely=self.likely, situation=START)
        found = headline.outcomes(self.net, scenario, None)
        return " ".join(words.per_cent(o.here) for o in found if o.here is not None)

    def change(self) -> float:
        """Move a slider by one stop; milliseconds until every outcome shows its new number."""
        before = self.shown()
        while True:
            variable, step = self.rng.choice(sliders(self.net)), self.rng.choice((-1, 1))
            held = dict(self.given), dict(self.likely)
            if self._move(variable, step) and self.shown() != before:
                break
            self.given, self.likely = held
        thumb = self.page.locator(f'input[type=range][aria-label="{variable.label}"]')
        thumb.evaluate("thumb => thumb.focus({preventScroll: true})")
        expected = {"selector": NUMBERS, "expected": self.shown()}
        self.page.evaluate(STOPWATCH, expected)
        self.page.keyboard.press("ArrowRight" if step > 0 else "ArrowLeft")
        return float(self.page.evaluate("() => window.took"))

    def _move(self, variable: Variable, step: int) -> bool:
        """Take the scenario one stop along; False where the slider is at its end."""
        name, (low, high) = variable.name, variable.states
        stops = [low, SOFT + low, "", SOFT + high, high]
        now = self.given.get(name) or (SOFT + self.likely[name] if name in self.likely else "")
        at = stops.index(now) + step
        if not 0 <= at < len(stops):
            return False
        self.given.pop(name, None)
        self.likely.pop(name, None)
        if stops[at]:
            kind = self.likely if stops[at].startswith(SOFT) else self.given
            kind[name] = stops[at].removeprefix(SOFT)
        return True


def sliders(net: cmocnet.Network) -> list[Variable]:
    """The contexts that the situation begun from names and that a slider shows."""
    named = preset(net, START).given
    return [v for name, v in askable(net).items() if name in named and two_ended(v)]


@contextmanager
def visited(net: cmocnet.Network) -> Iterator[tuple[Visitor, str, subprocess.Popen[bytes]]]:
    """A visitor at a browser who has looked around, the server's address, and the server."""
    from playwright.sync_api import sync_playwright

    with served_page.served() as (address, server), sync_playwright() as driver:
        browser = driver.chromium.launch(
            executable_path=served_page.chromium(), args=[*served_page.QUIET], timeout=60_000
        )
        view = browser.new_page(viewport={"width": 1280, "height": 900})
        view.goto(f"{address}/?from.situation={START}")
        view.wait_for_selector(NUMBERS, timeout=60_000)
        visitor = Visitor(view, random.Random(1), net, dict(preset(net, START).given))
        for _ in range(WARM):
            visitor.change()
        yield visitor, address, server
        browser.close()


def page(effort: Effort) -> Iterator[Row]:
    """Latency with one visitor, twenty and sixty, memory after many changes, and whole pages."""
    net = cmocnet.load()
    n, most, seconds = (10, 10, 15) if effort.quick else (200, 500, 100)
    with visited(net) as (visitor, _, server):
        before = resident(server)
        times = [visitor.change() for _ in range(most)]
        grown = max(resident(server) - before, 1)
    yield _row("one visitor", times[:n], Bar("limit", 1, "95th percentile under 300 ms"), 0.3)
    yield Row(
        "page", f"the page's server, memory gained over {most} changes after the first {WARM}",
        float(grown), {"limit": 50 * 2.0**20}, (Bar("limit", 1, "under 50 MiB"),), unit="B",
    )  # fmt: skip
    with visited(net) as (visitor, address, _), visits(address, OTHERS, seconds) as others:
        visitor.page.wait_for_timeout(ARRIVED)
        times = []
        while others.poll() is None and len(times) < n:
            times.append(visitor.change())
            visitor.page.wait_for_timeout(PAUSE)
        told = heard(others)
    changes, prompt = sum(t.changes for t in told), sum(t.prompt for t in told)
    if prompt < 0.9 * changes:
        raise RuntimeError(f"the others changed {changes} things and saw {prompt} answers")
    answered = f"{prompt} of their {changes} changes answered before the next"
    yield _row(
        f"one visitor while {OTHERS} others each change something every two seconds, {answered}",
        times, Bar("limit", 1, "95th percentile under 1.5 s"), 1.5,
    )  # fmt: skip
    yield crowd(*((20, 15) if effort.quick else (CROWD, CROWD_SECONDS)))
    yield whole_pages(HEAVY, 15.0 if effort.quick else HEAVY_SECONDS)


def crowd(many: int, seconds: float) -> Row:
    """Many more visitors than can all be drawn whole pages: how long each waits."""
    with served_page.served() as (address, _), visits(address, many, seconds) as others:
        told = heard(others)
    owed = sum(t.owed for t in told)
    if owed:
        raise RuntimeError(f"{owed} of {many} visitors were never answered")
    waits = np.concatenate([t.waits for t in told])
    middle, late, longest = np.percentile(waits, (50, 95, 100))
    slowest = max(float(np.median(t.waits)) for t in told)
    work = (
        f"the page, {many} visitors who each change something every two seconds for {seconds:.0f} "
        f"s: all answered, {sum(t.prompt for t in told)} of {sum(t.changes for t in told)} changes "
        f"before the next; a wait is from a change to the answer to the newest, median "
        f"{middle:.2f} s, longest {longest:.2f} s, median of the visitor who waited most "
        f"{slowest:.2f} s (95th percentile)"
    )
    return Row("page", work, float(late), {"limit": PATIENT}, (Bar("limit", 1, SOON),))


def whole_pages(many: int, seconds: float) -> Row:
    """How long a newcomer waits for whole pages behind visitors who are having some drawn too."""
    with served_page.served() as (address, server):
        _heavy(address, 1, 1.0)  # what is worked out once for all visitors
        before = spent(server)
        told = _heavy(address, many, seconds)
        each = (spent(server) - before) / told.pages
    waits = np.concatenate([*told.waits.values()])
    middle, late, longest = np.percentile(waits, (50, 95, 100))
    kinds = ", ".join(f"{page} {max(found):.2f} s" for page, found in told.waits.items())
    work = (
        f"the page, whole pages of a newcomer behind {many} heavy visitors, each of whom changes "
        f"something as soon as a page stands, for {seconds:.0f} s: {len(waits)} pages, median "
        f"{middle:.2f} s, longest {longest:.2f} s ({kinds}); {each:.2f} s of processor time a page "
        f"over all {told.pages} of everyone (95th percentile)"
    )
    return Row("page", work, float(late), {"limit": PATIENT}, (Bar("limit", 1, SOON),))


def _heavy(address: str, many: int, seconds: float) -> heavy.Told:
    """What heavy visitors, in a process of their own, and a newcomer have to tell."""
    command = (sys.executable, "-m", "benchmarks.heavy", address, str(many), str(seconds))
    told = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout
    return heavy.Told(**json.loads(told))


@contextmanager
def visits(address: str, many: int, seconds: float) -> Iterator[subprocess.Popen[str]]:
    """Light visitors in a process of their own."""
    command = (sys.executable, "-m", "benchmarks.visitors", address, str(many), str(seconds))
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as others:
        yield others


def heard(others: subprocess.Popen[str]) -> list[Told]:
    """What light visitors have to tell when they are done."""
    lines, _ = others.communicate()
    return [Told(**json.loads(line)) for line in lines.splitlines()]


def _row(work: str, times: list[float], bar: Bar, limit: float) -> Row:
    slowest = float(np.percentile(times, 95)) / 1000
    label = f"the page, from a moved slider to the new outcomes, {work} (95th percentile)"
    return Row("page", label, slowest, {bar.peer: limit}, (bar,))


def resident(server: subprocess.Popen[bytes]) -> int:
    """Bytes of memory that the server holds."""
    asked = ["ps", "-o", "rss=", "-p", str(server.pid)]
    return 1024 * int(subprocess.run(asked, capture_output=True, check=True, text=True).stdout)


def spent(server: subprocess.Popen[bytes]) -> float:
    """Seconds of processor time that the server has taken."""
    asked = ["ps", "-o", "cputimes=", "-p", str(server.pid)]
    return float(subprocess.run(asked, capture_output=True, check=True, text=True).stdout)
