"""What is written: the format its ending names, names that it holds, and nothing half."""

from __future__ import annotations

import json
import xml.etree.ElementTree as ET
from pathlib import Path

import numpy as np
import pyagrum as gum
import pytest

import cmocnet
from cmocnet import Network, engine, exchange, formats
from cmocnet.errors import CmocnetError, ModelError
from cmocnet.typing import DiscreteNetwork, Table

ENDINGS = [*formats.ENDINGS, ".BIF", ".Net"]
SIGNS = {"BIF": "network ", "XDSL": "<?xml", "XMLBIF": "<?xml", "NET": "net", "UAI": "BAYES"}


def coin(name: str = "coin", states: tuple[str, ...] = ("heads", "tails")) -> DiscreteNetwork:
    values = np.full(len(states), 1 / len(states))
    return DiscreteNetwork({name: states}, {name: Table(name, (), values)})


@pytest.mark.parametrize("ending", ENDINGS)
def test_the_ending_decides(net: Network, ending: str, tmp_path: Path) -> None:
    path = tmp_path / f"net{ending}"
    net.save(path)
    assert path.read_text().startswith(SIGNS[formats.ENDINGS[ending.lower()]])
    found = engine.read(path)
    for ours, (name, table) in zip(net.discrete.tables.values(), found.tables.items(), strict=True):
        np.testing.assert_array_equal(table.values, ours.values)
        if ending != ".uai":
            assert name == ours.variable
            assert table.parents == ours.parents
            assert found.states[name] == net.variables[name].states


@pytest.mark.parametrize("name", ["net.docx", "net", "net.xdls", "bif", "net.bif "])
def test_an_unknown_ending_is_refused_with_those_known(
    net: Network, name: str, tmp_path: Path
) -> None:
    with pytest.raises(CmocnetError, match=r"ending.*expected \.bif, \.xdsl, \.xmlbif"):
        net.save(tmp_path / name)
    assert not list(tmp_path.iterdir())


def test_pyagrum_calls_nodes_of_xdsl_by_labels_unless_they_are_left_out(
    net: Network, tmp_path: Path
) -> None:
    net.save(tmp_path / "labels.xdsl")
    net.save(tmp_path / "names.xdsl", labels=False)
    labels = {v.label for v in net.variables.values()}
    assert set(gum.loadBN(str(tmp_path / "labels.xdsl")).names()) == labels
    assert set(gum.loadBN(str(tmp_path / "names.xdsl")).names()) == set(net.variables)
    for name in ("labels", "names"):
        assert set(engine.read(tmp_path / f"{name}.xdsl").states) == set(net.variables)
    assert set(engine.read(tmp_path / "labels.xdsl", labels=True).states) == labels


@pytest.mark.parametrize(
    ("ending", "name", "state"),
    [
        (".bif", 'a "b"', "x"),
        (".bif", "a", "x\ny"),
        (".bif", "a", ""),
        (".xdsl", "a b", "x"),
        (".xdsl", "a", "x y"),
        (".xdsl", "é", "x"),
        (".net", "a-b", "x"),
        (".net", "1a", "x"),
        (".net", "a", 'x"'),
        (".xmlbif", " a", "x"),
        (".xmlbif", "a", "x\x00"),
        (".xmlbif", "a", "x\ny"),
    ],
)
def test_a_name_that_a_format_cannot_hold_is_refused(
    ending: str, name: str, state: str, tmp_path: Path
) -> None:
    with pytest.raises(ModelError, match=r"cannot hold the name .*; expected"):
        exchange.save(coin(name, (state, "z")), tmp_path / f"n{ending}")
    assert not list(tmp_path.iterdir())


