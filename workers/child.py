"""The program that a sandbox's child process runs: `python -m workers.child LIFE_DESCRIPTOR`.

Reads its limits and then calls, one after another, from its standard input, and writes the answers to what was its
standard output. Each message is 8 bytes of length and a pickle. What libraries print is dropped: it may quote the
content they work on, and a log file would count against the limit of files.
"""

from __future__ import annotations

import ctypes
import math
import os
import pickle
import resource
import struct
import sys
import threading
import traceback
from typing import BinaryIO

from workers.sandbox import OWN_PACKAGES

_HEADER = struct.Struct(">Q")
_TRIM = getattr(ctypes.CDLL(None), "malloc_trim", None)


def main() -> None:
    threading.Thread(target=_exit_with_parent, args=(int(sys.argv[1]),), daemon=True).start()
    calls = os.fdopen(os.dup(0), "rb")
    answers = os.fdopen(os.dup(1), "wb")
    limits = pickle.loads(_read(calls) or b"")  # noqa: S301 - from the parent, which is trusted
    _limit(**limits)
    nothing = os.open(os.devnull, os.O_RDWR)
    for descriptor in range(3):
        os.dup2(nothing, descriptor)
    while (call := _read(calls)) is not None:
        _limit_call(limits["processor_seconds"])
        message = _answer(call)
        answers.write(_HEADER.pack(len(message)) + message)
        answers.flush()
        del call, message
        _give_back_memory()


def _answer(call: bytes) -> bytes:
    try:
        function, args, kwargs = pickle.loads(call)  # noqa: S301 - from the parent, which is trusted
        return pickle.dumps(("result", function(*args, **kwargs)))
    except MemoryError:
        return pickle.dumps(("memory", None))
    except Exception as error:  # noqa: BLE001 - every error is handed to the caller
        if type(error).__module__.split(".")[0] in OWN_PACKAGES:
            try:
                message = pickle.dumps(("raised", error))
                pickle.loads(message)  # noqa: S301 - what was just written here
                return message
            except Exception:  # noqa: BLE001, S110 - it cannot be sent as it is: described below
                pass
        place = traceback.extract_tb(error.__traceback__)[-1]
        return pickle.dumps(("failed", f"{type(error).__name__} at {os.path.basename(place.filename)}:{place.lineno}"))


def _limit(
    *,
    seconds: float,  # kept by the parent
    memory_bytes: int | None,
    processor_seconds: int | None,  # of each call, see below
    file_bytes: int,
    open_files: int,
) -> None:
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_NOFILE, (open_files, open_files))
    resource.setrlimit(resource.RLIMIT_FSIZE, (file_bytes, file_bytes))
    if memory_bytes is not None:
        resource.setrlimit(resource.RLIMIT_AS, (memory_bytes, memory_bytes))


def _limit_call(processor_seconds: int | None) -> None:
    """Let the next call have so much beyond what was used before; SIGXCPU ends it then."""
    if processor_seconds is not None:
        used = resource.getrusage(resource.RUSAGE_SELF)
        spent = math.ceil(used.ru_utime + used.ru_stime)
        _, hard = resource.getrlimit(resource.RLIMIT_CPU)
        resource.setrlimit(resource.RLIMIT_CPU, (spent + processor_seconds, hard))


def _read(stream: BinaryIO) -> bytes | None:
    """The next message; None when the parent has closed its end."""
    header = stream.read(_HEADER.size)
    return stream.read(_HEADER.unpack(header)[0]) if len(header) == _HEADER.size else None


def _give_back_memory() -> None:
    """Between calls, to the system: what one page left in pieces would stand beside what the next one needs."""
    if _TRIM is not None:  # glibc's
        _TRIM(0)


def _exit_with_parent(life: int) -> None:
    """The parent holds the other end open as long as it lives."""
    os.read(life, 1)
    os._exit(0)


if __name__ == "__main__":
    main()
