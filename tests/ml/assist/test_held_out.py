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
from tests.feedback_corpus.held_out import FOLDER, TEST_PARTS, TestPart, confusion_markdown, held_out, score

HERE = Path(ml.assist.__path__[0])
FLOORS: dict[tuple[TestPart, Language], dict[str, float]] = {
    ("held_out", "zh"): {"empty": 0.95, "situation": 0.85, "behaviour": 0.9, "impact": 0.79, "caution": 0.9},
    ("held_out", "en"): {"empty": 0.95, "situation": 0.82, "behaviour": 0.9, "impact": 0.81, "caution": 0.87},
    ("other_voices", "zh"): {"empty": 0.83, "situation": 0.67, "behaviour": 0.9, "impact": 0.79, "caution": 0.9},
    ("other_voices", "en"): {"empty": 0.72, "situation": 0.62, "behaviour": 0.86, "impact": 0.84, "caution": 0.87},
}
SENTIMENT_FLOOR: dict[tuple[TestPart, Language], float] = {
    ("held_out", "zh"): 0.90,
    ("held_out", "en"): 0.84,
    ("other_voices", "zh"): 0.76,
    ("other_voices", "en"): 0.68,
}
LANGUAGES: tuple[Language, ...] = ("zh", "en")


def test_the_held_out_notes_are_those_that_were_written_before_the_rules() -> None:
    digests = [line.split() for line in (FOLDER / "held_out.sha256").read_text().splitlines()]
    assert [name for _, name in digests] == [f"{part}.jsonl" for part in TEST_PARTS]
    for expected, name in digests:
        assert hashlib.sha256((FOLDER / name).read_bytes()).hexdigest() == expected


def test_the_corpora_are_large_enough_and_do_not_meet() -> None:
    training = read_corpus(HERE / "training" / "notes.jsonl")
    texts = {note.text for note in training}
    judged = [note for part in TEST_PARTS for note in held_out(part)]
    assert [len(held_out(part)) for part in TEST_PARTS] == [439, 305]
    assert len(texts) >= 1500
    assert len(texts | {note.text for note in judged}) == len(texts) + len(judged)
    for note in (*training, *judged):
        for _, start, end in (*note.spans, *note.cautions):
            assert 0 <= start < end <= len(note.text)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("part", TEST_PARTS)
def test_the_help_holds_its_level(part: TestPart, language: Language) -> None:
    result, floors = score(language, part), FLOORS[part, language]
    assert {name for name, floor in floors.items() if result.f1(name) < floor} == set()
    assert result.sentiment_accuracy() >= SENTIMENT_FLOOR[part, language]


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_weights_are_plain_numbers_of_the_right_shape(language: Language) -> None:
    model = load(language)
    assert model.parts.shape[1] == len(PARTS)
    assert model.notes.shape[1] == len(NOTE_HEADS)
    with np.load(io.BytesIO((HERE / "weights.npz").read_bytes()), allow_pickle=False) as arrays:
        assert {arrays[name].dtype.kind for name in arrays.files} == {"f"}


def test_the_model_card_states_the_figures_of_these_weights() -> None:
    card = (HERE / "MODEL_CARD.md").read_text(encoding="utf-8")
    assert [part for part in TEST_PARTS if confusion_markdown(part) not in card] == []
