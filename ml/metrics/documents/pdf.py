"""PDF: the text layer with the places of its cells; pages without one are rendered for the picture reader."""

from __future__ import annotations

import ctypes
import hashlib
import io
import re
import unicodedata
from collections.abc import Iterator, Sequence
from itertools import islice, pairwise

import pypdfium2 as pdfium
import pypdfium2.raw as pdfium_raw

from ml.metrics.blocks import Block, Document, Heading, Line, picture_mark
from ml.metrics.contract import DeliverableError, Limits, PagePicture, Place, ReadPage
from ml.metrics.documents.pictures import picture_blocks
from ml.metrics.documents.text import heading_of, numbered_level, rejoined
from ml.metrics.layout import Piece, blocks_of

RENDER_SCALE = 2.0
"""Pixels per point for pages read as pictures: 144 pixels an inch keeps 8-point figures legible."""
SHOWN_SCALE = 1.5
"""Pixels per point of pages that people look at."""
SHOWN_PIXELS = 3000
"""Of the longer side, for pages as large as posters."""

HEADING_CHARACTERS = 60
LARGER, LARGEST = 1.12, 1.35
"""Of the running text's font: what a heading is at least, and what the first level is."""
_PICTURE = re.compile(rb"/Subtype\s*/(?:Image(?![A-Za-z])|\w*#)|/Encrypt\b")
"""What a file with pictures holds in plain sight: a picture is a stream, and a stream's dictionary is never packed.
Only pictures written into a page's own commands escape it; they are a few pixels wide by the standard's advice."""
PICTURE_POINTS = (100, 40)
"""Width and height on the page of a picture that may hold figures: smaller ones are logos and signs."""
PICTURE_PIXELS = 40
FLATTEST = 4
"""Points: the least height of a word; narrow glyphs (".", "-") say little of their line's."""
REGION_CHARACTERS = 400
"""A longer text is no place to point at."""

Region = tuple[float, float, float, float]

_NUMBERS = re.compile(r"(?:^|\s)[<>=≤≥~]?\s*[\d.,]*\d[\d.,]*\s*(?:%|ms|s|µs)?(?=\s|$)")
_WORD = re.compile(r"\S+")
_DIGIT = re.compile(r"\d")
_UNMAPPED = re.compile(r"[\ufffd\ue000-\uf8ff\x00-\x08]")
_MAPPED = re.compile("[\t-\udfff\uf900-\ufffc\U00010000-\U0010ffff]*")
_TWELVE_LETTERS = re.compile(r"\s*(?:\S\s*){12}")


def read_pdf(data: bytes, limits: Limits, read_page: ReadPage | None, *, look_for_pictures: bool = False) -> Document:
    """The blocks of a PDF; if wanted also which pages with text hold a picture.

    Raises DeliverableError (`broken`, `encrypted`, `too_many_pages`) when it cannot be opened.
    """
    try:
        pdf = pdfium.PdfDocument(data)
    except pdfium.PdfiumError as error:
        if "password" in str(error).lower():
            raise DeliverableError(
                "encrypted", "The PDF asks for a password: save it without one and upload it again."
            ) from error
        raise DeliverableError("broken", "The PDF is damaged: export it again and upload it once more.") from error
    document = Document()
    try:
        if len(pdf) > limits.pages:
            raise DeliverableError(
                "too_many_pages", f"The PDF has {len(pdf)} pages; at most {limits.pages} are read. Split it."
            )
        holds_pictures = _PICTURE.search(data) is not None
        pictures = 0
        seen: set[bytes] = set()
        for number in range(len(pdf)):
            page = pdf[number]
            textpage = page.get_textpage()
            text = textpage.get_text_range()
            wanted = _needs_picture(text)
            if not wanted:
                document.blocks += _text_blocks(text, textpage, page.get_height(), Place(page=number + 1))
                if look_for_pictures and _has_picture(page):
                    document.pictured_pages.add(number + 1)
                for picture in _placed_pictures(page, textpage) if holds_pictures else ():
                    digest = hashlib.sha256(picture).digest()
                    if digest in seen:
                        continue  # the same logo on every page
                    seen.add(digest)
                    if read_page is None or pictures >= limits.pictures:
                        document.warnings.append(("pictures_not_read", f"A picture on page {number + 1} was not read."))
                        continue
                    pictures += 1
                    place = Place(page=number + 1, image=pictures)
                    try:
                        inside = picture_blocks(picture, read_page, place)
                    except DeliverableError:
                        document.warnings.append(("pictures_not_read", f"A picture on page {number + 1} was not read."))
                        continue
                    document.blocks += [picture_mark(place), *inside] if inside else []
            elif read_page is not None and pictures < limits.pictures:
                pictures += 1
                place = Place(page=number + 1, image=pictures)
                document.blocks += [picture_mark(place), *picture_blocks(_render(page), read_page, place)]
            elif text.strip() or _has_picture(page):
                document.warnings.append(
                    ("page_not_read", f"Page {number + 1} has no usable text and was not read as a picture.")
                )
            textpage.close()
            page.close()
    except pdfium.PdfiumError as error:
        raise DeliverableError(
            "broken", "A page of the PDF is damaged: export it again and upload it once more."
        ) from error
    finally:
        pdf.close()
    return document


