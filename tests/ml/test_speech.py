"""A tiny speech model that the test builds, saves and loads by its path."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from ml import sound
from ml.sound import SpeechError
from ml.speech import Transcriber
from tests.ml.test_sound import recording

REASON = "the extra `llm` (torch, transformers) is not installed: pip install 'throughline[llm]'"


def test_a_model_that_is_not_there_is_named_as_the_reason(tmp_path: Path) -> None:
    with pytest.raises(SpeechError) as caught:
        Transcriber(str(tmp_path / "none")).hear(*sound.read(recording()))
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
    assert transcriber.hear(*sound.read(recording())) == "a"
    loaded = transcriber._recognise
    assert transcriber.hear(*sound.read(recording(rate=8000, channels=2))) == "a"
    assert transcriber._recognise is loaded
