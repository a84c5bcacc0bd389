"""BIF: what is legal is read as it is meant, everything else refused where it stands."""

from __future__ import annotations

import numpy as np
import pytest

from cmocnet import engine
from cmocnet.errors import FileError
from cmocnet.formats import NetworkWarning

A = "variable a { type discrete [ 2 ] { no, yes }; }\n"
B = "variable b { type discrete [ 2 ] { no, yes }; }\n"
HEAD = "network n {\n}\n"
PA = "probability ( a ) { table 0.7, 0.3; }\n"
PB = "probability ( b | a ) { (no) 0.9, 0.1; (yes) 0.2, 0.8; }\n"
WHOLE = HEAD + A + B + PA + PB
ROWS = np.array([[0.9, 0.1], [0.2, 0.8]])

LEGAL = {
    "as it is usual": WHOLE,
    "no final newline": WHOLE.rstrip(),
    "blanks after braces": WHOLE.replace("}\n", "} \t \n"),
    "carriage returns": WHOLE.replace("\n", "\r\n"),
    "old line ends": WHOLE.replace("\n", "\r"),
    "a byte-order mark": "\ufeff" + WHOLE,
    "all on one line": " ".join(WHOLE.split()),
    "no blanks at all": WHOLE.replace(" ", "").replace("\n", "").replace("networkn", "network n").replace("variable", "variable ").replace("typed", "type d").replace("table", "table "),
    "a word a line": "\n".join(WHOLE.split()),
    "comments": "// one\n/* two\n{ ( */" + WHOLE.replace("{", "{ // three ;\n", 3) + "// the end",
    "stars in comments": WHOLE + "/*** * / ***/ /**/",
    "a property of the network": WHOLE.replace("{\n}", "{ property note = one variable of many ; }"),
    "properties everywhere": WHOLE.replace("{", "{ property p = 'x' ;").replace("discrete [ 2 ] { property p = 'x' ;", "discrete [ 2 ] {"),
    "a semicolon in a property": WHOLE.replace("{\n}", '{ property "a; } b" ; property 5" long ; }'),
    "quoted names": WHOLE.replace("( a )", '( "a" )').replace("{ no, yes }", '{ "no", "yes" }').replace("(no)", '("no")'),
    "no name of the network": WHOLE.replace("network n", "network"),
    "a name of several words": WHOLE.replace("network n", 'network my net "x"'),
    "no commas": WHOLE.replace(",", " "),
    "no bar": WHOLE.replace("|", " "),
    "rows in another order": WHOLE.replace("(no) 0.9, 0.1; (yes) 0.2, 0.8;", "(yes) 0.2, 0.8; (no) 0.9, 0.1;"),
    "a default": WHOLE.replace("(yes) 0.2, 0.8;", "default 0.2, 0.8;"),
    "a default first": WHOLE.replace("(no) 0.9, 0.1; (yes) 0.2, 0.8;", "default 0.9 0.1; (yes) 0.2, 0.8;"),
    "a table runs through the own states slowest": WHOLE.replace("(no) 0.9, 0.1; (yes) 0.2, 0.8;", "table 0.9, 0.2, 0.1, 0.8;"),
    "a default row without parents": WHOLE.replace("table 0.7, 0.3", "default 0.7, 0.3"),
    "scientific notation": WHOLE.replace("0.9, 0.1", "9e-1, 1.0E-01").replace("0.7", ".7"),
    "probabilities before variables": HEAD + PB + PA + B + A,
    "a heading over two lines": WHOLE.replace("( b | a )", "( b |\n\n  a )"),
    "a type over two lines": WHOLE.replace("{ no, yes }", "{ no,\n yes }"),
}  # fmt: skip


@pytest.mark.parametrize("kind", LEGAL)
def test_legal_files_mean_the_same(reads, kind: str) -> None:
    net = reads(LEGAL[kind])
    assert dict(net.states) == {"a": ("no", "yes"), "b": ("no", "yes")}
    assert net.tables["b"].parents == ("a",)
    np.testing.assert_array_equal(net.tables["a"].values, [0.7, 0.3])
    np.testing.assert_array_equal(net.tables["b"].values, ROWS)
    assert list(net.states) == ["a", "b"], "parents come first"


