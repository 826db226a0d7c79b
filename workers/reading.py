"""The children that touch uploads: one for each file that is decoded, and a long-lived one that holds the models.

Neither runs in the worker's own process: image and model libraries crash, leak, and cannot be interrupted. The reading
child is replaced after a number of pages (its memory grows), and whenever it dies or is over its time.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from db.settings import Settings
from ocr.contract import FormReading, FormTemplate, PageGlance, PublishedForm
from ocr.form_fields.contract import PageFields
from ocr.proposal.contract import PageSource, Proposal
from workers.sandbox import Limits, Sandbox, SandboxError

if TYPE_CHECKING:
    from ocr.pages import OpenFile
    from ocr.reader import Reader

MEBIBYTE = 1 << 20
DECODING = Limits(seconds=180, memory_bytes=3072 * MEBIBYTE, processor_seconds=60)
READING = Limits(seconds=240, memory_bytes=8192 * MEBIBYTE, file_bytes=64 * MEBIBYTE, open_files=1024)
PAGES_OF_ONE_DECODER = 20
"""Pages that one decoding child decodes before another takes its place: its memory grows."""
PAGES_BEFORE_RENEWAL = 60
"""Pages that one reading child reads before another takes its place."""


class UnreadableFileError(Exception):
    """An uploaded file or a page of it cannot be decoded; `code` is one of those of `ocr.pages.PageError`, or that of a
    `SandboxError` after `sandbox_`: decoding it ended the child by itself, and would again."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, slots=True)
class EngineChoice:
    """What the child needs to know to make its reader."""

    models: Path | None
    """Folder with `detection` and `recognition`; None for the embedded models."""
    threads: int
    cache: Path


class OpenedFile:
    """An uploaded file in a child process, which is replaced after a number of pages and by whatever ends it."""

    def __init__(self, child: Sandbox, descriptor: int, templates: tuple[FormTemplate, ...]) -> None:
        self._child, self._descriptor, self._templates = child, descriptor, templates
        self._decoded = 0
        """Pages that the child was asked for."""
        self.pages = self._opened()
        """How many pages it has."""

    def page(self, number: int) -> PageGlance:
        """A page, from 1. One that ends the child does so again in a new one before it counts as undecodable."""
        if self._decoded == PAGES_OF_ONE_DECODER:
            self._renew()
        self._decoded += 1
        try:
            return self._child.call(_glance, number, self._templates)
        except SandboxError as error:
            if error.outside:
                raise
            alone = self._decoded == 1
            self._renew()
            if not alone:
                return self.page(number)
            raise UnreadableFileError(f"sandbox_{error.code}") from None

    @property
    def process_id(self) -> int | None:
        """Of the child, if it runs."""
        return self._child.process_id

    def _renew(self) -> None:
        self._child.close()
        self._opened()
        self._decoded = 0

    def _opened(self) -> int:
        try:
            return self._child.call(_open, self._descriptor)
        except SandboxError as error:
            if error.again:
                raise
            raise UnreadableFileError(f"sandbox_{error.code}") from None


class ReadingProcess:
    """Decodes and reads uploads in child processes. Readings wait for one another. `close` ends the child."""

    def __init__(self, settings: Settings) -> None:
        self._engine = options_of(settings)
        self._child = Sandbox(READING)
        self._pages = 0
        self._turn = threading.Lock()

    @contextmanager
    def opened(self, file: BinaryIO, templates: Sequence[FormTemplate] = ()) -> Iterator[OpenedFile]:
        """An uploaded file whose pages are decoded and looked at one by one, by the forms that they may show.

        `file` is one of the system's, all of it written; its bytes do not pass through this process.

        Raises `UnreadableFileError` for a file that is none or breaks a limit, `SandboxError` when the machine was busy
        or the child was ended from outside; so do its methods.
        """
        file.flush()
        with Sandbox(DECODING, [file.fileno()]) as child:
            yield OpenedFile(child, file.fileno(), tuple(templates))

    def read_form(
        self,
        pictures: Sequence[bytes],
        forms: Sequence[PublishedForm],
        filled: Sequence[PageFields | None] = (),
    ) -> FormReading:
        """What the pages say: see `ocr.contract.FormReader.read_form`. Raises `SandboxError` when reading died."""
        with self._turn:
            if self._pages + len(pictures) > PAGES_BEFORE_RENEWAL:
                self._child.close()
                self._pages = 0
            self._pages += len(pictures)
            return self._child.call(_read_form, self._engine, list(pictures), list(forms), list(filled))

    def propose(self, pages: Sequence[PageSource], key: str) -> Proposal:
        """The template that a blank with those pages suggests.

        Raises `ocr.proposal.contract.ProposalError`, and `SandboxError` when the child died.
        """
        with self._turn:
            self._pages += len(pages)
            return self._child.call(_propose, self._engine, list(pages), key)

    @property
    def process_id(self) -> int | None:
        """Of the child that holds the models, if it runs."""
        return self._child.process_id

    def close(self) -> None:
        self._child.close()


def options_of(settings: Settings) -> EngineChoice:
    """The engine that the settings name."""
    return EngineChoice(settings.ocr_models, settings.ocr_threads, settings.home.absolute() / "models")


def make_reader(engine: EngineChoice) -> Reader:
    """A reader in this process, which thereby imports the libraries: for children and the command line."""
    from ocr.engine import EngineOptions  # noqa: PLC0415
    from ocr.reader import Reader, ReaderOptions  # noqa: PLC0415

    options = EngineOptions(threads=engine.threads, cache_dir=engine.cache)
    if engine.models is not None:
        options = replace(
            options, detector_dir=engine.models / "detection", recogniser_dir=engine.models / "recognition"
        )
    return Reader(ReaderOptions(options))


# What follows runs in the children alone: this process never imports the libraries.

_file: OpenFile | None = None
_readers: dict[EngineChoice, Reader] = {}


def _open(descriptor: int) -> int:
    global _file
    from ocr.pages import OpenFile, PageError  # noqa: PLC0415

    try:
        _file = OpenFile(os.fdopen(descriptor, "rb", closefd=False))
    except PageError as error:
        raise UnreadableFileError(error.code.value) from None
    return _file.pages


def _glance(number: int, templates: tuple[FormTemplate, ...]) -> PageGlance:
    from ocr.glance import glance  # noqa: PLC0415
    from ocr.pages import PageError  # noqa: PLC0415

    if _file is None:
        raise UnreadableFileError("empty_file")
    try:
        page = _file.page(number)
    except PageError as error:
        raise UnreadableFileError(error.code.value) from None
    return glance(page, templates)


def _propose(engine: EngineChoice, pages: list[PageSource], key: str) -> Proposal:
    from ocr.proposal.proposing import propose  # noqa: PLC0415

    return propose(pages, _reader(engine).engine, key)


def _reader(engine: EngineChoice) -> Reader:
    if engine not in _readers:
        _readers[engine] = make_reader(engine)
    return _readers[engine]


def _read_form(
    engine: EngineChoice, pictures: list[bytes], forms: list[PublishedForm], filled: list[PageFields | None]
) -> FormReading:
    return _reader(engine).read_form(pictures, forms, filled)
