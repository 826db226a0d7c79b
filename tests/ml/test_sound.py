"""Recordings of many kinds, made by the library that reads them; what is cut off, empty or a lie ends coded."""

from __future__ import annotations

import builtins
import io
import wave
from functools import cache
from typing import Any

import numpy as np
import pytest

from ml import sound
from ml.sound import SpeechError

REASON = "the extra `voice` (PyAV) is not installed: pip install 'throughline[voice]'"
RECORDED = {
    "iphone": ("ipod", "aac", 44_100, "audio/mp4"),
    "safari": ("mp4", "aac", 48_000, "audio/mp4"),
    "chrome": ("webm", "libopus", 48_000, "audio/webm"),
    "firefox": ("ogg", "libopus", 48_000, "audio/ogg"),
    "recorder": ("mp3", "libmp3lame", 44_100, "audio/mpeg"),
    "stream": ("adts", "aac", 44_100, "audio/aac"),
    "old_phone": ("3gp", "libopencore_amrnb", 8_000, "audio/mp4"),
    "messenger": ("amr", "libopencore_amrnb", 8_000, "audio/amr"),
}
"""Container, codec, hertz and what it is taken for."""


def recording(seconds: float = 0.5, rate: int = 16_000, channels: int = 1, width: int = 2) -> bytes:
    """A tone of 440 Hz at half the loudness."""
    times = np.arange(int(seconds * rate)) / rate
    tone = 0.5 * np.sin(2 * np.pi * 440 * times)
    scaled = {1: tone * 127 + 128, 2: tone * 32767, 4: tone * 2147483647}[width]
    samples = scaled.astype(np.dtype({1: "u1", 2: "<i2", 4: "<i4"}[width]))
    target = io.BytesIO()
    with wave.open(target, "wb") as out:
        out.setnchannels(channels)
        out.setsampwidth(width)
        out.setframerate(rate)
        out.writeframes(np.repeat(samples, channels).tobytes())
    return target.getvalue()


@pytest.mark.parametrize(("channels", "width"), [(1, 1), (1, 2), (2, 2), (1, 4)])
def test_recordings_are_read_to_the_same_loudness(channels: int, width: int) -> None:
    samples, rate = sound.read(recording(channels=channels, width=width))
    assert (len(samples), rate) == (8000, 16_000)
    assert float(np.abs(samples).max()) == pytest.approx(0.5, abs=0.01)
    assert abs(float(samples.mean())) < 0.01


@pytest.mark.parametrize("data", [b"", b"RIFF", b"ID3 not a wav file", recording(seconds=0)])
def test_what_is_no_recording_is_refused(data: bytes) -> None:
    with pytest.raises(SpeechError) as caught:
        sound.read(data)
    assert caught.value.code == "unreadable"


def test_a_recording_that_is_too_long_is_refused() -> None:
    with pytest.raises(SpeechError) as caught:
        sound.read(recording(seconds=sound.LONGEST + 1, rate=100, width=1))
    assert caught.value.code == "too_long"


@cache
def recorded(name: str, seconds: float = 2.0, channels: int = 1) -> bytes:
    """A tone of 440 Hz at half the loudness as this device writes it; leaves the test out without the extra."""
    av: Any = pytest.importorskip("av", reason=REASON)
    container, codec, rate, _ = RECORDED[name]
    layout = ("mono", "stereo")[channels - 1]
    tone = (0.5 * np.sin(2 * np.pi * 440 * np.arange(int(seconds * rate)) / rate)).astype(np.float32)
    frame = av.AudioFrame.from_ndarray(np.stack([tone] * channels), format="fltp", layout=layout)
    frame.sample_rate, frame.pts = rate, 0
    target = io.BytesIO()
    with av.open(target, "w", format=container) as out:
        stream = out.add_stream(codec, rate=rate, layout=layout)
        shape = stream.codec_context
        cut = av.AudioResampler(format=shape.format, layout=layout, rate=rate, frame_size=shape.frame_size)
        for piece in [*cut.resample(frame), *cut.resample(None)]:
            out.mux(stream.encode(piece))
        out.mux(stream.encode(None))
    return target.getvalue()


def code(data: bytes) -> str:
    with pytest.raises(SpeechError) as caught:
        sound.read(data)
    return caught.value.code


@pytest.mark.parametrize("name", RECORDED)
def test_what_phones_and_browsers_record_is_heard(name: str) -> None:
    for channels in (1,) if RECORDED[name][2] == 8_000 else (1, 2):
        data = recorded(name, channels=channels)
        assert sound.media_type(data) == RECORDED[name][3]
        samples, rate = sound.read(data)
        assert rate == 16_000
        assert len(samples) / rate == pytest.approx(2.0, abs=0.06)
        middle = samples[8_000:24_000]
        assert int(np.argmax(np.abs(np.fft.rfft(middle)))) == 440, "one second: a bin is one hertz"
        assert float(np.sqrt(np.mean(middle**2))) == pytest.approx(0.5 / np.sqrt(2), rel=0.15)


@pytest.mark.parametrize("name", RECORDED)
def test_what_is_damaged_ends_coded(name: str) -> None:
    whole = recorded(name)
    assert code(whole[:24]) == "unreadable"
    assert code(whole[:12] + bytes(4000)) == "unreadable"
    if RECORDED[name][3] in ("audio/mp4", "audio/webm"):
        assert code(whole[: len(whole) // 3]) == "unreadable", "most of what was said is missing"


def test_files_that_only_look_like_sound_open_nothing_else() -> None:
    pytest.importorskip("av", reason=REASON)
    playlist = b"#EXTM3U\n#EXTINF:1,\nfile:///etc/passwd\n"
    assert code(playlist) == "unreadable"
    for beginning in (b"ID3\x04\x00\x00\x00\x00\x00\x00", b"\x00\x00\x00\x08ftyp", b"OggS", b"\x1a\x45\xdf\xa3"):
        assert code(beginning + playlist * 20) == "unreadable"


def test_hours_in_a_small_file_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sound, "LONGEST", 1)
    for name in ("iphone", "chrome", "recorder"):
        assert code(recorded(name)) == "too_long"


def test_without_the_extra_only_wav_is_heard(monkeypatch: pytest.MonkeyPatch) -> None:
    data = recorded("chrome")
    import_ = builtins.__import__

    def without(name: str, *rest: Any, **more: Any) -> Any:
        if name == "av":
            raise ImportError(name)
        return import_(name, *rest, **more)

    monkeypatch.setattr(builtins, "__import__", without)
    assert code(data) == "unsupported"
    assert len(sound.read(recording())[0]) == 8_000
