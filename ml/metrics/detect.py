"""Which kind of file it is, by content first; the name only decides between kinds of text."""

from __future__ import annotations

import io
import json
import re
import zipfile
from decimal import Decimal
from enum import StrEnum
from typing import Any

from ml.metrics.contract import DeliverableError, Limits


class FileKind(StrEnum):
    PDF = "pdf"
    DOCX = "docx"
    XLSX = "xlsx"
    PICTURE = "picture"
    JSON = "json"
    XML = "xml"
    HTML = "html"
    TEXT = "text"


_PICTURES = (b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", b"II*\x00", b"MM\x00*")
_HEIF_BRANDS = (b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1")


def kind_of_bytes(data: bytes) -> FileKind | None:
    """The kind of a binary file, or None for text.

    Raises DeliverableError (`archive`, `old_office`) for files that are recognised and not read.
    """
    if data[:1024].lstrip(b"\xef\xbb\xbf \r\n\t\x00").startswith(b"%PDF-"):
        return FileKind.PDF
    if data.startswith(_PICTURES) or (data.startswith(b"RIFF") and data[8:12] == b"WEBP"):
        return FileKind.PICTURE
    if data[4:8] == b"ftyp" and data[8:12] in _HEIF_BRANDS:
        return FileKind.PICTURE
    if data.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return _kind_of_package(data)
    if data.startswith(b"\xd0\xcf\x11\xe0"):
        raise DeliverableError(
            "old_office", "This is an old or encrypted Office file: save it as .docx or .xlsx without a password."
        )
    if data.startswith((b"\x1f\x8b", b"7z\xbc\xaf", b"Rar!", b"BZh")):
        raise DeliverableError("archive", "Archives are not read: upload the files inside one by one.")
    return None


def _kind_of_package(data: bytes) -> FileKind:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            names = set(archive.namelist())
    except (zipfile.BadZipFile, ValueError, OSError) as error:
        raise DeliverableError("broken", "The file is damaged or cut off: upload it again.") from error
    if "word/document.xml" in names:
        return FileKind.DOCX
    if "xl/workbook.xml" in names:
        return FileKind.XLSX
    raise DeliverableError("archive", "Archives and other packages are not read: upload the files inside one by one.")


_HTML = re.compile(r"<!doctype html|<html[\s>]|<body[\s>]|<table[\s>]|<div[\s>]", re.IGNORECASE)


def kind_of_text(text: str, filename: str) -> FileKind:
    """JSON, XML, HTML or plain text (Markdown, console output and delimited tables included)."""
    head = text[:4000].lstrip("\ufeff \t\r\n")
    if head.startswith(("{", "[")) and not re.match(r"\[\d{4}-|\[[A-Z]+\]|\{[A-Za-z_|]+\}", head):
        return FileKind.JSON
    if head.startswith("<?xml") and not _HTML.search(head):
        return FileKind.XML
    if head.startswith("<") and _HTML.search(head):
        return FileKind.HTML
    if re.match(r"<[A-Za-z][\w:.-]*[\s>/]", head) and filename.lower().endswith((".xml", ".jtl", ".trx")):
        return FileKind.XML
    if re.match(r"<(?:testsuites?|testResults)[\s>]", head):
        return FileKind.XML
    return FileKind.TEXT


def parse_json(text: str, limits: Limits) -> Any:
    """The value of a JSON text, numbers kept as written (strings of digits are not rounded through floats).

    Raises DeliverableError (`broken_json`) when it does not parse, (`too_deep`) past the limit of nesting.
    """
    depth = deepest = 0
    for found in re.finditer(r'"(?:[^"\\]|\\.)*"|[{\[]|[}\]]', text):
        bracket = found.group()
        if bracket in "{[":
            depth += 1
            deepest = max(deepest, depth)
        elif bracket in "}]":
            depth -= 1
    if deepest > limits.json_depth:
        raise DeliverableError("too_deep", f"The JSON is nested {deepest} deep; at most {limits.json_depth} is read.")
    try:
        return json.loads(text, parse_float=Decimal)
    except (ValueError, RecursionError) as error:
        raise DeliverableError("broken_json", f"The JSON is damaged or cut off: {error}.") from error
