"""Making a blank from its description: fresh, measured, and clear about what is wrong."""

from __future__ import annotations

import copy
import io
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
from PIL import Image

from ocr.contract import TemplateError
from ocr.forms import shipped
from ocr.forms.design import BLANK_DPI, design, pictures
from ocr.forms.fonts import CjkFont, FontMissingError, find_cjk_font
from ocr.template_json import template_to_json

pytestmark = pytest.mark.fonts

FORMS = Path(shipped.__file__).parent


def pixels(png: bytes) -> np.ndarray[Any, np.dtype[np.uint8]]:
    with Image.open(io.BytesIO(png)) as image:
        assert image.mode == "L"
        return np.asarray(image)


@pytest.mark.parametrize("key", shipped.keys())
def test_the_published_blank_is_what_its_description_makes(key: str, cjk_font: CjkFont) -> None:
    source = json.loads((FORMS / key.replace("-", "_") / "source.json").read_text("utf-8"))
    made = design(source, cjk_font)
    published = shipped.load(key)
    made_json, published_json = template_to_json(made.template), template_to_json(published.template)
    made_anchors, published_anchors = made_json.pop("anchors"), published_json.pop("anchors")
    assert made_json == published_json
    for new, old in zip(made_anchors, published_anchors, strict=True):
        assert (new["text"], new["page"]) == (old["text"], old["page"])
        # Releases of the font differ a little.
        assert new["box_mm"] == pytest.approx(old["box_mm"], abs=0.3)
    for new_page, old_page in zip(made.pages, published.blank_pages, strict=True):
        assert np.abs(pixels(new_page).astype(int) - pixels(old_page)).mean() < 1.0


@pytest.mark.parametrize("key", shipped.keys())
def test_published_pictures_show_the_published_pdf(key: str) -> None:
    published = shipped.load(key)
    for drawn, stored in zip(pictures(shipped.blank_pdf(key)), published.blank_pages, strict=True):
        assert np.abs(pixels(drawn).astype(int) - pixels(stored)).mean() < 0.5
        width, height = published.template.page_size_mm
        shape = pixels(stored).shape
        assert shape == pytest.approx((height / 25.4 * BLANK_DPI, width / 25.4 * BLANK_DPI), abs=1)
        assert len(stored) < 200_000


@pytest.mark.parametrize("key", shipped.keys())
def test_printed_markers_are_those_of_the_dictionary_and_stand_where_the_template_says(key: str) -> None:
    published = shipped.load(key)
    detector = cv2.aruco.ArucoDetector(cv2.aruco.getPredefinedDictionary(cv2.aruco.DICT_4X4_50))
    for page, picture in enumerate(published.blank_pages, start=1):
        corners, ids, _ = detector.detectMarkers(pixels(picture))
        seen = {int(number): quad[0] * 25.4 / BLANK_DPI for number, quad in zip(ids.ravel(), corners, strict=True)}
        expected = {marker.id: marker.box_mm for marker in published.template.markers if marker.page == page}
        assert seen.keys() == expected.keys()
        for number, (x, y, width, height) in expected.items():
            outline = [(x, y), (x + width, y), (x + width, y + height), (x, y + height)]
            assert np.abs(seen[number] - np.array(outline)).max() < 0.3


@pytest.mark.parametrize("key", shipped.keys())
def test_cells_are_white_and_tick_boxes_are_outlined(key: str) -> None:
    published = shipped.load(key)
    dots = BLANK_DPI / 25.4
    for field in published.template.fields:
        picture = pixels(published.blank_pages[field.page - 1])
        for option in field.options:
            x, y, width, height = (value * dots for value in option.box_mm)
            outline = picture[round(y) - 1 : round(y) + 2, round(x + 3) : round(x + width - 3)]
            assert outline.min(axis=0).max() < 120
            assert picture[round(y + 4) : round(y + height - 4), round(x + 4) : round(x + width - 4)].min() == 255
        if not field.options:
            # A little of the 2 mm around the cell is left to the thickness of its border.
            x, y, width, height = (value * dots for value in field.box_mm)
            white = round(1.7 * dots)
            around = picture[round(y) - white : round(y + height) + white, round(x) - white : round(x + width) + white]
            assert around.min() == 255, field.key


