"""A template proposed from the pictures of a blank.

Rules, boxes and words are found on each page; questions with boxes are put together first, then dates, cells of
tables, lines to write on and labels with a colon. Whatever a step takes, the later ones leave alone. The result is
for a person to correct: a field without a certain label is proposed with a name that says so.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

import cv2
import numpy as np

from ocr.arrays import Picture
from ocr.contract import Anchor, Box, FieldType, FormField, FormTemplate, Words
from ocr.engine import Engine
from ocr.labels import plain
from ocr.light import darkness
from ocr.loose import upright
from ocr.proposal.cells import find_cell_fields
from ocr.proposal.choices import find_choices, words
from ocr.proposal.combs import merge_combs
from ocr.proposal.contract import LABEL_MISSING, NO_FIELDS, PageSource, Proposal, ProposalError
from ocr.proposal.given import with_given
from ocr.proposal.lines import find_dates, find_lines, find_open_labels
from ocr.proposal.page import BlankPrint, Draft, bare
from ocr.proposal.printed import find_printed, without
from ocr.proposal.sheet import PX_PER_MM, Sheet, as_pdf, clean_grey, flat_sheet, png, straightened
from ocr.proposal.words import INK, Piece, find_pieces
from ocr.vocabulary import letters, split_languages, term_of, unnumbered

LEAST_SIDE_PX = 500
SAME_SHAPE = 0.008
ANCHOR_SURE = 0.85


def propose(sources: Sequence[PageSource], engine: Engine, key: str, title: Words | None = None) -> Proposal:
    """The proposed template of a blank with those pages, as version 0.

    Raises `ProposalError` when a picture is too small to make out cells, or the pages differ in shape.
    """
    pages, blanks = [], []
    for number, source in enumerate(sources, start=1):
        page, blank = read_blank(source, engine, number)
        pages.append(page)
        blanks.append(blank)
    drafts = _drafts(pages, sources)
    fields = _named(drafts)
    notes = [] if fields else [NO_FIELDS]
    notes.extend(dict.fromkeys(note for source in sources if source.form for note in source.form.warnings))
    if any(not bare(draft.label) for _, draft in drafts):
        notes.append(LABEL_MISSING)
    anchors = tuple(anchor for page in pages for anchor in _anchors(page))
    size = pages[0].size_mm
    if any(abs(page.size_mm[0] / page.size_mm[1] - size[0] / size[1]) > SAME_SHAPE for page in pages):
        raise ProposalError("pages_differ")
    template = FormTemplate(
        key=key,
        version=0,
        title=title or _title(pages[0]),
        page_size_mm=size,
        pages=len(pages),
        fields=tuple(fields),
        anchors=anchors,
    )
    return Proposal(template, tuple(blanks), as_pdf(blanks), tuple(notes))


def read_blank(source: PageSource, engine: Engine, number: int) -> tuple[BlankPrint, bytes]:
    """What one page prints, and its picture as a blank is kept."""
    decoded = cv2.imdecode(np.frombuffer(source.picture, np.uint8), cv2.IMREAD_COLOR)
    if decoded is None:
        raise ProposalError("not_an_image")
    picture: Picture = cv2.cvtColor(decoded, cv2.COLOR_BGR2RGB)
    if min(picture.shape[:2]) < LEAST_SIDE_PX:
        raise ProposalError("too_small")
    if source.size_mm is None:
        picture = upright(picture, engine)
    sheet = flat_sheet(picture, source.size_mm)
    if source.form is None:  # the pages of a PDF may be scans
        sheet = straightened(sheet, engine if source.size_mm is None else None)
    return printed_page(sheet, engine, number), png(clean_grey(sheet))


def printed_page(sheet: Sheet, engine: Engine, number: int) -> BlankPrint:
    """Rules, boxes and words of a flat page."""
    printed = find_printed(sheet.picture, PX_PER_MM)
    pieces = find_pieces(without(sheet.picture, printed, PX_PER_MM), printed, engine, PX_PER_MM)
    ink = darkness(cv2.cvtColor(sheet.picture, cv2.COLOR_RGB2GRAY), PX_PER_MM) > INK
    return BlankPrint(number, sheet.size_mm, printed, pieces, ink, PX_PER_MM)


def find_fields(page: BlankPrint) -> list[Draft]:
    """The fields of a page in reading order."""
    merge_combs(page)
    drafts = find_choices(page)
    drafts += find_dates(page)
    drafts += find_cell_fields(page)
    drafts += find_lines(page)
    drafts += find_open_labels(page)
    drafts = [draft for draft in drafts if _on_paper(draft.box, page.size_mm)]
    return _in_order(_apart(drafts))


def _drafts(pages: Sequence[BlankPrint], sources: Sequence[PageSource]) -> list[tuple[BlankPrint, Draft]]:
    """The fields of all pages, by the form fields of the file where it has some."""
    drafts: list[tuple[BlankPrint, Draft]] = []
    known: set[str] = set()
    for page, source in zip(pages, sources, strict=True):
        found = find_fields(page)
        if source.form is not None and source.form.fields:
            found = _in_order(_apart(with_given(page, found, source.form.fields, known)))
        drafts.extend((page, draft) for draft in found)
    return drafts


def _on_paper(box: Box, size: tuple[float, float]) -> bool:
    x, y, w, h = box
    return w > 0 and h > 0 and x >= 0 and y >= 0 and x + w <= size[0] and y + h <= size[1]


def _apart(drafts: Sequence[Draft]) -> list[Draft]:
    """Fields without those that lie mostly in one that was found before."""
    kept: list[Draft] = []
    for draft in drafts:
        if all(_common(draft.box, other.box) < 0.4 for other in kept):
            kept.append(draft)
    return kept


def _common(one: Box, other: Box) -> float:
    width = min(one[0] + one[2], other[0] + other[2]) - max(one[0], other[0])
    height = min(one[1] + one[3], other[1] + other[3]) - max(one[1], other[1])
    return max(0.0, width) * max(0.0, height) / min(one[2] * one[3], other[2] * other[3])


def _in_order(drafts: Sequence[Draft]) -> list[Draft]:
    """Top to bottom; fields whose middles lie in one row go left to right."""
    waiting = sorted(drafts, key=lambda draft: draft.box[1] + min(draft.box[3], 10) / 2)
    ordered: list[Draft] = []
    while waiting:
        first = waiting[0]
        reach = first.box[1] + min(first.box[3], 10) / 2 + 3.0
        row = [draft for draft in waiting if draft.box[1] + min(draft.box[3], 10) / 2 <= reach]
        waiting = waiting[len(row) :]
        ordered.extend(sorted(row, key=lambda draft: draft.box[0]))
    return ordered


def _named(drafts: Sequence[tuple[BlankPrint, Draft]]) -> list[FormField]:
    """The fields with keys, names in both languages, and what the product may use them for."""
    fields: list[FormField] = []
    keys: set[str] = set()
    roles: set[str] = set()
    for number, (page, draft) in enumerate(drafts, start=1):
        printed = bare(draft.label)
        label = unnumbered(printed)
        term = term_of(label)
        key = _key(label, number, keys)
        keys.add(key)
        role = term.role if term is not None and term.role not in roles else None
        if role == "grade" and draft.type not in (FieldType.TEXT, FieldType.CHOICE):
            role = None
        if role is not None:
            roles.add(role)
        fields.append(
            FormField(
                key=key,
                label=words(label) if label else Words(f"未命名{number}", f"Unnamed {number}"),
                type=draft.type,
                page=page.number,
                box_mm=_rounded(draft.box),
                aliases=(printed,) if printed and letters(printed) not in map(letters, split_languages(label)) else (),
                options=tuple(replace(option, box_mm=_rounded(option.box_mm)) for option in draft.options),
                weight=draft.weight,
                role=role,
                pdf_field=draft.pdf_field,
                listed=draft.listed,
            )
        )
    return fields


def _key(label: str, number: int, taken: set[str]) -> str:
    term = term_of(label)
    if term is not None:
        wanted = term.key
    else:
        latin = split_languages(label)[1]
        wanted = re.sub(r"[^a-z0-9]+", "_", latin.casefold()).strip("_")[:40]
        if not wanted or not wanted[0].isalpha():
            wanted = f"field_{number}"
    key, count = wanted, 1
    while key in taken:
        count += 1
        key = f"{wanted}_{count}"
    return key


def _anchors(page: BlankPrint) -> list[Anchor]:
    """The words by which a photograph of the form is put in its place."""
    return [
        Anchor(piece.text, page.number, _rounded(piece.box))
        for piece in sorted(page.pieces, key=lambda piece: (piece.top, piece.left))
        if piece.confidence >= ANCHOR_SURE and len(plain(piece.text)) >= 2
    ]


def _title(page: BlankPrint) -> Words:
    """The largest words in the upper quarter of the page."""
    upper: list[Piece] = [piece for piece in page.pieces if piece.bottom < page.size_mm[1] / 4 and len(piece.text) > 2]
    largest = max(upper, key=lambda piece: piece.box[3], default=None)
    if largest is None:
        return Words("表单", "Form")
    return words(largest.text)


def _rounded(box: Box) -> Box:
    x, y, w, h = (round(side, 2) for side in box)
    return x, y, w, h