REFUSED = {
    "nothing": ("", "an empty file"),
    "only blanks": ("\ufeff \n\t", "an empty file"),
    "no network block": (A + PA, "line 1, column 1: unexpected 'variable'; expected network"),
    "another language": ("to be or not\nto be", "line 1, column 1: unexpected 'to'"),
    "an empty network": (HEAD, "no variables"),
    "rubbish at the end": (WHOLE + "rubbish", "line 7, column 1: unexpected 'rubbish'"),
    "a brace too many": (WHOLE + "}", "line 7, column 1: unexpected '}'"),
    "rubbish in a row": (WHOLE.replace("0.9, 0.1", "0.9, 0.1 x"), "'x' is not a probability"),
    "a stray mark": (WHOLE.replace("0.9, 0.1", "0.9 [ 0.1"), "unexpected '['; expected a number, or ;"),
    "a control character": (WHOLE.replace("table", "\x07table"), r"the character '\x07' means nothing here"),
    "a misspelt keyword": (WHOLE.replace("variable a", "varable a"), "line 3, column 1: unexpected 'varable'; expected variable, probability, or the end of the file; nearest: variable"),
    "a misspelt entry": (WHOLE.replace("table", "tabel"), "nearest: table"),
    "a comment left open": (WHOLE + "/* never", "line 7, column 1: a comment that is not closed"),
    "a quotation left open": (WHOLE.replace("( a )", '( "a )'), "line 5, column 15: a quotation mark that is not closed"),
    "a property left open": (HEAD.replace("}", "property x }") + A + PA, "a property that is not ended on its line"),
    "the middle of a variable": (HEAD + A[:30], "the file ends here; expected"),
    "the middle of a table": (WHOLE[:-10], "the file ends here; expected a number, or ; to end the row"),
    "three states announced": (WHOLE.replace("[ 2 ] { no, yes }", "[ 3 ] { no, yes }", 1), "line 3, column 34: 'a' announces 3 states and lists 2; expected 3 states"),
    "one state announced": (WHOLE.replace("[ 2 ]", "[ 1 ]", 1), "'a' announces 1 states and lists 2"),
    "no state announced": (WHOLE.replace("[ 2 ]", "[ 0 ]", 1), "unexpected '0'; expected the number of states"),
    "a continuous variable": (WHOLE.replace("discrete", "continuous", 1), "expected discrete"),
    "no type": (WHOLE.replace("type discrete [ 2 ] { no, yes };", "", 1), "variable 'a' has no type"),
    "two types": (WHOLE.replace("};", "}; type discrete [ 2 ] { no, yes };", 1), "a second type of 'a'"),
    "a state twice": (WHOLE.replace("no, yes", "no, no", 1), "'a' has the state 'no' twice"),
    "a variable twice": (HEAD + A + A + PA, "line 4, column 10: variable 'a' stands twice (first: line 3, column 10)"),
    "a table twice": (WHOLE + PA, "line 7, column 15: 'a' has a second table (first: line 5, column 15)"),
    "two tables in one": (WHOLE.replace("0.3;", "0.3; table 0.7, 0.3;"), "a second table in one probability block"),
    "two defaults": (WHOLE.replace("(no) 0.9, 0.1;", "default 1 0; default 1 0;"), "a second default"),
    "a table beside rows": (WHOLE.replace("(no)", "table 1 0 1 0; (no)"), "a table beside rows or a default"),
    "a row twice": (WHOLE.replace("(yes)", "(no)"), "line 6, column 40: a second row of 'b' given a=no"),
    "a row missing": (WHOLE.replace("(yes) 0.2, 0.8;", ""), "line 6, column 1: no row of 'b' given a=yes; expected a row for every configuration, or a default"),
    "no rows at all": (WHOLE.replace("table 0.7, 0.3;", ""), "no row of 'a'"),
    "a short row": (WHOLE.replace("0.9, 0.1", "1.0"), "line 6, column 25: 1 numbers in a row of 'b'; expected 2, one a state"),
    "a long row": (WHOLE.replace("0.9, 0.1", "0.5, 0.4, 0.1"), "3 numbers in a row of 'b'"),
    "a decimal comma": (WHOLE.replace("0.7, 0.3", "0,7 0,3"), "'7' is more than 1"),
    "a short table": (WHOLE.replace("(no) 0.9, 0.1; (yes) 0.2, 0.8;", "table 0.9, 0.2, 0.1;"), "3 numbers in the table of 'b'; expected 4 (2 x 2)"),
    "too many states of parents": (WHOLE.replace("(no)", "(no, no)"), "a row of 2 states; expected 1, one for each of a"),
    "states of no parent": (WHOLE.replace("table 0.7", "(no) 0.7"), "a row of 1 states; expected table"),
    "an unknown state": (WHOLE.replace("(yes)", "(yse)"), "line 6, column 41: 'a' has no state 'yse'; nearest: yes"),
    "a state in other case": (WHOLE.replace("(yes)", "(Yes)"), "'a' has no state 'Yes'; nearest: yes"),
    "an unknown variable": (WHOLE + "probability ( c ) { table 1 0; }", "line 7, column 15: unknown variable 'c'; nearest:"),
    "an unknown parent": (WHOLE.replace("| a", "| aa"), "line 6, column 19: unknown variable 'aa'; nearest: a"),
    "a variable in other case": (WHOLE.replace("| a", "| A"), "unknown variable 'A'; nearest: a"),
    "a parent twice": (WHOLE.replace("| a", "| a, a"), "'a' stands twice in the table of 'b'"),
    "its own parent": (WHOLE.replace("| a", "| b"), "'b' stands twice in the table of 'b'"),
    "two children": (WHOLE.replace("b | a", "b, a | a"), "2 variables before the bar"),
    "no child": (WHOLE.replace("( a )", "( )"), "a probability block without a variable"),
    "two bars": (WHOLE.replace("| a", "| a |"), "unexpected '|'"),
    "no table": (HEAD + A + B + PA, "line 4, column 10: variable 'b' has no table"),
    "a cycle": (WHOLE.replace("( a )", "( a | b )").replace("table 0.7, 0.3;", "default 0.7 0.3;"), "the arcs form a cycle: "),
    "less than nothing": (WHOLE.replace("0.7, 0.3", "1.7, -0.7"), "'1.7' is more than 1"),
    "a negative number": (WHOLE.replace("0.7, 0.3", "-0.0, 1.0"), "line 5, column 27: '-0.0' is not a probability"),
    "not a number": (WHOLE.replace("0.7, 0.3", "nan, 1"), "'nan' is not a probability"),
    "infinite": (WHOLE.replace("0.7, 0.3", "1e999, 0"), "'1e999' is more than 1"),
    "a fraction": (WHOLE.replace("0.7, 0.3", "7/10, 3/10"), "'7/10' is not a probability"),
    "digits of another script": (WHOLE.replace("0.7", "0.\u0667"), "is not a probability"),
    "an underscore": (WHOLE.replace("0.7", "0.7_0"), "is not a probability"),
    "a row that misses its sum": (WHOLE.replace("0.9, 0.1", "0.9, 0.2"), "line 6, column 25: row of b given a=no sums to 1.1; expected 1, to the digits printed"),
    "a sum missed by a unit": (WHOLE.replace("0.7, 0.3", "0.7, 0.2"), "row of a sums to 0.9"),
    "counts": (WHOLE.replace("0.7, 0.3", "1, 1"), "row of a sums to 2"),
    "all nought": (WHOLE.replace("0.7, 0.3", "0.0, 0.0"), "row of a sums to 0"),
}  # fmt: skip