def _needs_picture(text: str) -> bool:
    head = text[:4000]
    if "(cid:" not in head and _MAPPED.fullmatch(head):
        return _TWELVE_LETTERS.match(head) is None  # most pages: no character of them has to be counted
    letters = len("".join(head.split()))
    return letters < 12 or (len(_UNMAPPED.findall(head)) + head.count("(cid:")) * 5 > letters


def _has_picture(page: pdfium.PdfPage) -> bool:
    return any(True for _ in page.get_objects(filter=(pdfium_raw.FPDF_PAGEOBJ_IMAGE,), max_depth=2))


def _placed_pictures(page: pdfium.PdfPage, textpage: pdfium.PdfTextPage) -> Iterator[bytes]:
    """The pictures that stand on a page beside its text, as PNG in their own resolution, top to bottom: those large
    enough to hold figures, with no text over them (a scan under its own text layer has been read already)."""
    found = []
    for at in range(pdfium_raw.FPDFPage_CountObjects(page.raw)):
        # Looked at raw: wrapping the thousands of text objects of a report costs more than reading them.
        raw = pdfium_raw.FPDFPage_GetObject(page.raw, at)
        if pdfium_raw.FPDFPageObj_GetType(raw) != pdfium_raw.FPDF_PAGEOBJ_IMAGE:
            continue
        image = pdfium.PdfImage(raw, page=page, pdf=page.pdf)
        left, bottom, right, top = image.get_bounds()
        if right - left < PICTURE_POINTS[0] or top - bottom < PICTURE_POINTS[1]:
            continue
        if min(image.get_px_size()) < PICTURE_PIXELS or textpage.get_text_bounded(left, bottom, right, top).strip():
            continue
        found.append((-top, left, image))
    for _, _, image in sorted(found, key=lambda each: each[:2]):
        picture = image.get_bitmap(render=True, scale_to_original=True).to_pil().convert("RGB")
        picture.thumbnail((SHOWN_PIXELS, SHOWN_PIXELS))
        buffer = io.BytesIO()
        picture.save(buffer, "PNG")
        yield buffer.getvalue()


def _render(page: pdfium.PdfPage) -> bytes:
    width, height = page.get_size()
    scale = min(RENDER_SCALE, 4000 / max(width, height, 1))
    buffer = io.BytesIO()
    page.render(scale=scale).to_pil().convert("RGB").save(buffer, "PNG")
    return buffer.getvalue()


def render_pages(data: bytes, numbers: Sequence[int]) -> list[PagePicture]:
    """These pages of a PDF that was read before (from 1) as pictures for people."""
    pdf = pdfium.PdfDocument(data)
    pictures = []
    try:
        for number in numbers:
            page = pdf[number - 1]
            scale = min(SHOWN_SCALE, SHOWN_PIXELS / max(*page.get_size(), 1))
            picture = page.render(scale=scale).to_pil().convert("RGB")
            buffer = io.BytesIO()
            picture.save(buffer, "JPEG", quality=80)
            pictures.append(PagePicture(number, None, buffer.getvalue(), picture.width, picture.height, scale))
            page.close()
    finally:
        pdf.close()
    return pictures


def text_regions(data: bytes, wanted: Sequence[tuple[int, str, str]]) -> list[Region | None]:
    """Where on its page (from 1) each text stands, in points from the top left corner: (page, text, text around it).

    None where the text layer does not hold it, or holds it several times and the text around it does not say which.
    """
    pdf = pdfium.PdfDocument(data)
    found: dict[tuple[int, str, str], Region | None] = {}
    try:
        for number in sorted({page for page, _, _ in wanted}):
            page = pdf[number - 1]
            textpage = page.get_textpage()
            text = textpage.get_text_range()
            if len(text) == textpage.count_chars():
                for each in (one for one in wanted if one[0] == number and one not in found):
                    found[each] = _region(text, each, textpage, page.get_height())
            textpage.close()
            page.close()
    finally:
        pdf.close()
    return [found.get(each) for each in wanted]


