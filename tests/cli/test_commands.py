"""Every command answers, in words and in JSON."""

from __future__ import annotations

import contextlib
import csv
import json
import os
from functools import partial
from itertools import islice
from pathlib import Path

import pytest

import cmocnet
from cmocnet.cli import app, main
from cmocnet.registry import bundled
from cmocnet.wording import percents

HEADLINE = "P(dissolution | mandated, low cultural compatibility)"


def test_a_question_is_answered_beside_its_opposite_and_the_baseline(say):
    said = say("query", HEADLINE)
    assert (said.status, said.err) == (0, "")
    for words in (
        "Partnership dissolution: Yes",
        "given Mandate: Mandated",
        "given Cultural compatibility: Low",
        "This case",
        "The opposite (Mandate: Voluntary, Cultural compatibility: High)",
        "rests on assumed prevalences",
        "points higher than in the opposite case",
        "90% credible interval over the judgements",
        "of the draws of the judgements",
        "other readings give",
        "not measured frequencies",
    ):
        assert words in said.out


def test_json_has_every_digit(say):
    found = json.loads(say("query", HEADLINE, "--json").out)
    answer = cmocnet.load().query(HEADLINE)
    assert found["probability"] == pytest.approx(answer.probability, abs=1e-12)
    assert found["opposite"] == pytest.approx(answer.opposite, abs=1e-12)
    assert found["baseline"] == pytest.approx(answer.baseline, abs=1e-12)
    assert found["canonical"] == str(answer.query)
    assert found["targets"] == {"dissolution": "yes"}
    assert found["evidence"]["observed"] == dict(answer.query.evidence.observed)
    assert found["opposite_given"] == dict(answer.opposite_given)
    assert sum(found["distribution"].values()) == pytest.approx(1)
    assert found["interval"][0] < found["probability"] < found["interval"][1]
    assert found["contrast"]["difference"] == pytest.approx(
        found["probability"] - found["opposite"]
    )
    assert "effects combined by product" in found["rivals"]
    assert {"query", "rivals", "caution", "version"} <= found.keys()


def test_a_quick_answer_leaves_draws_and_rival_readings_out(say):
    found = json.loads(say("query", HEADLINE, "--json", "--quick").out)
    assert found["interval"] is found["contrast"] is found["rivals"] is None
    assert "credible" not in say("query", HEADLINE, "--quick").out


def test_a_question_may_stand_without_quotes(say):
    parts = ("dissolution", "given", "mandated", "--json", "--quick")
    assert json.loads(say("query", *parts).out)["query"] == "dissolution given mandated"


def test_a_whole_variable_is_answered_by_its_distribution(say):
    said = say("query", "P(trust=? | do(strong legal agreements))")
    assert "every state" in said.out
    assert "Strong (brought about)" in said.out
    assert all(state in said.out for state in ("Low", "Medium", "High"))


def test_a_joint_of_whole_variables_is_a_list_in_json(say):
    found = json.loads(say("query", "P(trust=?, synergy=?)", "--json", "--quick").out)
    assert len(found["distribution"]) == 9
    assert found["probability"] is None
    assert sum(row["probability"] for row in found["distribution"]) == pytest.approx(1)


def test_weighed_evidence_is_told_in_words(say):
    out = say(
        "query", "P(dissolution | resolution ~ [1, 2, 3], initial trust := [0.2, 0.5, 0.3])"
    ).out
    assert "seen with likelihood" in out
    assert "fixed at Low 20%, Medium 50%, High 30%" in out


def test_what_an_outcome_means_in_the_given_form(say):
    out = say("query", "P(dissolution | merger)", "--quick").out
    assert "Merger or acquisition" in out
    assert "breaks down in fact" in " ".join(out.split())
    assert "The buddying agreement lapses" not in out


def test_both_engines_agree(say):
    one, other = (
        json.loads(say("query", HEADLINE, "--json", "--quick", "--engine", engine).out)[
            "probability"
        ]
        for engine in ("compiled", "pgmpy")
    )
    assert one == pytest.approx(other, abs=1e-9)


def test_the_register_has_every_configuration(say):
    found = json.loads(say("cmocs", "--json").out)
    assert len(found) == 130
    assert {"id", "context", "mechanism", "outcome", "tests", "sources", "reading"} <= {*found[0]}
    assert {"from", "to", "manipulated"} <= {*found[0]["tests"][0]}
    assert "130 of 130" in say("cmocs").out


def test_one_entry_is_shown_whole(say):
    out = say("cmocs", "t3-30").out
    for word in ("T3-30", "Context", "Mechanism", "Outcome", "Reading", "Against", "Test"):
        assert word in out
    assert "in round 1" not in out, "a round is told where it is a later one"


def test_an_entry_tells_which_way_each_of_its_variables_must_move(say):
    for cmoc in cmocnet.load().cmocs[:4]:
        told = " ".join(say("cmocs", cmoc.id).out.split())
        for test in cmoc.tests:
            for link in [*filter(None, [test.mechanism]), *test.outcomes]:
                way = {"+": "rises", "-": "falls"}[link.sign]
                assert f"{link.variable} {way}" in told, cmoc.id


