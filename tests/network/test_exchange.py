"""The network handed to others: pgmpy models, XDSL files read back to the same doubles."""

from __future__ import annotations

import itertools
import xml.etree.ElementTree as ET
from pathlib import Path

import numpy as np
import pyagrum as gum
import pytest

import cmocnet
from cmocnet import Network, formats
from cmocnet.errors import FileError


@pytest.fixture(scope="module")
def saved(net: Network, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("export") / "network.xdsl"
    net.save(path)
    return path


def test_pgmpy_model(net: Network) -> None:
    model = net.to_pgmpy()
    assert model.check_model()
    assert set(model.edges()) == set(net.discrete.arcs)
    for name in ("trust", "driver", "entry_point", "achievement"):
        table = net.discrete.tables[name]
        cpd = model.get_cpds(name)
        assert cpd.variables == [name, *table.parents]
        np.testing.assert_array_equal(cpd.values, np.moveaxis(table.values, -1, 0))
        assert cpd.state_names[name] == list(net.variables[name].states)


def test_pgmpy_reads_the_file_to_the_same_doubles(net: Network, saved: Path) -> None:
    from pgmpy.readwrite import XDSLReader

    reader = XDSLReader(str(saved))
    for name, values in reader.get_values().items():
        table = net.discrete.tables[name]
        own = len(net.variables[name].states)
        np.testing.assert_array_equal(np.array(values), table.values.reshape(-1, own).T)


def test_pyagrum_reads_the_file_to_the_same_doubles(net: Network, saved: Path) -> None:
    """The numbers arrive in file order, exactly; pyAgrum calls variables by their labels.

    In XDSL (as GeNIe and pgmpy write it) the last parent runs fastest. pyAgrum 3 reads and writes it
    with the first parent fastest, so its own table of two or more parents needs turning; the order
    of the numbers in its memory is the order in the file, and that is what is compared here.
    """
    bn = gum.loadBN(str(saved))
    names = {v.label: n for n, v in net.variables.items()}
    assert len(names) == len(net.variables), "two variables share a label"
    assert {names[label] for label in bn.names()} == set(net.variables)
    for label, name in names.items():
        cpt = bn.cpt(label)
        table = net.discrete.tables[name]
        assert [names[n] for n in cpt.names] == [name, *table.parents]
        assert bn.variable(label).labels() == net.variables[name].states
        np.testing.assert_array_equal(cpt.toarray().ravel(), table.values.ravel())


def test_identifiers_and_whole_file(net: Network, saved: Path) -> None:
    root = ET.parse(saved).getroot()
    ids = [node.attrib["id"] for node in root.findall("nodes/cpt")]
    assert ids == list(net.variables)
    assert list(saved.parent.iterdir()) == [saved], "no temporary file is left behind"
    rounds = ET.fromstring(formats.text(net.unroll(2), "two.xdsl").partition("\n")[2])
    found = [node.attrib["id"] for node in rounds.findall("nodes/cpt")]
    assert "trust_round_2" in found
    assert all(name.replace("_", "").isalnum() for name in found)
    seen: set[str] = set()
    for node in rounds.findall("nodes/cpt"):
        assert set((node.findtext("parents") or "").split()) <= seen, "parents stand first"
        seen.add(node.attrib["id"])


def test_a_file_that_cannot_be_written(net: Network, tmp_path: Path) -> None:
    with pytest.raises(FileError, match="cannot be written"):
        net.save(tmp_path / "nowhere" / "network.xdsl")
    (tmp_path / "folder.xdsl").mkdir()
    with pytest.raises(FileError, match="cannot be written"):
        net.save(tmp_path / "folder.xdsl")
    assert [p.name for p in tmp_path.iterdir()] == ["folder.xdsl"]


def test_titles_with_marks_are_escaped(garden: Path, tmp_path: Path) -> None:
    review = garden / "review.yaml"
    review.write_text(
        review.read_text().replace("Why some shared", "Why <some> & \u201cshared\u201d")
    )
    cmocnet.load(garden).save(tmp_path / "g.xdsl")
    genie = ET.parse(tmp_path / "g.xdsl").getroot().find("extensions/genie")
    assert genie is not None
    assert genie.attrib["name"].startswith("Why <some> & \u201cshared\u201d")


def test_every_number_survives_its_text(net: Network, saved: Path) -> None:
    """Read with nothing but an XML parser and ``float``."""
    for node in ET.parse(saved).getroot().findall("nodes/cpt"):
        table = net.discrete.tables[node.attrib["id"]]
        numbers = np.array([float(x) for x in (node.findtext("probabilities") or "").split()])
        np.testing.assert_array_equal(numbers, table.values.ravel())
        parents = tuple((node.findtext("parents") or "").split())
        assert parents == table.parents
        axes = [net.variables[p].states for p in (*parents, node.attrib["id"])]
        assert len(numbers) == len(list(itertools.product(*axes)))
