"""Pictures of text to text: the only module that imports paddleocr.

The models are the PP-OCRv6 *small* detector and recogniser that the `rapidocr` wheel carries. PaddleOCR runs them on
ONNX Runtime once they stand in model directories of its own shape, which this module makes in a cache folder. Other
models are taken by name or directory through `EngineOptions`.
"""

from __future__ import annotations

import contextlib
import importlib.util
import json
import logging
import os
import tempfile
import warnings
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from ocr.arrays import Picture, Points, Real
from ocr.contract import Line, Quad

EMBEDDED_DETECTOR = "PP-OCRv6_small_det"
EMBEDDED_RECOGNISER = "PP-OCRv6_small_rec"
_EMBEDDED_FILES = {
    EMBEDDED_DETECTOR: "PP-OCRv6_det_small.onnx",
    EMBEDDED_RECOGNISER: "PP-OCRv6_rec_small.onnx",
}

RECOGNISER_HEIGHT = 48
"""Pixels: the recogniser scales every line to this height."""


class EngineError(RuntimeError):
    """The engine's models are missing or cannot be loaded; the message says which and what to do."""


@dataclass(frozen=True, slots=True)
class EngineOptions:
    """Which models read, and how.

    Without directories the two embedded model names need no network; any other name without a directory is handed to
    PaddleOCR, which may fetch it.
    """

    detector: str = EMBEDDED_DETECTOR
    detector_dir: Path | None = None
    recogniser: str = EMBEDDED_RECOGNISER
    recogniser_dir: Path | None = None
    engine: str = "onnxruntime"
    threads: int | None = None
    """Threads of ONNX Runtime inside one operation; None lets it take all cores."""
    detector_side: int = 1536
    """Pixels: a longer picture is scaled down to this long side before detection."""
    cache_dir: Path | None = None
    """Where model directories are made; by default `$XDG_CACHE_HOME/throughline` or `~/.cache/throughline`."""


@dataclass(frozen=True, slots=True)
class Recognised:
    """One line of text. `confidence` is the mean over its characters, `weakest` the least of them."""

    text: str
    confidence: float
    weakest: float


NOTHING = Recognised("", 0.0, 0.0)


class Engine:
    """Detection and recognition with the models kept loaded. They load at the first use; one thread at a time."""

    def __init__(self, options: EngineOptions | None = None) -> None:
        self.options = options or EngineOptions()
        self._detector: Any = None
        self._recogniser: Any = None
        self._decoder: _CharacterDecoder | None = None

    def detect(self, picture: Picture) -> list[Points]:
        """Outlines (4 x 2, pixels, clockwise from top left) of the text lines on an RGB or grey picture."""
        if self._detector is None:
            self._detector = self._load_detector()
        with _quiet():
            polygons = self._detector.predict(_bgr(picture), batch_size=1)[0]["dt_polys"]
        return [_clockwise(np.asarray(polygon, np.float64)) for polygon in polygons]

    def recognise(self, crops: Sequence[Picture]) -> list[Recognised]:
        """The text of each crop of one line, without detection.

        One crop at a time: measured, a batch padded to its longest line costs more than it saves on two cores.
        """
        if self._recogniser is None:
            self._recogniser, self._decoder = self._load_recogniser()
        found = []
        for crop in crops:
            if min(crop.shape[:2]) < 2:
                found.append(NOTHING)
                continue
            with _quiet():
                result = self._recogniser.predict(_bgr(crop), batch_size=1)[0]
            if self._decoder is not None:
                found.append(self._decoder.last)
            else:
                score = float(result["rec_score"])
                found.append(Recognised(str(result["rec_text"]), score, score))
        return found

    def read(self, picture: Picture) -> list[Line]:
        """All lines of an upright picture in reading order: top to bottom, and left to right within a row."""
        return self.lines_in(picture, self.detect(picture))

    def lines_in(self, picture: Picture, outlines: Sequence[Points]) -> list[Line]:
        """The lines with those outlines, in reading order; outlines without any text are left out."""
        readings = self.recognise([cut_line(picture, outline) for outline in outlines])
        lines = [
            Line(reading.text, round(reading.confidence, 4), as_quad(outline))
            for outline, reading in zip(outlines, readings, strict=True)
            if reading.text.strip()
        ]
        return in_reading_order(lines)

    def _load_detector(self) -> Any:
        side = self.options.detector_side
        with _quiet():
            from paddleocr import TextDetection  # noqa: PLC0415  loading takes seconds, and only a reader needs it

            return _loaded(
                TextDetection,
                self._model_dir(self.options.detector, self.options.detector_dir),
                model_name=self.options.detector,
                limit_side_len=side,
                limit_type="max",
                **self._runtime(),
            )

    def _load_recogniser(self) -> tuple[Any, _CharacterDecoder | None]:
        with _quiet():
            from paddleocr import TextRecognition  # noqa: PLC0415  as above

            recogniser = _loaded(
                TextRecognition,
                self._model_dir(self.options.recogniser, self.options.recogniser_dir),
                model_name=self.options.recogniser,
                **self._runtime(),
            )
        # The library gives a line only its mean probability, which hides one doubtful character among sure ones.
        decoder = None
        predictor = recogniser.paddlex_predictor
        characters = getattr(getattr(predictor, "post_op", None), "character", None)
        if characters is not None:
            decoder = _CharacterDecoder(characters)
            predictor.post_op = decoder
        return recogniser, decoder

    def _runtime(self) -> dict[str, Any]:
        settings: dict[str, Any] = {"engine": self.options.engine}
        if self.options.engine == "onnxruntime":
            config: dict[str, Any] = {"log_severity_level": 3}
            if self.options.threads is not None:
                config["intra_op_num_threads"] = self.options.threads
            settings["engine_config"] = config
        return settings

    def _model_dir(self, name: str, configured: Path | None) -> Path | None:
        if configured is not None:
            if not configured.is_dir():
                raise EngineError(f"model directory {configured} does not exist")
            return configured
        return embedded_model_dir(name, self.options.cache_dir) if name in _EMBEDDED_FILES else None


