"""XDSL, XMLBIF, NET and UAI: what they mean, and what is refused where it stands."""

from __future__ import annotations

import numpy as np
import pytest

from cmocnet.errors import FileError
from cmocnet.formats import NetworkWarning

XDSL = """<?xml version="1.0" encoding="UTF-8"?>
<smile version="1.0" id="two" numsamples="1000">
 <nodes>
  <cpt id="a"><state id="no"/><state id="yes"/><probabilities>0.7 0.3</probabilities></cpt>
  <cpt id="b"><state id="x"/><state id="y"/><state id="z"/><probabilities>0.5 0.25 0.25</probabilities></cpt>
  <cpt id="c"><state id="no"/><state id="yes"/>
   <parents>a b</parents>
   <probabilities>0.1 0.9 0.2 0.8 0.3 0.7 0.4 0.6 0.5 0.5 0.6 0.4</probabilities>
  </cpt>
 </nodes>
 <extensions><genie version="1.0" app="GeNIe 2.1" name="two">
  <submodel id="s"><node id="a"><name>The first</name></node></submodel>
  <node id="b"><name>b</name></node>
 </genie></extensions>
</smile>
"""
XMLBIF = """<?xml version="1.0"?>
<BIF VERSION="0.3">
<NETWORK><NAME>two</NAME>
<VARIABLE TYPE="nature"><NAME>a</NAME><OUTCOME>no</OUTCOME><OUTCOME>yes</OUTCOME></VARIABLE>
<VARIABLE><NAME>b</NAME><OUTCOME>x</OUTCOME><OUTCOME>y</OUTCOME><OUTCOME>z</OUTCOME></VARIABLE>
<VARIABLE TYPE="nature"><NAME>c</NAME><OUTCOME>no</OUTCOME><OUTCOME>yes</OUTCOME></VARIABLE>
<DEFINITION><FOR>a</FOR><TABLE>0.7 0.3</TABLE></DEFINITION>
<DEFINITION><FOR>b</FOR><TABLE>0.5 0.25 0.25</TABLE></DEFINITION>
<DEFINITION><FOR>c</FOR><GIVEN>a</GIVEN><GIVEN>b</GIVEN><TABLE>
 0.1 0.9 <!-- a=no, b=x --> 0.2 0.8 0.3 0.7 0.4 0.6 0.5 0.5 0.6 0.4</TABLE></DEFINITION>
</NETWORK></BIF>
"""
NET = """% made by hand
net { node_size = (50 50); }
node a { states = ("no" "yes"); label = "The first"; position = (1 -2.5); }
discrete node b { states = (x "y" "z"); }
node c { states = ("no" "yes"); }
potential (a) { data = (0.7 0.3); }
potential (b |) { data = (0.5 0.25 0.25); }
potential (c | a b) {
 data = (((0.1 0.9) % a=no, b=x
  (0.2 0.8) (0.3 0.7)) ((0.4 0.6) (0.5 0.5) (0.6 0.4)));
}
"""
UAI = """BAYES
3
2 3 2
3
1 0
1 1
3 0 1 2

2
 0.7 0.3
3
 0.5 0.25 0.25
12
 0.1 0.9 0.2 0.8 0.3 0.7
 0.4 0.6 0.5 0.5 0.6 0.4
"""
TEXTS = {
    ".xdsl": XDSL,
    ".xmlbif": XMLBIF,
    ".xml": XMLBIF,
    ".bifxml": XMLBIF,
    ".net": NET,
    ".uai": UAI,
}
C = [[[0.1, 0.9], [0.2, 0.8], [0.3, 0.7]], [[0.4, 0.6], [0.5, 0.5], [0.6, 0.4]]]


@pytest.mark.parametrize("ending", TEXTS)
def test_the_last_parent_runs_fastest_but_for_the_own_states(reads, ending: str) -> None:
    net = reads(TEXTS[ending], ending)
    a, b, c = net.names
    assert (a, b, c) == (("v0", "v1", "v2") if ending == ".uai" else ("a", "b", "c"))
    assert net.tables[c].parents == (a, b)
    np.testing.assert_array_equal(net.tables[c].values, C)
    np.testing.assert_array_equal(net.tables[b].values, [0.5, 0.25, 0.25])
    assert net.states[b] == (("0", "1", "2") if ending == ".uai" else ("x", "y", "z"))


