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
    PagePicture,
    PictureLine,
    Requirement,
    Status,
)
from workers.reading import EngineChoice, make_reader, options_of
from workers.sandbox import Limits, Sandbox, SandboxError

if TYPE_CHECKING:
    from ocr.pages import Page
    from ocr.reader import Reader

MEBIBYTE = 1 << 20
EXTRACTING = Limits(
    seconds=560,  # less than a try of the job that waits for it
    memory_bytes=8192 * MEBIBYTE,
    processor_seconds=300,
    file_bytes=64 * MEBIBYTE,
    open_files=1024,
)


class DeliverableReader:
    """Reads deliverables in a child process, one at a time. `close` ends the child."""

    def __init__(self, settings: Settings) -> None:
        self._engine = options_of(settings)
        self._child = Sandbox(EXTRACTING)

    def read(self, data: bytes, filename: str, definitions: Sequence[MetricDefinition] = ()) -> Extraction:
        """The metrics of one file, see `ml.metrics.extract.extract`; a child that dies or is over its time or memory
        makes the file unreadable, with a warning that says so."""
        try:
            return self._child.call(_extract, self._engine, data, filename, tuple(definitions), (), with_pages=False)[0]
        except SandboxError as error:
            return _given_up(filename, error)

    def read_whole(
        self,
        data: bytes,
        filename: str,
        definitions: Sequence[MetricDefinition],
        requirements: Sequence[Requirement],
    ) -> tuple[Extraction, tuple[PagePicture, ...]]:
        """As `read`, with the answers to what a template requires, and the pages and pictures in which something was
        found. Raises `SandboxError` where another try may go better."""
        try:
            return self._child.call(
                _extract, self._engine, data, filename, tuple(definitions), tuple(requirements), with_pages=True
            )
        except SandboxError as error:
            if error.again:
                raise
            return _given_up(filename, error), ()

    def close(self) -> None:
        self._child.close()

    def __enter__(self) -> DeliverableReader:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def _given_up(filename: str, error: SandboxError) -> Extraction:
    message = f"Reading the file was given up ({error.code}): split it, or upload the tool's summary instead."
    return Extraction(filename, "unknown", Status.UNREADABLE, warnings=(Notice(f"sandbox_{error.code}", message),))


# What follows runs in the child alone: this process never imports the libraries.

_readers: dict[EngineChoice, Reader] = {}


def _extract(
    engine: EngineChoice,
    data: bytes,
    filename: str,
    definitions: tuple[MetricDefinition, ...],
    requirements: tuple[Requirement, ...],
    *,
    with_pages: bool,
) -> tuple[Extraction, tuple[PagePicture, ...]]:
    from ml.metrics.extract import extract  # noqa: PLC0415
    from ml.metrics.pages import pictures_of_pages, with_regions  # noqa: PLC0415

    read: dict[int, list[Page]] = {}

    def read_page(picture: bytes) -> Sequence[PictureLine]:
        from ocr.pages import PageError, decode  # noqa: PLC0415

        number = len(read) + 1
        read[number] = []
        if engine not in _readers:
            _readers[engine] = make_reader(engine)
        try:
            read[number] = decode(picture)
        except PageError as error:
            raise DeliverableError(f"picture_{error.code.value}", f"A picture cannot be read: {error}") from None
        lines = []
        above = 0
        for page in read[number]:
            for line in _readers[engine].read_lines(page.picture):
                left, top, width, height = _box(line.box)
                lines.append(PictureLine(line.text, line.confidence, (left, top + above, width, height)))
            above += page.height  # the pages of one picture lie below one another
        return lines

    found = extract(data, filename, read_page, definitions, requirements=requirements)
    if not with_pages:
        return found, ()
    found = with_regions(data, found)
    # Regions are pixels of the one page that a picture has; several pages are not shown as one.
    shown = {
        number: PagePicture(None, number, pages[0].picture, pages[0].width, pages[0].height)
        for number, pages in read.items()
        if len(pages) == 1
    }
    return found, pictures_of_pages(data, found, shown)


def _box(quad: Sequence[tuple[float, float]]) -> tuple[float, float, float, float]:
    """The upright rectangle around four corners, (x, y, width, height) in pixels."""
    left, top = min(x for x, _ in quad), min(y for _, y in quad)
    return left, top, max(x for x, _ in quad) - left, max(y for _, y in quad) - top
