"""Small invented reviews to try things on: letters that raise each other, coded as any review is.

Every number follows from the codes by the bundled protocol, so a review is only who raises whom.
"""

from __future__ import annotations

import json
from itertools import cycle, pairwise
from pathlib import Path
from typing import Any

from cmocnet.registry import bundled

SHAPES = {
    "fan": "a>g>y b>g>y c>g>y d>h>y e>h>y f>h>y g>y>z h>y>z",
    "chain": "a>p>q b>p>q p>q>r c>q>r q>r>s d>r>s r>s>z s>z",
}
"""Configurations, each as context > mechanism > outcome, or as cause > effect.

In the *fan* two mechanisms share six contexts; in the *chain* each link goes on to the next.
"""
CODES = (
    ("shows", "case", "several"),
    ("suggests", "review", "one"),
    ("posits", "theory", "one"),
    ("may", "inference", "contested"),
    ("suggests", "case", "several"),
)
"""Hedge, evidence and agreement of the configurations, in turn."""
WORDS = """\
more: [more, high, higher]
less: [less, low, lower]
not: ["no", not, without]
middle: [some]
filler: [the, a, is]
"""
WORK = "@article{all, author = {Nobody, N}, title = {Letters}, year = {2000}, number = {1}}\n"
WHENCE = {"source": "all", "says": "About half."}
INVENTED = {"where": "nowhere", "references": [1], "reading": "as stated", "against": "otherwise"}


def write(shape: str, folder: Path) -> Path:
    """Write one of :data:`SHAPES` as a review's folder, and return it."""
    stated = [tuple(one.split(">")) for one in SHAPES[shape].split()]
    causes: dict[str, dict[str, list[str]]] = {}
    for number, letters in enumerate(stated, start=1):
        for cause, effect in pairwise(letters):
            causes.setdefault(cause, {})
            cites = causes.setdefault(effect, {}).setdefault(cause, [])
            cites.append(f"S-{number:02}")
    files: dict[str, Any] = {
        "review.yaml": _about(shape, len(stated), sorted(causes)),
        "claims.yaml": {},
        "situations.yaml": _case(sorted(causes)),
        "cmocs/letters.yaml": {
            f"S-{n:02}": _configuration(letters, code)
            for n, (letters, code) in enumerate(zip(stated, cycle(CODES), strict=False), start=1)
        },
    }
    files |= {f"variables/{x}.yaml": _letter(x, causes[x]) for x in causes}
    texts = {name: json.dumps(content) for name, content in files.items()}  # JSON is YAML
    texts |= {"words.yaml": WORDS, "references.bib": WORK}
    texts["protocol.yaml"] = (bundled() / "protocol.yaml").read_text(encoding="utf-8")
    for name, text in texts.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")
    return folder


def _about(shape: str, count: int, letters: list[str]) -> dict[str, Any]:
    first, second, last = letters[0], letters[-3], letters[-1]
    return {
        "title": f"Letters that raise each other, as a {shape}",
        **dict.fromkeys(("citation", "scope"), "An invented review."),
        **{"doi": "none", "licence": "CC0", "version": "1.0.0", "caution": "Invented."},
        "rounds": {
            "length": "turn",
            "carry": {},
            "horizon": {"variable": last, "state": "high", "rounds": 3},
        },
        "headline": [last],
        "questions": [
            f"P({last}=high | {first}=high)",
            f"P({second}=high | do({first}=low))",
            f"P({first}=high | {last}=high)",
        ],
        "ids": {"S": count},
        "base_rates": [
            {
                "variable": last,
                "state": "high",
                "low": 0.4,
                "high": 0.6,
                "source": "all",
                "says": "",
            }
        ],
    }


def _case(letters: list[str]) -> dict[str, Any]:
    first, second, last = letters[0], letters[1], letters[-1]
    given, contrast = ({first: x, second: x} for x in ("high", "low"))
    told = {"label": "The case", "summary": "A case that is told.", "given": given}
    return {"case": told | {"contrast_label": "Low", "contrast": contrast, "seen": {last: "high"}}}


def _configuration(letters: tuple[str, ...], code: tuple[str, str, str]) -> dict[str, Any]:
    first, *between, last = letters
    test: dict[str, Any] = {"manipulated": first, "from": "low", "to": "high"}
    if between:
        test["mechanism"] = {"variable": between[0], "sign": "+"}
    test["outcomes"] = [{"variable": last, "sign": "+"}]
    said = {"context": first, "mechanism": between[0] if between else first, "outcome": last}
    says = {"type": "chain", "statement": f"{first} raises {last}."}
    codes = dict(zip(("hedge", "evidence", "agreement"), code, strict=True))
    return said | says | codes | INVENTED | {"tests": [test]}


def _letter(name: str, causes: dict[str, list[str]]) -> dict[str, Any]:
    states = ("low", "high") if not causes else ("low", "some", "high")
    told: dict[str, Any] = {
        **{"name": name, "label": f"Letter {name}", "description": "A letter."},
        "layer": "standing" if causes else "setting",
        "states": {state: {"label": state.capitalize()} for state in states},
        **{"names": [f"letter {name}"], "direction": "up", "sources": "nowhere"},
        "question": f"In how many is {name} high?",
    }
    if causes:
        parents = {cause: {"cites": cites} for cause, cites in causes.items()}
        told["table"] = {"method": "interbeta", "parents": parents}
    return told
