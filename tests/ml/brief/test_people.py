"""Whom a pack is about, and sentences in which somebody else acts."""

from __future__ import annotations

import pytest

from ml.brief.contract import Note
from ml.brief.people import somebody_else, subject_names


def test_the_subject_is_who_leads_most_notes() -> None:
    notes = [
        Note("1", "Irina fixed the build."),
        Note("2", "In May Irina wrote the guide."),
        Note("3", "Tomas left early."),
        Note("4", "You helped me."),
    ]
    assert subject_names(notes, "p-7") == ("Irina",)
    assert subject_names(notes[2:], "p-7") == ()
    assert subject_names([Note("1", "王芳续签了合同。"), Note("2", "李强帮王芳改了表。")], "王芳") == ("王芳",)


@pytest.mark.parametrize(
    ("text", "known", "expected"),
    [
        ("Tomas deleted the database.", ("Irina",), "Tomas"),
        ("On Friday Tomas deleted the database.", ("Irina",), "Tomas"),
        ("Tomas and Irina deleted the database.", ("Irina",), None),
        ("She told Tomas about the database.", ("Irina",), None),
        ("Northgate renewed the contract.", ("Irina",), None),
        ("Tomas deleted the database.", (), None),
        ("李强误删了数据库。", ("王芳",), "李强"),
        ("昨天，李强误删了数据库。", ("王芳",), "李强"),
        ("王经理每小时来电。", ("王芳",), None),
        ("她把结果发给李强。", ("王芳",), None),
    ],
)
def test_somebody_else(text: str, known: tuple[str, ...], expected: str | None) -> None:
    assert somebody_else(text, known) == expected
