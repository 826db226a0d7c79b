"""The fields of one registered page: each area found, told empty from written, and read by its kind."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import cv2
import numpy as np

from ocr.alignment import Offset
from ocr.arrays import Picture
from ocr.blank import FRAME_CORNERS, grown
from ocr.confidence import registration, status_of
from ocr.contract import Confidence, FieldReading, FieldStatus, FieldType, FormField
from ocr.engine import Engine
from ocr.form_fields.given import NOTHING, Given
from ocr.handwriting import read_writing
from ocr.ink import Ink, Marks, find_ink, marks, window
from ocr.labels import Settled
from ocr.ticks import BoxReading, decide, read_boxes
from ocr.values import normalise

OVERHANG_MM = 1.2
"""Writing may leave its white area by so much and still belongs to it; the frame is 2 mm away."""

SIGNATURE_MM2, SIGNATURE_EXTENT_MM = 2.0, 5.0
"""Less ink than this, or a smaller mark, may be a blot instead of a signature."""

EMPTY = 0.97
"""Recognition's part for an area without a stroke: faint pencil may escape."""

BLOWN_OUT = 250
"""Pixel value at which light has washed out whatever was there."""

CROP_QUALITY = 88


def read_fields(settled: Settled, engine: Engine, today: date, given: Given = NOTHING) -> list[FieldReading]:
    """All fields of a page that the picture shows whole."""
    page = settled.page
    ink = find_ink(settled.flat, page.printed, page.px_per_mm)
    pieces = []
    place = 0
    for item in page.fields:
        count = FRAME_CORNERS + len(item.boxes)
        pieces.append(settled.corners[place : place + count])
        place += count
    boxes = read_boxes(page.fields, ink, [some[FRAME_CORNERS:] for some in pieces])
    readings = []
    for item, some, its_boxes in zip(page.fields, pieces, boxes, strict=True):
        cell = _Cell(item, settled, ink, some, its_boxes)
        readings.append(cell.reading(engine, today, given))
    return readings


def unknown(item: FormField, note: str) -> FieldReading:
    """The reading of a field that is nowhere on the pictures."""
    return FieldReading(
        key=item.key,
        label=item.label,
        type=item.type,
        page=item.page,
        value=None,
        raw_text="",
        confidence=Confidence(registration=0.0),
        status=FieldStatus.UNREADABLE,
        box=None,
        notes=(note,),
    )


