"""What is kept between runs: the same answers, made anew whenever anything differs or is damaged."""

from __future__ import annotations

import io
import random
from collections.abc import Callable, Iterator
from dataclasses import asdict
from pathlib import Path

import msgspec
import numpy as np
import pytest

import cmocnet
from cmocnet import Network, keeping, shelf

QUESTION = "P(dissolution | mandated)"


@pytest.fixture
def kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv(keeping.VARIABLE, str(tmp_path / "kept"))
    return tmp_path / "kept"


def test_what_was_kept_answers_the_same(kept: Path) -> None:
    first = cmocnet.load().query(QUESTION)
    before = first.probability, first.interval, first.rivals
    assert {f.stem.partition("-")[2] for f in kept.rglob("*.kept")} >= {
        "review",
        "tables",
        "draws",
        "rivals",
    }
    again = cmocnet.load().query(QUESTION)
    assert (again.probability, again.interval, again.rivals) == before


def test_a_changed_file_is_read(kept: Path, review_copy: Path) -> None:
    (review_copy / "solved.json").unlink()  # its numbers would be older than the file
    before = cmocnet.load(review_copy).query(QUESTION).probability
    file = review_copy / "variables" / "trust_breach.yaml"
    text = file.read_text()
    assert "medium: 0.9" in text
    file.write_text(text.replace("medium: 0.9", "medium: 0.1"))
    assert cmocnet.load(review_copy).query(QUESTION).probability > before


def test_damage_is_made_good(kept: Path) -> None:
    net = cmocnet.load()
    net.program.warm()  # from here on this process answers all questions to the same last bit
    before = net.query(QUESTION)
    wanted = before.probability, before.interval, before.rivals
    for damage in (b"", b"nonsense", b"\x93NUMPY", b"PK\x03\x04"):
        for file in kept.rglob("*.kept"):
            file.write_bytes(damage)
        again = cmocnet.load().query(QUESTION)
        assert (again.probability, again.interval, again.rivals) == wanted, damage


def test_nothing_is_kept_where_that_is_not_wanted_or_not_possible(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(keeping.VARIABLE, "")
    assert cmocnet.load().query(QUESTION).probability
    blocked = tmp_path / "file"
    blocked.write_text("not a folder")
    monkeypatch.setenv(keeping.VARIABLE, str(blocked / "kept"))
    assert cmocnet.load().query(QUESTION).probability


# --- damage -------------------------------------------------------------------------------------


def told(net: Network) -> tuple[object, ...]:
    """Everything that may come from what is kept, to the last bit."""
    draws, rivals = net.draws(), net.rivals
    arrays = [
        (name, array.dtype, array.tobytes())
        for tables in (draws.tables, rivals.tables)
        for name, array in tables.items()
    ]
    own = [(name, table.values.tobytes()) for name, table in net.discrete.tables.items()]
    phrases = asdict(net.lexicon.folding), net.lexicon.listed()
    return msgspec.msgpack.encode(net.review), phrases, own, rivals.labels, arrays


def flipped(raw: bytes, chance: random.Random) -> bytes:
    damaged = bytearray(raw)
    damaged[chance.randrange(len(raw))] ^= 1 << chance.randrange(8)
    return bytes(damaged)


def cut(raw: bytes, chance: random.Random) -> bytes:
    return raw[: chance.randrange(len(raw))]


def overwritten(raw: bytes, chance: random.Random) -> bytes:
    start = chance.randrange(len(raw))
    return (raw[:start] + chance.randbytes(64) + raw[start + 64 :])[: len(raw)]


def lengthened(raw: bytes, chance: random.Random) -> bytes:
    return raw + chance.randbytes(1 + chance.randrange(64))


DAMAGES: tuple[Callable[[bytes, random.Random], bytes], ...] = (
    flipped,
    cut,
    overwritten,
    lengthened,
)


def test_any_damage_to_any_kept_file_changes_no_answer(
    kept: Path, garden: Path, damages: int
) -> None:
    """``--damages 200`` tries so many of every kept file; the suite a few."""
    whole = told(cmocnet.load(garden))
    chance = random.Random(0)
    files = [f for f in kept.rglob("*.kept") if f.stem.partition("-")[2] in KINDS]
    assert len(files) == len(KINDS)
    for file in files:
        good = file.read_bytes()
        for number in range(damages):
            bad = DAMAGES[number % len(DAMAGES)](good, chance)
            file.write_bytes(bad)
            assert told(cmocnet.load(garden)) == whole
            assert bad == good or file.read_bytes() == good, "made anew"


KINDS = ("review", "phrases", "tables", "draws", "rivals")


def foreign(how: str) -> Iterator[tuple[str, bytes]]:
    """Arrays as another program might put them in place of ours."""
    change: dict[str, Callable[[np.ndarray], np.ndarray]] = {
        "float32": lambda a: a.astype(np.float32),
        "NaN": lambda a: np.full_like(a, np.nan),
        "shape": lambda a: a[..., :1],
    }
    for kind in KINDS[1:]:
        arrays = {"mood": np.array([0.5, 0.5]), "labels": np.array(["a"])}
        held = io.BytesIO()
        if how == "missing":
            np.savez(held, labels=arrays["labels"])
        else:
            np.savez(held, mood=change[how](arrays["mood"]))
        yield kind, held.getvalue()


@pytest.mark.parametrize("how", ["missing", "float32", "NaN", "shape"])
def test_arrays_of_another_make_are_not_believed(kept: Path, garden: Path, how: str) -> None:
    whole = told(cmocnet.load(garden))
    for kind, data in foreign(how):
        for file in kept.rglob(f"*-{kind}.kept"):
            file.write_bytes(data)
    assert told(cmocnet.load(garden)) == whole


def test_what_is_proven_but_not_understood_is_made_anew(kept: Path, garden: Path) -> None:
    """As after a change of the records that no file of the key shows."""
    whole = told(cmocnet.load(garden))
    name = shelf.key([garden], {})
    for kind in KINDS:
        keeping.keep(f"{name}-{kind}", b"proven nonsense")
    assert told(cmocnet.load(garden)) == whole


def test_a_folder_that_cannot_be_read_has_no_key(tmp_path: Path) -> None:
    (tmp_path / "loop").symlink_to("loop")
    for path in (tmp_path / "loop", tmp_path / ("x" * 300), tmp_path / "a\0", tmp_path / "no"):
        assert shelf.key([path], {}) is None


def test_what_is_no_file_in_a_review_is_not_read(kept: Path, garden: Path) -> None:
    before = shelf.key([garden], {})
    (garden / "folder.yaml").mkdir()
    assert shelf.key([garden], {}) == before
