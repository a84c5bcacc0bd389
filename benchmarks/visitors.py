"""Light visitors of the page: they speak its websocket and draw nothing.

``python -m benchmarks.visitors ADDRESS N SECONDS`` lets N of them change something every two
seconds, each from a random moment on, and prints how many changes they made and to how many of
them new outcomes came before the next change.
"""

from __future__ import annotations

import asyncio
import random
import sys
from dataclasses import dataclass, field
from typing import Any

import websockets

EVERY = 2.0
"""Seconds from one change to the next."""
FEW = 5
"""Sliders that one visitor tries out."""
BIGGEST = 2**26
OUTCOMES = "data-outcome="


@dataclass
class Visitor:
    """One visitor: the sliders it was shown, and what it last said."""

    rng: random.Random
    sliders: dict[str, list[str]] = field(default_factory=dict)
    said: dict[str, str] = field(default_factory=dict)
    moved: list[str] = field(default_factory=list)
    query: str = ""
    waiting: bool = False
    changes: int = 0
    answered: int = 0

    def message(self) -> bytes:
        """What a browser sends when something was changed."""
        from streamlit.proto.BackMsg_pb2 import BackMsg

        message = BackMsg()
        message.rerun_script.query_string = self.query
        for name, stop in self.said.items():
            widget = message.rerun_script.widget_states.widgets.add()
            widget.id = name
            widget.string_array_value.data.append(stop)
        return bytes(message.SerializeToString())

    def change(self) -> None:
        """Move one of a few sliders to another stop."""
        if len(self.sliders) > FEW:
            if not self.moved:
                self.moved = self.rng.sample(sorted(self.sliders), FEW)
            name = self.rng.choice(self.moved)
            stops = [s for s in self.sliders[name] if s != self.said.get(name)]
            self.said[name] = self.rng.choice(stops)
            self.waiting = True
            self.changes += 1

    def hear(self, data: bytes) -> None:
        """Take in what the server says: new sliders, new outcomes, the new address."""
        from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

        message = ForwardMsg()
        message.ParseFromString(data)
        kind = message.WhichOneof("type")
        if kind == "delta" and message.delta.HasField("new_element"):
            element = message.delta.new_element
            if element.WhichOneof("type") == "slider":
                self.sliders[element.slider.id] = list(element.slider.options)
            elif self.waiting and OUTCOMES in element.html.body:
                self.waiting = False
                self.answered += 1
        elif kind == "page_info_changed":
            self.query = message.page_info_changed.query_string


async def visit(address: str, seed: int, seconds: float) -> Visitor:
    """One visit; the visitor at its end."""
    visitor = Visitor(random.Random(seed), query="from.situation=enforced_merger_unprepared")
    stream = address.replace("http", "ws", 1) + "/_stcore/stream"
    loop = asyncio.get_running_loop()
    end = loop.time() + seconds
    async with websockets.connect(
        stream,
        subprotocols=["streamlit"],
        origin=address,
        max_size=BIGGEST,
    ) as socket:
        hearing = asyncio.create_task(_hear(visitor, socket))
        await socket.send(visitor.message())
        await asyncio.sleep(EVERY * visitor.rng.random())
        while loop.time() < end:
            visitor.change()
            await socket.send(visitor.message())
            await asyncio.sleep(EVERY)
        hearing.cancel()
    return visitor


async def _hear(visitor: Visitor, socket: Any) -> None:
    async for data in socket:
        visitor.hear(data)


async def _visits(address: str, n: int, seconds: float) -> list[Visitor]:
    return await asyncio.gather(*(visit(address, seed, seconds) for seed in range(n)))


if __name__ == "__main__":
    where, number, length = sys.argv[1], int(sys.argv[2]), float(sys.argv[3])
    visitors = asyncio.run(_visits(where, number, length))
    print(sum(v.changes for v in visitors), sum(v.answered for v in visitors))