class _Cell:
    """One field on the flattened page, with what is known about its place."""

    def __init__(
        self, item: FormField, settled: Settled, ink: Ink, pieces: Sequence[Offset], boxes: Sequence[BoxReading]
    ) -> None:
        self.item = item
        self.settled = settled
        self.ink = ink
        frame, self.boxes = pieces[:FRAME_CORNERS], boxes
        self.registration = registration(settled, item.box_mm, pieces)
        shifts = [offset.shift for offset in frame if offset.found and offset.distance < 1.0]
        shift = np.median(shifts, axis=0) if len(shifts) >= 2 else np.zeros(2)
        self.shift = (float(shift[0]), float(shift[1]))

    def reading(self, engine: Engine, today: date, given: Given) -> FieldReading:
        item, answer = self.item, given.answers.get(self.item.key)
        if answer is not None and (answer.status is FieldStatus.EMPTY or answer.untold):
            return answer.beside(item, self.read(engine, today))
        if answer is not None and given.contradicted(item, self._area(), self.settled, self.ink):
            answer = answer.doubted(item)
        if answer is None and not item.ticked and item.type is not FieldType.SIGNATURE:
            answer = given.typed_in(
                item, self._area(), self.settled, self.ink, registration=self._rounded(), engine=engine, today=today
            )
        if answer is None:
            return self.read(engine, today)
        box = self.settled.placement.quad(item.box_mm)
        return answer.reading(item, box, jpeg(self._picture(), CROP_QUALITY))

    def read(self, engine: Engine, today: date) -> FieldReading:
        if self.item.ticked:
            return self._ticks()
        found = marks(*self.ink.inside(self._area(), self.shift), self.ink.px_per_mm)
        if found.outline is None:
            return self._nothing(found)
        if self.item.type is FieldType.SIGNATURE:
            return self._signature(found)
        return self._text(found, engine, today)

    def _ticks(self) -> FieldReading:
        answer = decide(self.boxes)
        confidence = Confidence(recognition=answer.confidence, registration=self._rounded())
        if not answer.written:
            return self._without_writing(confidence, answer.notes)
        status = status_of(self.item.type, answer.value, confidence)
        return self._reading(answer.value, answer.value or "", confidence, status, answer.notes)

    def _text(self, found: Marks, engine: Engine, today: date) -> FieldReading:
        written = read_writing(
            self._picture(),
            found,
            self.ink.px_per_mm,
            engine,
            fit=lambda text: normalise(self.item, text, today).format,
            prose=self.item.type is FieldType.LONG_TEXT,
            blur_mm=self.settled.blur_mm or 0.0,
        )
        value = normalise(self.item, written.text, today)
        confidence = Confidence(
            recognition=round(written.confidence, 3), registration=self._rounded(), format=value.format
        )
        notes = (*written.notes, *value.notes)
        return self._reading(
            value.value, written.text, confidence, status_of(self.item.type, value.value, confidence), notes
        )

    def _signature(self, found: Marks) -> FieldReading:
        assert found.outline is not None
        extent = float(np.hypot(*found.outline[2:])) / self.ink.px_per_mm
        sure = found.area_mm2 >= SIGNATURE_MM2 and extent >= SIGNATURE_EXTENT_MM
        confidence = Confidence(recognition=0.98 if sure else 0.5, registration=self._rounded())
        notes = () if sure else ("small_mark",)
        return self._reading("present", "", confidence, status_of(self.item.type, "present", confidence), notes)

    def _nothing(self, found: Marks) -> FieldReading:
        if found.faint_only:
            confidence = Confidence(recognition=0.0, registration=self._rounded())
            return self._reading(None, "", confidence, FieldStatus.UNREADABLE, ("faint",))
        return self._without_writing(Confidence(recognition=EMPTY, registration=self._rounded()), ())

    def _without_writing(self, confidence: Confidence, notes: tuple[str, ...]) -> FieldReading:
        """Empty, unless its place is in doubt or light may have washed the writing out."""
        if self._washed_out():
            return self._reading(None, "", Confidence(recognition=0.0), FieldStatus.UNREADABLE, (*notes, "glare"))
        if confidence.registration is not None and confidence.registration < 0.9:
            return self._reading(None, "", confidence, FieldStatus.UNREADABLE, (*notes, "place_unsure"))
        return self._reading(None, "", confidence, FieldStatus.EMPTY, notes)

    def _washed_out(self) -> bool:
        """Whether a fair part of the area is pure white on a page whose paper is not."""
        rows, columns = window(self._area(), self.ink.px_per_mm, self.settled.flat_grey.shape, self.shift)
        return self.settled.paper < 235 and float((self.settled.flat_grey[rows, columns] >= BLOWN_OUT).mean()) > 0.15

    def _area(self) -> tuple[float, float, float, float]:
        return grown(self.item.box_mm, OVERHANG_MM)

    def _picture(self) -> Picture:
        rows, columns = window(self._area(), self.ink.px_per_mm, self.settled.flat.shape, self.shift)
        return self.settled.flat[rows, columns]

    def _rounded(self) -> float:
        return round(self.registration, 3)

    def _reading(
        self, value: str | None, raw: str, confidence: Confidence, status: FieldStatus, notes: tuple[str, ...]
    ) -> FieldReading:
        item = self.item
        return FieldReading(
            key=item.key,
            label=item.label,
            type=item.type,
            page=item.page,
            value=value,
            raw_text=raw,
            confidence=confidence,
            status=status,
            box=self.settled.placement.quad(item.box_mm),
            crop=jpeg(self._picture(), CROP_QUALITY),
            notes=tuple(dict.fromkeys(notes)),
        )


def jpeg(picture: Picture, quality: int) -> bytes:
    """An RGB picture as JPEG, without metadata."""
    encoded, data = cv2.imencode(".jpg", cv2.cvtColor(picture, cv2.COLOR_RGB2BGR), [cv2.IMWRITE_JPEG_QUALITY, quality])
    assert encoded
    return data.tobytes()