def test_the_register_can_be_searched(say):
    found = json.loads(say("cmocs", "--search", "leadership", "--json").out)
    assert 0 < len(found) < 130
    assert say("cmocs", "--search", "zebra").out == "0 of 130 configurations\n"


def test_check_finds_nothing_wrong(say):
    said = say("check", "--json")
    found = json.loads(said.out)
    assert (said.status, found["ok"], found["counts"]["wrong"]) == (0, True, 0)
    assert len(found["configurations"]) == 130


def test_check_prints_a_line_a_configuration(say, monkeypatch):
    import cmocnet.check as checking

    report = checking.run(cmocnet.load().review, cmocnet.load().discrete)
    monkeypatch.setattr(checking, "run", lambda *_, **__: report)
    said = say("check")
    assert said.status == 0
    starts = {line.split()[0] for line in said.out.splitlines() if line.strip()}
    assert {a.cmoc.id for a in report.agreements} <= starts


def test_check_fails_on_a_wrong_one_and_on_an_unnoticed_arc(say, monkeypatch):
    import cmocnet.check as checking

    none = checking.Report((), (), (), (), gaps=("T3-01: no arc carries it",))
    monkeypatch.setattr(checking, "run", lambda *_, **__: none)
    assert say("check").status == 1
    monkeypatch.setattr(checking, "run", lambda *_, **__: checking.Report((), (), (), (), ()))
    deaf = checking.Mutant("mandate", "trust", "cut", ("T3-01",), ())
    monkeypatch.setattr(checking, "mutants", lambda *_: iter([deaf]))
    said = say("check", "--mutate")
    assert said.status == 1
    assert "mandate -> trust" in said.out
    assert json.loads(say("check", "--mutate", "--json").out)["mutants"][0]["surgery"] == "cut"


@pytest.mark.parametrize("watched", [True, False])
def test_check_tells_how_firm_directions_are_as_the_library_does(say, monkeypatch, watched):
    import cmocnet.check as checking
    from cmocnet.cli import show

    firmness, net, steps = checking.firmness, cmocnet.load(), []
    expected = tuple(islice(firmness(net.review, net.discrete, net.draws(n=3)), 4))
    monkeypatch.setattr(checking, "firmness", lambda *given: islice(firmness(*given), 4))
    monkeypatch.setattr(checking, "run", lambda *_, **__: checking.Report((), (), (), (), ()))
    progress = (lambda *step: steps.append(step)) if watched else None
    monkeypatch.setattr(show, "bar", lambda _: contextlib.nullcontext(progress))
    said = say("check", "--draws", "3", "--json")
    assert said.status == 0
    told = checking.Directions(expected, 3).record()
    assert json.loads(said.out)["firmness"] == json.loads(json.dumps(told))
    assert steps == [(n, len(net.cmocs)) for n in (1, 2, 3, 4) if watched]


def test_check_tells_which_worlds_the_priors_hold_possible(say, monkeypatch):
    import cmocnet.check as checking

    few = partial(checking.predictive, contexts=5, n=2)
    monkeypatch.setattr(checking, "predictive", few)
    monkeypatch.setattr(checking, "run", lambda *_, **__: checking.Report((), (), (), (), ()))
    found = json.loads(say("check", "--predictive", "--json").out)["predictive"]
    assert found == json.loads(json.dumps(few(cmocnet.load()).record()))


def test_export_writes_xdsl_bif_and_tables(say, tmp_path: Path):
    for name in ("net.xdsl", "net.bif"):
        assert say("export", tmp_path / name, "--json").status == 0
        assert (tmp_path / name).stat().st_size > 10_000
    assert say("export", "--tables", tmp_path / "tables").status == 0
    net = cmocnet.load()
    assert {f.stem for f in (tmp_path / "tables").iterdir()} == {*net.variables}
    with (tmp_path / "tables" / "dissolution.csv").open() as file:
        rows = list(csv.DictReader(file))
    values = [float(row["dissolution=yes"]) for row in rows]
    assert values == net.discrete.tables["dissolution"].values[..., 1].ravel().tolist()
    assert {f.name for f in tmp_path.iterdir()} == {"net.xdsl", "net.bif", "tables"}


def test_an_export_tells_what_it_wrote(say, garden: Path, tmp_path: Path):
    file, folder, model = tmp_path / "net.bif", tmp_path / "tables", ("--model", garden, "--json")
    assert json.loads(say("export", file, *model).out)["written"] == [str(file)]
    assert json.loads(say("export", "--tables", folder, *model).out)["written"] == [str(folder)]


def test_a_reconstruction_tells_how_many_numbers_each_table_holds(say):
    tables = {v: t.values.shape for v, t in cmocnet.load().discrete.tables.items()}
    name = next(v for v, s in tables.items() if len(s) == 3 and s[-1] not in s[:-1])
    lines = map(str.split, say("reconstruct", "--variable", name).out.splitlines())
    _, numbers, *_ = next(words for words in lines if words[:1] == [name])
    first, second, own = tables[name]
    assert int(numbers) == first * second * (own - 1)


