"""The writing help on notes that it was not made with. Floors are what is reached; MODEL_CARD.md has the targets."""

from __future__ import annotations

import hashlib
import io
import re
from collections import Counter
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

import ml.assist
from ml.assist.corpus import LabelledNote, read_marked, read_training
from ml.assist.model import NOTE_HEADS, PARTS, load
from ml.text.folding import Language, fold
from tests.feedback_corpus.held_out import FOLDER, TEST_PARTS, TestPart, confusion_markdown, held_out, score

HERE = Path(ml.assist.__path__[0])
FLOORS: dict[tuple[TestPart, Language], dict[str, float]] = {
    ("held_out", "zh"): {"empty": 0.95, "situation": 0.88, "behaviour": 0.89, "impact": 0.86, "caution": 0.9},
    ("held_out", "en"): {"empty": 0.95, "situation": 0.85, "behaviour": 0.91, "impact": 0.85, "caution": 0.87},
    ("other_voices", "zh"): {"empty": 0.95, "situation": 0.68, "behaviour": 0.92, "impact": 0.91, "caution": 0.9},
    ("other_voices", "en"): {"empty": 0.88, "situation": 0.71, "behaviour": 0.92, "impact": 0.88, "caution": 0.87},
}
SIDE_FLOOR: dict[tuple[TestPart, Language], tuple[float, float]] = {
    ("held_out", "zh"): (0.96, 0.95),
    ("held_out", "en"): (0.96, 0.91),
    ("other_voices", "zh"): (0.94, 0.95),
    ("other_voices", "en"): (0.93, 0.87),
}
"""The share of notes of strength or concern for which a side is told, and how often rightly."""
LANGUAGES: tuple[Language, ...] = ("zh", "en")


def test_the_held_out_notes_are_those_whose_digest_was_committed() -> None:
    digests = [line.split() for line in (FOLDER / "held_out.sha256").read_text().splitlines()]
    assert [name for _, name in digests] == [f"{part}.jsonl" for part in TEST_PARTS]
    for expected, name in digests:
        assert hashlib.sha256((FOLDER / name).read_bytes()).hexdigest() == expected


def _pieces(note: LabelledNote) -> set[str]:
    """Pairs of characters, or words and their pairs: two notes that share half of them say the same."""
    folded = fold(note.text)
    if note.language == "zh":
        run = re.sub(r"\W", "", folded)
        return {left + right for left, right in pairwise(run)} or {run}
    words = re.findall(r"[a-z0-9']+", folded)
    return {*words, *(f"{left} {right}" for left, right in pairwise(words))}


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_note_that_judges_is_trained_on_in_other_words_either(language: Language) -> None:
    assert [len(held_out(part)) for part in TEST_PARTS] == [439, 305]
    judged = [_pieces(note) for part in TEST_PARTS for note in held_out(part) if note.language == language]
    by_piece: dict[str, list[int]] = {}
    for index, pieces in enumerate(judged):
        for piece in pieces:
            by_piece.setdefault(piece, []).append(index)
    training = [note for note in read_training(HERE / "training") if note.language == language]
    assert len(training) > 5000
    alike = []
    for note in training:
        pieces = _pieces(note)
        shared = Counter(index for piece in pieces for index in by_piece.get(piece, ()))
        alike += [note.id for index, n in shared.items() if n >= 0.5 * len(pieces | judged[index])]
    assert alike == []


def test_marked_notes_are_read_with_their_offsets(tmp_path: Path) -> None:
    path = tmp_path / "yard.en.txt"
    path.write_text("# foreman\n+\t{S Friday}: {B fixed the pump}, {I no stop since}\nM0\tTone neutral.\n")
    first, second = read_marked(path)
    assert (first.voice, first.sentiment, first.empty) == ("yard/foreman", "strength", False)
    assert [(part, first.text[start:end]) for part, start, end in first.spans] == [
        ("situation", "Friday"),
        ("behaviour", "fixed the pump"),
        ("impact", "no stop since"),
    ]
    assert (second.kind, second.sentiment, second.spans) == ("empty_conclusion", "none", ())


@pytest.mark.parametrize(
    "line", ["+ no tab", "x\tunknown label", "+\t{B open", "+\t{Q odd}", "+\t{B blank }", "P\t{B an act}", "+\t "]
)
def test_a_malformed_line_is_named(tmp_path: Path, line: str) -> None:
    path = tmp_path / "yard.en.txt"
    path.write_text(f"0\tfine\n{line}\n")
    with pytest.raises(ValueError, match=r"yard\.en\.txt, line 2"):
        read_marked(path)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("part", TEST_PARTS)
def test_the_help_holds_its_level(part: TestPart, language: Language) -> None:
    result, floors = score(language, part), FLOORS[part, language]
    assert {name for name, floor in floors.items() if result.f1(name) < floor} == set()
    told, rightly = result.side()
    assert (told >= SIDE_FLOOR[part, language][0], rightly >= SIDE_FLOOR[part, language][1]) == (True, True)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_weights_are_plain_numbers_of_the_right_shape(language: Language) -> None:
    model = load(language)
    assert model.parts.shape[1] == len(PARTS)
    assert model.notes.shape[1] == len(NOTE_HEADS)
    assert (HERE / "weights.npz").stat().st_size < 2_000_000
    with np.load(io.BytesIO((HERE / "weights.npz").read_bytes()), allow_pickle=False) as arrays:
        assert {arrays[name].dtype.kind for name in arrays.files} == {"f"}


def test_the_model_card_states_the_figures_of_these_weights() -> None:
    card = (HERE / "MODEL_CARD.md").read_text(encoding="utf-8")
    assert [part for part in TEST_PARTS if confusion_markdown(part) not in card] == []
