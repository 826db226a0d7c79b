"""Recordings and a tiny speech model that the test builds, saves and loads by its path."""

from __future__ import annotations

import io
import json
import wave
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from ml.speech import LONGEST, SpeechError, Transcriber, read_wav

REASON = "the extra `llm` (torch, transformers) is not installed: pip install 'throughline[llm]'"


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
    samples, rate = read_wav(recording(channels=channels, width=width))
    assert (len(samples), rate) == (8000, 16_000)
    assert float(np.abs(samples).max()) == pytest.approx(0.5, abs=0.01)
    assert abs(float(samples.mean())) < 0.01


@pytest.mark.parametrize("data", [b"", b"RIFF", b"ID3 not a wav file", recording(seconds=0)])
def test_what_is_no_recording_is_refused(data: bytes) -> None:
    with pytest.raises(SpeechError) as caught:
        read_wav(data)
    assert caught.value.code == "unreadable"


def test_a_recording_that_is_too_long_is_refused() -> None:
    with pytest.raises(SpeechError) as caught:
        read_wav(recording(seconds=LONGEST + 1, rate=100, width=1))
    assert caught.value.code == "too_long"


def test_a_model_that_is_not_there_is_named_as_the_reason(tmp_path: Path) -> None:
    with pytest.raises(SpeechError) as caught:
        Transcriber(str(tmp_path / "none")).transcribe(recording())
    assert caught.value.code == "model_unavailable"


def tiny_model(folder: Path) -> None:
    """A model that hears the letter a in everything, saved in the folder; leaves the test out without the extra."""
    torch: Any = pytest.importorskip("torch", reason=REASON)
    transformers: Any = pytest.importorskip("transformers", reason=REASON)
    (folder / "vocab.json").write_text(json.dumps({"<pad>": 0, "<unk>": 1, "|": 2, "a": 3, "b": 4}))
    words = transformers.Wav2Vec2CTCTokenizer(
        str(folder / "vocab.json"), bos_token=None, eos_token=None, unk_token="<unk>", pad_token="<pad>"
    )
    torch.manual_seed(4)
    config = transformers.Wav2Vec2Config(
        vocab_size=5, hidden_size=16, num_hidden_layers=1, num_attention_heads=2, intermediate_size=16,
        conv_dim=(8, 8), conv_stride=(5, 4), conv_kernel=(10, 8), num_feat_extract_layers=2,
        num_conv_pos_embeddings=4, num_conv_pos_embedding_groups=2, pad_token_id=0,
    )  # fmt: skip
    model = transformers.Wav2Vec2ForCTC(config)
    with torch.no_grad():
        model.lm_head.weight.zero_()
        model.lm_head.bias.copy_(torch.tensor([0.0, 0.0, 0.0, 5.0, 0.0]))
    model.save_pretrained(folder)
    words.save_pretrained(folder)
    transformers.Wav2Vec2FeatureExtractor(sampling_rate=16_000).save_pretrained(folder)


def test_a_tiny_model_is_loaded_once_and_transcribes(tmp_path: Path) -> None:
    tiny_model(tmp_path)
    transcriber = Transcriber(str(tmp_path))
    assert transcriber.transcribe(recording()) == "a"
    loaded = transcriber._recognise
    assert transcriber.transcribe(recording(rate=8000, channels=2)) == "a"
    assert transcriber._recognise is loaded
