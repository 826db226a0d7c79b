"""Reading notes: every fault names its line."""

from __future__ import annotations

import json

import pytest

from ml.brief.contract import NoteKind, NotesError
from ml.brief.notes import LONGEST_NOTE, fields_unread, read_notes


def test_notes_are_read_with_their_optional_fields() -> None:
    notes = read_notes(
        [
            '\ufeff{"id": 1, "text": "a", "kind": "customer", "author_id": 7, "date": "2026-03-01"}\n',
            "\n",
            '{"id": "2", "text": "b", "subject_id": "x", "kind": "blog", "extra": [1]}',
        ]
    )
    assert [note.id for note in notes] == ["1", "2"]
    assert (notes[0].kind, notes[0].author_id, notes[0].date) == (NoteKind.CUSTOMER, "7", "2026-03-01")
    assert (notes[1].kind, notes[1].subject_id, notes[1].author_id) == (NoteKind.PEER, "x", None)


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("{", "line 2 is not JSON"),
        ("[]", "line 2 is not a JSON object"),
        ('{"text": "a"}', "line 2 has no 'id'"),
        ('{"id": "2"}', "line 2 has no 'text'"),
        ('{"id": "2", "text": 5}', "line 2: 'text' must be a string"),
        ('{"id": "1", "text": "again"}', "line 2 repeats the id '1'"),
        ('{"id": "2", "text": "a", "author_id": ["x"]}', "line 2: 'author_id' must be a string"),
        ('{"id": true, "text": "a"}', "line 2: 'id' must be a string"),
        ('{"id": "2", "text": "' + "x" * (LONGEST_NOTE + 1) + '"}', "at most"),
    ],
)
def test_a_fault_names_its_line(line: str, message: str) -> None:
    with pytest.raises(NotesError) as caught:
        read_notes(['{"id": "1", "text": "first"}', line])
    assert message in str(caught.value)


def test_a_field_that_is_not_read_is_named_with_the_one_that_was_meant() -> None:
    lines = ['{"id": "1", "text": "a", "author": "x", "stars": 4}', "", '{"id": "2", "text": "b", "author_id": "y"}']
    assert fields_unread(lines) == ["author (write author_id)", "stars"]
    assert fields_unread(lines[2:]) == []


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("It doesn&#39;t work.<br /><br />R&amp;D said so.", "It doesn't work.\nR&D said so."),
        ("房间&quot;很安静&quot;。<p>早餐凉了。</p>", '房间"很安静"。\n早餐凉了。\n'),
        ("AT&T; x < y; <bold> &copy=1 &nosuch;", "AT&T; x < y; <bold> &copy=1 &nosuch;"),
    ],
)
def test_text_of_a_web_page_is_read_as_the_page_shows_it(written: str, read: str) -> None:
    assert read_notes([json.dumps({"id": "1", "text": written})])[0].text == read
