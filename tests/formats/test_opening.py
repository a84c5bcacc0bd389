"""Which files are opened at all: by ending, kind, size and content."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from cmocnet import engine, formats
from cmocnet.errors import FileError
from cmocnet.formats import opening
from tests.formats import test_bif, test_other_formats

CONTENT = {
    "BIF": test_bif.WHOLE,
    "XDSL": test_other_formats.XDSL,
    "XMLBIF": test_other_formats.XMLBIF,
    "NET": test_other_formats.NET,
    "UAI": test_other_formats.UAI,
}


@pytest.mark.parametrize("held", CONTENT)
@pytest.mark.parametrize("ending", formats.ENDINGS)
def test_content_that_contradicts_the_ending_is_named(reads, ending: str, held: str) -> None:
    if formats.ENDINGS[ending] == held:
        assert len(reads(CONTENT[held], ending).states) >= 2
        return
    words = rf"looks like {held}, though its ending says {formats.ENDINGS[ending]}; expected .* ending \.\w+$"
    with pytest.raises(FileError, match=words):
        reads("\ufeff\n" * (held in {"BIF", "NET"}) + CONTENT[held], ending)


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (b"%PDF-1.7 ...", "PDF"),
        (b"PK\x03\x04...", "a ZIP archive or workbook"),
        (b"\x1f\x8b...", "gzip"),
        (b'{"nodes": []}', "JSON"),
        (b"// ~->[DNET-1]->~\nbnet x { };", "Netica's DNET"),
        (b"<?xml version='1.0'?><!-- x --><html></html>", "XML of another kind"),
    ],
)
def test_foreign_files_are_named(reads, content: bytes, kind: str) -> None:
    for ending in formats.ENDINGS:
        with pytest.raises(FileError, match=f"looks like {kind}, though its ending says"):
            reads(content, ending)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"network n {\n \xe9", r"line 2, column 2: the byte 0xe9 is no UTF-8; expected UTF-8"),
        (b"\xef\xbb\xbfnet\xff", r"line 1, column 4: the byte 0xff is no UTF-8"),
        ("network n {}".encode("utf-16"), "text in UTF-16; expected UTF-8"),
        (b"network n {\0}", r"line 1, column 12: the character '\\x00' means nothing here"),
    ],
)
def test_other_encodings_are_refused_in_one_line(reads, content: bytes, words: str) -> None:
    with pytest.raises(FileError, match=words):
        reads(content, ".bif")


def test_an_unknown_ending_is_refused_with_those_known(tmp_path: Path) -> None:
    for name in ("net.docx", "net", "net.bif.gz", ".bif", "net.biff"):
        with pytest.raises(
            FileError, match=r"ending.*expected \.bif, \.xdsl, \.xmlbif, .*\.net, \.uai"
        ):
            engine.read(tmp_path / name)
    with pytest.raises(FileError, match=r"nearest: \.xdsl$"):
        engine.read("a.xdls")


def test_an_ending_may_be_in_capitals(tmp_path: Path) -> None:
    path = tmp_path / "A.BIF"
    path.write_text(test_bif.WHOLE)
    assert engine.read(str(path)).names == ("a", "b")
    program = engine.compile(str(path))
    assert program.posteriors()["b"]["yes"] == pytest.approx(0.31, abs=1e-15)


def test_compile_takes_a_path_of_bif_alone(tmp_path: Path) -> None:
    for ending in (".xdsl", ".net", ".uai", ".xmlbif"):
        with pytest.raises(FileError, match=r"BIF file alone; expected .*engine\.read"):
            engine.compile(tmp_path / f"a{ending}")


def test_only_regular_files_of_a_sensible_size_are_opened(tmp_path: Path, monkeypatch) -> None:
    os.mkfifo(tmp_path / "pipe.bif")
    (tmp_path / "folder.bif").mkdir()
    (tmp_path / "endless.bif").symlink_to("/dev/zero")
    (tmp_path / "circle.bif").symlink_to("circle.bif")
    for name in ("pipe", "folder", "endless"):
        with pytest.raises(FileError, match="in a file's place; expected a regular file"):
            engine.read(tmp_path / f"{name}.bif")
    with pytest.raises(FileError, match="cannot be read"):
        engine.read(tmp_path / "circle.bif")
    with pytest.raises(FileError, match="cannot be read"):
        engine.read(tmp_path / ("x" * 300 + ".bif"))
    with pytest.raises(FileError, match="no possible name"):
        engine.read("a\0b.bif")
    large = tmp_path / "large.bif"
    with large.open("wb") as file:
        file.truncate(opening.LARGEST + 1)
    monkeypatch.setattr(os, "fdopen", lambda *_, **__: pytest.fail("read"))
    with pytest.raises(
        FileError, match="the file has 33,554,433 bytes; expected at most 33,554,432 bytes"
    ):
        engine.read(large)


def test_a_missing_file_names_its_neighbour(tmp_path: Path) -> None:
    (tmp_path / "alarm.bif").write_text(test_bif.WHOLE)
    with pytest.raises(FileError, match=r"alrm\.bif: no such file; nearest: alarm\.bif"):
        engine.read(tmp_path / "alrm.bif")
    with pytest.raises(FileError, match=r"no such file$"):
        engine.read(tmp_path / "nowhere" / "alarm.bif")
