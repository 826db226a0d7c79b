"""Untrusted bytes to upright pages. Runs in a child process with limits on memory and time: decoders have faults.

A file is opened once and its pages are decoded one at a time: a file of many pages needs the memory of one.

Every page comes out as a JPEG of plain RGB pixels, turned as the camera held it, without metadata, and not larger
than reading needs. Nothing of the file's own structure goes on from here.
"""

from __future__ import annotations

import io
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import BinaryIO

import numpy as np
import pillow_heif
import pypdfium2
from PIL import Image, ImageOps

from ocr.form_fields.contract import PageFields
from ocr.form_fields.of_pdf import PdfForm
from ocr.form_fields.own_ink import POINTS_PER_MM
from ocr.form_fields.visible_text import visible_text
from ocr.sniff import HEAD_BYTES, media_type

PDF_POINTS_PER_INCH = 72

PAGES_OF_ONE_OPENING = 16
"""An open PDF keeps the fonts of every page that was drawn: it is opened anew after so many."""

_CUT_WORDS = ("truncated", "end of", "incomplete", "eof", "unexpected end")
"""What decoders say of a file that ends too early."""


class PageErrorCode(StrEnum):
    EMPTY_FILE = "empty_file"
    TOO_LARGE = "too_large"
    UNSUPPORTED_TYPE = "unsupported_type"
    NOT_AN_IMAGE = "not_an_image"
    TRUNCATED = "truncated"
    TOO_MANY_PIXELS = "too_many_pixels"
    TOO_MANY_PAGES = "too_many_pages"
    ENCRYPTED_PDF = "encrypted_pdf"


class PageError(ValueError):
    """The bytes cannot become pages. `code` says why, the message what to do."""

    def __init__(self, code: PageErrorCode, message: str) -> None:
        super().__init__(message)
        self.code = code

    def __reduce__(self) -> tuple[type[PageError], tuple[PageErrorCode, str]]:
        # It crosses the border of a process, where only the arguments of `__init__` can bring it to life again.
        return PageError, (self.code, str(self))


@dataclass(frozen=True, slots=True)
class PageLimits:
    """What a file may cost."""

    bytes: int = 50 * 1024 * 1024
    pixels: int = 100_000_000
    """Of one picture before scaling: five times a good phone's."""
    pages: int = 200
    read_pixels: int = 12_000_000
    """A larger picture is scaled down to this: more does not read better."""
    pdf_dpi: int = 200
    jpeg_quality: int = 92


@dataclass(frozen=True, slots=True)
class Page:
    """One upright page: a JPEG and its size in pixels."""

    picture: bytes
    width: int
    height: int
    form: PageFields | None = None
    """The form fields and texts of a PDF's page, if it has any."""


DEFAULT_LIMITS = PageLimits()


class OpenFile:
    """A JPEG, PNG, WebP, HEIC, TIFF (every page) or PDF (rendered) whose pages are decoded as they are asked for.

    Raises `PageError` for anything else and for files beyond the limits; `page` does for a page that cannot be decoded.
    """

    def __init__(self, file: BinaryIO, limits: PageLimits = DEFAULT_LIMITS) -> None:
        """`file` stays the caller's; only what a page needs of it is read at a time."""
        size = file.seek(0, io.SEEK_END)
        if size == 0:
            raise PageError(PageErrorCode.EMPTY_FILE, "the file is empty; take the picture again and upload it")
        if size > limits.bytes:
            raise PageError(
                PageErrorCode.TOO_LARGE, f"the file has more than {limits.bytes // 1024**2} MB; send a smaller picture"
            )
        file.seek(0)
        kind = media_type(file.read(HEAD_BYTES))
        if kind is None:
            raise PageError(
                PageErrorCode.UNSUPPORTED_TYPE,
                "the file is not a JPEG, PNG, WebP, HEIC, TIFF or PDF; send one of these",
            )
        self._source: _PdfSource | _ImageSource = (
            _PdfSource(file, limits) if kind == "application/pdf" else _ImageSource(file, kind, limits)
        )
        self.pages = self._source.pages
        """How many it has."""
        if self.pages > limits.pages:
            raise PageError(
                PageErrorCode.TOO_MANY_PAGES, f"the file has {self.pages} pages; send at most {limits.pages}"
            )

    def page(self, number: int) -> Page:
        """A page, from 1."""
        return self._source.page(number - 1)

    def close(self) -> None:
        self._source.close()


