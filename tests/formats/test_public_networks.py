"""The public networks: our tables against a parse of a few lines, our answers against pyAgrum's."""

from __future__ import annotations

import itertools
import re
import warnings
from pathlib import Path

import numpy as np
import pyagrum as gum
import pytest

from cmocnet import engine, exchange, formats
from cmocnet.errors import CmocnetError
from cmocnet.formats import NetworkWarning
from cmocnet.typing import DiscreteNetwork, Evidence

FOLDER = Path(__file__).parent.parent / "networks"
NAMES = ("alarm", "hailfinder", "win95pts")


def read(path: Path, **options: bool) -> DiscreteNetwork:
    """The network; that some rows are rounded is known and tested below."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", NetworkWarning)
        return engine.read(path, **options)


@pytest.fixture(scope="module", params=NAMES)
def public(request) -> tuple[Path, DiscreteNetwork]:
    path = FOLDER / f"{request.param}.bif"
    return path, read(path)


def plainly(text: str) -> tuple[dict, dict]:
    """States and rows of a BIF text in the layout of the repository, by patterns."""
    states = {
        name: tuple(re.split(r"\s*,\s*", listed.strip()))
        for name, listed in re.findall(
            r"variable (\S+) \{\n  type discrete \[ \d+ \] \{([^}]*)\};", text
        )
    }
    tables = {}
    for head, body in re.findall(r"probability \( ([^)]*) \) \{\n(.*?)\n\}", text, re.DOTALL):
        child, _, parents = head.partition(" | ")
        rows = re.findall(r"^  (?:table|\(([^)]*)\)) ([^;]*);$", body, re.MULTILINE)
        found = {
            tuple(filter(None, case.split(", "))): [float(x) for x in numbers.split(", ")]
            for case, numbers in rows
        }
        tables[child] = (tuple(filter(None, parents.split(", "))), found)
    return states, tables


def test_every_number_is_the_one_in_the_file(public) -> None:
    path, network = public
    states, tables = plainly(path.read_text())
    assert dict(network.states) == states
    assert {name: t.parents for name, t in network.tables.items()} == {
        n: p for n, (p, _) in tables.items()
    }
    for name, (parents, rows) in tables.items():
        cases = list(itertools.product(*(states[p] for p in parents)))
        assert set(rows) == set(cases)
        right = np.array([rows[case] for case in cases]).reshape(network.tables[name].values.shape)
        right /= right.sum(axis=-1, keepdims=True)
        np.testing.assert_allclose(network.tables[name].values, right, rtol=0, atol=1e-15)


def test_rounded_rows_of_a_public_network_are_told() -> None:
    with pytest.warns(
        NetworkWarning, match=r"alarm\.bif: 6 rows off by .*HREKG .*; and 3 more$"
    ) as told:
        engine.read(FOLDER / "alarm.bif")
    assert len(told) == 1
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        engine.read(FOLDER / "hailfinder.bif")


def in_pyagrum(network: DiscreteNetwork) -> gum.BayesNet:
    """The network built in pyAgrum from our doubles."""
    bn = gum.BayesNet()
    for name, states in network.states.items():
        bn.add(gum.LabelizedVariable(name, name, list(states)))
    for parent, child in network.arcs:
        bn.addArc(parent, child)
    for name, table in network.tables.items():
        axes = [(*table.parents, name).index(v) for v in reversed(bn.cpt(name).names)]
        bn.cpt(name).fillWith(np.ascontiguousarray(table.values.transpose(axes)).ravel().tolist())
    return bn


@pytest.mark.parametrize("seed", range(3))
def test_answers_agree_with_pyagrum(public, seed: int) -> None:
    _, network = public
    rng = np.random.default_rng(seed)
    world: dict[str, str] = {}
    for name, table in network.tables.items():
        row = table.values[tuple(network.states[p].index(world[p]) for p in table.parents)]
        world[name] = network.states[name][rng.choice(len(row), p=row / row.sum())]
    seen = {str(name): world[name] for name in rng.permutation(network.names)[: 4 * seed]}
    lazy = gum.LazyPropagation(in_pyagrum(network))
    lazy.setEvidence(seen)
    lazy.makeInference()
    ours = engine.compile(network).posteriors(Evidence(observed=seen))
    for name in network.names:
        theirs = np.asarray(lazy.posterior(name).toarray())
        np.testing.assert_allclose(ours[name].array, theirs, rtol=0, atol=1e-12, err_msg=name)


@pytest.mark.parametrize("ending", [".bif", ".bifxml", ".net", ".xdsl"])
def test_pyagrum_reads_what_we_write(public, ending: str, tmp_path: Path) -> None:
    """BIF and NET it keeps in single precision; XDSL it takes with the first parent fastest."""
    _, network = public
    path = tmp_path / f"n{ending}"
    exchange.save(network, path)
    try:
        bn = gum.loadBN(str(path))
    except gum.GumException:
        assert ending == ".bif"  # its BIF lacks states such as "50/50"
        assert any(
            not re.fullmatch(r"\w+", s) for states in network.states.values() for s in states
        )
        return
    assert set(bn.names()) == set(network.states)
    for name, table in network.tables.items():
        cpt = bn.cpt(name)
        assert bn.variable(name).labels() == network.states[name]
        parents = cpt.names[1:]
        values = cpt.toarray()
        if ending == ".xdsl":
            values = values.reshape(table.values.shape)
        else:
            axes = list(reversed(cpt.names))
            values = values.transpose([axes.index(v) for v in (*table.parents, name)])
        assert set(parents) == set(table.parents)
        np.testing.assert_allclose(
            values, table.values, rtol=0, atol=0 if ending in {".xdsl", ".bifxml"} else 1e-7
        )


@pytest.mark.parametrize("ending", [".bif", ".bifxml", ".net", ".xdsl"])
def test_we_read_what_pyagrum_writes(ending: str, tmp_path: Path) -> None:
    network = read(FOLDER / "alarm.bif")
    path = tmp_path / f"n{ending}"
    gum.saveBN(in_pyagrum(network), str(path))
    found = read(path)
    assert dict(found.states) == dict(network.states)
    for name, table in network.tables.items():
        axes = [found.tables[name].parents.index(p) for p in table.parents]
        values = found.tables[name].values.transpose([*axes, len(axes)])
        np.testing.assert_allclose(values, table.values, rtol=0, atol=2e-6)


def test_uai_of_pyagrum_is_refused_for_its_order(tmp_path: Path) -> None:
    path = tmp_path / "n.uai"
    gum.saveBN(in_pyagrum(read(FOLDER / "alarm.bif")), str(path))
    with pytest.raises(CmocnetError, match="a comment, as aGrUM writes"):
        engine.read(path)


@pytest.mark.parametrize("ending", formats.ENDINGS)
def test_public_networks_survive_every_format(public, ending: str, tmp_path: Path) -> None:
    _, network = public
    path = tmp_path / f"n{ending}"
    exchange.save(network, path)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        found = engine.read(path)
    names = dict(zip(network.states, found.states, strict=True))
    for name, table in network.tables.items():
        np.testing.assert_array_equal(found.tables[names[name]].values, table.values)
        assert found.tables[names[name]].parents == tuple(names[p] for p in table.parents)
        if ending != ".uai":
            assert names[name] == name
            assert found.states[name] == network.states[name]
