"""Whom a pack is about, and sentences in which somebody else acts."""

from __future__ import annotations

import pytest

from ml.brief.contract import Note
from ml.brief.people import about_a_person, somebody_else, subject_names


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


@pytest.mark.parametrize(
    ("texts", "subject", "expected"),
    [
        (("You explained the log well.", "He fixed the pump.", "She wrote the guide in May."), "p-7", True),
        # guests tell of those who serve, and at length
        (("This place is kind. He smiled. Worth the price.", "We will come back. She knew the menu."), "h-7", False),
        (("他主动补了测试。", "交接单写得很清楚。"), "p-7", True),
        (("这家店她服务周到。", "买的咖啡很香，还会再来。", "性价比高，他推荐的。"), "h-7", False),
        # one person leads two notes of three, or of thirty
        (("Maria led the audit.", "Maria fixed the pump.", "Good notes."), "p-7", True),
        (("Maria led us to the room.", "Maria found the key.", *("The bed was soft.",) * 28), "h-7", False),
        # the id as a name, and the name of a thing
        (("Thandiwe led the audit.", "We thank Thandiwe."), "thandiwe", True),
        (("Garmin never lost the signal.", "My Garmin is quick."), "gps_garmin", False),
        ((), None, True),
    ],
)
def test_notes_about_a_person_and_about_a_thing(texts: tuple[str, ...], subject: str | None, expected: bool) -> None:
    notes = [Note(str(at), text, f"writer {at}", subject) for at, text in enumerate(texts)]
    assert about_a_person(notes, subject) is expected