@pytest.mark.parametrize("ending", [".xdsl", ".net"])
def test_nodes_may_be_called_by_their_labels(reads, ending: str) -> None:
    net = reads(TEXTS[ending], ending, labels=True)
    assert net.names == ("The first", "b", "c")
    assert net.tables["c"].parents == ("The first", "b")
    with pytest.raises(FileError, match="variable 'b' stands twice"):
        reads(TEXTS[ending].replace("The first", "b"), ending, labels=True)


@pytest.mark.parametrize("codec", ["utf-8", "utf-8-sig", "utf-16", "iso-8859-1"])
@pytest.mark.parametrize("ending", [".xdsl", ".xmlbif"])
def test_xml_says_its_own_encoding(reads, ending: str, codec: str) -> None:
    declared = codec.removesuffix("-sig")
    text = TEXTS[ending].partition("\n")[2].replace("yes", "oui_é")
    text = f'<?xml version="1.0" encoding="{declared}"?>\n{text}'
    assert reads(text.encode(codec), ending).states["a"] == ("no", "oui_é")


def test_a_file_of_agrum_is_read_as_it_means_and_that_is_told(reads) -> None:
    text = XDSL.replace("GeNIe 2.1", "aGrUM 3.3.1")
    with pytest.warns(NetworkWarning, match=r"n\.xdsl: read with the first parent fastest"):
        net = reads(text, ".xdsl")
    first_fastest = np.reshape(C, (3, 2, 2)).transpose(1, 0, 2)
    np.testing.assert_array_equal(net.tables["c"].values, first_fastest)


def test_deterministic_nodes(reads) -> None:
    numbers = "<probabilities>0.1 0.9 0.2 0.8 0.3 0.7 0.4 0.6 0.5 0.5 0.6 0.4</probabilities>"
    text = XDSL.replace(numbers, "<resultingstates>no yes yes yes no no</resultingstates>")
    text = text.replace('<cpt id="c">', '<deterministic id="c">')
    text = text.replace("  </cpt>\n </nodes>", "  </deterministic>\n </nodes>")
    values = reads(text, ".xdsl").tables["c"].values
    np.testing.assert_array_equal(values[..., 1], [[0, 1, 1], [1, 0, 0]])
    for wrong, words in (
        ("no yes yes", "3 resulting states"),
        ("no yes yes yes no maybe", "no state 'maybe'"),
    ):
        with pytest.raises(FileError, match=f"line 8, column .*{words}"):
            reads(text.replace("no yes yes yes no no", wrong), ".xdsl")


ENTITY = '<!DOCTYPE {root} [<!ENTITY a "0.7"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>\n'
OUTSIDE = '<!DOCTYPE {root} [<!ENTITY a SYSTEM "file:///etc/hostname">]>\n'
PARAMETER = '<!DOCTYPE {root} [<!ENTITY % a SYSTEM "file:///etc/hostname"> %a;]>\n'


@pytest.mark.parametrize("declared", [ENTITY, OUTSIDE, PARAMETER])
@pytest.mark.parametrize("ending", [".xdsl", ".xmlbif"])
def test_entities_are_neither_expanded_nor_fetched(reads, ending: str, declared: str) -> None:
    head, _, rest = TEXTS[ending].partition("\n")
    text = (
        head
        + declared.format(root="smile" if ending == ".xdsl" else "BIF")
        + rest.replace("0.7", "&a;", 1)
    )
    with pytest.raises(FileError, match="an entity; expected none"):
        reads(text, ending)


def test_a_document_type_is_allowed_and_never_fetched(reads) -> None:
    head, _, rest = XMLBIF.partition("\n")
    inside = "<!DOCTYPE BIF [<!ELEMENT BIF (NETWORK)*> <!ATTLIST BIF VERSION CDATA #REQUIRED>]>"
    outside = '<!DOCTYPE BIF SYSTEM "http://nowhere.invalid/bif.dtd">'
    for declared in (inside, outside):
        assert reads(f"{head}\n{declared}\n{rest}", ".xmlbif").names == ("a", "b", "c")
    with pytest.raises(FileError, match=r"line 8, column .*an entity"):
        reads(f"{head}\n{outside}\n{rest.replace('0.7', '&unknown;')}", ".xmlbif")


