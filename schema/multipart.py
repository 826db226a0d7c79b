"""The GraphQL multipart request specification: one operation with files, received onto disk."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, BinaryIO

import orjson
from starlette.datastructures import FormData, Headers, UploadFile
from starlette.formparsers import MultiPartException, MultiPartParser

from schema.scalars import UploadedFile

MAXIMUM_FILE_BYTES = 50 * 1024 * 1024
MAXIMUM_FILES = 50
MAXIMUM_OPERATIONS_BYTES = 1024 * 1024
MAXIMUM_BODY_BYTES = 4 * MAXIMUM_FILE_BYTES + 2 * MAXIMUM_OPERATIONS_BYTES
_CHUNK = 1024 * 1024


class MultipartError(ValueError):
    """The request breaks the specification; the message says how."""


class FileTooLargeError(Exception):
    """A file has more than `MAXIMUM_FILE_BYTES`."""


class _Parser(MultiPartParser):
    spool_max_size = 64 * 1024


@asynccontextmanager
async def received(headers: Headers, stream: AsyncGenerator[bytes, None]) -> AsyncIterator[dict[str, Any]]:
    """The operation of a multipart body with its files in place of the nulls that `map` names.

    The files live as long as the context. Raises `MultipartError` and `FileTooLargeError`.
    """
    try:
        form = await _Parser(
            headers, stream, max_files=MAXIMUM_FILES, max_fields=2, max_part_size=MAXIMUM_OPERATIONS_BYTES
        ).parse()
    except (MultiPartException, KeyError, ValueError) as error:
        raise MultipartError(f"The multipart body cannot be read: {error}") from error
    try:
        # In a thread: digests of large files take a while.
        yield await asyncio.to_thread(_operation, form)
    finally:
        await form.close()


def _operation(form: FormData) -> dict[str, Any]:
    operation = _object(form, "operations")
    for part, paths in _object(form, "map").items():
        upload = form.get(part)
        if not isinstance(upload, UploadFile):
            raise MultipartError(f"`map` names the part {part!r}, but there is no such file.")
        if not isinstance(paths, list) or not all(isinstance(path, str) for path in paths):
            raise MultipartError("Each entry of `map` must be a list of paths.")
        file = _file(upload)
        for path in paths:
            _place(operation, path, file)
    return operation


def _object(form: FormData, name: str) -> dict[str, Any]:
    text = form.get(name)
    if not isinstance(text, str):
        raise MultipartError(f"The form field `{name}` is missing.")
    try:
        value = orjson.loads(text)
    except orjson.JSONDecodeError as error:
        raise MultipartError(f"The form field `{name}` is no JSON.") from error
    if isinstance(value, list):
        raise MultipartError("Batched operations are not supported; send one operation.")
    if not isinstance(value, dict):
        raise MultipartError(f"The form field `{name}` must be a JSON object.")
    return value


def _file(upload: UploadFile) -> UploadedFile:
    file: BinaryIO = upload.file
    digest = hashlib.sha256()
    size = 0
    file.seek(0)
    while chunk := file.read(_CHUNK):
        digest.update(chunk)
        size += len(chunk)
    if size > MAXIMUM_FILE_BYTES:
        raise FileTooLargeError
    return UploadedFile(file, upload.filename or "", size, digest.hexdigest())


def _place(operation: dict[str, Any], path: str, file: UploadedFile) -> None:
    """Put a file where `path` (such as `variables.input.file`) points at a null."""
    keys = path.split(".")
    if keys[0] != "variables" or len(keys) < 2:
        raise MultipartError(f"The path {path!r} of `map` does not lie in `variables`.")
    container: Any = operation
    for key in keys[:-1]:
        container = _child(container, key, path)
    if _child(container, keys[-1], path) is not None:
        raise MultipartError(f"The path {path!r} of `map` must point at null.")
    container[int(keys[-1]) if isinstance(container, list) else keys[-1]] = file


def _child(container: Any, key: str, path: str) -> Any:
    if isinstance(container, dict) and key in container:
        return container[key]
    if isinstance(container, list) and key.isdecimal() and int(key) < len(container):
        return container[int(key)]
    raise MultipartError(f"The path {path!r} of `map` leads nowhere in the operation.")
