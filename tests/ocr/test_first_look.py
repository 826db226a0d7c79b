"""What is said of a picture before anything on it is recognised: sure refusals, and doubts that reading decides."""

from __future__ import annotations

import numpy as np
import pytest

from ocr.contract import Retake
from ocr.first_look import NotAPictureError, first_look
from tests.ocr.made_forms import FILLED, as_jpeg, photograph, published, sheet, without_markers

TEMPLATE = published().template


def test_a_good_picture_raises_no_doubt() -> None:
    look = first_look(as_jpeg(photograph(sheet(FILLED))), [TEMPLATE])
    assert (look.retake, look.doubts, look.markers) == (None, (), 4)
    assert look.px_per_mm is not None
    assert 6.5 < look.px_per_mm < 7.9  # drawn at 7.87 and seen a little from the side


@pytest.mark.parametrize(
    ("blur", "retake", "doubts"),
    [(0.5, None, ()), (3.2, None, (Retake.BLURRED,)), (6.0, Retake.BLURRED, ())],
)
def test_blur_is_measured_on_paper(blur: float, retake: Retake | None, doubts: tuple[Retake, ...]) -> None:
    look = first_look(as_jpeg(photograph(sheet(FILLED), blur=blur)), [TEMPLATE])
    assert look.retake is retake
    assert tuple(doubt for doubt in look.doubts if doubt is Retake.BLURRED) == doubts


def test_blur_is_that_of_the_lens() -> None:
    look = first_look(as_jpeg(photograph(sheet(FILLED), blur=3.0)), [TEMPLATE])
    assert look.blur_mm is not None
    assert look.px_per_mm is not None
    assert look.blur_mm * look.px_per_mm == pytest.approx(3.0, abs=0.4)


def test_a_page_far_away_is_too_small() -> None:
    assert first_look(as_jpeg(photograph(sheet(FILLED), scale=0.3)), [TEMPLATE]).retake is Retake.TOO_SMALL


def test_a_page_larger_than_the_picture_allows_is_too_small_without_any_marker() -> None:
    thumbnail = np.full((300, 400, 3), 200, np.uint8)
    assert first_look(as_jpeg(thumbnail), [TEMPLATE]).retake is Retake.TOO_SMALL


def test_a_page_that_leaves_the_picture_has_a_corner_missing() -> None:
    look = first_look(as_jpeg(photograph(sheet(FILLED))[:, 180:]), [TEMPLATE])
    assert look.markers == 2
    assert look.doubts == (Retake.CORNER_MISSING,)
    three = photograph(sheet(FILLED), tilt=0.0)
    three[-260:, -260:] = 90
    assert first_look(as_jpeg(three), [TEMPLATE]).doubts == (Retake.CORNER_MISSING,)


def test_fields_outside_the_picture_are_refused_when_three_markers_show_it() -> None:
    picture = photograph(sheet(FILLED), tilt=0.0)
    wide = TEMPLATE.fields[0]
    moved = type(wide)(wide.key, wide.label, wide.type, 1, (168.0, 50.0, 12.0, 8.0))
    template = type(TEMPLATE)(
        TEMPLATE.key, 1, TEMPLATE.title, (220.0, 120.0), 1, (moved,), TEMPLATE.anchors, TEMPLATE.markers
    )
    assert first_look(as_jpeg(picture), [template]).retake is None
    far = type(wide)(wide.key, wide.label, wide.type, 1, (200.0, 50.0, 18.0, 8.0))
    template = type(TEMPLATE)(
        TEMPLATE.key, 1, TEMPLATE.title, (220.0, 120.0), 1, (far,), TEMPLATE.anchors, TEMPLATE.markers
    )
    assert first_look(as_jpeg(picture), [template]).retake is Retake.CORNER_MISSING


def test_white_that_the_light_made_is_a_doubt() -> None:
    picture = photograph(sheet(FILLED)).astype(np.int32)
    rows, columns = np.mgrid[0 : picture.shape[0], 0 : picture.shape[1]]
    spot = ((rows - 560) / 330) ** 2 + ((columns - 800) / 420) ** 2
    picture += (500 * np.exp(-(spot**2)))[..., None].astype(np.int32)
    washed = np.clip(picture, 0, 255).astype(np.uint8)
    assert Retake.GLARE in first_look(as_jpeg(washed), [TEMPLATE]).doubts


def test_no_marker_is_a_doubt_only_where_the_forms_have_some() -> None:
    empty = as_jpeg(photograph(np.full((900, 1400, 3), 230, np.uint8)))
    assert first_look(empty, [TEMPLATE]).doubts == (Retake.NOT_A_FORM,)
    assert first_look(empty, [without_markers(published()).template]).doubts == ()
    assert first_look(empty).doubts == ()


@pytest.mark.parametrize("content", [b"", b"not a picture", as_jpeg(np.zeros((40, 40, 3), np.uint8))[:100]])
def test_bytes_that_are_no_picture(content: bytes) -> None:
    with pytest.raises(NotAPictureError):
        first_look(content, [TEMPLATE])
