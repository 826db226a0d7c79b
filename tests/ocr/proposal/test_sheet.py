"""The paper on a photograph of a blank: cut out where light falls off over the table and is tinted."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from ocr.proposal.sheet import PX_PER_MM, flat_sheet
from tests.company_forms.blank import Blank
from tests.company_forms.first import bilingual, items_table, ruled_english, two_columns
from tests.photographs.camera import Condition, photograph

PHONE = Condition("photograph", tilt_degrees=8, rotation_degrees=2, long_side=1600)


@pytest.mark.parametrize("blank", [two_columns(), ruled_english(), bilingual(), items_table()], ids=lambda b: b.name)
def test_the_sheet_is_cut_out(blank: Blank) -> None:
    taken = cv2.imdecode(np.frombuffer(photograph(blank.picture(130), PHONE, (len(blank.name),)), np.uint8), 1)
    sheet = flat_sheet(cv2.cvtColor(taken, cv2.COLOR_BGR2RGB), None)
    assert sheet.size_mm == blank.size_mm
    # Print lies where it was drawn, within two millimetres all over the page.
    size = round(blank.size_mm[0] * PX_PER_MM / 4), round(blank.size_mm[1] * PX_PER_MM / 4)
    shown, drawn = (
        cv2.resize(cv2.cvtColor(page, cv2.COLOR_RGB2GRAY), size, interpolation=cv2.INTER_AREA)
        for page in (sheet.picture, blank.picture(130))
    )
    printed = np.argwhere(drawn < 150)
    dark = cv2.erode(shown, np.ones((9, 9), np.uint8))  # four pixels are two millimetres
    table = cv2.GaussianBlur(shown, (0, 0), 25)
    near = dark[printed[:, 0], printed[:, 1]] < 0.88 * table[printed[:, 0], printed[:, 1]]
    assert near.mean() > 0.97
