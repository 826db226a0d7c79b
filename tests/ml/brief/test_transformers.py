"""The engine for local models, with a tiny chat model that the test builds, saves and loads by its path."""

from __future__ import annotations

from pathlib import Path

import pytest

from ml.brief.brief import write_brief, write_briefs
from ml.brief.contract import BriefOptions, EngineError, Note, Sentence, Support
from ml.brief.engines.entailment import ClassifierEntailment
from ml.brief.engines.transformers import TransformersEngine, TransformersOptions
from ml.brief.rewording import Original, Proposal, propose
from tests.ml.brief.tiny_models import make_tokenizer, save_babbler, save_parrot, torch, transformers

NOTES = (
    Note("a", "On 4 May Ada rebuilt the index in two hours.", "p1", "ada"),
    Note("b", "Ada wrote the restore guide that both teams use.", "p2", "ada"),
    Note("c", "The invoice run of June started three days late.", "p3", "ada"),
)


@pytest.fixture(scope="module")
def babbler(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return save_babbler(tmp_path_factory.mktemp("babbler"))


@pytest.fixture(scope="module")
def parrot(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The engine begins the reply; this is the rest of it."""
    reply = '{"text": "Ada rebuilt the index in two hours.", "citations": ["N1"], "kind": "strength"}]}'
    return save_parrot(tmp_path_factory.mktemp("parrot"), reply)


def test_a_model_that_babbles_falls_back_and_says_so(babbler: Path) -> None:
    engine = TransformersEngine(TransformersOptions(str(babbler), max_new_tokens=40))
    brief = write_brief(NOTES, engine=engine)
    assert brief.engine == "extractive-4"
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


def test_the_same_engine_rewords(babbler: Path, tmp_path: Path) -> None:
    parrot = save_parrot(tmp_path, 'On 4 May Ada rebuilt the index, in two hours."}')
    original = Original("Ada rebuilt the index in two hours on 4 May.")
    proposal = propose(original, TransformersEngine(TransformersOptions(str(parrot), max_new_tokens=120)))
    assert proposal == Proposal("On 4 May Ada rebuilt the index, in two hours.", ())
    with pytest.raises(EngineError, match="no text in the form"):
        propose(original, TransformersEngine(TransformersOptions(str(babbler), max_new_tokens=24)))
    with pytest.raises(EngineError, match="too long for the model"):
        propose(Original("word " * 3000), TransformersEngine(TransformersOptions(str(babbler))))


def test_a_model_that_is_not_there_falls_back(tmp_path: Path) -> None:
    brief = write_brief(NOTES, engine=TransformersEngine(TransformersOptions(str(tmp_path / "none"))))
    assert brief.fallback is not None
    assert brief.fallback.startswith("the model could not be loaded")


def classifier(path: Path, labels: list[str]) -> str:
    words = make_tokenizer()
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