@pytest.mark.parametrize("kind", REFUSED)
def test_anything_else_is_refused_where_it_stands(reads, kind: str) -> None:
    text, words = REFUSED[kind]
    with pytest.raises(FileError) as error:
        reads(text)
    assert words in str(error.value)
    assert "n.bif" in str(error.value)
    assert "\n" not in str(error.value)


def test_names_differ_by_case_and_hold_blanks_and_marks(reads) -> None:
    text = HEAD + (A + B + PA + PB).replace(" b ", " initial  trust ").replace(" a ", " A ")
    text += A + PA + 'variable "x, (y)" { type discrete [ 2 ] { "<= 5", more than 5 }; }'
    text += 'probability ( "x, (y)" | initial trust, A ) { default 0.5 0.5; (yes, no) 0.1 0.9; }'
    net = reads(text)
    assert set(net.states) == {"A", "a", "initial trust", "x, (y)"}
    assert net.states["x, (y)"] == ("<= 5", "more than 5")
    assert net.tables["initial trust"].parents == ("A",)
    np.testing.assert_array_equal(net.tables["x, (y)"].values[1, 0], [0.1, 0.9])
    np.testing.assert_array_equal(net.tables["x, (y)"].values[0], [[0.5, 0.5], [0.5, 0.5]])


def test_what_reads_two_ways_is_refused(reads) -> None:
    text = (
        WHOLE
        + 'variable "a b" { type discrete [ 2 ] { x, y }; } probability ( "a b" ) { table 1 0; }'
    )
    text += "variable c { type discrete [ 2 ] { x, y }; } probability ( c | %s ) { default 1 0; }"
    with pytest.raises(FileError, match="'a b' is one variable and several; expected commas, or"):
        reads(text % "a b")
    assert reads(text % "a, b").tables["c"].parents == ("a", "b")
    assert reads(text % '"a b"').tables["c"].parents == ("a b",)


