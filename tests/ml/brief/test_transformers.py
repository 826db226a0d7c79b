"""The engine for local models, with a tiny chat model that the test builds, saves and loads by its path."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from ml.brief.brief import write_brief, write_briefs
from ml.brief.contract import BriefOptions, EngineError, Note, Sentence, Support
from ml.brief.engines.entailment import ClassifierEntailment
from ml.brief.engines.transformers import TransformersEngine, TransformersOptions

REASON = "the extra `llm` (torch, transformers) is not installed: pip install 'throughline[llm]'"
torch: Any = pytest.importorskip("torch", reason=REASON)
transformers: Any = pytest.importorskip("transformers", reason=REASON)
tokenizers: Any = pytest.importorskip("tokenizers", reason=REASON)

NOTES = (
    Note("a", "On 4 May Ada rebuilt the index in two hours.", "p1", "ada"),
    Note("b", "Ada wrote the restore guide that both teams use.", "p2", "ada"),
    Note("c", "The invoice run of June started three days late.", "p3", "ada"),
)
TEMPLATE = "{% for m in messages %}<|{{ m.role }}|>{{ m.content }}<|end|>{% endfor %}<|assistant|>"


def tokenizer() -> Any:
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


@pytest.fixture(scope="module")
def babbler(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An untrained model of a few thousand weights: it answers, and what it answers is noise."""
    path = tmp_path_factory.mktemp("babbler")
    words = tokenizer()
    torch.manual_seed(1)
    config = transformers.LlamaConfig(
        vocab_size=len(words), hidden_size=32, intermediate_size=64, num_hidden_layers=2, num_attention_heads=2,
        num_key_value_heads=2, max_position_embeddings=6000, eos_token_id=0, pad_token_id=0, bos_token_id=0,
    )  # fmt: skip
    transformers.LlamaForCausalLM(config).save_pretrained(path)
    words.save_pretrained(path)
    return path


@pytest.fixture(scope="module")
def parrot(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A model that gives one faithful reply, whatever it is asked: the reply is a single token of its vocabulary.

    Attention and feed-forward parts are zero, so the next token depends on the current one alone: the reply follows
    every ordinary token, and the end follows the reply.
    """
    path = tmp_path_factory.mktemp("parrot")
    words = tokenizer()
    reply = '{"text": "Ada rebuilt the index in two hours.", "citations": ["N1"], "kind": "strength"}]}'
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


def test_a_model_that_babbles_falls_back_and_says_so(babbler: Path) -> None:
    engine = TransformersEngine(TransformersOptions(str(babbler), max_new_tokens=40))
    brief = write_brief(NOTES, engine=engine)
    assert brief.engine == "extractive-1"
    assert brief.fallback == "the model's reply holds no sentence in the form that was asked for"
    assert {sentence.citations for sentence in brief.sentences} == {("a",), ("b",), ("c",)}


def test_the_same_model_writes_the_same_and_is_loaded_once(babbler: Path) -> None:
    engine = TransformersEngine(TransformersOptions(str(babbler), max_new_tokens=24, batch_size=2))
    first = write_briefs([NOTES, NOTES[::-1], NOTES], [BriefOptions()] * 3, engine)
    assert first == write_briefs([NOTES] * 3, [BriefOptions()] * 3, engine)
    model = engine._model
    write_brief(NOTES, engine=engine)
    assert engine._model is model


def test_what_a_model_writes_well_is_used(parrot: Path) -> None:
    engine = TransformersEngine(TransformersOptions(str(parrot), max_new_tokens=120))
    brief = write_brief(NOTES, engine=engine)
    assert brief.fallback is None
    assert [(s.text, s.citations, s.kind) for s in brief.sentences] == [
        ("Ada rebuilt the index in two hours.", ("a",), "strength")
    ]
    assert brief.engine == engine.name


def test_a_model_that_is_not_there_falls_back(tmp_path: Path) -> None:
    brief = write_brief(NOTES, engine=TransformersEngine(TransformersOptions(str(tmp_path / "none"))))
    assert brief.fallback is not None
    assert brief.fallback.startswith("the model could not be loaded")


def classifier(path: Path, labels: list[str]) -> str:
    words = tokenizer()
    torch.manual_seed(5)
    config = transformers.DistilBertConfig(
        vocab_size=len(words), dim=16, hidden_dim=32, n_layers=1, n_heads=2, max_position_embeddings=512,
        pad_token_id=0,
        id2label=dict(enumerate(labels)), label2id={label: index for index, label in enumerate(labels)},
        num_labels=len(labels),
    )  # fmt: skip
    transformers.DistilBertForSequenceClassification(config).save_pretrained(path)
    words.model_input_names = ["input_ids", "attention_mask"]
    words.model_max_length = 500
    words.save_pretrained(path)
    return str(path)


def test_entailment_only_lowers_the_confidence(tmp_path: Path) -> None:
    judge = ClassifierEntailment(classifier(tmp_path, ["ENTAILMENT", "NEUTRAL", "CONTRADICTION"]))
    plain = write_brief(NOTES)
    judged = write_brief(NOTES, entailment=judge)
    assert [s.text for s in judged.sentences] == [s.text for s in plain.sentences]
    assert all(0.0 < s.confidence < 1.0 for s in judged.sentences)
    low = Sentence("Ada rebuilt the index.", ("a",), Support(1, 3), "strength", confidence=0.01)
    assert judge.confidence([low], {note.id: note for note in NOTES}) == [0.01]


def test_a_classifier_of_something_else_is_refused(tmp_path: Path) -> None:
    judge = ClassifierEntailment(classifier(tmp_path, ["good", "bad"]))
    with pytest.raises(EngineError, match="entail"):
        write_brief(NOTES, entailment=judge)
