"""Chat models of a few thousand weights that tests build, save and load by their path. They need the extra `llm`."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

REASON = "the extra `llm` (torch, transformers) is not installed: pip install 'throughline[llm]'"
torch: Any = pytest.importorskip("torch", reason=REASON)
transformers: Any = pytest.importorskip("transformers", reason=REASON)
tokenizers: Any = pytest.importorskip("tokenizers", reason=REASON)

TEMPLATE = "{% for m in messages %}<|{{ m.role }}|>{{ m.content }}<|end|>{% endfor %}<|assistant|>"


def make_tokenizer() -> Any:
    """A tokenizer of bytes with a chat template."""
    decoders, models, pre_tokenizers = tokenizers.decoders, tokenizers.models, tokenizers.pre_tokenizers
    alphabet = sorted(pre_tokenizers.ByteLevel.alphabet())
    vocabulary = {symbol: index for index, symbol in enumerate(["<|end|>", *alphabet])}
    raw = tokenizers.Tokenizer(models.BPE(vocab=vocabulary, merges=[]))
    raw.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    raw.decoder = decoders.ByteLevel()
    return transformers.PreTrainedTokenizerFast(
        tokenizer_object=raw, eos_token="<|end|>", pad_token="<|end|>", chat_template=TEMPLATE
    )


def save_babbler(path: Path) -> Path:
    """An untrained model: it answers, and what it answers is noise."""
    words = make_tokenizer()
    torch.manual_seed(1)
    config = transformers.LlamaConfig(
        vocab_size=len(words), hidden_size=32, intermediate_size=64, num_hidden_layers=2, num_attention_heads=2,
        num_key_value_heads=2, max_position_embeddings=6000, eos_token_id=0, pad_token_id=0, bos_token_id=0,
    )  # fmt: skip
    transformers.LlamaForCausalLM(config).save_pretrained(path)
    words.save_pretrained(path)
    return path


def save_parrot(path: Path, reply: str) -> Path:
    """A model that gives this one reply, whatever it is asked: the reply is a single token of its vocabulary.

    Attention and feed-forward parts are zero, so the next token depends on the current one alone: the reply follows
    every ordinary token, and the end follows the reply.
    """
    words = make_tokenizer()
    words.add_tokens([reply])
    answer = words.convert_tokens_to_ids(reply)
    config = transformers.LlamaConfig(
        vocab_size=len(words), hidden_size=8, intermediate_size=8, num_hidden_layers=1, num_attention_heads=1,
        num_key_value_heads=1, max_position_embeddings=6000, eos_token_id=0, pad_token_id=0, bos_token_id=0,
    )  # fmt: skip
    model = transformers.LlamaForCausalLM(config)
    with torch.no_grad():
        for name, weight in model.named_parameters():
            if "norm" not in name:
                weight.zero_()
        model.model.embed_tokens.weight[:, 0] = 1.0
        model.model.embed_tokens.weight[answer] = torch.eye(8)[1]
        model.lm_head.weight[answer, 0] = 10.0
        model.lm_head.weight[0, 1] = 10.0
    model.save_pretrained(path)
    words.save_pretrained(path)
    return path