class _CharacterDecoder:
    """Greedy CTC decoding that keeps the probability of every character.

    It stands in for the library's decoder, has its calling shape, and leaves the reading in `last`.
    """

    def __init__(self, characters: Sequence[str]) -> None:
        self.characters = list(characters)
        self.last = NOTHING

    def __call__(self, predictions: Any, **_: Any) -> tuple[list[str], list[float]]:
        probabilities: Real = np.asarray(predictions[0])[0]
        best = probabilities.argmax(axis=1)
        text: list[str] = []
        sureness: list[float] = []
        previous = 0
        for step, index in enumerate(best):
            if index != 0:
                probability = float(probabilities[step, index])
                if index == previous:
                    sureness[-1] = max(sureness[-1], probability)
                else:
                    text.append(self.characters[index])
                    sureness.append(probability)
            previous = int(index)
        self.last = Recognised("".join(text), float(np.mean(sureness)), min(sureness)) if text else NOTHING
        return [self.last.text], [self.last.confidence]


def embedded_model_dir(name: str, cache_dir: Path | None = None) -> Path:
    """The directory, made at the first call, in which PaddleOCR finds the embedded model `name`.

    Several processes may call this at once: the directory appears complete or not at all. Raises `EngineError` when
    the wheel that carries the models is not installed.
    """
    found = importlib.util.find_spec("rapidocr")
    source = Path(found.origin).parent / "models" / _EMBEDDED_FILES[name] if found and found.origin else None
    if source is None or not source.is_file():
        raise EngineError(f"the model {name} comes with the package rapidocr, which is missing: install it")
    # The file's size in the name keeps a later wheel's model apart from this one's directory.
    target = (cache_dir or _default_cache()) / "models" / f"{name}-{source.stat().st_size}"
    if (target / "inference.yml").is_file() and (target / "inference.onnx").exists():
        return target
    target.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=target.parent) as draft:
        made = Path(draft) / "model"
        made.mkdir()
        (made / "inference.onnx").symlink_to(source)
        (made / "inference.yml").write_text(_model_config(name, source), encoding="utf-8")
        if target.is_dir() and not (target / "inference.onnx").exists():
            # The link points into an environment that is gone; its successor has the same model.
            (target / "inference.onnx").unlink(missing_ok=True)
            (made / "inference.onnx").rename(target / "inference.onnx")
        else:
            with contextlib.suppress(OSError):  # another process was first, and made the same
                made.rename(target)
    return target


def cut_line(picture: Picture, outline: Points) -> Picture:
    """The line inside an outline, flattened; a line taller than wide by half is turned to lie."""
    top = np.linalg.norm(outline[1] - outline[0])
    bottom = np.linalg.norm(outline[2] - outline[3])
    left = np.linalg.norm(outline[3] - outline[0])
    right = np.linalg.norm(outline[2] - outline[1])
    width, height = max(2, round(max(top, bottom))), max(2, round(max(left, right)))
    corners = np.array([[0, 0], [width, 0], [width, height], [0, height]], np.float32)
    matrix = cv2.getPerspectiveTransform(outline.astype(np.float32), corners)
    line = cv2.warpPerspective(picture, matrix, (width, height), flags=cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE)
    return np.rot90(line) if height >= 1.5 * width else line


