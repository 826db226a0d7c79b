"""Untrusted bytes: what becomes pages, and the code of everything else."""

from __future__ import annotations

import io
import pickle
import struct
import zlib
from dataclasses import replace
from typing import Any

import numpy as np
import pillow_heif
import pytest
from PIL import Image
from pypdf import PdfWriter

from ocr.pages import DEFAULT_LIMITS, OpenFile, Page, PageError, PageErrorCode, decode


def _picture(width: int = 60, height: int = 40) -> Image.Image:
    """Left half red, right half white with some grain, so that turns show and compression has work."""
    pixels = np.full((height, width, 3), 255, np.uint8)
    pixels[:, : width // 2] = (200, 20, 20)
    pixels[::3, ::3] -= 10
    return Image.fromarray(pixels)


def _encoded(kind: str, picture: Image.Image | None = None, **settings: object) -> bytes:
    pillow_heif.register_heif_opener()
    file = io.BytesIO()
    (picture or _picture()).save(file, kind, **settings)
    return file.getvalue()


def _pixels(page: Page) -> np.ndarray:
    with Image.open(io.BytesIO(page.picture)) as picture:
        assert picture.format == "JPEG"
        assert picture.size == (page.width, page.height)
        assert not picture.getexif()
        return np.asarray(picture.convert("RGB"))


def _png_claiming(width: int, height: int) -> bytes:
    def chunk(name: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    header = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + header + chunk(b"IDAT", zlib.compress(b"\0" * 900)) + chunk(b"IEND", b"")


def _pdf(pages: int, size: float = 100, password: str | None = None) -> bytes:
    writer = PdfWriter()
    for _ in range(pages):
        writer.add_blank_page(size, size)
    if password:
        writer.encrypt(password)
    file = io.BytesIO()
    writer.write(file)
    return file.getvalue()


def _outcome(data: bytes) -> int | PageErrorCode:
    """The number of pages, or the code of the refusal; any other error is the test's failure."""
    try:
        return len(decode(data))
    except PageError as error:
        return error.code


def _refused(data: bytes) -> PageErrorCode:
    with pytest.raises(PageError) as caught:
        decode(data)
    assert len(str(caught.value)) > 20, "the message says what to do"
    return caught.value.code


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "TIFF", "HEIF"])
def test_pictures_become_one_page(kind: str) -> None:
    (page,) = decode(_encoded(kind))
    assert (page.width, page.height) == (60, 40)
    left, right = _pixels(page)[20, 5].astype(int), _pixels(page)[20, 55].astype(int)
    assert left[0] - left[1] > 120
    assert right.min() > 215


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "TIFF", "HEIF"])
def test_the_camera_s_turn_is_applied_and_dropped(kind: str) -> None:
    turned = Image.Exif()
    turned[274] = 6  # to be shown turned by 90° clockwise
    (page,) = decode(_encoded(kind, exif=turned if kind == "TIFF" else turned.tobytes()))
    assert (page.width, page.height) == (40, 60)
    assert _pixels(page)[5, 20].astype(int)[0] - _pixels(page)[5, 20].astype(int)[1] > 120


def test_every_page_of_a_tiff_and_of_a_pdf() -> None:
    pages = decode(_encoded("TIFF", save_all=True, append_images=[_picture(30, 90)]))
    assert [(page.width, page.height) for page in pages] == [(60, 40), (30, 90)]
    pages = decode(_pdf(3, size=72))
    assert [(page.width, page.height) for page in pages] == [(200, 200)] * 3


def test_large_pictures_are_scaled_down_for_reading() -> None:
    (page,) = decode(_encoded("JPEG", _picture(600, 400)), replace(DEFAULT_LIMITS, read_pixels=60_000))
    assert (page.width, page.height) == (300, 200)
    (page,) = decode(_pdf(1, size=14_000))
    assert page.width * page.height <= DEFAULT_LIMITS.read_pixels


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGBA", "I;16"])
def test_every_kind_of_pixels_becomes_plain_colour(mode: str) -> None:
    picture = _picture().convert("L").convert("I").convert(mode) if mode == "I;16" else _picture().convert(mode)
    (page,) = decode(_encoded("PNG", picture))
    pixels = _pixels(page).astype(int)
    assert pixels[20, 55].min() > 200, "paper stays light"
    assert pixels[20, 5].min() < 140, "what is dark stays dark"


