"""Light visitors of the page: they speak its websocket and draw nothing.

``python -m benchmarks.visitors ADDRESS N SECONDS`` lets N of them change something every two
seconds, each from a random moment on, then wait for what they are still owed; it prints one line of
JSON for each: see :class:`Told`.
"""

from __future__ import annotations

import asyncio
import json
import random
import sys
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from typing import Any
from urllib.parse import parse_qs, urlencode

import websockets

EVERY = 2.0
"""Seconds from one change to the next."""
FEW = 5
"""Sliders that one visitor tries out."""
PATIENCE = 120.0
"""Seconds that a visitor waits for an answer to the last change."""
BIGGEST = 2**26
OUTCOMES = "data-outcome="
ASKED = "view.asked"
"""The page leaves this part of its address alone: it says which change an address is of."""


@dataclass
class Told:
    """What one visitor has to tell.

    opened
        Seconds until the first outcomes were there; None if they never were.
    changes, prompt
        How many changes it made, and how many of them were answered before the next.
    waits
        Seconds from each change that was made while nothing was owed to the next outcomes that
        were those of the newest change.
    owed
        Was the last change never answered?
    """

    opened: float | None = None
    changes: int = 0
    prompt: int = 0
    waits: list[float] = field(default_factory=list)
    owed: bool = False


@dataclass
class Visitor:
    """One visitor: the sliders it was shown, what it last said, and since when it waits."""

    rng: random.Random
    query: str
    told: Told = field(default_factory=Told)
    sliders: dict[str, list[str]] = field(default_factory=dict)
    begins: dict[str, str] = field(default_factory=dict)
    said: dict[str, str] = field(default_factory=dict)
    moved: list[str] = field(default_factory=list)
    begun: float = field(default_factory=time.monotonic)
    since: float | None = None
    current: bool = False

    def message(self) -> bytes:
        """What a browser sends when something was changed."""
        from streamlit.proto.BackMsg_pb2 import BackMsg

        message = BackMsg()
        address = parse_qs(self.query) | {ASKED: [str(self.told.changes)]}
        message.rerun_script.query_string = urlencode(address, doseq=True)
        for name, stop in self.said.items():
            widget = message.rerun_script.widget_states.widgets.add()
            widget.id = name
            widget.string_array_value.data.append(stop)
        return bytes(message.SerializeToString())

    def change(self) -> bool:
        """Move one of a few sliders to another stop, if there are sliders yet."""
        if len(self.sliders) <= FEW:
            return False
        if not self.moved:
            self.moved = self.rng.sample(sorted(self.sliders), FEW)
        name = self.rng.choice(self.moved)
        stops = [s for s in self.sliders[name] if s != self.said.get(name, self.begins[name])]
        self.said[name] = self.rng.choice(stops)
        self.told.changes += 1
        self.current = False
        self.since = self.since or time.monotonic()
        return True

    def hear(self, data: bytes) -> None:
        """Take in what the server says: new sliders, new outcomes, the new address."""
        from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

        message = ForwardMsg()
        message.ParseFromString(data)
        kind = message.WhichOneof("type")
        if kind == "delta" and message.delta.HasField("new_element"):
            element = message.delta.new_element
            if element.WhichOneof("type") == "slider":
                slider = element.slider
                self.sliders[slider.id] = list(slider.options)
                # Where it begins is as good as said; to say it once more would change nothing.
                self.begins[slider.id] = slider.options[int(slider.default[0])]
            elif OUTCOMES in element.html.body:
                self._answered()
        elif kind == "page_info_changed":
            self.query = message.page_info_changed.query_string
            # Outcomes of a run that was begun before the newest change are no answer to it.
            self.current = parse_qs(self.query).get(ASKED) == [str(self.told.changes)]

    def _answered(self) -> None:
        now = time.monotonic()
        if self.told.opened is None:
            self.told.opened = now - self.begun
        if self.since is not None and self.current:
            self.told.waits.append(now - self.since)
            self.told.prompt += 1
            self.since = None


async def visit(address: str, seed: int, over: Callable[[Visitor], bool]) -> Told:
    """One visit, which changes things until it is over; what there is to tell of it."""
    visitor = Visitor(random.Random(seed), "from.situation=enforced_merger_unprepared")
    stream = address.replace("http", "ws", 1) + "/_stcore/stream"
    async with websockets.connect(
        stream, subprotocols=["streamlit"], origin=address, max_size=BIGGEST, open_timeout=PATIENCE
    ) as socket:
        hearing = asyncio.create_task(_hear(visitor, socket))
        await socket.send(visitor.message())
        await asyncio.sleep(EVERY * visitor.rng.random())
        while not over(visitor):
            if visitor.change():
                await socket.send(visitor.message())
            await asyncio.sleep(EVERY)
        end = time.monotonic() + PATIENCE
        while visitor.since and time.monotonic() < end:
            await asyncio.sleep(0.1)
        hearing.cancel()
    visitor.told.owed = visitor.since is not None or not visitor.told.changes
    return visitor.told


async def _hear(visitor: Visitor, socket: Any) -> None:
    async for data in socket:
        visitor.hear(data)


async def visits(address: str, n: int, seconds: float) -> list[Told]:
    """N visits at once, of so many seconds."""

    def over(visitor: Visitor) -> bool:
        return time.monotonic() > visitor.begun + seconds

    return await asyncio.gather(*(visit(address, seed, over) for seed in range(n)))


if __name__ == "__main__":
    where, number, length = sys.argv[1], int(sys.argv[2]), float(sys.argv[3])
    for told in asyncio.run(visits(where, number, length)):
        print(json.dumps(asdict(told)))
