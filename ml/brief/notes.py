"""Notes from JSON lines. Every fault names its line."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Iterable
from typing import Any

from ml.brief.contract import Note, NoteKind, NotesError

LONGEST_NOTE = 20_000
"""Characters; a longer text is a document, not a note."""
_ENTITY = re.compile(r"&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z]{2,8}\d{0,2});")
_LINE_BREAK = re.compile(r"\s*(?:<\s*(?:br\s*/?|/?p)\s*>\s*)+", re.IGNORECASE)
FIELDS = ("id", "text", "author_id", "subject_id", "date", "kind")


def read_notes(lines: Iterable[str]) -> list[Note]:
    """Notes from lines of JSON, blank lines left out.

    Text taken from a web page is read as the page shows it: `&#39;` is an apostrophe, `<br>` and `<p>` begin a line.

    Raises NotesError for a line that is not an object, has no `id` or `text`, repeats an id, or has a field of the
    wrong type. An unknown `kind` is read as `peer`: the note still counts, without the rights of a customer or metric.
    """
    notes: list[Note] = []
    seen: set[str] = set()
    for number, line in enumerate(lines, 1):
        bare = line.strip().removeprefix("\ufeff")
        if not bare:
            continue
        try:
            row = json.loads(bare)
        except ValueError as error:
            raise NotesError(f"line {number} is not JSON ({error}); write one JSON object a line") from error
        note = _note(row, number)
        if note.id in seen:
            raise NotesError(f"line {number} repeats the id {note.id!r}; give every note its own id")
        seen.add(note.id)
        notes.append(note)
    return notes


def fields_unread(lines: Iterable[str]) -> list[str]:
    """Names of fields that no note has a use for, in alphabetical order, each with the one that was perhaps meant.

    For lines that `read_notes` has accepted.
    """
    rows = [json.loads(bare) for line in lines if (bare := line.strip().removeprefix("\ufeff"))]
    unread = sorted({name for row in rows for name in row} - set(FIELDS))
    meant = {name: next((field for field in FIELDS if field.removesuffix("_id") == name), None) for name in unread}
    return [name if (field := meant[name]) is None else f"{name} (write {field})" for name in unread]


def _note(row: Any, number: int) -> Note:
    if not isinstance(row, dict):
        raise NotesError(f"line {number} is not a JSON object")
    for name in ("id", "text"):
        if row.get(name) is None:
            raise NotesError(f"line {number} has no {name!r}")
    if not isinstance(row["text"], str):
        raise NotesError(f"line {number}: 'text' must be a string")
    if len(row["text"]) > LONGEST_NOTE:
        raise NotesError(f"line {number}: the text has {len(row['text'])} characters, at most {LONGEST_NOTE} are read")
    values: dict[str, str | None] = {}
    for name in FIELDS:
        if name == "text":
            continue
        value = row.get(name)
        if isinstance(value, bool) or not isinstance(value, str | int | None):
            raise NotesError(f"line {number}: {name!r} must be a string")
        values[name] = None if value is None else str(value)
    kind = (values["kind"] or "").lower()
    return Note(
        id=values["id"] or "",
        text=_ENTITY.sub(lambda found: html.unescape(found.group()), _LINE_BREAK.sub("\n", row["text"])),
        author_id=values["author_id"],
        subject_id=values["subject_id"],
        date=values["date"],
        kind=NoteKind(kind) if kind in set(NoteKind) else NoteKind.PEER,
    )
