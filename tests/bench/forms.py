"""How long a form takes to read, as a ratio to a bare `PaddleOCR.predict` of the same picture with the same models.

Both run in this process, in turns, so that what else the machine does weighs on both alike; times are the medians of
the rounds. `python -m tests.bench.forms` prints the figures.
"""

from __future__ import annotations

import json
import os
import resource
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from ocr.contract import FieldStatus
from ocr.engine import EMBEDDED_DETECTOR, EMBEDDED_RECOGNISER, EngineOptions, embedded_model_dir
from ocr.forms import shipped
from ocr.pages import decode
from ocr.reader import Reader

PICTURE = Path(__file__).parents[2] / "workers" / "demo" / "review-photo.jpg"
ROUNDS = 5


def measure(rounds: int = ROUNDS) -> dict[str, Any]:
    """Seconds for a form, seconds for the bare engine, their ratio, and how much memory both together took (MiB)."""
    picture = decode(PICTURE.read_bytes())[0].picture
    keys = shipped.keys()
    forms = [shipped.load(key) for key in keys]
    reader = Reader()
    bare = _bare_engine(reader.engine.options)
    pixels = cv2.imdecode(np.frombuffer(picture, np.uint8), cv2.IMREAD_COLOR)
    reading = reader.read_form([picture], forms)
    lines = len(bare.predict(pixels)[0]["rec_texts"])  # the first run of either loads and warms its models
    form_seconds, predict_seconds = [], []
    for _ in range(rounds):
        form_seconds.append(_seconds(lambda: reader.read_form([picture], forms)))
        predict_seconds.append(_seconds(lambda: bare.predict(pixels)))
    form, predict = statistics.median(form_seconds), statistics.median(predict_seconds)
    return {
        "picture": PICTURE.name,
        "rounds": rounds,
        "seconds_per_form": round(form, 3),
        "predict_seconds": round(predict, 3),
        "ratio": round(form / predict, 3),
        "matched_by": reading.matched_by.value,
        "fields": len(reading.fields),
        "fields_read": sum(field.status is FieldStatus.READ for field in reading.fields),
        "lines_of_predict": lines,
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
    )


def _seconds(work: Callable[[], object]) -> float:
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


if __name__ == "__main__":
    sys.stdout.write(json.dumps(measure(), indent=2) + "\n")