def test_names_or_labels_that_would_become_one_are_refused() -> None:
    half = np.array([0.5, 0.5])
    states = {"a@2": ("x", "y"), "a_round_2": ("x", "y")}
    both = DiscreteNetwork(states, {n: Table(n, (), half) for n in states})
    for ending in (".xdsl", ".net"):
        with pytest.raises(ModelError, match="would both be a_round_2"):
            formats.text(both, f"n{ending}")
        with pytest.raises(ModelError, match="are both labelled 'A'"):
            formats.text(renamed(both, "b"), f"n{ending}", labels={"a@2": "A", "b": "A"})


def renamed(network: DiscreteNetwork, last: str) -> DiscreteNetwork:
    first = network.names[0]
    half = network.tables[first].values
    return DiscreteNetwork(
        {first: ("x", "y"), last: ("x", "y")}, {n: Table(n, (), half) for n in (first, last)}
    )


def test_a_network_in_time_travels(net: Network, tmp_path: Path) -> None:
    unrolled = net.unroll(2)
    for ending in (".xdsl", ".net", ".bif", ".xmlbif"):
        exchange.save(unrolled, tmp_path / f"two{ending}")
        found = engine.read(tmp_path / f"two{ending}")
        later = "trust_round_2" if ending in {".xdsl", ".net"} else "trust@2"
        np.testing.assert_array_equal(found.tables[later].values, unrolled.tables["trust@2"].values)


@pytest.mark.parametrize("ending", formats.ENDINGS)
def test_titles_and_labels_of_any_text(ending: str, tmp_path: Path) -> None:
    odd = 'A <title>; "of" {two}\nlines & more \x07\x00 // /* % # end\ud800'
    exchange.save(coin(), tmp_path / f"n{ending}", title=odd, labels={"coin": odd})
    assert len(engine.read(tmp_path / f"n{ending}").states) == 1
    if ending == ".xdsl":
        assert (
            ET.parse(tmp_path / "n.xdsl").getroot().findtext("extensions/genie/node/name")
            is not None
        )


@pytest.mark.parametrize("ending", [".bif", ".xdsl", ".xmlbif", ".net", ".uai"])
def test_the_command_line_exports_by_ending(ending: str, tmp_path: Path, capsys) -> None:
    from cmocnet.cli import main

    path = tmp_path / f"net{ending}"
    assert main(["export", str(path), "--identifiers"]) == 0
    said = capsys.readouterr().out
    assert ("UAI holds no names" in said) == (ending == ".uai")
    found = engine.read(path, labels=True)
    assert len(found.states) == len(cmocnet.load().variables)
    assert ending == ".uai" or set(found.states) == set(cmocnet.load().variables)
    assert main(["export", str(tmp_path / "net.bfi")]) == 2
    assert "expected .bif, .xdsl" in capsys.readouterr().err


def test_reconstruct_reads_any_format_and_tells_what_was_put_right(tmp_path: Path, capsys) -> None:
    from cmocnet.cli import main

    text = "network n {} variable a { type discrete [ 2 ] { no, yes }; } variable b { type discrete [ 3 ] { x, y, z }; }"
    text += "probability ( a ) { table 0.7 0.3; } probability ( b | a ) { (no) 0.333 0.333 0.333; (yes) 0.2 0.3 0.5; }"
    (tmp_path / "n.bif").write_text(text)
    assert main(["reconstruct", str(tmp_path / "n.bif"), "--parents", "1", "--json"]) == 0
    said = capsys.readouterr()
    assert "b" in json.loads(said.out)
    assert said.err.count("\n") == 1
    assert (
        "n.bif: 1 row off by no more than printed digits, rescaled: row of b given a=no" in said.err
    )
    for ending, wrong in (
        (".bif", "network n { } rubbish"),
        (".xdsl", "<smile/>"),
        (".uai", "MARKOV"),
    ):
        (tmp_path / f"w{ending}").write_text(wrong)
        assert main(["reconstruct", str(tmp_path / f"w{ending}")]) == 2
        err = capsys.readouterr().err
        assert err.count("\n") == 1
        assert f"w{ending}, line 1, column " in err
