"""What to change: the levers that help most, the best bundle under a budget, and two stories."""

from __future__ import annotations

from cmocnet.levers.backfires import Backfire
from cmocnet.levers.candidates import Lever
from cmocnet.levers.moment import Rounds
from cmocnet.levers.objective import Aim, Objective, Wanted
from cmocnet.levers.result import Bundle, Levers, Single
from cmocnet.levers.search import best
from cmocnet.levers.stories import Stories, Story, tell

__all__ = [
    "Aim",
    "Backfire",
    "Bundle",
    "Lever",
    "Levers",
    "Objective",
    "Rounds",
    "Single",
    "Stories",
    "Story",
    "Wanted",
    "best",
    "tell",
]