def decode(data: bytes, limits: PageLimits = DEFAULT_LIMITS) -> list[Page]:
    """All pages of a file, in their order. Raises `PageError` as `OpenFile` does."""
    opened = OpenFile(io.BytesIO(data), limits)
    try:
        return [opened.page(number) for number in range(1, opened.pages + 1)]
    finally:
        opened.close()


class _ImageSource:
    def __init__(self, file: BinaryIO, kind: str, limits: PageLimits) -> None:
        self._file, self._limits = file, limits
        with self._problems():
            self._opened = _opened(file, kind, limits)
            self.pages = int(getattr(self._opened, "n_frames", 1)) if kind == "image/tiff" else 1

    def page(self, index: int) -> Page:
        with self._problems():
            self._opened.seek(index)
            _check_pixels(self._opened.size, self._limits)
            self._opened.load()
            return _page(ImageOps.exif_transpose(self._opened), self._limits)

    def close(self) -> None:
        self._opened.close()

    @contextmanager
    def _problems(self) -> Iterator[None]:
        """Decoders tell a cut-off file only by words, and a broken one by almost any error."""
        try:
            with warnings.catch_warnings():
                # Between one and two times its own limit Pillow only warns; the limit that counts is checked here.
                warnings.simplefilter("ignore")
                yield
        except (PageError, MemoryError):
            raise
        except Image.DecompressionBombError as error:
            raise _too_many_pixels(self._limits) from error
        except Exception as error:
            cut = _webp_cut(self._file) or any(word in str(error).lower() for word in _CUT_WORDS)
            code = PageErrorCode.TRUNCATED if cut else PageErrorCode.NOT_AN_IMAGE
            what = "is cut off" if cut else "is damaged"
            raise PageError(code, f"the file {what}; upload it again or take a new picture") from error


def _opened(file: BinaryIO, kind: str, limits: PageLimits) -> Image.Image:
    file.seek(0)
    if kind != "image/heic":
        formats = {"image/jpeg": "JPEG", "image/png": "PNG", "image/webp": "WEBP", "image/tiff": "TIFF"}
        return Image.open(file, formats=[formats[kind]])
    # Its orientation is in the container and is applied by the decoder.
    heif = pillow_heif.open_heif(file, convert_hdr_to_8bit=True)
    _check_pixels(heif.size, limits)
    picture: Image.Image = heif.to_pillow()
    return picture


def _webp_cut(file: BinaryIO) -> bool:
    """Whether a WebP file is shorter than its header says: its decoder does not tell."""
    size = file.seek(0, io.SEEK_END)
    file.seek(0)
    head = file.read(8)
    return head[:4] == b"RIFF" and int.from_bytes(head[4:], "little") + 8 > size


