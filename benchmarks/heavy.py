"""Heavy visitors of the page: whole pages that make the server work, one after another.

``python -m benchmarks.heavy ADDRESS N SECONDS`` lets N visitors look at such pages. Each changes
something, waits until the whole page stands, and soon changes something again. Meanwhile a newcomer
opens one such page after another, each for a scenario that nobody has asked for. It prints one line
of JSON: see :class:`Told`.
"""

from __future__ import annotations

import asyncio
import json
import random
import sys
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import asdict, dataclass, field, replace
from itertools import cycle
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

import websockets

import cmocnet
from benchmarks.visitors import BIGGEST, FEW, PATIENCE
from cmocnet_app.state.kept_scenarios import WITH
from cmocnet_app.state.links import READING, packed, to_query
from cmocnet_app.state.scenario import askable, preset

if TYPE_CHECKING:
    from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

    from cmocnet import Network

PAUSE = 0.5
"""Seconds that a heavy visitor looks at a whole page."""
ARRIVED = 5.0
"""Seconds until all heavy visitors have come."""
SITUATION = "enforced_merger_unprepared"
PAGES = {
    "why": "These readings (CSV)",
    "compare": "This table (CSV)",
    "evidence": "This table (CSV)",
    "judgements": "Bring your own",
}
"""Place in the address -> what a page of it ends with."""
MOVED = {
    "why": "string_array_value",
    "compare": "string_array_value",
    "evidence": "string_value",
    "judgements": "double_array_value",
}
"""Page -> of which kind the controls are that a visitor moves: contexts, readings, numbers."""


@dataclass
class Told:
    """What heavy visitors have to tell.

    waits
        Page -> seconds from each time that the newcomer asked for it until all of it stood.
    pages
        How many whole pages everyone saw.
    """

    waits: dict[str, list[float]] = field(default_factory=lambda: {page: [] for page in PAGES})
    pages: int = 0


@dataclass
class Sight:
    """A page as one visitor sees it: the controls on it, and what was last said with them."""

    page: str
    rng: random.Random
    query: str
    controls: dict[str, Sequence[Any]] = field(default_factory=dict)
    said: dict[str, Any] = field(default_factory=dict)
    complete: bool = False

    def message(self) -> bytes:
        """What a browser sends to open the page, or when something was changed on it."""
        from streamlit.proto.BackMsg_pb2 import BackMsg

        message = BackMsg()
        message.rerun_script.query_string = self.query
        message.rerun_script.page_name = self.page
        for name, value in self.said.items():
            widget = message.rerun_script.widget_states.widgets.add()
            widget.id = name
            kind = MOVED[self.page]
            if kind.endswith("array_value"):
                getattr(widget, kind).data.append(value)
            else:
                setattr(widget, kind, value)
        return bytes(message.SerializeToString())

    def change(self) -> None:
        """Move one of a few controls."""
        name = self.rng.choice(sorted(self.controls)[:FEW])
        values = [v for v in self.controls[name] if v != self.said.get(name)]
        self.said[name] = self.rng.choice(values)

    def hear(self, message: ForwardMsg) -> bool:
        """Take in what the server says; is the run at its end?

        Raises
        ------
        RuntimeError
            The page failed, or ends before all of it stands.
        """
        kind = message.WhichOneof("type")
        if kind == "new_session":
            self.controls.clear()
            self.complete = False
        elif kind == "page_info_changed":
            self.query = message.page_info_changed.query_string
        elif kind == "delta":
            self._drawn(message.delta)
        elif kind == "script_finished":
            if not self.complete:
                raise RuntimeError(f"{self.page} ended before all of it stood")
            return True
        return False

    def _drawn(self, delta: Any) -> None:
        element = delta.new_element
        kind = element.WhichOneof("type")
        if kind == "exception":
            raise RuntimeError(f"{self.page} failed: {element.exception.message}")
        if kind == "slider" and element.slider.options:
            self._control("string_array_value", element.slider.id, element.slider.options)
        elif kind == "slider":
            slider = element.slider
            few = [slider.min + share * (slider.max - slider.min) for share in (0.2, 0.4, 0.6, 0.8)]
            self._control("double_array_value", slider.id, [round(v, 1) for v in few])
        elif kind == "radio":
            self._control("string_value", element.radio.id, element.radio.options)
        last = element.download_button.label, delta.add_block.expandable.label
        self.complete = self.complete or PAGES[self.page] in last

    def _control(self, kind: str, name: str, values: Sequence[Any]) -> None:
        if kind == MOVED[self.page]:
            self.controls[name] = list(values)


@asynccontextmanager
async def _open(address: str) -> AsyncIterator[Any]:
    stream = address.replace("http", "ws", 1) + "/_stcore/stream"
    async with websockets.connect(
        stream, subprotocols=["streamlit"], origin=address, max_size=BIGGEST, open_timeout=PATIENCE
    ) as socket:
        yield socket


async def _whole(sight: Sight, socket: Any) -> None:
    """Ask for the page as it is now, and wait until all of it stands."""
    from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

    await socket.send(sight.message())
    while True:
        message = ForwardMsg()
        message.ParseFromString(await asyncio.wait_for(socket.recv(), PATIENCE))
        if sight.hear(message):
            return


async def _heavy(page: str, seed: int, net: Network, address: str, end: float) -> int:
    """One heavy visitor, until the end; how many whole pages it saw."""
    sight = Sight(page, random.Random(seed), "")
    sight.query = _asked(page, sight.rng, net)
    seen = 0
    async with _open(address) as socket:
        while time.monotonic() < end:
            await _whole(sight, socket)
            seen += 1
            await asyncio.sleep(PAUSE * (0.5 + sight.rng.random()))
            sight.change()
    return seen


async def _newcomer(net: Network, address: str, end: float) -> dict[str, list[float]]:
    """One page after another, each opened anew: how long each took."""
    rng = random.Random(end)
    waits: dict[str, list[float]] = {page: [] for page in PAGES}
    await asyncio.sleep(ARRIVED)
    while time.monotonic() < end:
        for page in PAGES:
            async with _open(address) as socket:
                start = time.monotonic()
                await _whole(Sight(page, rng, _asked(page, rng, net)), socket)
                waits[page].append(time.monotonic() - start)
    return waits


def _asked(page: str, rng: random.Random, net: Network) -> str:
    """An address of a page: a situation in which a few contexts, or a reading, are otherwise."""
    if page == "evidence":
        cmoc = rng.choice([c for c in net.cmocs if c.readings])
        return urlencode({f"{READING}{cmoc.id}": rng.choice(sorted(cmoc.readings))})
    begun, known = preset(net, SITUATION), askable(net)
    some = {name: rng.choice(known[name].states) for name in rng.sample(sorted(known), FEW)}
    address = to_query(replace(begun, given={**begun.given, **some}))
    beside = {WITH: packed(begun)} if page == "compare" else {}
    return urlencode(address | beside)


async def looked(address: str, n: int, seconds: float) -> Told:
    """Whole pages seen by N heavy visitors and a newcomer, for so many seconds."""
    net = cmocnet.load()
    end = time.monotonic() + seconds
    pages = [page for page, _ in zip(cycle(PAGES), range(n), strict=False)]
    visitors = (_heavy(page, seed, net, address, end) for seed, page in enumerate(pages))
    waits, *seen = await asyncio.gather(_newcomer(net, address, end), *visitors)
    return Told(waits, sum(seen) + sum(map(len, waits.values())))


if __name__ == "__main__":
    where, number, length = sys.argv[1], int(sys.argv[2]), float(sys.argv[3])
    print(json.dumps(asdict(asyncio.run(looked(where, number, length)))))