def test_what_is_transparent_is_paper() -> None:
    (page,) = decode(_encoded("PNG", Image.new("RGBA", (20, 20), (0, 0, 0, 0))))
    assert _pixels(page).min() > 250


def test_refusals_have_codes() -> None:
    assert _refused(b"") is PageErrorCode.EMPTY_FILE
    assert _refused(b"<html><body>a page</body></html>") is PageErrorCode.UNSUPPORTED_TYPE
    assert _refused(b"\xff\xd8\xff" + b"junk" * 50) is PageErrorCode.NOT_AN_IMAGE
    assert _refused(b"%PDF-1.7 junk") is PageErrorCode.NOT_AN_IMAGE
    assert _refused(_png_claiming(30_000, 30_000)) is PageErrorCode.TOO_MANY_PIXELS
    assert _refused(_png_claiming(12_000, 10_000)) is PageErrorCode.TOO_MANY_PIXELS
    assert _refused(_pdf(400)) is PageErrorCode.TOO_MANY_PAGES
    assert _refused(_pdf(1, password="locked")) is PageErrorCode.ENCRYPTED_PDF
    many = _encoded("TIFF", _picture(8, 8), save_all=True, append_images=[_picture(8, 8)] * 205)
    assert _refused(many) is PageErrorCode.TOO_MANY_PAGES


def test_a_file_over_the_limit_is_not_opened() -> None:
    with pytest.raises(PageError) as caught:
        decode(b"\xff\xd8\xff" + b"\0" * 2000, replace(DEFAULT_LIMITS, bytes=1000))
    assert caught.value.code is PageErrorCode.TOO_LARGE


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_half_a_file_is_truncated(kind: str) -> None:
    data = _encoded(kind, _picture(300, 300))
    assert _refused(data[: len(data) // 2]) is PageErrorCode.TRUNCATED


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "TIFF", "HEIF", "PDF"])
def test_every_cut_gives_pages_or_a_coded_refusal(kind: str) -> None:
    data = _encoded(kind, _picture(64, 64))
    for length in range(1, len(data), max(1, len(data) // 25)):
        assert _outcome(data[:length])


def test_a_refusal_crosses_the_border_of_a_process() -> None:
    error = pickle.loads(pickle.dumps(PageError(PageErrorCode.TRUNCATED, "the file is cut off")))
    assert (error.code, str(error)) == (PageErrorCode.TRUNCATED, "the file is cut off")


class _Counted(io.BytesIO):
    """A file that counts what is read of it."""

    given = 0

    def readinto(self, buffer: Any) -> int:
        self.given += (number := super().readinto(buffer))
        return number


def test_of_a_long_pdf_only_the_page_that_is_asked_for_is_read() -> None:
    noise = np.random.default_rng(1).integers(0, 256, (200, 200, 3), np.uint8)
    first, *others = (Image.fromarray(np.roll(noise, number, axis=0)) for number in range(30))
    file = _Counted()
    first.save(file, "PDF", save_all=True, append_images=others)
    opened = OpenFile(file, replace(DEFAULT_LIMITS, pdf_dpi=72))
    assert opened.page(17).width == 200
    opened.close()
    assert 0 < file.given < len(file.getvalue()) / 10


def test_a_long_pdf_is_opened_anew_on_the_way_and_gives_every_page() -> None:
    writer = PdfWriter()
    for number in range(40):
        writer.add_blank_page(72 + number, 72)
    file = io.BytesIO()
    writer.write(file)
    opened = OpenFile(file, replace(DEFAULT_LIMITS, pages=40, pdf_dpi=72))
    assert [opened.page(number).width for number in range(1, 41)] == [72 + number for number in range(40)]
    assert opened.page(3).width == 74
    opened.close()