@pytest.mark.parametrize(("length", "told"), [(80, True), (81, False)])
def test_a_name_longer_than_a_line_is_not_suggested(reads, length: int, told: bool) -> None:
    text = HEAD + (A + PA).replace(" a ", f" {'v' * length} ")
    with pytest.raises(FileError, match="unknown variable 'vv") as caught:
        reads(text + f"probability ( {'v' * (length - 1)} ) {{ table 1 0; }}")
    assert (f"nearest: {'v' * length}" in str(caught.value)) is told


ROUNDED = {
    "0.333, 0.333, 0.333": (1 / 3, 1 / 3, 1 / 3),
    "0.33 0.33 0.33": (1 / 3, 1 / 3, 1 / 3),
    "0.3333333, 0.3333333, 0.3333333": (1 / 3, 1 / 3, 1 / 3),
    "0.67, 0.17, 0.17": (0.67 / 1.01, 0.17 / 1.01, 0.17 / 1.01),
    "3.33e-1, 3.33e-1, 3.33e-1": (1 / 3, 1 / 3, 1 / 3),
    "0.2857143, 0.2857143, 0.4285715": (2 / 7, 2 / 7, 3 / 7),
    "0.10000000149011612, 0.20000000298023224, 0.699999988079071": (0.1, 0.2, 0.7),
    "0.30000009, 0.30000009, 0.40000009": (0.3, 0.3, 0.4),  # as far off as single precision
}


@pytest.mark.parametrize("row", ROUNDED)
def test_rounded_rows_are_rescaled_and_told(reads, row: str) -> None:
    text = HEAD + A.replace("[ 2 ] { no, yes }", "[ 3 ] { lo, mid, hi }")
    text += f"probability ( a ) {{\n  table {row}; }}"
    with pytest.warns(
        NetworkWarning, match=r"n\.bif: 1 row off .* rescaled: row of a \(line 5, col"
    ) as told:
        values = reads(text).tables["a"].values
    assert len(told) == 1
    np.testing.assert_allclose(values, ROUNDED[row], atol=1e-7)
    assert abs(values.sum() - 1) < 1e-15


def test_what_was_rescaled_is_told_where_the_file_was_asked_for(tmp_path) -> None:
    path = tmp_path / "n.bif"
    path.write_text(WHOLE.replace("0.7, 0.3", "0.70000005, 0.3"))
    with pytest.warns(NetworkWarning) as told:
        engine.read(path)
    assert told[0].filename == __file__


@pytest.mark.parametrize(
    "row",
    [
        "0.333, 0.333, 0.331",
        "0.3330, 0.3330, 0.3330",
        "0.9, 0.1, 0.2",
        "1, 1e-2, 0",
        "0.5, 0.25, 0.23",
        "0.30000013, 0.30000013, 0.40000013",
    ],
)
def test_rows_off_by_more_than_their_digits_are_refused(reads, row: str) -> None:
    text = HEAD + A.replace("[ 2 ] { no, yes }", "[ 3 ] { lo, mid, hi }")
    with pytest.raises(FileError, match=r"line 4, column \d+: row of a sums to"):
        reads(text + f"probability ( a ) {{ table {row}; }}")


def test_rows_of_full_precision_stay_as_they_are(reads) -> None:
    row = np.random.default_rng(1).dirichlet(np.ones(12))
    states = ", ".join(f"s{i}" for i in range(12))
    text = HEAD + A.replace("[ 2 ] { no, yes }", f"[ 12 ] {{ {states} }}")
    net = reads(text + f"probability ( a ) {{ table {', '.join(map(repr, row.tolist()))}; }}")
    np.testing.assert_array_equal(net.tables["a"].values, row)


def test_a_default_for_more_than_memory_holds_is_refused_before_it_is_made(reads) -> None:
    names = [f"v{i}" for i in range(40)]
    text = HEAD + "".join(A.replace(" a ", f" {name} ") for name in names)
    text += f"probability ( v0 | {', '.join(names[1:])} ) {{ default 0.5 0.5; }}"
    with pytest.raises(FileError, match="1,099,511,627,776 probabilities; expected at most"):
        reads(text)


@pytest.mark.parametrize(
    "text",
    [
        "network n {" + "property a " * 50_000,
        "network n {" + 'property "' * 50_000 + "}",
        "network " + "a/" * 200_000,
        '"' * 300_000,
        HEAD + "/*" * 200_000 + "*",
        HEAD + A + "probability ( a ) { table " + "0.1 " * 100_000 + "; }",
        HEAD + A + "probability ( a ) { table 0." + "3" * 300_000 + " 0.1; }",
        HEAD + A + "probability ( " + "a " * 100_000 + ") { default 1 0; }",
    ],
)
def test_endless_words_end(reads, text: str) -> None:
    with pytest.raises(FileError) as error:
        reads(text)
    assert len(str(error.value)) < 400
