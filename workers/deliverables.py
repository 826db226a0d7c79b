"""The child that reads deliverables: documents are decoded there, and pictures in them are read by `ocr`.

`ml.metrics` asks for the text of a picture through its `ReadPage` protocol; here that question is answered by the OCR
engine, which is loaded in the child at the first picture, so that a file without pictures costs no model.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from db.settings import Settings
from ml.metrics.contract import (
    DeliverableError,
    Extraction,
    MetricDefinition,
    Notice,
    PictureLine,
    Status,
)
from workers.reading import EngineChoice, make_reader, options_of
from workers.sandbox import Limits, Sandbox, SandboxError

if TYPE_CHECKING:
    from ocr.reader import Reader

MEBIBYTE = 1 << 20
EXTRACTING = Limits(seconds=300, memory_bytes=8192 * MEBIBYTE, file_bytes=64 * MEBIBYTE, open_files=1024)


class DeliverableReader:
    """Reads deliverables in a child process, one at a time. `close` ends the child."""

    def __init__(self, settings: Settings) -> None:
        self._engine = options_of(settings)
        self._child = Sandbox(EXTRACTING)

    def read(self, data: bytes, filename: str, definitions: Sequence[MetricDefinition] = ()) -> Extraction:
        """The metrics of one file, see `ml.metrics.extract.extract`; a child that dies or is over its time or memory
        makes the file unreadable, with a warning that says so."""
        try:
            return self._child.call(_extract, self._engine, data, filename, tuple(definitions))
        except SandboxError as error:
            message = f"Reading the file was given up ({error.code}): split it, or upload the tool's summary instead."
            return Extraction(filename, "unknown", Status.UNREADABLE, warnings=(Notice(error.code, message),))

    def close(self) -> None:
        self._child.close()


# What follows runs in the child alone: this process never imports the libraries.

_readers: dict[EngineChoice, Reader] = {}


def _extract(engine: EngineChoice, data: bytes, filename: str, definitions: tuple[MetricDefinition, ...]) -> Extraction:
    from ml.metrics.extract import extract  # noqa: PLC0415

    def read_page(picture: bytes) -> Sequence[PictureLine]:
        from ocr.pages import PageError, decode  # noqa: PLC0415

        if engine not in _readers:
            _readers[engine] = make_reader(engine)
        try:
            pages = decode(picture)
        except PageError as error:
            raise DeliverableError(f"picture_{error.code.value}", f"A picture cannot be read: {error}") from None
        return [
            PictureLine(line.text, line.confidence, _box(line.box))
            for page in pages
            for line in _readers[engine].read_lines(page.picture)
        ]

    return extract(data, filename, read_page, definitions)


def _box(quad: Sequence[tuple[float, float]]) -> tuple[float, float, float, float]:
    """The upright rectangle around four corners, (x, y, width, height) in pixels."""
    left, top = min(x for x, _ in quad), min(y for _, y in quad)
    return left, top, max(x for x, _ in quad) - left, max(y for _, y in quad) - top
