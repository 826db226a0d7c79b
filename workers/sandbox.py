"""Child processes: the only place that starts any.

`Sandbox` is a child that runs functions for this process under hard limits, without this process's environment. It
is for bytes of strangers and for libraries that leak or crash: whatever happens in there, the caller gets a result or
a `SandboxError` in time. Answers are not trusted either: only data of the product's own kinds is taken from them.
`start_program` starts this product's own programs (API, workers) for the supervisor.
"""

from __future__ import annotations

import contextlib
import ctypes
import io
import os
import pickle
import selectors
import signal
import struct
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, is_dataclass
from enum import Enum
from pathlib import Path
from types import TracebackType
from typing import Any, Literal, ParamSpec, TypeVar

P = ParamSpec("P")
R = TypeVar("R")

LARGEST_MESSAGE = 1 << 30
"""Bytes; a longer answer is taken for a child that went wrong."""
_HEADER = struct.Struct(">Q")
_KEPT_ENVIRONMENT = ("PATH", "HOME", "LANG", "LC_ALL", "TZ", "TMPDIR", "LD_LIBRARY_PATH", "PYTHONPATH")
OWN_PACKAGES = frozenset({"ocr", "ml", "workers"})
_PLAIN = frozenset({("decimal", "Decimal"), ("datetime", "date"), ("datetime", "datetime"), ("uuid", "UUID")})

_SENT_BY_OTHERS = frozenset({signal.SIGKILL, signal.SIGTERM, signal.SIGINT, signal.SIGHUP})
"""Signals that end a child without its doing; the system's own when memory runs out is among them."""

SandboxCode = Literal["timeout", "memory", "crashed", "failed"]


class SandboxError(RuntimeError):
    """The function gave no result: `timeout`, `memory`, `crashed` (the child died) or `failed` (it raised an error of
    a kind that is not taken over; the message has its type and place).

    `outside` is whether something else than the call may be to blame: the machine was busy, or somebody ended the
    child. `first` is whether the child had done nothing before. What a call does to a new child by itself, it does
    again: `again` is whether another try may go better.
    """

    def __init__(self, code: SandboxCode, message: str = "", *, outside: bool = False, first: bool = True) -> None:
        super().__init__(f"{code}: {message}" if message else code)
        self.code = code
        self.outside = outside
        self.again = outside or not first


@dataclass(frozen=True, slots=True)
class Limits:
    """What a child may use. Memory is address space."""

    seconds: float
    """Wall time of one call. Beside a limit of processor time several times as long: a busy machine is not the call's
    fault."""
    memory_bytes: int | None = None
    processor_seconds: int | None = None
    """Processor time of one call, summed over its threads."""
    file_bytes: int = 0
    """Size of the largest file it may write."""
    open_files: int = 256


