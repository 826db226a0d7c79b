"""The writing help on notes that it was not made with. Floors are what is reached; MODEL_CARD.md has the targets."""

from __future__ import annotations

import hashlib
import io
from pathlib import Path

import numpy as np
import pytest

import ml.assist
from ml.assist.corpus import read_corpus
from ml.assist.model import NOTE_HEADS, PARTS, load
from ml.text.folding import Language
from tests.evaluation.language import confusion_markdown
from tests.feedback_corpus.held_out import FOLDER, held_out, score

HERE = Path(ml.assist.__path__[0])
FLOORS: dict[Language, dict[str, float]] = {
    "zh": {"empty": 0.95, "situation": 0.85, "behaviour": 0.85, "impact": 0.77, "caution": 0.9},
    "en": {"empty": 0.95, "situation": 0.82, "behaviour": 0.85, "impact": 0.78, "caution": 0.85},
}
SENTIMENT_FLOOR: dict[Language, float] = {"zh": 0.90, "en": 0.83}
LANGUAGES: tuple[Language, ...] = ("zh", "en")


def test_the_held_out_notes_are_those_that_were_written_before_the_rules() -> None:
    expected, name = (FOLDER / "held_out.sha256").read_text().split()
    assert hashlib.sha256((FOLDER / name).read_bytes()).hexdigest() == expected


def test_the_corpora_are_large_enough_and_do_not_meet() -> None:
    training = read_corpus(HERE / "training" / "notes.jsonl")
    texts = {note.text for note in training}
    assert len(held_out()) >= 400
    assert len(texts) + len(held_out()) >= 1500
    assert not texts & {note.text for note in held_out()}
    for note in (*training, *held_out()):
        for _, start, end in (*note.spans, *note.cautions):
            assert 0 <= start < end <= len(note.text)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_help_holds_its_level(language: Language) -> None:
    result = score(language)
    reached = {question: result.f1(question) for question in FLOORS[language]}
    assert {name for name, floor in FLOORS[language].items() if reached[name] < floor} == set()
    assert result.sentiment_accuracy() >= SENTIMENT_FLOOR[language]


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_weights_are_plain_numbers_of_the_right_shape(language: Language) -> None:
    model = load(language)
    assert model.parts.shape[1] == len(PARTS)
    assert model.notes.shape[1] == len(NOTE_HEADS)
    with np.load(io.BytesIO((HERE / "weights.npz").read_bytes()), allow_pickle=False) as arrays:
        assert {arrays[name].dtype.kind for name in arrays.files} == {"f"}


def test_the_model_card_states_the_figures_of_these_weights() -> None:
    assert confusion_markdown() in (HERE / "MODEL_CARD.md").read_text(encoding="utf-8")
