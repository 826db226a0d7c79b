"""Documents of many people as one ZIP on disk, with names that every file system takes, and an index."""

from __future__ import annotations

import csv
import io
import re
import unicodedata
import zipfile
from collections.abc import Sequence
from types import TracebackType
from typing import BinaryIO, Self

from resolvers.goals.tables import safe_cell

INDEX = "index.csv"
LENGTH = 60
"""Characters of a name, at most 240 bytes of UTF-8: file systems take 255."""
_REFUSED = re.compile(r'[<>:"/\\|?*]')
_RESERVED = re.compile(r"(?:con|prn|aux|nul|com\d|lpt\d)(?:\..*)?", re.IGNORECASE)
"""Names that mean devices on Windows, with any ending."""
_PACKED = (".pdf", ".docx")
"""Endings of files that do not become smaller."""


def safe_name(text: str) -> str:
    """The text as one part of a path: without separators, invisible or control characters, never empty, hidden or
    reserved."""
    visible = "".join(" " if char.isspace() else char for char in unicodedata.normalize("NFC", text))
    visible = "".join(char for char in visible if not unicodedata.category(char).startswith("C"))
    name = _REFUSED.sub("_", visible)[:LENGTH].strip(" .")
    return f"_{name}" if not name or _RESERVED.fullmatch(name) else name


class Archive:
    """A ZIP that is written to a file as it grows: only one document is in memory at a time."""

    def __init__(self, file: BinaryIO, header: Sequence[str]) -> None:
        self._zip = zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED)
        self._folders = {INDEX}
        self._rows = [list(header)]

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        """Write the index and end the ZIP; the file stays open for reading."""
        if error is None:
            table = io.StringIO()
            csv.writer(table).writerows([safe_cell(cell) for cell in row] for row in self._rows)
            # With its mark, without which spreadsheets misread Chinese.
            self._zip.writestr(_entry(INDEX), table.getvalue().encode("utf-8-sig"))
        self._zip.close()

    def folder(self, label: str) -> str:
        """A folder of its own for a person, also where two have the same name or names that differ in case only."""
        name = safe_name(label)
        number = 1
        while (folder := name if number == 1 else f"{name}_{number}").casefold() in self._folders:
            number += 1
        self._folders.add(folder.casefold())
        return folder

    def add(self, folder: str, name: str, content: bytes) -> str:
        """Put a document into a folder; its path in the archive."""
        path = f"{folder}/{safe_name(name)}"
        self._zip.writestr(_entry(path), content)
        return path

    def note(self, row: Sequence[str]) -> None:
        """A line of the index."""
        self._rows.append(list(row))


def _entry(path: str) -> zipfile.ZipInfo:
    entry = zipfile.ZipInfo(path)
    entry.compress_type = zipfile.ZIP_STORED if path.endswith(_PACKED) else zipfile.ZIP_DEFLATED
    entry.external_attr = 0o600 << 16
    return entry
