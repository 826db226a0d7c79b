"""How well sheets of many tick boxes are read: `python -m tests.evaluation.ticks`.

Two sheets of boxes that touch, narrow ones and columns of a table, without markers or code, filled in by three people
and photographed under four conditions; section `ticks` of `evaluation.json`: right and wrong-but-sure boxes by kind
and by condition.
"""

from __future__ import annotations

import sys
from collections import defaultdict
from typing import Any

import cv2

from ocr.engine import EngineOptions
from ocr.pages import decode
from ocr.reader import Reader, ReaderOptions
from tests.evaluation.report import write_section
from tests.photographs.camera import BLURRED, CURLED, MILD, Condition
from tests.tick_sheets import LAYOUTS, right, tick_sheet, wrong_but_sure

PHONE = Condition(
    "phone",
    long_side=3264,
    tilt_degrees=14,
    rotation_degrees=4,
    shadow=0.4,
    blur=1.6,
    noise=5,
    quality=70,
    curl=0.008,
)
CONDITIONS = (MILD, CURLED, PHONE, BLURRED)
FILLINGS = (1, 2, 3)


def measure() -> dict[str, Any]:
    """The figures over all pictures."""
    cv2.setNumThreads(1)
    reader = Reader(ReaderOptions(EngineOptions(threads=1)))
    counts: dict[str, dict[str, int]] = defaultdict(lambda: {"boxes": 0, "right": 0, "wrong_but_sure": 0})
    refused = []
    for number in range(len(LAYOUTS)):
        sheet = tick_sheet(number)
        for seed in FILLINGS:
            pictures, truth = sheet.photographs(seed, CONDITIONS)
            for condition, picture in pictures.items():
                reading = reader.read_form([decode(picture)[0].picture], [sheet.form])
                if reading.retake is not None:
                    refused.append(f"{number}-{seed}-{condition}")
                for field in reading.fields if reading.retake is None else ():
                    for group in ("all", condition, field.key.partition("/")[0]):
                        told = counts[group]
                        told["boxes"] += 1
                        told["right"] += right(field, truth[field.key])
                        told["wrong_but_sure"] += wrong_but_sure(field, truth[field.key])
    return {"refused": refused, **counts}


if __name__ == "__main__":
    figures = measure()
    write_section("ticks", figures)
    sys.stdout.write("".join(f"{group}: {told}\n" for group, told in figures.items()))
