"""Types and sizes by first bytes, against files that Pillow writes."""

from __future__ import annotations

import io

import pillow_heif
import pytest
from PIL import Image

from ocr.sniff import media_type, pixel_size

SIZE = (120, 80)


def _encoded(kind: str, **settings: object) -> bytes:
    pillow_heif.register_heif_opener()
    file = io.BytesIO()
    Image.new("RGB", SIZE, (200, 180, 160)).save(file, kind, **settings)
    return file.getvalue()


@pytest.mark.parametrize(
    ("kind", "settings", "expected"),
    [
        ("JPEG", {}, "image/jpeg"),
        ("JPEG", {"progressive": True}, "image/jpeg"),
        ("PNG", {}, "image/png"),
        ("WEBP", {}, "image/webp"),
        ("WEBP", {"lossless": True}, "image/webp"),
        ("WEBP", {"exif": b"Exif\0\0"}, "image/webp"),
        ("TIFF", {}, "image/tiff"),
        ("HEIF", {}, "image/heic"),
    ],
)
def test_type_and_size_of_pictures(kind: str, settings: dict[str, object], expected: str) -> None:
    data = _encoded(kind, **settings)
    assert media_type(data) == expected
    assert pixel_size(data) == SIZE


def test_size_of_a_big_endian_tiff() -> None:
    head = b"MM\x00*\x00\x00\x00\x08\x00\x02"
    head += b"\x01\x00\x00\x03\x00\x00\x00\x01\x01\x2c\x00\x00" + b"\x01\x01\x00\x04\x00\x00\x00\x01\x00\x00\x00\xc8"
    assert pixel_size(head) == (300, 200)


def test_a_pdf_has_a_type_and_no_pixels() -> None:
    data = _encoded("PDF")
    assert media_type(data) == "application/pdf"
    assert media_type(b"\n" * 1000 + data) == "application/pdf"
    assert pixel_size(data) is None


@pytest.mark.parametrize(
    "data", [b"", b"<html><body>", b"\xff\xd8", b"RIFF\x10\x00\x00\x00AVI ", b"\x00\x00\x00\x18ftypmp42", b"PK\x03\x04"]
)
def test_other_files_have_no_type(data: bytes) -> None:
    assert media_type(data) is None
    assert pixel_size(data) is None


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "TIFF", "HEIF"])
def test_a_cut_header_has_no_size(kind: str) -> None:
    data = _encoded(kind)
    sizes = {pixel_size(data[:length]) for length in range(0, min(len(data), 1200), 7)}
    assert sizes <= {None, SIZE}
    assert None in sizes
