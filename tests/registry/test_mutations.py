"""Damaged files: whatever is done to one, the loader ends in a CmocnetError or in a network."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import cmocnet
from cmocnet.errors import CmocnetError
from cmocnet.registry import bundled

VARIABLES = ["synergy", "trust", "legal_agreements", "dissolution", "ambition", "trust_breach"]
FAR = settings(deadline=None, suppress_health_check=list(HealthCheck))

odd_keys = st.one_of(
    st.sampled_from(["weight", "cites", "parents", "table", "method", "when", "by", "low", "no"]),
    st.text(max_size=8),
    st.integers(-3, 3),
    st.none(),
)
odd_values = st.recursive(
    st.one_of(
        st.none(),
        st.booleans(),
        st.integers(-(10**12), 10**12),
        st.floats(),
        st.text(max_size=12),
        st.sampled_from(["trust", "T3-01", "high", "interbeta", "protocol", "coder", "+", "-"]),
    ),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3)
    ),
    max_leaves=5,
)


def _places(value: Any) -> Iterator[tuple[Any, Any]]:
    """Every (container, key) of a tree of mappings and lists."""
    for key in value if isinstance(value, dict) else range(len(value)):
        yield value, key
        if isinstance(value[key], (dict, list)):
            yield from _places(value[key])


def _damaged(data: st.DataObject, text: str) -> str:
    """The text of a YAML mapping with up to three keys or values deleted, replaced or inserted."""
    tree = yaml.safe_load(text)
    for _ in range(data.draw(st.integers(1, 3))):
        places = list(_places(tree))
        if not places:
            break
        holder, key = data.draw(st.sampled_from(places))
        act = data.draw(st.sampled_from(["delete", "replace", "rename", "insert"]))
        if act == "delete":
            del holder[key]
        elif act == "replace":
            holder[key] = data.draw(odd_values)
        elif isinstance(holder, dict):
            new = data.draw(odd_keys)
            holder[new] = holder.pop(key) if act == "rename" else data.draw(odd_values)
        else:
            holder.insert(key, data.draw(odd_values))
    return str(yaml.safe_dump(tree, sort_keys=False, allow_unicode=True))


def _bitten(data: st.DataObject, content: bytes) -> bytes:
    """The bytes with one stretch cut out and other bytes in its place."""
    start = data.draw(st.integers(0, len(content) - 1))
    end = data.draw(st.integers(start, min(len(content), start + 40)))
    patch = data.draw(st.one_of(st.binary(max_size=12), st.text("[]{}:,-&*!\n\t '\"", max_size=6)))
    return content[:start] + (patch.encode() if isinstance(patch, str) else patch) + content[end:]


def _load(folder: Path) -> None:
    message = ""
    try:
        assert cmocnet.load(folder).discrete.tables
    except CmocnetError as error:
        message = str(error)
    assert "\n" not in message
    assert len(message) < 2_000


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return Path(shutil.copytree(bundled(), tmp_path_factory.mktemp("review") / "priors"))


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory, write_garden: Callable[[Path], Path]) -> Path:
    return write_garden(tmp_path_factory.mktemp("review") / "garden")


def _trial(folder: Path, file: str, content: bytes) -> None:
    path = folder / file
    whole = path.read_bytes()
    path.write_bytes(content)
    try:
        _load(folder)
    finally:
        path.write_bytes(whole)


@settings(FAR, max_examples=25)
@given(data=st.data())
def test_damage_to_a_real_variable(copy: Path, data: st.DataObject) -> None:
    file = f"variables/{data.draw(st.sampled_from(VARIABLES))}.yaml"
    text = (copy / file).read_text()
    _trial(copy, file, _damaged(data, text).encode())


@settings(FAR, max_examples=25)
@given(data=st.data())
def test_bytes_of_a_real_variable(copy: Path, data: st.DataObject) -> None:
    file = f"variables/{data.draw(st.sampled_from(VARIABLES))}.yaml"
    _trial(copy, file, _bitten(data, (copy / file).read_bytes()))


@settings(FAR, max_examples=150)
@given(data=st.data())
def test_damage_to_any_file_of_a_small_review(small: Path, data: st.DataObject) -> None:
    files = sorted(str(p.relative_to(small)) for p in small.rglob("*.yaml"))
    file = data.draw(st.sampled_from(files))
    _trial(small, file, _damaged(data, (small / file).read_text()).encode())


@settings(FAR, max_examples=150)
@given(data=st.data())
def test_bytes_of_any_file_of_a_small_review(small: Path, data: st.DataObject) -> None:
    files = sorted(str(p.relative_to(small)) for p in small.rglob("*.*"))
    file = data.draw(st.sampled_from(files))
    _trial(small, file, _bitten(data, (small / file).read_bytes()))
