"""What a file is by its first bytes, without decoding it: standard library only, for the process that takes uploads.

The header is the sender's claim. A picture is known to be sound only once `ocr.pages` has decoded it in its own
limited process.
"""

from __future__ import annotations

import struct

HEAD_BYTES = 65536
"""Enough of a file's beginning for `media_type` and, but for pictures with very large metadata, `pixel_size`."""

_HEIF_BRANDS = frozenset({b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1"})
_JPEG_SIZE_MARKERS = frozenset({*range(0xC0, 0xD0)} - {0xC4, 0xC8, 0xCC})
_TIFF_WIDTH, _TIFF_HEIGHT = 256, 257


def media_type(head: bytes) -> str | None:
    """The media type of a form's picture by its first bytes, or None for anything that is not one of them.

    Known are JPEG, PNG, WebP, HEIC, TIFF and PDF. A PDF may have up to 1024 bytes of something else before it.
    """
    if head.startswith(b"\xff\xd8\xff"):
        return "image/jpeg"
    if head.startswith(b"\x89PNG\r\n\x1a\n"):
        return "image/png"
    if head.startswith(b"RIFF") and head[8:12] == b"WEBP":
        return "image/webp"
    if head[4:8] == b"ftyp" and _heif_brands(head) & _HEIF_BRANDS:
        return "image/heic"
    if head.startswith((b"II*\x00", b"MM\x00*")):
        return "image/tiff"
    if b"%PDF-" in head[:1029]:
        return "application/pdf"
    return None


def pixel_size(head: bytes) -> tuple[int, int] | None:
    """Width and height that a picture's header states, or None when they are not in these bytes.

    For HEIC it is the largest image of the file, for TIFF the first page; a PDF has no pixels.
    """
    kind = media_type(head)
    readers = {
        "image/jpeg": _jpeg_size,
        "image/png": _png_size,
        "image/webp": _webp_size,
        "image/heic": _heic_size,
        "image/tiff": _tiff_size,
    }
    if kind not in readers:
        return None
    try:
        size = readers[kind](head)
    except (struct.error, IndexError):
        return None
    return size if size is not None and min(size) > 0 else None


def _heif_brands(head: bytes) -> set[bytes]:
    (length,) = struct.unpack(">I", head[:4])
    brands = head[8 : min(length, 256)]
    return {brands[place : place + 4] for place in range(0, len(brands), 4)}


def _jpeg_size(head: bytes) -> tuple[int, int] | None:
    place = 2
    while place + 9 < len(head):
        if head[place] != 0xFF:
            return None
        marker = head[place + 1]
        if marker == 0xFF or 0xD0 <= marker <= 0xD8 or marker == 0x01:  # padding, and markers without a body
            place += 1 if marker == 0xFF else 2
            continue
        if marker in _JPEG_SIZE_MARKERS:
            height, width = struct.unpack(">HH", head[place + 5 : place + 9])
            return width, height
        (length,) = struct.unpack(">H", head[place + 2 : place + 4])
        place += 2 + length
    return None


def _png_size(head: bytes) -> tuple[int, int] | None:
    if head[12:16] != b"IHDR":
        return None
    width, height = struct.unpack(">II", head[16:24])
    return width, height


def _webp_size(head: bytes) -> tuple[int, int] | None:
    kind = head[12:16]
    if kind == b"VP8X":
        return 1 + int.from_bytes(head[24:27], "little"), 1 + int.from_bytes(head[27:30], "little")
    if kind == b"VP8 ":
        if head[23:26] != b"\x9d\x01\x2a":
            return None
        width, height = struct.unpack("<HH", head[26:30])
        return width & 0x3FFF, height & 0x3FFF
    if kind == b"VP8L":
        if head[20] != 0x2F:
            return None
        (bits,) = struct.unpack("<I", head[21:25])
        return 1 + (bits & 0x3FFF), 1 + (bits >> 14 & 0x3FFF)
    return None


def _heic_size(head: bytes) -> tuple[int, int] | None:
    # Every image of the file has an `ispe` property: four bytes of version and flags, width, height.
    sizes = []
    place = head.find(b"ispe")
    while place != -1:
        if place + 16 <= len(head):
            width, height = struct.unpack(">II", head[place + 8 : place + 16])
            sizes.append((width, height))
        place = head.find(b"ispe", place + 4)
    return max(sizes, key=lambda size: size[0] * size[1], default=None)


def _tiff_size(head: bytes) -> tuple[int, int] | None:
    order = "<" if head.startswith(b"II") else ">"
    (start,) = struct.unpack(order + "I", head[4:8])
    (count,) = struct.unpack(order + "H", head[start : start + 2])
    found: dict[int, int] = {}
    for entry in range(count):
        place = start + 2 + 12 * entry
        tag, kind = struct.unpack(order + "HH", head[place : place + 4])
        if tag in (_TIFF_WIDTH, _TIFF_HEIGHT):
            short = kind == 3
            (found[tag],) = struct.unpack(
                order + ("H" if short else "I"), head[place + 8 : place + (10 if short else 12)]
            )
    if _TIFF_WIDTH not in found or _TIFF_HEIGHT not in found:
        return None
    return found[_TIFF_WIDTH], found[_TIFF_HEIGHT]
