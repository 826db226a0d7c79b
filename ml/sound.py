"""Recordings as samples. Uncompressed WAV needs the standard library alone; what phones and browsers record (M4A, MP4,
3GP, WebM, Ogg, MP3, AAC, AMR) is decoded by PyAV, the extra `voice`.

Run it on bytes of strangers in a limited child process only.
"""

from __future__ import annotations

import io
import wave
from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

Samples = NDArray[np.float32]

LONGEST = 15 * 60
"""Seconds of a recording that are read."""
RATE = 16_000
"""Hertz of what PyAV decodes: what speech models are trained on."""
TYPE_NAMES = "WAV, M4A, MP4, 3GP, WebM, OGG, MP3, AAC, AMR"

_LAYOUT = {1: "u1", 2: "<i2", 4: "<i4"}
_SCALE = {1: 128.0, 2: 32768.0, 4: 2147483648.0}
_FORMATS = {
    "audio/wav": "wav",
    "audio/mp4": "mov",
    "audio/webm": "matroska",
    "audio/ogg": "ogg",
    "audio/mpeg": "mp3",
    "audio/aac": "aac",
    "audio/amr": "amr",
}
"""FFmpeg's reader for each media type. It is never left to guess: some of its readers open other files or addresses."""
_CODECS = frozenset({"aac", "alac", "amrnb", "amrwb", "flac", "mp3", "mp3float", "opus", "vorbis"})
_KEEP_THEIR_LENGTH = frozenset({"audio/mp4", "audio/webm"})
"""Types that say how long they are, so that it can be told when the end is missing."""
_LOST_SECONDS = 1.0
"""Padding of codecs makes a recording some hundredths of a second longer or shorter than it says."""
_SLOWEST = 4_000
"""Hertz; slower sound holds no speech and would be blown up."""


class SpeechError(RuntimeError):
    """The recording cannot be transcribed; `code` says why: `unreadable`, `too_long`, `unsupported` or
    `model_unavailable`."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code

    def __reduce__(self) -> tuple[type[SpeechError], tuple[str, str]]:
        return type(self), (self.code, str(self))  # so that a child process can hand it over


def media_type(data: bytes) -> str | None:
    """What kind of recording the bytes begin like; None: none that is read."""
    if data.startswith(b"RIFF") and data[8:12] == b"WAVE":
        return "audio/wav"
    if data[4:8] == b"ftyp":
        return "audio/mp4"
    if data.startswith(b"\x1a\x45\xdf\xa3"):
        return "audio/webm"
    if data.startswith(b"OggS"):
        return "audio/ogg"
    if data.startswith(b"#!AMR"):
        return "audio/amr"
    if len(data) > 3 and data[0] == 0xFF and data[1] & 0xF6 == 0xF0:
        return "audio/aac"
    if data.startswith(b"ID3") or (len(data) > 3 and data[0] == 0xFF and data[1] & 0xE6 == 0xE2):
        return "audio/mpeg"
    return None


def read(data: bytes) -> tuple[Samples, int]:
    """Samples from -1 to 1, channels averaged, and the sampling rate in hertz.

    Raises SpeechError: `unreadable` for what is no recording, is cut off or empty, `too_long` for more than `LONGEST`
    seconds, `unsupported` for what needs the extra `voice` where that is not installed.
    """
    kind = media_type(data)
    if kind is None:
        raise SpeechError("unreadable", "the bytes are no recording of a known kind")
    if kind == "audio/wav":
        return read_wav(data)
    return _decoded(data, kind), RATE


def read_wav(data: bytes) -> tuple[Samples, int]:
    """As `read`, for uncompressed WAV of 8, 16 or 32 bits, at the recording's own rate."""
    try:
        with wave.open(io.BytesIO(data)) as recording:
            rate, width, channels = recording.getframerate(), recording.getsampwidth(), recording.getnchannels()
            count = recording.getnframes()
            if rate > 0 and count / rate > LONGEST:
                raise _too_long()
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


def _decoded(data: bytes, kind: str) -> Samples:
    try:
        import av  # noqa: PLC0415 - heavy and optional
    except ImportError as error:
        message = "PyAV is not installed: install the extra `voice`"
        raise SpeechError("unsupported", message) from error
    parts: list[Samples] = []
    count = 0
    try:
        with av.open(io.BytesIO(data), mode="r", format=_FORMATS[kind]) as container:
            for part in _parts(av, container):
                parts.append(part)
                count += len(part)
                if count > LONGEST * RATE:
                    raise _too_long()
            told = (container.duration or 0) / av.time_base if kind in _KEEP_THEIR_LENGTH else 0.0
    except (av.FFmpegError, ValueError, IndexError, EOFError, OverflowError) as error:
        raise SpeechError("unreadable", f"the recording cannot be decoded ({type(error).__name__})") from error
    if not count or count / RATE < told - _LOST_SECONDS:
        raise SpeechError("unreadable", "the recording is empty or its end is missing")
    return np.concatenate(parts)


def _parts(av: Any, container: Any) -> Iterator[Samples]:
    """The first sound track, mono at `RATE`."""
    if not container.streams.audio:
        raise SpeechError("unreadable", "the file holds no sound")
    stream = container.streams.audio[0]
    if stream.codec_context.name not in _CODECS or stream.codec_context.sample_rate < _SLOWEST:
        raise SpeechError("unreadable", "the sound is of a kind that is not read")
    stream.codec_context.thread_count = 1
    # FFmpeg's own mixing to one channel makes equal channels louder than they are.
    resampler = av.AudioResampler(format="fltp", rate=RATE)
    for frame in container.decode(stream):
        for made in resampler.resample(frame):
            yield made.to_ndarray().mean(axis=0)
    for made in resampler.resample(None):
        yield made.to_ndarray().mean(axis=0)


def _too_long() -> SpeechError:
    return SpeechError("too_long", f"the recording is longer than {LONGEST // 60} minutes")