class _PdfSource:
    def __init__(self, file: BinaryIO, limits: PageLimits) -> None:
        self._file, self._limits = file, limits
        self._document = self._opened()
        kind = self._document.get_formtype()
        self._form = None if kind == pypdfium2.raw.FORMTYPE_NONE else PdfForm(file, kind)
        self._drawn = 0
        self.pages = len(self._document)
        if self.pages == 0:
            raise PageError(PageErrorCode.EMPTY_FILE, "the PDF has no pages")

    def page(self, index: int) -> Page:
        limits = self._limits
        try:
            if self._drawn >= PAGES_OF_ONE_OPENING:
                self._document.close()
                self._document = self._opened()
                self._drawn = 0
            self._drawn += 1
            page = self._document[index]
            width, height = (side / PDF_POINTS_PER_INCH * limits.pdf_dpi for side in page.get_size())
            # A page may claim any size: its picture is drawn no larger than reading needs.
            scale = min(1.0, (limits.read_pixels / max(1.0, width * height)) ** 0.5)
            if min(width, height) * scale < 1:
                raise PageError(PageErrorCode.NOT_AN_IMAGE, "a page of the PDF has no area; scan it again")
            scale *= limits.pdf_dpi / PDF_POINTS_PER_INCH
            fields = PageFields() if self._form is None else self._form.page(index, page, scale)
            rendered = page.render(scale=scale)
            try:
                drawn = _page(rendered.to_pil(), limits)
                size = page.get_width() / POINTS_PER_MM, page.get_height() / POINTS_PER_MM
                texts = visible_text(page, rendered.to_numpy(), scale)
                held = replace(fields, texts=texts, size_mm=(round(size[0], 2), round(size[1], 2)))
                return replace(drawn, form=held) if held else drawn
            finally:
                # Else its pixels stay as long as the document is open.
                rendered.close()
                page.close()
        except pypdfium2.PdfiumError as error:
            raise PageError(PageErrorCode.NOT_AN_IMAGE, "a page of the PDF is damaged; scan it again") from error

    def close(self) -> None:
        self._document.close()

    def _opened(self) -> pypdfium2.PdfDocument:
        try:
            document = pypdfium2.PdfDocument(self._file)
            # Form fields are drawn only where forms are set up before the first page is opened.
            document.init_forms()
            return document
        except pypdfium2.PdfiumError as error:
            if "password" in str(error).lower():
                raise PageError(
                    PageErrorCode.ENCRYPTED_PDF, "the PDF is protected by a password; send it without one"
                ) from error
            raise PageError(
                PageErrorCode.NOT_AN_IMAGE, "the PDF is damaged; print or scan it again and send the new file"
            ) from error


def _page(picture: Image.Image, limits: PageLimits) -> Page:
    plain = _on_white(picture)
    pixels = plain.width * plain.height
    if pixels > limits.read_pixels:
        scale = (limits.read_pixels / pixels) ** 0.5
        size = max(1, int(plain.width * scale)), max(1, int(plain.height * scale))
        plain = plain.resize(size, Image.Resampling.LANCZOS)
    encoded = io.BytesIO()
    plain.save(encoded, "JPEG", quality=limits.jpeg_quality, subsampling=0)
    return Page(encoded.getvalue(), plain.width, plain.height)


def _on_white(picture: Image.Image) -> Image.Image:
    """The picture as RGB; what is transparent is paper, and 16-bit grey is scaled, not cut off."""
    if picture.mode in ("I", "I;16", "I;16B", "I;16L", "F"):
        grey = np.asarray(picture, np.float64)
        low, high = float(grey.min()), float(grey.max())
        scale = 255 / (high - low) if high > low else 0.0
        return Image.fromarray(((grey - low) * scale).astype(np.uint8)).convert("RGB")
    if picture.mode in ("RGBA", "LA", "PA") or "transparency" in picture.info:
        layered = picture.convert("RGBA")
        paper = Image.new("RGBA", layered.size, "white")
        return Image.alpha_composite(paper, layered).convert("RGB")
    return picture.convert("RGB")


def _check_pixels(size: tuple[int, int], limits: PageLimits) -> None:
    if size[0] * size[1] > limits.pixels:
        raise _too_many_pixels(limits)


def _too_many_pixels(limits: PageLimits) -> PageError:
    return PageError(
        PageErrorCode.TOO_MANY_PIXELS,
        f"the picture has more than {limits.pixels // 1_000_000} megapixels; send a smaller one",
    )