REFUSED = [
    (".xdsl", "<cpt id=\"b\">", "<noisymax id=\"b\">", "not well-formed|no well-formed XML"),
    (".xdsl", "<parents>a b</parents>", "<parents>a bb</parents>", "line 7, column 15: unknown parent 'bb'; nearest: b"),
    (".xdsl", "<parents>a b</parents>", "<parents>a a</parents>", "'a' stands twice in the table of 'c'"),
    (".xdsl", "<parents>a b</parents>", "<parents>a</parents>", "12 numbers in the table of 'c'; expected 4"),
    (".xdsl", "<parents>a b</parents>", "<parents>a b</parents><parents>a</parents>", "a second <parents>"),
    (".xdsl", "0.7 0.3", "0.7 0.2", "line 4, column 63: row of a sums to 0.9"),
    (".xdsl", "0.7 0.3", "0.7 O.3", "line 4, column 67: 'O.3' is not a probability"),
    (".xdsl", "0.2 0.8", "0.2 0.9", "row of c given a=no, b=y sums to 1.1"),
    (".xdsl", "<probabilities>0.7 0.3</probabilities>", "", "<cpt> lacks <probabilities>"),
    (".xdsl", '<state id="yes"/><prob', '<state id="no"/><prob', "'a' has the state 'no' twice"),
    (".xdsl", '<state id="yes"/><prob', '<state id="a yes"/><prob', "the id 'a yes'; expected an identifier"),
    (".xdsl", '<state id="yes"/><prob', "<state/><prob", "<state> has no id"),
    (".xdsl", '<state id="yes"/><prob', '<stat id="yes"/><prob', "unknown element <stat>; nearest: state"),
    (".xdsl", '<cpt id="b">', '<cpt id="a">', "node 'a' stands twice"),
    (".xdsl", " </nodes>", "<decision id='d'/></nodes>", "node 'd' is of the kind decision"),
    (".xdsl", " </nodes>", "<noisymax id='d'/></nodes>", "node 'd' is of the kind noisymax; expected cpt or"),
    (".xdsl", " </nodes>", "<utility id='d'/></nodes>", "of the kind utility"),
    (".xdsl", " </nodes>", "<equation id='d'/></nodes>", "of the kind equation"),
    (".xdsl", " </nodes>", "stray</nodes>", "<nodes> holds the text 'stray'"),
    (".xdsl", " <extensions>", "<dynamic/><extensions>", "a network in time"),
    (".xdsl", "</smile>", "</smile>more", "no well-formed XML"),
    (".xdsl", "</smile>", "", "no well-formed XML"),
    (".xmlbif", "<BIF VERSION=\"0.3\">", "<BIF VERSION=\"0.5\">", "XMLBIF version '0.5'"),
    (".xmlbif", "<FOR>c</FOR>", "", "<DEFINITION> lacks <FOR>"),
    (".xmlbif", "<FOR>c</FOR>", "<FOR>c</FOR><FOR>a</FOR>", "a second <FOR>"),
    (".xmlbif", "<GIVEN>b</GIVEN>", "<GIVEN>B</GIVEN>", "line 9, column 48: unknown variable 'B'; nearest: b"),
    (".xmlbif", "<GIVEN>b</GIVEN>", "<GIVEN>c</GIVEN>", "'c' stands twice in the table of 'c'"),
    (".xmlbif", "<FOR>a</FOR>", "<FOR>a</FOR><GIVEN>c</GIVEN>", "2 numbers in the table of 'a'; expected 4"),
    (".xmlbif", "0.6 0.4", "0.6 0.4 0.5", "13 numbers in the table of 'c'; expected 12 (2 x 3 x 2)"),
    (".xmlbif", 'TYPE="nature"><NAME>c', 'TYPE="decision"><NAME>c', "'c' is a decision variable"),
    (".xmlbif", "<NAME>c</NAME>", "<NAME>a</NAME>", "variable 'a' stands twice"),
    (".xmlbif", "<NAME>c</NAME>", "<NAME> </NAME>", "<NAME> is empty"),
    (".xmlbif", "<TABLE>0.7 0.3</TABLE>", "<TABEL>0.7 0.3</TABEL>", "unknown element <TABEL>; nearest: TABLE"),
    (".xmlbif", "<DEFINITION><FOR>a</FOR><TABLE>0.7 0.3</TABLE></DEFINITION>", "", "line 4, column 31: variable 'a' has no table"),
    (".xmlbif", "0.5 0.25 0.25", "0.5 <b/> 0.5", "<TABLE> holds an unknown element <b>"),
    (".net", "potential (a)", "potential (aa)", "line 6, column 12: unknown node 'aa'; nearest: a"),
    (".net", "potential (b |)", "potential (b a)", "unexpected 'a'; expected ) after the one child"),
    (".net", "c | a b", "c | a d", "unknown node 'd'"),
    (".net", "c | a b", "c | a", "12 numbers in the table of 'c'; expected 4 (2 x 2)"),
    (".net", "(0.2 0.8) (0.3 0.7)", "(0.2 0.8 0.3) (0.7)", "3 numbers in a bracket of the table of 'c'"),
    (".net", "0.6 0.4)));", "0.6 0.4));", "line 10, column 55: unexpected ';'; expected ) to close the bracket"),
    (".net", "(0.7 0.3)", "(0.7 0.3))", "unexpected ')'; expected ; to end the value"),
    (".net", "data = (0.7 0.3);", "", "the table of 'a' is not given in numbers"),
    (".net", "data = (0.7 0.3);", 'model_data = ("x");', "not given in numbers but by model_data"),
    (".net", "data = (0.7 0.3);", "data = (0.7 0.3); data = (1 0);", "a second data of potential of a"),
    (".net", "(0.7 0.3)", "0.7 0.3", "expected ( before the numbers"),
    (".net", 'states = (x "y" "z");', "", "line 4, column 15: node 'b' has no states"),
    (".net", "discrete node b", "continuous node b", "line 4, column 1: a continuous node; expected discrete nodes"),
    (".net", "discrete node b", "utility b", "a utility node"),
    (".net", "discrete node b", "decision b", "a decision node"),
    (".net", "discrete node b", "node a", "node 'a' stands twice"),
    (".net", "net {", "class N {", "an object-oriented network"),
    (".net", "node c", "ndoe c", "line 5, column 1: unexpected 'ndoe'; expected node, potential, or the end of the file; nearest: node"),
    (".net", '"The first"', '"The first', "a quotation mark that is not closed"),
    (".uai", "BAYES", "MARKOV", "line 1, column 1: a Markov network; expected BAYES"),
    (".uai", "3\n2 3 2\n3", "3\n2 3 2\n2", "expected 3, a table for every variable"),
    (".uai", "2 3 2", "2 3", "expected"),
    (".uai", "3 0 1 2", "3 0 0 2", "'v0' stands twice in the table of 'v2'"),
    (".uai", "3 0 1 2", "3 0 1 3", "line 7, column 7: unexpected '3'; expected a variable of table 2, from 0 to 2"),
    (".uai", "1 1", "1 0", "'v0' has a second table"),
    (".uai", "12\n", "11\n", "11 numbers in the table of 'v2'; expected 12 (2 x 3 x 2)"),
    (".uai", " 0.4 0.6", " 0.6", "the file ends here; expected 12 numbers in the table of v2"),
    (".uai", "0.6 0.4", "0.6 0.4 0.1", "line 15, column 26: unexpected '0.1'; expected the end of the file"),
    (".uai", "0.5 0.5 0.6", "0.5 0.5 0.7", "row of v2 given v0=1, v1=2 sums to 1.1"),
    (".uai", "1 1\n", "1 1 # b\n", "line 6, column 5: a comment, as aGrUM writes"),
]  # fmt: skip


@pytest.mark.parametrize(("ending", "old", "new", "words"), REFUSED)
def test_what_is_wrong_is_refused_where_it_stands(
    reads, ending: str, old: str, new: str, words: str
) -> None:
    assert old in TEXTS[ending]
    with pytest.raises(FileError) as error:
        reads(TEXTS[ending].replace(old, new, 1), ending)
    assert any(w in str(error.value) for w in words.split("|"))
    assert f"n{ending}, line " in str(error.value)
    assert "\n" not in str(error.value)


@pytest.mark.parametrize(
    "text", ["<smile>" + "<a>" * 200_000, "<smile " + 'a="1" ' * 100_000, "<smile>" + "x" * 300_000]
)
def test_deep_and_endless_xml_is_refused(reads, text: str) -> None:
    with pytest.raises(FileError, match=r"n\.xdsl, line 1"):
        reads(text, ".xdsl")


def test_more_is_announced_than_the_file_holds(reads) -> None:
    for text in ("BAYES 99999999999 2", "BAYES 3 " + "1000000 " * 3, "BAYES 2 99999999 99999999"):
        with pytest.raises(FileError, match=r"n\.uai, line 1"):
            reads(text, ".uai")
