"""How long a form takes to read, as a ratio to a bare `PaddleOCR.predict` of the same picture with the same models.

Both run in this process, in turns, so that what else the machine does weighs on both alike; times are processor
seconds with one thread, medians of the rounds. Pictures of one filled form are read: in good light (the fast path: its
markers place the page, a few labels confirm it, cells are read without detection), the same at 12 megapixels, and
what the fast path does not serve: sheets curled by 5 % and by 9 % of their height, one of these with a corner covered,
and a bad picture of a phone. `python -m tests.bench forms` prints the figures.
"""

from __future__ import annotations

import json
import os
import resource
import statistics
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Any

import cv2
import numpy as np

from ocr.contract import FieldStatus
from ocr.engine import EMBEDDED_DETECTOR, EMBEDDED_RECOGNISER, EngineOptions, embedded_model_dir
from ocr.forms import shipped
from ocr.pages import decode
from ocr.reader import Reader, ReaderOptions
from tests.evaluation.forms import READ_ON
from tests.photographs.camera import FIELD, MILD, Condition
from tests.photographs.corpus import take
from tests.photographs.samples import demo_filling

ROUNDS = 3

THREE, TWELVE = replace(MILD, name="3-megapixels"), replace(MILD, name="12-megapixels", long_side=4000)
BENT = Condition("bent", curl=0.09, tilt_degrees=5, rotation_degrees=2)
FULL = (
    *(one for one in FIELD if one.name in {"curl5", "phone-hard"}),
    BENT,
    replace(BENT, name="bent-and-covered", covered_corner=0.13),
)
"""Pictures that the markers alone do not place."""


def measure(rounds: int = ROUNDS) -> dict[str, Any]:
    """Processor seconds for each picture, for the bare engine, their ratios, and the memory of all together (MiB)."""
    cv2.setNumThreads(1)
    pictures = {one.condition.name: decode(one.jpeg)[0].picture for one in take(demo_filling(), (THREE, TWELVE, *FULL))}
    keys = shipped.keys()
    forms = [shipped.load(key) for key in keys]
    reader = Reader(ReaderOptions(EngineOptions(threads=1), today=READ_ON))
    bare = _bare_engine(reader.engine.options)
    pixels = {
        name: cv2.imdecode(np.frombuffer(picture, np.uint8), cv2.IMREAD_COLOR) for name, picture in pictures.items()
    }
    told: dict[str, dict[str, Any]] = {}
    for name, picture in pictures.items():  # the first run of either loads and warms its models
        reading = reader.read_form([picture], forms)
        told[name] = {
            "matched_by": reading.matched_by.value,
            "labels": f"{reading.pages[0].labels_found} of {reading.pages[0].labels_expected}",
            "fields_read": sum(field.status is FieldStatus.READ for field in reading.fields),
            "lines_of_predict": len(bare.predict(pixels[name])[0]["rec_texts"]),
        }
    seconds: dict[str, list[tuple[float, float]]] = {name: [] for name in pictures}
    for _ in range(rounds):
        for name, picture in pictures.items():
            form = _seconds(partial(reader.read_form, [picture], forms))
            seconds[name].append((form, _seconds(partial(bare.predict, pixels[name]))))
    for name, rows in seconds.items():
        form, predict = (statistics.median(column) for column in zip(*rows, strict=True))
        told[name] |= {"form": round(form, 3), "predict": round(predict, 3), "ratio": round(form / predict, 3)}
    return {
        "rounds": rounds,
        "ratio": told[THREE.name]["ratio"],
        "highest_ratio_of_the_full_path": max(told[one.name]["ratio"] for one in FULL),
        "twelve_megapixels_to_three": round(told[TWELVE.name]["form"] / told[THREE.name]["form"], 3),
        "pictures": told,
        "memory_mib": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024),
    }


def _bare_engine(options: EngineOptions) -> Any:
    os.environ.setdefault("PADDLE_PDX_DISABLE_MODEL_SOURCE_CHECK", "True")
    from paddleocr import PaddleOCR  # noqa: PLC0415  seconds to load, and only this function needs it

    return PaddleOCR(
        text_detection_model_name=EMBEDDED_DETECTOR,
        text_detection_model_dir=str(embedded_model_dir(EMBEDDED_DETECTOR)),
        text_recognition_model_name=EMBEDDED_RECOGNISER,
        text_recognition_model_dir=str(embedded_model_dir(EMBEDDED_RECOGNISER)),
        text_recognition_batch_size=1,
        text_det_limit_side_len=options.detector_side,
        text_det_limit_type="max",
        use_doc_orientation_classify=False,
        use_doc_unwarping=False,
        use_textline_orientation=False,
        engine=options.engine,
        engine_config={"log_severity_level": 3, "intra_op_num_threads": options.threads},
    )


def _seconds(work: Callable[[], object]) -> float:
    started = time.process_time()
    work()
    return time.process_time() - started


if __name__ == "__main__":
    sys.stdout.write(json.dumps(measure(), indent=2) + "\n")
