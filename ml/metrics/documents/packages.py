"""OOXML files are archives: what they may unpack to is checked before any library opens them."""

from __future__ import annotations

import io
import zipfile
import zlib

from ml.metrics.contract import DeliverableError, Limits


def check_package(data: bytes, part: str, limits: Limits) -> int:
    """The unpacked size in bytes of an OOXML file that contains `part`.

    Raises DeliverableError: `broken` (no archive, or the part is missing), `too_large` (past the limits of unpacked
    size or ratio), `entities` (a part declares a document type, which no office program writes).
    """
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            infos = archive.infolist()
            unpacked = sum(info.file_size for info in infos)
            largest = max(
                (info.file_size / max(info.compress_size, 1) for info in infos if info.file_size > 1_000_000), default=0
            )
            if unpacked > limits.unpacked_bytes or largest > limits.unpacked_ratio or len(infos) > 10_000:
                raise DeliverableError(
                    "too_large", "The file unpacks to far more than it holds: save it again without padding."
                )
            if part not in archive.namelist():
                raise DeliverableError(
                    "broken", "The file is damaged: open it in an office program, save it and upload it again."
                )
            for info in infos:
                with archive.open(info) as stream:
                    start = stream.read(2048)
                    if info.filename.endswith((".xml", ".rels")) and b"<!DOCTYPE" in start:
                        raise DeliverableError(
                            "entities", "The file declares XML entities, which are not read: save it again."
                        )
                    # To the end, for the checksum: a library would meet a damaged part halfway.
                    while stream.read(1 << 20):
                        pass
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, OSError, ValueError, RuntimeError) as error:
        if isinstance(error, DeliverableError):
            raise
        raise DeliverableError(
            "broken", "The file is damaged: open it in an office program, save it and upload it again."
        ) from error
    return unpacked