@pytest.mark.parametrize(("port", "status"), [(0, 2), (1, 0), (65_535, 0), (65_536, 2)])
def test_a_port_is_one_of_those_there_are(say, monkeypatch, port, status):
    monkeypatch.setattr(app, "_serve", lambda _: 0)
    monkeypatch.setattr(app, "_free", lambda _: True)
    assert say("app", "--port", port).status == status


def test_app_runs_streamlit_on_localhost(say, monkeypatch):
    served: list[list[str]] = []
    monkeypatch.setattr(app, "_serve", lambda command: served.append(command) or 0)
    monkeypatch.setenv("CI", "1")
    assert say("app", "--port", 18_765).out.startswith("The page is at http://localhost:18765")
    line = " ".join(served[0])
    for part in ("streamlit run", "server.address=localhost", "server.headless=true", "18765"):
        assert part in line
    assert "gatherUsageStats=false" in line
    assert json.loads(say("app", "--json").out)["url"].startswith("http://localhost:")


def test_common_options_reach_the_review(say, garden: Path, tmp_path: Path):
    question = ("query", "P(abandoned | shade)", "--json", "--quick", "--model", garden)
    base = json.loads(say(*question).out)
    assert base["probability"] == cmocnet.load(garden).query("P(abandoned | shade)").probability
    over = tmp_path / "over" / "variables"
    over.mkdir(parents=True)
    (over / "abandoned.yaml").write_text("table: {leak: {value: 0.5}}\n")
    laid = json.loads(say(*question, "--priors", over.parent).out)
    assert laid["probability"] > base["probability"]


def test_a_rival_reading_can_be_switched_on(say, garden: Path):
    out = say(
        "query", "mood=high", "--reading", "G-04=water_only", "--json", "--quick", "--model", garden
    ).out
    assert json.loads(out)["readings"] == {"G-04": "water_only"}


@pytest.mark.parametrize("argv", [["--version"], ["query", "--version"], ["--help"]])
def test_version_and_help(say, argv):
    said = say(*argv)
    assert said.status == 0
    assert said.out


def test_percentages_do_not_hide_a_difference():
    assert percents([0.3, 0.7]) == ["30%", "70%"]
    assert percents([0.301, 0.304]) == ["30.1%", "30.4%"]
    assert percents([0.0, 0.3]) == ["0%", "30%"], "what is certain asks for no decimal"
    assert percents([0.3, 1.0]) == ["30%", "100%"]
    assert percents([0.002, 0.3]) == ["0.2%", "30.0%"]
    assert percents([0.0, 1.0, 0.0001, 0.99999]) == ["0%", "100%", "under 0.1%", "over 99.9%"]


def test_an_interruption_and_a_defect_leave_no_traceback(say, monkeypatch):
    from cmocnet.cli import query

    def interrupted(_):
        raise KeyboardInterrupt

    def broken(_):
        raise RuntimeError("two\nlines")

    monkeypatch.delenv("CMOCNET_DEBUG", raising=False)
    monkeypatch.setattr(query, "run", interrupted)
    assert say("query", "x")[::2] == (130, "cmocnet: interrupted\n")
    monkeypatch.setattr(query, "run", broken)
    said = say("query", "x")
    assert said.status == 70
    assert said.err.count("\n") == 1


def test_a_reader_who_has_gone_is_no_error():
    import subprocess
    import sys

    done = subprocess.run(
        f"'{sys.executable}' -m cmocnet cmocs --json | head -c 10",
        shell=True,
        capture_output=True,
        check=True,
        env=os.environ,
    )
    assert (len(done.stdout), done.stderr) == (10, b"")


def test_main_takes_the_arguments_of_the_process(monkeypatch, capsys):
    monkeypatch.setattr("sys.argv", ["cmocnet", "cmocs", "T3-01", "--model", str(bundled())])
    assert main() == 0
    assert "T3-01" in capsys.readouterr().out


@pytest.mark.parametrize("width", ["30", "60", "200"])
def test_a_wide_table_shows_every_column_once(capsys, monkeypatch, width):
    from cmocnet.cli import show

    monkeypatch.setenv("COLUMNS", width)
    columns = [f"column{n}" for n in range(7)]
    show.wide_table("Row", columns, [("1", *(f"v{n}" for n in range(7)))])
    words = capsys.readouterr().out.split()
    assert [w for w in words if w.startswith("column")] == columns
    assert [w for w in words if w.startswith("v")] == [f"v{n}" for n in range(7)]


@pytest.mark.parametrize(
    "argv", [("query", "dissolution | mandated", "--quick"), ("cmocs", "T3-01"), ("check",)]
)
def test_what_was_done_ends_with_status_0(say, argv):
    assert say(*argv).status == 0