def as_quad(points: Points) -> Quad:
    """Four corners as plain numbers."""
    a, b, c, d = ((round(float(x), 1), round(float(y), 1)) for x, y in points)
    return a, b, c, d


def in_reading_order(lines: Sequence[Line]) -> list[Line]:
    """Lines top to bottom; lines whose middles overlap by half a height form a row and go left to right."""
    waiting = sorted(lines, key=lambda line: _middle(line)[1])
    ordered: list[Line] = []
    while waiting:
        first = waiting[0]
        reach = _middle(first)[1] + _height(first) / 2
        row = [line for line in waiting if _middle(line)[1] <= reach]
        waiting = [line for line in waiting if _middle(line)[1] > reach]
        ordered.extend(sorted(row, key=lambda line: _middle(line)[0]))
    return ordered


def _middle(line: Line) -> tuple[float, float]:
    return sum(x for x, _ in line.box) / 4, sum(y for _, y in line.box) / 4


def _height(line: Line) -> float:
    (_, top_left), (_, top_right), (_, bottom_right), (_, bottom_left) = line.box
    return (abs(bottom_left - top_left) + abs(bottom_right - top_right)) / 2


def _clockwise(polygon: Points) -> Points:
    """The four corners from the top left one on, whatever corner the detector began with."""
    centre = polygon.mean(axis=0)
    angles = np.arctan2(polygon[:, 1] - centre[1], polygon[:, 0] - centre[0])
    ordered = polygon[np.argsort(angles)]
    return np.roll(ordered, -int(np.argmin(ordered.sum(axis=1))), axis=0)


def _bgr(picture: Picture) -> Picture:
    if picture.ndim == 2:
        return cv2.cvtColor(picture, cv2.COLOR_GRAY2BGR)
    return cv2.cvtColor(picture, cv2.COLOR_RGB2BGR)


def _loaded(kind: Any, model_dir: Path | None, **settings: Any) -> Any:
    try:
        return kind(model_dir=None if model_dir is None else str(model_dir), **settings)
    except Exception as error:
        raise EngineError(f"the model {settings['model_name']} cannot be loaded: {error}") from error


def _default_cache() -> Path:
    base = os.environ.get("XDG_CACHE_HOME")
    return (Path(base) if base else Path.home() / ".cache") / "throughline"


def _model_config(name: str, model: Path) -> str:
    if name == EMBEDDED_DETECTOR:
        steps: list[Any] = [
            {"DecodeImage": {"channel_first": False, "img_mode": "BGR"}},
            {"DetResizeForTest": {"resize_long": 960}},
            {"NormalizeImage": {"order": "hwc"}},
            {"ToCHWImage": None},
        ]
        decode: dict[str, Any] = {
            "name": "DBPostProcess",
            "thresh": 0.2,
            "box_thresh": 0.45,
            "max_candidates": 3000,
            "unclip_ratio": 1.4,
        }
    else:
        steps = [
            {"DecodeImage": {"channel_first": False, "img_mode": "BGR"}},
            {"RecResizeImg": {"image_shape": [3, RECOGNISER_HEIGHT, 320]}},
        ]
        decode = {"name": "CTCLabelDecode", "character_dict": _characters(model)}
    config = {
        "Global": {"model_name": name},
        "PreProcess": {"transform_ops": steps},
        "PostProcess": decode,
    }
    # JSON is YAML, and needs no library that would have to be declared.
    return json.dumps(config, ensure_ascii=False)


def _characters(model: Path) -> list[str]:
    import onnxruntime  # noqa: PLC0415  only the first start reads the model's own alphabet

    session = onnxruntime.InferenceSession(str(model), providers=["CPUExecutionProvider"])
    text: str = session.get_modelmeta().custom_metadata_map["character"]
    return text.removesuffix("\n").split("\n")


@contextlib.contextmanager
def _quiet() -> Iterator[None]:
    """Keep the library from asking the network where models are, from logging and from its own warnings."""
    os.environ.setdefault("PADDLE_PDX_DISABLE_MODEL_SOURCE_CHECK", "True")
    os.environ.setdefault("PADDLE_PDX_CACHE_HOME", str(_default_cache() / "paddlex"))
    logging.getLogger("paddlex").setLevel(logging.ERROR)
    logging.getLogger("ppocr").setLevel(logging.ERROR)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield
