"""Hundreds of faults in one review, of every kind, are told in one run: file, line, what instead."""

from __future__ import annotations

from pathlib import Path

import pytest

from cmocnet import check
from cmocnet.registry.read import examine
from tests.registry.seeding import KINDS, Sown, sow


def _told(folder: Path) -> list[str]:
    return [str(fault) for fault in check.files(examine(folder))]


def _place(folder: Path, fault: Sown) -> str:
    return f"{folder / fault.file}:{fault.line}"


@pytest.mark.parametrize("seed", range(6))
def test_every_fault_is_told_where_it_stands(review_copy: Path, seed: int) -> None:
    sown = sow(review_copy, seed=seed)
    assert len(sown) >= 200
    assert {fault.kind for fault in sown} == {kind.name for kind in KINDS}
    told = _told(review_copy)
    missed = [
        fault
        for fault in sown
        if not any(
            line.startswith((f"{_place(review_copy, fault)}:", f"{_place(review_copy, fault)},"))
            and all(word in line for word in fault.said)
            for line in told
        )
    ]
    assert missed == [], "\n".join(line for line in told if missed[0].file in line)