def _region(text: str, wanted: tuple[int, str, str], textpage: pdfium.PdfTextPage, height: float) -> Region | None:
    _, inner, outer = wanted
    text = _normalised(text)
    spot = _only(inner, text)
    around = _only(outer, text)
    if spot is None and around is not None:
        within = _only(inner, text[around[0] : around[1]])
        # Several times inside, too: the text around it is still the right place.
        spot = around if within is None else (around[0] + within[0], around[0] + within[1])
    if spot is None or spot[1] - spot[0] > REGION_CHARACTERS:
        return None
    boxes = [textpage.get_charbox(at) for at in range(*spot) if not text[at].isspace()]
    left, right = min(box[0] for box in boxes), max(box[2] for box in boxes)
    top, bottom = max(box[3] for box in boxes), min(box[1] for box in boxes)
    return left, height - top, right - left, top - bottom


def _normalised(text: str) -> str:
    """NFKC as in what is searched for, but only where a character stays one: offsets must stay true."""
    return "".join(one if len(one) == 1 else own for own, one in ((c, unicodedata.normalize("NFKC", c)) for c in text))


def _only(words: str, text: str) -> tuple[int, int] | None:
    """Where the words stand, with whatever white space between them; None unless they stand there once."""
    # A long text may have been joined where its lines were broken, a short one is a number that must stay whole.
    parts: Sequence[str] = words.split() if len(words) <= HEADING_CHARACTERS else "".join(words.split())
    if not parts:
        return None
    spots = [spot.span() for spot in islice(re.finditer(r"\s*".join(map(re.escape, parts)), text), 2)]
    return spots[0] if len(spots) == 1 else None


