"""From every page to every other: what the controls show, and what one change writes.

The scenario is reached by a preset, by a link, by hand and by the back button. A control is held
against the scenario twice: by its value in the session, and by what a browser shows that draws it
for the first time.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from types import SimpleNamespace
from urllib.parse import parse_qs

import pytest
from streamlit.testing.v1 import AppTest

from cmocnet_app import main
from cmocnet_app.launch import SCRIPT
from cmocnet_app.sections import context_panel
from cmocnet_app.state.links import to_query
from cmocnet_app.state.scenario import Scenario, askable, preset

NET = main.network(None)  # the one that the pages show, loaded once
PLACES = ("", "why", "compare", "evidence", "judgements")
SHOWING = ("", "why", "compare")
"""The pages with the panel of contexts."""
PRESET = "enforced_merger_unprepared"
MIXED = Scenario(
    {"mandate": "mandated", "integration": "group"},
    {"pace": "slow", "leadership": "combative"},
    {"shared_vision": "present", "planned_aims": "realistic"},
)
"""Every kind of control: sliders and lists, seen, likely and brought about."""
READING = {"reading.T3-20": "improved"}


class Visitor:
    """A visitor of the whole page, with a history to go back in."""

    def __init__(self, **address: str) -> None:
        self.page = AppTest.from_file(str(SCRIPT), default_timeout=120)
        self.place, self.history = "", [("", dict(address))]
        self._open("", address)

    @property
    def address(self) -> dict[str, str]:
        held = self.page.query_params.items()
        return {k: v if isinstance(v, str) else v[-1] for k, v in held}

    def go(self, place: str) -> None:
        """Follow the link to a page."""
        self.history.append((self.place, self.address))
        links = {link.proto.page: link.proto.query_string for link in self.page.get("page_link")}
        self._open(place, {k: v[-1] for k, v in parse_qs(links[place]).items()})

    def back(self) -> None:
        """Press the browser's back button."""
        self._open(*self.history.pop())

    def _open(self, place: str, address: dict[str, str]) -> None:
        found = self.page._registered_pages.items()
        self.page._page_hash = next((h for h, p in found if p["url_pathname"] == place), "")
        self.page.query_params.clear()
        self.page.query_params.update(address)
        self.place = place
        self.page.run()
        assert not self.page.exception
        assert not self.page.error

    def shows(self, scenario: Scenario) -> None:
        """Hold the address and every control of the page against a scenario."""
        said = {k: v for k, v in self.address.items() if not k.startswith(("view.", "reading."))}
        assert said == to_query(scenario)
        if self.place not in SHOWING:
            return
        for name, variable in askable(NET).items():
            stop, how = context_panel._held(variable, scenario)
            kind = "select_slider" if context_panel.two_ended(variable) else "selectbox"
            for state in _twice(self.page, kind, f"state:{name}"):
                assert state == context_panel._said(variable, stop), name
            if len(context_panel._hows(variable, scenario)) > 1:
                for said_how in _twice(self.page, "radio", f"how:{name}"):
                    assert said_how == context_panel.HOW[how], name


def _twice(page: AppTest, kind: str, key: str) -> Iterator[str]:
    """What a control shows: by its value, and to a browser that draws it for the first time."""
    control = next(each for each in page.get(kind) if each.key == key)
    proto, shown = control.proto, control.format_func(control.value)
    if kind == "radio":
        at = proto.value if proto.set_value else proto.default
        drawn = proto.options[at]
    elif kind == "selectbox":
        drawn = proto.raw_value if proto.set_value else proto.options[proto.default]
    else:
        drawn = proto.raw_value[0] if proto.set_value else proto.options[int(proto.default[0])]
    yield from (text.replace("\\", "") for text in (shown, drawn))


def by_preset() -> tuple[Visitor, Scenario]:
    visitor = Visitor()
    visitor.page.pills(key="preset").set_value(PRESET).run()
    return visitor, preset(NET, PRESET)


def by_link() -> tuple[Visitor, Scenario]:
    return Visitor(**to_query(MIXED), **READING), MIXED


def by_hand() -> tuple[Visitor, Scenario]:
    visitor = Visitor()
    visitor.page.select_slider(key="state:mandate").set_value("mandated").run()
    visitor.page.selectbox(key="state:leadership").set_value("combative").run()
    visitor.page.radio(key="how:leadership").set_value("likely").run()
    visitor.page.select_slider(key="state:pace").set_value("slow").run()
    visitor.page.radio(key="how:pace").set_value("done").run()
    return visitor, Scenario({"mandate": "mandated"}, {"pace": "slow"}, {"leadership": "combative"})


def walk() -> Iterator[str]:
    """Pages from the first on, such that every one follows every other once."""
    at = 0
    for step in range(1, len(PLACES)):
        for _ in PLACES:
            at = (at + step) % len(PLACES)
            yield PLACES[at]


@pytest.mark.parametrize("reached", [by_preset, by_link, by_hand])
def test_from_any_page_to_any_other_and_then_one_change(
    reached: Callable[[], tuple[Visitor, Scenario]],
) -> None:
    visitor, scenario = reached()
    visitor.shows(scenario)
    seen = set()
    for place in walk():
        seen.add((visitor.place, place))
        visitor.go(place)
        visitor.shows(scenario)
        if place in SHOWING:
            slider = visitor.page.select_slider(key="state:reputation")
            slider.set_value("likely good").run()
            visitor.shows(scenario.told("reputation", "good", "likely"))
            visitor.page.select_slider(key="state:reputation").set_value("").run()
            visitor.shows(scenario)
    assert len(seen) == len(PLACES) * (len(PLACES) - 1)


@pytest.mark.parametrize("first", SHOWING)
@pytest.mark.parametrize("second", PLACES)
def test_the_back_button_brings_a_page_back_as_it_was(first: str, second: str) -> None:
    visitor, scenario = by_link()
    visitor.go(first)
    visitor.history.append((first, visitor.address))
    visitor.page.select_slider(key="state:reputation").set_value("good").run()
    changed = scenario.told("reputation", "good", "given")
    visitor.go(second)
    visitor.shows(changed)
    visitor.back()
    visitor.shows(changed)
    visitor.back()
    visitor.shows(scenario)
    visitor.page.selectbox(key="state:planned_aims").set_value("").run()
    visitor.shows(scenario.told("planned_aims", "", "given"))


@pytest.mark.parametrize(
    ("scenario", "how", "kept"),
    [
        (Scenario(likely={"shared_vision": "absent"}), "observed", True),
        (Scenario({"shared_vision": "present"}), "done", True),
        (Scenario(), "observed", True),
        (Scenario({"shared_vision": "absent"}), "done", False),
    ],
)
def test_a_choice_that_is_gone_writes_nothing(
    monkeypatch: pytest.MonkeyPatch, scenario: Scenario, how: str, kept: bool
) -> None:
    """A browser may send how "absent" came about after the slider has left that stop."""
    written: list[Scenario] = []
    monkeypatch.setattr(context_panel.st, "session_state", {"how:shared_vision": how})
    monkeypatch.setattr(context_panel.address, "said", lambda _: SimpleNamespace(scenario=scenario))
    monkeypatch.setattr(context_panel.address, "write", written.append)
    context_panel._turned(NET, NET.variables["shared_vision"], "absent")
    assert written == ([] if kept else [Scenario(do={"shared_vision": "absent"})])
