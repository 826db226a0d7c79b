"""A voice note becomes text, by a speech recognition model of transformers. Needs the extra `llm`.

Recordings are read as uncompressed WAV, by the standard library alone: other forms are converted before they come here.
"""

from __future__ import annotations

import io
import wave
from typing import Any

import numpy as np
from numpy.typing import NDArray

LONGEST = 15 * 60
"""Seconds of a recording that are transcribed."""
_LAYOUT = {1: "u1", 2: "<i2", 4: "<i4"}
_SCALE = {1: 128.0, 2: 32768.0, 4: 2147483648.0}


class SpeechError(RuntimeError):
    """The recording cannot be transcribed; `code` says why: `unreadable`, `too_long` or `model_unavailable`."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code

    def __reduce__(self) -> tuple[type[SpeechError], tuple[str, str]]:
        return type(self), (self.code, str(self))  # so that a child process can hand it over


def read_wav(data: bytes) -> tuple[NDArray[np.float32], int]:
    """Samples from -1 to 1, channels averaged, and the sampling rate in hertz.

    Raises SpeechError for anything but uncompressed WAV of 8, 16 or 32 bits, for silence of no length and for
    recordings over `LONGEST` seconds.
    """
    try:
        with wave.open(io.BytesIO(data)) as recording:
            rate, width, channels = recording.getframerate(), recording.getsampwidth(), recording.getnchannels()
            count = recording.getnframes()
            if rate > 0 and count / rate > LONGEST:
                raise SpeechError("too_long", f"the recording is longer than {LONGEST // 60} minutes")
            frames = recording.readframes(count)
    except (wave.Error, EOFError) as error:
        raise SpeechError("unreadable", "the recording is not an uncompressed WAV file") from error
    if width not in _SCALE or rate <= 0 or len(frames) < width * channels:
        raise SpeechError("unreadable", "the recording is empty or of a sample width that is not read")
    whole = frames[: len(frames) // (width * channels) * width * channels]
    raw = np.frombuffer(whole, np.dtype(_LAYOUT[width])).astype(np.float32)
    if width == 1:
        raw -= 128.0  # eight-bit WAV is unsigned
    return np.asarray((raw / _SCALE[width]).reshape(-1, channels).mean(axis=1), np.float32), rate


class Transcriber:
    """Loads the model at the first recording and keeps it. `model` is a folder or a hub id."""

    def __init__(self, model: str) -> None:
        self._model = model
        self._recognise: Any = None

    def transcribe(self, data: bytes) -> str:
        """The words of a WAV recording. Raises SpeechError when it or the model cannot be read."""
        return self.hear(*read_wav(data))

    def hear(self, samples: NDArray[np.float32], rate: int) -> str:
        """The words in samples at a rate in hertz, as `read_wav` gives them. Raises SpeechError."""
        recognise = self._loaded()
        wanted = int(recognise.feature_extractor.sampling_rate)
        try:
            found = recognise({"raw": _resampled(samples, rate, wanted), "sampling_rate": wanted})
        except (RuntimeError, ValueError) as error:
            raise SpeechError(
                "unreadable", f"the model could not read the recording ({type(error).__name__})"
            ) from error
        return str(found["text"]).strip()

    def _loaded(self) -> Any:
        if self._recognise is None:
            try:
                from transformers import pipeline  # noqa: PLC0415 - heavy and optional

                self._recognise = pipeline("automatic-speech-recognition", model=self._model)
            except ImportError as error:
                message = "transformers and torch are not installed: install the extra `llm`"
                raise SpeechError("model_unavailable", message) from error
            except (OSError, ValueError, RuntimeError) as error:
                message = f"the speech model could not be loaded ({type(error).__name__})"
                raise SpeechError("model_unavailable", message) from error
        return self._recognise


def _resampled(samples: NDArray[np.float32], rate: int, wanted: int) -> NDArray[np.float32]:
    """Linear interpolation to the rate that the model wants."""
    if rate == wanted:
        return samples
    count = max(1, round(len(samples) * wanted / rate))
    places = np.arange(count) * (rate / wanted)
    return np.asarray(np.interp(places, np.arange(len(samples)), samples), np.float32)