def _text_blocks(text: str, textpage: pdfium.PdfTextPage, height: float, place: Place) -> list[Block]:
    """Lines as the text layer has them; where several numbers share a line, its gaps are measured to find cells."""
    lines = _offsets(text)
    measured = len(text) == textpage.count_chars()
    tabular = _tabular(lines) if measured else set()
    boxes = _Boxes(textpage, height)
    longest = max(lines, key=lambda line: len(line[1]), default=(0, ""))
    body = boxes.size(longest[0] + len(longest[1]) // 2) if measured and len(longest[1]) >= 20 else 0.0
    blocks: list[Block] = []
    run: list[list[Piece]] = []
    cells_at = {at: boxes.cells(*lines[at]) for at in sorted(tabular)}
    beside = _beside(cells_at)
    for at, (start, content) in enumerate(lines):
        if at in tabular:
            cells = cells_at[at]
            following = lines[at + 1][1] if at + 1 < len(lines) else ""
            several = at in beside or (len(cells) > 1 and not _numbered_title(cells, following))
            if several or not isinstance(_line(content, start, boxes, body, place), Heading):
                run.append(cells)
                continue
        if run:
            blocks += blocks_of(_one_line_rows(_with_names(run)), place)
            run = []
        blocks.append(_line(content, start, boxes, body, place))
    blocks += blocks_of(_one_line_rows(_with_names(run)), place)
    return rejoined(blocks)


def _numbered_title(cells: Sequence[Piece], following: str) -> bool:
    """Whether the words of a numbered line stand a little apart ("4.  Results  by module"), and it is no entry of a
    list."""
    numbered = re.match(r"\d{1,2}\.(?:\s|$)", cells[0].text) is not None
    close = all(right.x0 - left.x1 <= 2 * max(left.height, right.height) for left, right in pairwise(cells))
    return numbered and close and re.match(r"\s*\d{1,2}\.\s", following) is None


def _line(content: str, start: int, boxes: _Boxes, body: float, place: Place) -> Block:
    """A line of text, or the heading that it is: numbered ("3.1 登录"), or larger than what stands around it."""
    if len(content) > HEADING_CHARACTERS:
        return Line(content, place)
    title = heading_of(content)
    if title is not None:
        return Heading(title, numbered_level(content), place)
    if body and not content.rstrip().endswith((".", "。", ",", "，", ":", "：", ";", "；")):
        larger = boxes.size(start + len(content) - len(content.lstrip())) / body
        if larger >= LARGER:
            return Heading(content.strip(), 1 if larger >= LARGEST else 2, place)
    return Line(content, place)


def _offsets(text: str) -> list[tuple[int, str]]:
    lines, at = [], 0
    for raw in text.split("\n"):
        content = raw.rstrip("\r")
        if content.strip():
            lines.append((at, content))
        at += len(raw) + 1
    return lines


def _tabular(lines: Sequence[tuple[int, str]]) -> set[int]:
    """Lines with two numbers or more, or one beside words, and the short lines above and between them (headers)."""
    strong = set()
    for at, (_, content) in enumerate(lines):
        if len(content) > 220 or _DIGIT.search(content) is None or " " not in content.strip():
            continue
        numbers = len(_NUMBERS.findall(content))
        words = len(content.split())
        if (numbers >= 2 and words <= 6 * numbers + 4) or (
            numbers == 1 and words <= 8 and not content.rstrip().endswith((".", "。"))
        ):
            strong.add(at)
    chosen = set(strong)
    for at in strong:
        for above in range(at - 1, max(-1, at - 5), -1):
            if above in chosen:
                break
            content = lines[above][1]
            if len(content) > 160 or content.rstrip().endswith((".", "。", ":", "：")):
                break
            chosen.add(above)
    return chosen


def _is_beside(first: Sequence[Piece], second: Sequence[Piece], row: Sequence[Piece]) -> bool:
    """Whether a row stands at the right of two lines that follow each other, beside the upper one or between them."""
    if len(first) != 1 or len(second) != 1 or not row or row[0].x0 < max(first[0].x1, second[0].x1) - 1:
        return False
    heights = [piece.y0 + piece.y1 for piece in (first[0], row[0], second[0])]
    tall = first[0].height
    return heights[0] - tall < heights[1] < heights[2] - tall / 2 and second[0].y0 - first[0].y1 < 1.5 * tall


def _beside(cells_at: dict[int, list[Piece]]) -> set[int]:
    """The lines that are the two halves of a name beside a row of values, which a writer puts out before the values."""
    return {
        half
        for at, row in cells_at.items()
        if at - 2 in cells_at and at - 1 in cells_at and _is_beside(cells_at[at - 2], cells_at[at - 1], row)
        for half in (at - 2, at - 1)
    }


def _with_names(run: list[list[Piece]]) -> list[list[Piece]]:
    """The rows of a table, names that take two lines joined and put before the values at their middle."""
    rows: list[list[Piece]] = []
    for row in run:
        if len(rows) >= 2 and _is_beside(rows[-2], rows[-1], row):
            (over,), (under,) = rows[-2], rows[-1]
            name = f"{over.text} {under.text}"
            x0, x1 = min(over.x0, under.x0), max(over.x1, under.x1)
            rows[-2:] = [[over._replace(text=name, x0=x0, x1=x1, y0=row[0].y0, y1=row[0].y1), *row]]
        else:
            rows.append(row)
    return rows


def _one_line_rows(run: list[list[Piece]]) -> list[list[Piece]]:
    """Lines of the text layer that stand at one height are one row: some writers end a line after every cell."""
    rows: list[list[Piece]] = []
    for pieces in run:
        if rows and pieces and rows[-1]:
            last, first = rows[-1][-1], pieces[0]
            if (
                abs((last.y0 + last.y1) - (first.y0 + first.y1)) < 0.6 * max(last.height, first.height)
                and first.x0 >= last.x1 - 1
            ):
                rows[-1].extend(pieces)
                continue
        rows.append(list(pieces))
    return rows


class _Boxes:
    """Where characters stand, asked only for the edges of words: a call for each character costs more than the text."""

    def __init__(self, textpage: pdfium.PdfTextPage, height: float) -> None:
        self._raw = textpage.raw
        self._height = height
        self._loose = pdfium_raw.FS_RECTF()
        self._get = pdfium_raw.FPDFText_GetCharBox
        self._values = tuple(ctypes.c_double() for _ in range(4))

    def size(self, index: int) -> float:
        """The height of the font of a character, in points on the page."""
        box = self._loose
        known = pdfium_raw.FPDFText_GetLooseCharBox(self._raw, index, box)
        return abs(box.top - box.bottom) if known else 0.0

    def cells(self, start: int, content: str) -> list[Piece]:
        """The cells of one line: its words, joined where the gap is no wider than a space of running text."""
        raw, box, height, (lefts, rights, bottoms, tops) = self._raw, self._get, self._height, self._values
        pieces: list[Piece] = []
        text, x0, y0, x1, y1 = "", 0.0, 0.0, 0.0, 0.0
        for found in _WORD.finditer(content):
            begin, end = found.span()
            box(raw, start + begin, lefts, rights, bottoms, tops)
            left, top, bottom = lefts.value, height - tops.value, height - bottoms.value
            if end - begin > 1:
                box(raw, start + end - 1, lefts, rights, bottoms, tops)
                # Compared by hand, as all below: min() and max() of every word cost as much as its boxes.
                last_top, last_bottom = height - tops.value, height - bottoms.value
                top, bottom = top if top < last_top else last_top, bottom if bottom > last_bottom else last_bottom
            right = rights.value
            bottom = bottom if bottom > top + FLATTEST else top + FLATTEST
            if text:
                tall = bottom - top if bottom - top > y1 - y0 else y1 - y0
                if left - x1 <= 0.55 * tall:
                    text = f"{text} {found.group()}"
                    y0, x1, y1 = top if top < y0 else y0, right if right > x1 else x1, bottom if bottom > y1 else y1
                    continue
                pieces.append(Piece(text, x0, y0, x1, y1))
            text, x0, y0, x1, y1 = found.group(), left, top, right, bottom
        if text:
            pieces.append(Piece(text, x0, y0, x1, y1))
        return pieces
