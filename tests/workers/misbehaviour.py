"""Functions that do in a child process what must not harm its parent."""

from __future__ import annotations

import ctypes
import os
import pickle
import time
from pathlib import Path
from typing import Any

from ocr.contract import FormTemplate, PageGlance
from workers.reading import _glance


def environment() -> dict[str, str]:
    return dict(os.environ)


def double(number: int) -> int:
    return 2 * number


def own_process() -> int:
    return os.getpid()


def sleep(seconds: float) -> None:
    time.sleep(seconds)


def spin() -> None:
    while True:
        pass


def spin_for(seconds: float) -> None:
    """Use so much processor time."""
    until = time.process_time() + seconds
    while time.process_time() < until:
        pass


def take_memory(size: int) -> int:
    return len(bytearray(size))


def crash() -> None:
    ctypes.string_at(0)


def crash_on_every_third(number: int, templates: tuple[FormTemplate, ...]) -> PageGlance:
    """Look at a page of the open file, but die on the second of three."""
    if number % 3 == 2:
        crash()
    return _glance(number, templates)


def leave(code: int) -> None:
    os._exit(code)


def write_file(path: Path, size: int) -> None:
    path.write_bytes(b"x" * size)


def open_many(number: int) -> int:
    return len([open(os.devnull) for _ in range(number)])


def chatter() -> str:
    print("this library likes to talk")
    os.write(1, b"so does its C part\n")
    return "result"


def fail_with(words: str) -> None:
    raise ValueError(words)


def large(size: int) -> bytes:
    return b"x" * size


class Forged:
    """Unpickles to a call of whatever function it names."""

    def __init__(self, path: str) -> None:
        self.path = path

    def __reduce__(self) -> Any:
        return (os.mkdir, (self.path,))


def forge(path: str) -> Any:
    return Forged(path)


def speak_nonsense() -> None:
    """Write bytes of its own to the pipe of answers."""
    for descriptor in range(3, 20):
        try:
            os.write(descriptor, b"\x00" * 7 + b"\x05nonsense")
        except OSError:
            continue
    time.sleep(30)


def pickled_size(value: Any) -> int:
    return len(pickle.dumps(value))