def test_anchors_stand_where_the_text_is_printed(small_source: dict[str, Any], cjk_font: CjkFont) -> None:
    made = design(small_source, cjk_font)
    dots = BLANK_DPI / 25.4
    assert made.template.pages == 2
    assert {anchor.text for anchor in made.template.anchors if anchor.page == 2} >= {"服务", "Service", "达成"}
    for anchor in made.template.anchors:
        x, y, width, height = (value * dots for value in anchor.box_mm)
        picture = pixels(made.pages[anchor.page - 1])
        inside = picture[round(y) : round(y + height), round(x) : round(x + width)]
        paper = int(np.percentile(inside, 90))
        assert inside.min() < paper - 100
        below = picture[round(y + height) + 1 : round(y + height) + 2, round(x) : round(x + width)]
        assert below.min() > inside.min()


def test_the_same_description_makes_the_same_pdf(small_source: dict[str, Any], cjk_font: CjkFont) -> None:
    assert design(small_source, cjk_font).pdf == design(copy.deepcopy(small_source), cjk_font).pdf


def test_a_label_cannot_act_as_markup(small_source: dict[str, Any], cjk_font: CjkFont) -> None:
    label = '#panic("x") *b*'
    small_source["title"]["en"] = label
    made = design(small_source, cjk_font)
    assert label in [anchor.text for anchor in made.template.anchors]


def _too_long_label(source: dict[str, Any]) -> None:
    source["pages"][0]["sections"][0]["rows"][0]["cells"][0]["label"]["en"] = "A label that is far too long for it"


def _too_high(source: dict[str, Any]) -> None:
    source["pages"][0]["sections"][0]["rows"][0]["height_mm"] = 250


def _crowded(source: dict[str, Any]) -> None:
    source["pages"][0]["sections"][0]["rows"][1]["height_mm"] = 8


def _no_type(source: dict[str, Any]) -> None:
    del source["pages"][0]["sections"][0]["rows"][0]["cells"][0]["type"]


def _no_rows(source: dict[str, Any]) -> None:
    del source["pages"][0]["sections"][0]["rows"]


def _text_for_section(source: dict[str, Any]) -> None:
    source["pages"][0]["sections"][0] = "rows"


def _same_key(source: dict[str, Any]) -> None:
    source["pages"][1]["sections"][0]["rows"][0]["cells"][0]["key"] = "visitor"


@pytest.mark.parametrize(
    ("spoil", "message"),
    [
        (_too_long_label, "does not fit"),
        (_too_high, "page 1 is .* mm too long"),
        (_crowded, "tick boxes do not fit"),
        (_no_type, "type: expected a text"),
        (_no_rows, "'rows' is missing"),
        (_text_for_section, "wrong type"),
        (_same_key, "used twice"),
    ],
)
def test_a_wrong_description_says_what_is_wrong(
    small_source: dict[str, Any], cjk_font: CjkFont, spoil: Callable[[dict[str, Any]], None], message: str
) -> None:
    spoil(small_source)
    with pytest.raises(TemplateError, match=message):
        design(small_source, cjk_font)


def test_a_missing_font_names_the_package(tmp_path: Path) -> None:
    with pytest.raises(FontMissingError, match="fonts-noto-cjk"):
        find_cjk_font(tmp_path)


def test_a_font_is_found_in_the_folder_of_a_package(tmp_path: Path) -> None:
    (tmp_path / "files").mkdir()
    (tmp_path / "files" / "NotoSansSC_400Regular.ttf").touch()
    assert find_cjk_font(tmp_path) == CjkFont("Noto Sans SC", tmp_path / "files")
