"""Structured logs: one JSON object a line on standard error, with ids and codes and no personal data.

`structlog.get_logger()` gives the logger everywhere. Events are constant words, values are ids, codes, counts and
durations; never names, texts, file names, tokens or SQL parameters. Errors appear as type and place: their messages may
quote what they were about.
"""

from __future__ import annotations

import logging
import os
import sys
import traceback
from types import TracebackType
from typing import Any

import structlog
from structlog.typing import EventDict, Processor, WrappedLogger

from db.settings import Settings

_FRAMES = 6
"""Innermost frames of a traceback that are logged."""


def configure(settings: Settings, program: str) -> None:
    """Set up logging for this process. Messages of libraries appear from WARNING on, as their constant template only.

    `program` tells the lines of API and worker apart.
    """
    shared: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        _error_as_place,
    ]

    def name_program(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
        event["program"] = program
        event["process"] = os.getpid()
        return event

    structlog.configure(
        processors=[*shared, name_program, structlog.processors.JSONRenderer(ensure_ascii=False)],
        wrapper_class=structlog.make_filtering_bound_logger(
            logging.INFO if settings.environment == "production" else logging.DEBUG
        ),
        logger_factory=lambda *_: structlog.WriteLogger(sys.stderr),  # whatever standard error is now; whole lines
        cache_logger_on_first_use=False,
    )
    handler = _LineHandler()
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                name_program,
                structlog.processors.JSONRenderer(ensure_ascii=False),
            ],
        )
    )
    handler.addFilter(_only_template)
    root = logging.getLogger()
    root.handlers[:] = [*(other for other in root.handlers if not isinstance(other, _LineHandler)), handler]
    root.setLevel(logging.WARNING)


class _LineHandler(logging.Handler):
    def emit(self, record: logging.LogRecord) -> None:
        sys.stderr.write(self.format(record) + "\n")


def place_of(error: BaseException) -> str:
    """Type and innermost place of an error (`KeyError at reader.py:12`): what may be kept of it anywhere."""
    frames = traceback.extract_tb(error.__traceback__)
    where = f" at {os.path.basename(frames[-1].filename)}:{frames[-1].lineno}" if frames else ""
    return f"{type(error).__name__}{where}"


def _error_as_place(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    found: Any = event.pop("exc_info", None)
    if found is True:
        found = sys.exc_info()
    if isinstance(found, BaseException):
        found = (type(found), found, found.__traceback__)
    if isinstance(found, tuple) and found[1] is not None:
        kind, _error, trace = found
        event["error"] = kind.__name__
        event["trace"] = _frames(trace)
    return event


def _frames(trace: TracebackType | None) -> list[str]:
    frames = traceback.extract_tb(trace)[-_FRAMES:]
    return [f"{os.path.basename(frame.filename)}:{frame.lineno} {frame.name}" for frame in frames]


def _only_template(record: logging.LogRecord) -> bool:
    """Keep a library's words, not the values it would fill in."""
    record.args = ()
    return True
