"""Single fields in single troubles: faint, washed out, covered, blotted. None of them may be told for sure."""

from __future__ import annotations

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from ocr.arrays import Picture
from ocr.contract import Box, FieldReading, FieldStatus
from ocr.reader import Reader
from tests.ocr.made_forms import FILLED, INK, PX_PER_MM, Sheet, as_jpeg, photograph, published, sheet

COMPANY: Box = (128, 28, 36, 8)
SIGNATURE: Box = (45, 93, 60, 8)


def _fields(reader: Reader, page: Picture, picture: Picture | None = None) -> dict[str, FieldReading]:
    reading = reader.read_form([as_jpeg(photograph(page) if picture is None else picture)], [published()])
    assert reading.retake is None
    return {field.key: field for field in reading.fields}


def _on(page: Picture, box: Box, text: str, colour: tuple[int, int, int]) -> Picture:
    drawn = Image.fromarray(page)
    place = ((box[0] + 2) * PX_PER_MM, (box[1] + 1) * PX_PER_MM)
    ImageDraw.Draw(drawn).text(place, text, colour, ImageFont.load_default(5 * PX_PER_MM))
    return np.asarray(drawn)


def test_a_pencil_is_read_and_a_ghost_of_one_is_not_empty(reader: Reader) -> None:
    blank = sheet(Sheet())
    pencil = _fields(reader, _on(blank, COMPANY, "Northwind", (150, 150, 155)))["company"]
    assert pencil.value == "Northwind"
    ghost = _fields(reader, _on(blank, COMPANY, "Northwind", (222, 222, 224)))["company"]
    assert ghost.status is not FieldStatus.READ
    assert ghost.status is not FieldStatus.EMPTY


def test_an_answer_lost_in_a_reflection_is_not_empty(reader: Reader) -> None:
    picture = photograph(sheet(FILLED)).astype(np.float64)
    rows, columns = np.mgrid[0 : picture.shape[0], 0 : picture.shape[1]]
    spot = ((rows - 325) / 34) ** 2 + ((columns - 1245) / 150) ** 2
    picture += (420 * np.exp(-(spot**2)))[..., None]
    washed = np.clip(picture, 0, 255).astype(np.uint8)
    fields = _fields(reader, sheet(FILLED), washed)
    assert fields["company"].status not in {FieldStatus.READ, FieldStatus.EMPTY}
    assert fields["badge"].value == "42"


def test_a_covered_cell_is_not_sure(reader: Reader) -> None:
    page = Image.fromarray(sheet(FILLED))
    x, y = COMPANY[0] * PX_PER_MM, COMPANY[1] * PX_PER_MM
    ImageDraw.Draw(page).ellipse([x + 60, y - 60, x + 420, y + 130], fill=(205, 165, 140))
    fields = _fields(reader, np.asarray(page))
    assert fields["company"].status not in {FieldStatus.READ, FieldStatus.EMPTY}
    assert fields["visitor"].value == "Emily Carter"


def test_a_dot_is_not_a_signature_for_sure(reader: Reader) -> None:
    page = Image.fromarray(sheet(Sheet()))
    x, y = (SIGNATURE[0] + 20) * PX_PER_MM, (SIGNATURE[1] + 4) * PX_PER_MM
    ImageDraw.Draw(page).line([x, y, x + 16, y + 4], INK, 4)
    signature = _fields(reader, np.asarray(page))["signature"]
    assert signature.status is FieldStatus.LOW_CONFIDENCE
    assert signature.notes == ("small_mark",)


def test_every_field_says_why_it_is_not_sure(reader: Reader) -> None:
    fields = _fields(reader, sheet(FILLED))
    for field in fields.values():
        assert field.confidence.registration == 1.0
        assert field.confidence.recognition is not None
        assert field.confidence.directory is None
        written = field.key in FILLED.texts
        assert (field.confidence.format is not None) == written
