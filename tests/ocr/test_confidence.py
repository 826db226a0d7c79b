"""Confidence: one doubt is enough, and what counts as read."""

from __future__ import annotations

from dataclasses import replace

import cv2
import pytest

from ocr import register
from ocr.alignment import Offset
from ocr.blank import blank_pages
from ocr.confidence import LOW, registration, status_of, template_score
from ocr.contract import Confidence, FieldStatus, FieldType
from ocr.engine import Engine
from ocr.labels import Settled, settle
from tests.ocr.made_forms import FILLED, photograph, published, sheet

BOX = (45.0, 28.0, 40.0, 8.0)
"""The first cell of the form."""


@pytest.fixture(scope="module")
def settled(engine: Engine) -> Settled:
    page = blank_pages(published())[0]
    picture = photograph(sheet(FILLED))
    markers = register.find_markers(cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY))
    return settle(register.by_markers(markers, page)[0], picture, page, engine)


def _frame(*distances: float, likeness: float = 0.9) -> list[Offset]:
    return [Offset((10, 10), (distance, 0.0), likeness) for distance in distances]


def test_a_frame_in_its_place_is_sure(settled: Settled) -> None:
    assert registration(settled, BOX, _frame(0.1, 0.2, 0.1, 0.3)) == 1.0


def test_a_frame_off_its_place_is_not(settled: Settled) -> None:
    near = registration(settled, BOX, _frame(0.8, 0.8, 0.8, 0.8))
    far = registration(settled, BOX, _frame(1.6, 1.6, 1.6, 1.6))
    assert far < near < 0.95
    assert far == pytest.approx(0.3)


def test_a_frame_that_is_not_found_or_not_printed_is_in_doubt(settled: Settled) -> None:
    assert registration(settled, BOX, _frame(0.1, 0.1, 0.1, 0.1, likeness=0.2)) == LOW
    assert registration(settled, BOX, [replace(offset, printed=False) for offset in _frame(0.1, 0.1)]) == LOW


def test_a_page_with_few_labels_in_place_lowers_every_field(settled: Settled) -> None:
    lost = [replace(offset, likeness=0.1) for offset in settled.labels]
    half = replace(settled, labels=tuple(lost[: len(lost) // 3]) + settled.labels[len(lost) // 3 :])
    assert registration(half, BOX, _frame(0.1, 0.1, 0.1, 0.1)) < 0.95


def test_lost_labels_lower_the_fields_beside_them_and_no_others(settled: Settled) -> None:
    """On bent paper one part of the page may be in its place and another one not."""
    labels = [
        replace(offset, likeness=0.1) if offset.place[0] < 90 and offset.place[1] < 70 else offset
        for offset in settled.labels
    ]
    partly = replace(settled, labels=tuple(labels))
    assert partly.share_found > 0.6
    assert registration(partly, BOX, _frame(0.1, 0.1, 0.1, 0.1)) <= 0.8
    assert registration(partly, (128.0, 100.0, 36.0, 8.0), _frame(0.1, 0.1, 0.1, 0.1)) > registration(
        partly, BOX, _frame(0.1, 0.1, 0.1, 0.1)
    )


@pytest.mark.parametrize(
    ("kind", "confidence", "status"),
    [
        (FieldType.TEXT, 0.96, FieldStatus.READ),
        (FieldType.TEXT, 0.94, FieldStatus.LOW_CONFIDENCE),
        (FieldType.PERSON, 0.96, FieldStatus.LOW_CONFIDENCE),
        (FieldType.PERSON, 0.98, FieldStatus.READ),
        (FieldType.LONG_TEXT, 0.97, FieldStatus.LOW_CONFIDENCE),
        (FieldType.LONG_TEXT, 0.99, FieldStatus.READ),
    ],
)
def test_thresholds(kind: FieldType, confidence: float, status: FieldStatus) -> None:
    assert status_of(kind, "x", Confidence(recognition=confidence, registration=1.0, format=1.0)) is status


def test_one_doubt_is_enough() -> None:
    for parts in ({"registration": 0.8}, {"format": 0.7}, {"recognition": 0.6}, {"directory": 0.5}):
        confidence = Confidence(**{"recognition": 1.0, "registration": 1.0, "format": 1.0, **parts})
        assert status_of(FieldType.TEXT, "x", confidence) is FieldStatus.LOW_CONFIDENCE
    assert status_of(FieldType.TEXT, None, Confidence(recognition=1.0)) is FieldStatus.UNREADABLE


def test_a_code_makes_the_template_surer(settled: Settled) -> None:
    assert template_score(settled, coded=False) < template_score(settled, coded=True) == 1.0