class Sandbox:
    """A child process that runs one function at a time. Started at the first call; after an error it is gone, and the
    next call starts another. Safe to share between threads: calls wait for one another."""

    def __init__(self, limits: Limits, descriptors: Sequence[int] = ()) -> None:
        """`descriptors`: open files of this process that the child may use under the same numbers."""
        self._limits = limits
        self._descriptors = descriptors
        self._child: subprocess.Popen[bytes] | None = None
        self._life: int | None = None
        self._answers = 0
        """Calls that the running child has answered."""
        self._turn = threading.Lock()

    def call(self, function: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
        """Run an importable function in the child and return its result.

        An error that the function raises comes out here when its class belongs to this product and so is known to be
        plain data; any other becomes `SandboxError("failed")`. Raises `SandboxError` when there is no answer.
        """
        with self._turn:
            until = time.monotonic() + self._limits.seconds
            try:
                child = self._started(until)
                _send(child, pickle.dumps((function, args, kwargs)), until)
                kind, answer = _trusted(_receive(child, until))
            except SandboxError:
                self._kill()
                raise
            except (EOFError, OSError):
                raise self._death() from None
            except Exception:  # noqa: BLE001 - unpickling what a stranger wrote may raise anything
                self._kill()
                raise SandboxError("crashed", "its answer was not understood") from None
            first, self._answers = self._answers == 0, self._answers + 1
            if kind == "result":
                result: R = answer
                return result
            if kind == "memory":
                self._kill()
                raise SandboxError("memory", first=first)
            if kind == "raised" and isinstance(answer, Exception):
                raise answer
            raise SandboxError("failed", str(answer), first=first)

    @property
    def process_id(self) -> int | None:
        """Of the running child, if there is one."""
        return self._child.pid if self._child is not None else None

    def close(self) -> None:
        """End the child, at once if it is busy."""
        self._kill()

    def __enter__(self) -> Sandbox:
        return self

    def __exit__(self, *_: type[BaseException] | BaseException | TracebackType | None) -> None:
        self.close()

    def _started(self, until: float) -> subprocess.Popen[bytes]:
        if self._child is not None and self._child.poll() is None:
            return self._child
        self._kill()
        self._answers = 0
        # The child holds the reading end of this pipe: when this process dies, however, it reads the end and exits.
        life_read, self._life = os.pipe()
        try:
            self._child = subprocess.Popen(  # noqa: S603 - our own interpreter and module
                [sys.executable, "-m", "workers.child", str(life_read)],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                pass_fds=(life_read, *self._descriptors),
                env=_environment(),
                start_new_session=True,  # a Ctrl-C on the terminal is for the parent, which ends its children itself
            )
        finally:
            os.close(life_read)
        _send(self._child, pickle.dumps(asdict(self._limits)), until)
        return self._child

    def _death(self) -> SandboxError:
        """What the child died of."""
        child, first = self._child, self._answers == 0
        code = child.wait() if child is not None else None
        self._kill()
        if code == -signal.SIGXCPU:
            return SandboxError("timeout", "processor time", first=first)
        said = f"signal {-code}" if code is not None and code < 0 else f"exit code {code}"
        return SandboxError("crashed", said, outside=code is None or -code in _SENT_BY_OTHERS, first=first)

    def _kill(self) -> None:
        child, self._child = self._child, None
        if child is not None:
            child.kill()
            child.wait()
            for pipe in (child.stdin, child.stdout):
                if pipe is not None:
                    with contextlib.suppress(OSError):
                        pipe.close()
        if self._life is not None:
            os.close(self._life)
            self._life = None


def run(limits: Limits, function: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
    """Run an importable function once, in a child of its own. Raises as `Sandbox.call` does."""
    with Sandbox(limits) as sandbox:
        return sandbox.call(function, *args, **kwargs)


def start_program(
    arguments: Sequence[str], environment: Mapping[str, str], *, log: Path | None = None
) -> subprocess.Popen[bytes]:
    """Start a program of this product with our own interpreter (`-m module …`), in a session of its own.

    It writes to this process's standard error, or to the file `log`. On Linux it is asked to end when this process
    dies, whatever of; call from the main thread of a process that has no others.
    """
    output = sys.stderr if log is None else log.open("ab")
    try:
        return subprocess.Popen(  # noqa: S603 - our own interpreter
            [sys.executable, *arguments],
            env=dict(environment),
            start_new_session=True,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            preexec_fn=_end_with_parent if _PRCTL is not None else None,  # noqa: PLW1509 - see the docstring
        )
    finally:
        if output is not sys.stderr:
            output.close()


_PR_SET_PDEATHSIG = 1
_PRCTL = getattr(ctypes.CDLL(None), "prctl", None)


def _end_with_parent() -> None:
    if _PRCTL is not None:
        _PRCTL(_PR_SET_PDEATHSIG, signal.SIGTERM)


def _environment() -> dict[str, str]:
    """Enough to find programs, the home folder for caches, and the language; none of this process's settings."""
    return {name: os.environ[name] for name in _KEPT_ENVIRONMENT if name in os.environ} | {
        "PYTHONPATH": os.pathsep.join([str(Path(__file__).parent.parent), os.environ.get("PYTHONPATH", "")]).strip(
            os.pathsep
        ),
        "PYTHONUNBUFFERED": "1",
        "MALLOC_ARENA_MAX": "1",  # glibc: memory of one thread is used again by the next instead of kept beside it
        "PYTHONDONTWRITEBYTECODE": "1",  # under a file limit the child would leave cut-off bytecode for everybody
    }


def _send(child: subprocess.Popen[bytes], message: bytes, until: float) -> None:
    if child.stdin is None:
        raise EOFError
    descriptor = child.stdin.fileno()
    os.set_blocking(descriptor, False)
    rest = memoryview(_HEADER.pack(len(message)) + message)
    while rest:
        _wait(descriptor, selectors.EVENT_WRITE, until)
        with contextlib.suppress(BlockingIOError):
            rest = rest[os.write(descriptor, rest[: 1 << 16]) :]


def _receive(child: subprocess.Popen[bytes], until: float) -> bytes:
    (length,) = _HEADER.unpack(_read(child, _HEADER.size, until))
    if length > LARGEST_MESSAGE:
        raise SandboxError("crashed", "its answer was too long")
    return _read(child, length, until)


def _read(child: subprocess.Popen[bytes], length: int, until: float) -> bytes:
    if child.stdout is None:
        raise EOFError
    descriptor = child.stdout.fileno()
    received = bytearray()
    while len(received) < length:
        _wait(descriptor, selectors.EVENT_READ, until)
        part = os.read(descriptor, min(1 << 20, length - len(received)))
        if not part:
            raise EOFError
        received += part
    return bytes(received)


def _wait(descriptor: int, event: int, until: float) -> None:
    with selectors.DefaultSelector() as selector:
        selector.register(descriptor, event)
        if not selector.select(max(0.0, until - time.monotonic())):
            raise SandboxError("timeout", outside=True)


class _DataOnly(pickle.Unpickler):
    """Takes dataclasses, named tuples, enumerations and errors of the product's own packages, and a few plain kinds of
    the standard library: a child that was taken over by what it decoded cannot make this process call a function."""

    def find_class(self, module: str, name: str) -> Any:
        if (module, name) in _PLAIN:
            return super().find_class(module, name)
        if module.split(".", maxsplit=1)[0] in OWN_PACKAGES and module in sys.modules:
            found = getattr(sys.modules[module], name, None)
            if isinstance(found, type) and (_is_record(found) or issubclass(found, Enum | Exception)):
                return found
        raise pickle.UnpicklingError(f"{module}.{name} is not plain data")


def _is_record(kind: type) -> bool:
    return is_dataclass(kind) or (issubclass(kind, tuple) and hasattr(kind, "_fields"))


def _trusted(message: bytes) -> tuple[str, Any]:
    kind, answer = _DataOnly(io.BytesIO(message)).load()
    return str(kind), answer
