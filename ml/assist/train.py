"""Train the writing help: `python -m ml.assist.train` reads `training/notes.jsonl` and writes `weights.npz`.

Needs `requirements/measure.txt`. Deterministic: the same notes give the same weights. Heads on the whole note
are trained on part probabilities that were predicted out of fold, as they will meet them on notes never seen.
"""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from scipy.sparse import csr_matrix
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GroupKFold

from ml.assist.cautions import cautions, judgements
from ml.assist.corpus import LabelledNote, read_corpus
from ml.assist.features import Facts, Vector, note_features, segment_matrix, sentence_facts
from ml.assist.model import NOTE_HEADS, PARTS
from ml.assist.segments import segments
from ml.text.folding import Language, fold

HERE = Path(__file__).parent
PART_STRENGTH = 0.5
"""Inverse of the L2 penalty of the part models; chosen by cross-validation on the training notes."""
NOTE_STRENGTH = 0.5
HAND_WEIGHT = 2.0
"""A note written by hand counts this often against one composed of clauses that others share."""


def note_facts(note: LabelledNote) -> list[list[Facts]]:
    """The facts of each segment of each sentence of the note."""
    folded = fold(note.text)
    return [sentence_facts(note.text, folded, row, note.language) for row in segments(note.text, note.language)]


def part_labels(note: LabelledNote, rows: list[list[Facts]]) -> Any:
    """Segments × parts: 1 where at least half of the segment, or most of a labelled span, is that part."""
    labels = []
    for fact in (fact for row in rows for fact in row):
        line = []
        for part in PARTS:
            hit = 0
            for name, start, end in note.spans:
                shared = min(end, fact.span.end) - max(start, fact.span.start)
                if name == part and shared > 0:
                    size = fact.span.end - fact.span.start
                    hit |= int(shared >= 0.5 * size or shared >= 0.8 * (end - start))
            line.append(hit)
        labels.append(line)
    return np.array(labels, np.int8).reshape(-1, len(PARTS))


def _fit(matrix: Any, label: Any, weight: Any, strength: float) -> Vector:
    model = LogisticRegression(C=strength, max_iter=2000, solver="lbfgs")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", FutureWarning)
        model.fit(matrix, label, sample_weight=weight)
    return np.asarray(np.concatenate([model.coef_[0], model.intercept_]), np.float32)


def _predict(matrix: Any, weights: Any) -> Vector:
    return np.asarray(1.0 / (1.0 + np.exp(-(matrix @ weights[:-1] + weights[-1]))), np.float32)


def _best_threshold(probability: Any, label: Any) -> float:
    """The cut with the best F1, the middle of the best range, kept near one half."""
    cuts = np.arange(0.3, 0.71, 0.02)
    scores = []
    for cut in cuts:
        said = probability >= cut
        right = int((said & (label == 1)).sum())
        scores.append(2 * right / max(1, int(said.sum() + label.sum())))
    best = np.flatnonzero(np.array(scores) >= max(scores) - 0.002)
    return float(cuts[best].mean())


def train_language(notes: Sequence[LabelledNote], language: Language) -> dict[str, Any]:
    """The weights and thresholds of one language, under the names that `ml.assist.model` reads."""
    notes = [note for note in notes if note.language == language]
    rows = [note_facts(note) for note in notes]
    matrices = [segment_matrix(row) for row in rows]
    labels = [part_labels(note, row) for note, row in zip(notes, rows, strict=True)]
    owner = np.concatenate([np.full(len(matrix), index) for index, matrix in enumerate(matrices)])
    weight = np.array([1.0 if note.voice == "composed" else HAND_WEIGHT for note in notes], np.float32)
    stacked, stacked_labels = csr_matrix(np.vstack(matrices)), np.vstack(labels)
    parts = np.stack(
        [_fit(stacked, stacked_labels[:, k], weight[owner], PART_STRENGTH) for k in range(len(PARTS))], axis=1
    )

    unseen = np.zeros((stacked.shape[0], len(PARTS)), np.float32)
    for learn, judge in GroupKFold(5).split(stacked, groups=owner):
        for k in range(len(PARTS)):
            fitted = _fit(stacked[learn], stacked_labels[learn, k], weight[owner[learn]], PART_STRENGTH)
            unseen[judge, k] = _predict(stacked[judge], fitted)

    whole = csr_matrix(
        np.stack(
            [
                note_features(
                    row,
                    unseen[owner == index],
                    fold(note.text),
                    language,
                    judgements(cautions(note.text, fold(note.text))),
                )
                for index, (note, row) in enumerate(zip(notes, rows, strict=True))
            ]
        )
    )
    targets = np.array(
        [
            [note.empty, note.sentiment in {"strength", "mixed"}, note.sentiment in {"concern", "mixed"}]
            for note in notes
        ],
        np.int8,
    )
    heads = np.stack([_fit(whole, targets[:, k], weight, NOTE_STRENGTH) for k in range(len(NOTE_HEADS))], axis=1)

    hand = np.array([note.voice != "composed" for note in notes])
    present = np.array([[any(name == part for name, _, _ in note.spans) for part in PARTS] for note in notes])
    seen = np.stack([unseen[owner == index].max(axis=0) for index in range(len(notes))])
    thresholds = [_best_threshold(seen[hand, k], present[hand, k].astype(int)) for k in range(len(PARTS))]
    return {
        f"{language}_parts": parts.astype(np.float16),
        f"{language}_notes": heads.astype(np.float16),
        f"{language}_part_thresholds": np.array(thresholds, np.float32),
        f"{language}_note_thresholds": np.full(len(NOTE_HEADS), 0.5, np.float32),
    }


def main() -> None:
    """Read the training notes, train both languages and write the weights beside this file."""
    notes = read_corpus(HERE / "training" / "notes.jsonl")
    arrays = {**train_language(notes, "zh"), **train_language(notes, "en")}
    np.savez_compressed(HERE / "weights.npz", **arrays)


if __name__ == "__main__":
    main()
