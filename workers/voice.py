"""Listening to voice notes: the sound is decoded in a limited child, the model lives as long as the worker."""

from __future__ import annotations

import threading

import numpy as np

from db.settings import Settings
from ml import sound
from ml.sound import SpeechError
from ml.speech import Transcriber
from workers.sandbox import Limits, SandboxError
from workers.sandbox import run as run_in_child

MEBIBYTE = 1 << 20
DECODING = Limits(seconds=60, memory_bytes=2048 * MEBIBYTE, processor_seconds=50)

_transcribers: dict[str, Transcriber] = {}
_turn = threading.Lock()


def transcribe(settings: Settings, content: bytes) -> str:
    """The words of a recording. Raises `SpeechError`: `unreadable`, `too_long`, `unsupported`, `model_unavailable`."""
    try:
        samples, rate = run_in_child(DECODING, decode, content)
    except SandboxError as error:
        raise SpeechError("unreadable", f"decoding was given up ({error.code})") from error
    with _turn:  # two recordings at once would need the model's memory twice
        model = settings.speech_model
        transcriber = _transcribers.setdefault(model, Transcriber(model))
        return transcriber.hear(np.frombuffer(samples, np.float32), rate)


def decode(content: bytes) -> tuple[bytes, int]:
    """Samples as 32-bit floats and the sampling rate; for the child."""
    samples, rate = sound.read(content)
    return samples.tobytes(), rate
