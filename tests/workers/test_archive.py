"""Archives open on every file system, and their index in every spreadsheet."""

from __future__ import annotations

import csv
import io
import zipfile

import pytest

from workers.documents.archive import Archive, safe_name


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("E-017 李雯", "E-017 李雯"),
        ("../../etc/passwd", "_.._etc_passwd"),
        ("C:\\Users\\x", "C__Users_x"),
        ("a\x00b\u202ecod.exe\u200b", "abcod.exe"),
        ("line\nbreak\ttab", "line break tab"),
        (" . .. ", "_"),
        ("", "_"),
        ("con", "_con"),
        ("LPT1.txt", "_LPT1.txt"),
        ("console", "console"),
        ("e\u0301", "é"),
        ("𠮷" * 100, "𠮷" * 60),
    ],
)
def test_names_are_safe_on_every_file_system(text: str, name: str) -> None:
    assert safe_name(text) == name
    assert len(name.encode()) <= 250


def test_an_archive_holds_what_was_added_and_an_index_without_formulas() -> None:
    file = io.BytesIO()
    with Archive(file, ["工号", "姓名"]) as archive:
        folders = [archive.folder(label) for label in ("1 Ada", "1 ADA", "1 Ada.", "2 Ada", "Index.csv")]
        paths = [archive.add(folder, "1.pdf", folder.encode()) for folder in folders]
        for name in ("=1+1", "+1", "@SUM(A1)", "\t=1", "-2", "李雯, 王芳"):
            archive.note(["7", name])
    assert paths == ["1 Ada/1.pdf", "1 ADA_2/1.pdf", "1 Ada_3/1.pdf", "2 Ada/1.pdf", "Index.csv_2/1.pdf"]
    with zipfile.ZipFile(file) as made:
        assert made.testzip() is None
        assert sorted(made.namelist()) == sorted([*paths, "index.csv"])
        assert made.read("1 ADA_2/1.pdf") == b"1 ADA_2"
        raw = made.read("index.csv")
    assert raw.startswith("\ufeff工号".encode())
    assert list(csv.reader(io.StringIO(raw.decode("utf-8-sig"))))[1:] == [
        ["7", "'=1+1"],
        ["7", "+1"],
        ["7", "'@SUM(A1)"],
        ["7", "'\t=1"],
        ["7", "-2"],
        ["7", "李雯, 王芳"],
    ]
