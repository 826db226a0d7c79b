"""Train the writing help: `python -m ml.assist.train` reads `training/` and writes `weights.npz`.

Needs SciPy (development only: scikit-learn brings it). Deterministic: the same notes give the same weights. Nothing
is chosen on a test part: heads on the whole note are trained on part probabilities, and thresholds set on
predictions, for files of which the models saw nothing. How good those predictions are is printed.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from scipy.optimize import minimize
from scipy.sparse import csr_matrix, diags

from ml.assist.assist import CLEAR
from ml.assist.cautions import cautions, judgements
from ml.assist.corpus import LabelledNote, read_training
from ml.assist.features import (
    NOTE_WIDTH,
    SEGMENT_WIDTH,
    Facts,
    Sparse,
    Vector,
    note_features,
    segment_features,
    sentence_facts,
)
from ml.assist.grams import BUCKETS
from ml.assist.model import NOTE_HEADS, PARTS, told_parts
from ml.assist.segments import segments
from ml.text.folding import Language, fold

HERE = Path(__file__).parent
STRENGTH = {"parts": 1.0, "notes": 0.5, "leaning": 1.0}
"""Inverse of the L2 penalty; chosen by leaving files of the training notes out by turns."""
STEPS = 80
"""Steps of the optimiser: more of them change no figure."""
SEEN = 2
"""A gram that fewer lines show gets no weight."""


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


def _stack(lines: Sequence[Sparse], width: int) -> Any:
    starts = np.cumsum([0, *(len(line.places) for line in lines)])
    places = np.concatenate([line.places for line in lines])
    values = np.concatenate([line.values for line in lines])
    return csr_matrix((values.astype(np.float64), places, starts), shape=(len(lines), width))


def _one_sided(matrix: Any, labels: Any) -> Any:
    """How much each gram counts: the more, the more it stands on one side only of notes of strength and of concern.

    The scale of naive Bayes, |log ratio of its shares of both sides|: Wang and Manning, "Baselines and Bigrams", 2012.
    """
    told = matrix.astype(bool).astype(np.float64)
    sides = np.stack([np.asarray(told[labels[:, side] == 1].sum(axis=0)).ravel() + 1.0 for side in (0, 1)])
    scale = 0.3 + np.abs(np.diff(np.log(sides / sides.sum(axis=1, keepdims=True)), axis=0)[0])
    grams = np.arange(matrix.shape[1]) >= NOTE_WIDTH
    return np.where(grams, scale / scale[grams & (told.sum(axis=0).A1 >= SEEN)].mean(), 1.0)


def _fit_notes(matrix: Any, targets: Any) -> Any:
    """The weights of all heads on the whole note; for strength and concern, grams of one side count more."""
    weights = _fit(matrix, targets, STRENGTH["notes"])
    sides = targets[:, 1:3]
    scale = _one_sided(matrix, sides)
    weights[:, 1:3] = _fit((matrix @ diags(scale)).tocsr(), sides, STRENGTH["leaning"]) * np.append(scale, 1.0)[:, None]
    return weights


def _fit_parts(matrix: Any, labels: Any) -> Any:
    return _fit(matrix, labels, STRENGTH["parts"])


def _fit(matrix: Any, labels: Any, strength: float) -> Any:
    """Logistic regression with an L2 penalty for all columns of `labels` at once: (features + bias) × columns."""
    shown = np.flatnonzero(np.bincount(matrix.indices, minlength=matrix.shape[1]) >= SEEN)
    lines = matrix[:, shown].tocsr()
    turned, target, heads = lines.T.tocsr(), labels.astype(np.float64), labels.shape[1]

    def loss(flat: Any) -> Any:
        weights = flat.reshape(-1, heads)
        sums = lines @ weights[:-1] + weights[-1]
        error = 1.0 / (1.0 + np.exp(-sums)) - target
        slope = np.vstack([turned @ error + weights[:-1] / strength, error.sum(axis=0)])
        value = (np.logaddexp(0.0, sums) - target * sums).sum() + (weights[:-1] ** 2).sum() / (2 * strength)
        return value, slope.ravel()

    start = np.zeros((len(shown) + 1) * heads)
    best = minimize(loss, start, jac=True, method="L-BFGS-B", options={"maxiter": STEPS}).x.reshape(-1, heads)
    weights = np.zeros((matrix.shape[1] + 1, heads))
    weights[shown], weights[-1] = best[:-1], best[-1]
    return weights


def _predict(matrix: Any, weights: Any) -> Vector:
    return np.asarray(1.0 / (1.0 + np.exp(-(matrix @ weights[:-1] + weights[-1]))), np.float32)


def _unseen(fit: Callable[[Any, Any], Any], matrix: Any, labels: Any, files: Any) -> Vector:
    """What models say of each line that learned from the other files only."""
    said = np.zeros(labels.shape, np.float32)
    for file in sorted(set(files)):
        judged = files == file
        said[judged] = _predict(matrix[judged], fit(matrix[~judged], labels[~judged]))
    return said


def f1(said: Any, true: Any) -> float:
    """Of two columns of yes and no."""
    return 2 * int((said & true).sum()) / max(1, int(said.sum() + true.sum()))


def _best_cut(probability: Any, true: Any, files: Any) -> float:
    """The cut with the best F1 on the mean of files, the middle of the best range: files differ in how often a part is
    told, and so will notes to come."""
    cuts = np.arange(0.2, 0.71, 0.02)
    scores = np.mean(
        [[f1(probability[files == file] >= cut, true[files == file]) for cut in cuts] for file in sorted(set(files))],
        axis=0,
    )
    return float(cuts[scores >= scores.max() - 0.002].mean())


def leaning(strength: Any, concern: Any, mixed: float, none: float, clear: float = 0.0) -> Any:
    """What `Analysis.sentiment` says of many notes: 0 strength, 1 concern, 2 mixed, 3 none."""
    said = np.where(strength >= concern, 0, 1)
    said = np.where((np.maximum(strength, concern) < none) | (np.abs(strength - concern) < clear), 3, said)
    return np.where(np.minimum(strength, concern) >= mixed, 2, said)


def _best_leaning(strength: Any, concern: Any, true: Any) -> tuple[float, float]:
    """The cuts for mixed and none that tell most notes rightly."""
    tried = [(mixed / 100, none / 100) for mixed in range(30, 75, 2) for none in range(10, 50, 2)]
    right = [int((leaning(strength, concern, *cuts) == true).sum()) for cuts in tried]
    return tried[int(np.argmax(right))]


def train_language(notes: Sequence[LabelledNote], language: Language) -> tuple[dict[str, Any], dict[str, Any]]:
    """Weights and thresholds of one language, under the names that `ml.assist.model` reads; and how well notes of files
    that the models did not see were judged, all told and by file."""
    known = [(note, rows) for note in notes if note.language == language and (rows := note_facts(note))]
    lines = [segment_features(rows, language) for _, rows in known]
    owner = np.repeat(np.arange(len(known)), [len(each) for each in lines])
    files = np.array([note.voice.split("/")[0] for note, _ in known])
    matrix = _stack([line for each in lines for line in each], SEGMENT_WIDTH + BUCKETS)
    labels = np.vstack([part_labels(note, rows) for note, rows in known])
    unseen = _unseen(_fit_parts, matrix, labels, files[owner])
    ends = np.cumsum([0, *(len(each) for each in lines)])
    parts_of = [unseen[ends[index] : ends[index + 1]] for index in range(len(known))]

    whole = _stack(
        [
            note_features(rows, parts, folded, language, judgements(cautions(note.text, folded)))
            for (note, rows), parts in zip(known, parts_of, strict=True)
            for folded in [fold(note.text)]
        ],
        NOTE_WIDTH + BUCKETS,
    )
    present = np.array([[any(name == part for name, _, _ in note.spans) for part in PARTS] for note, _ in known])
    lean = np.array([("strength", "concern", "mixed", "none").index(note.sentiment) for note, _ in known])
    empty = np.array([note.empty for note, _ in known])
    targets = np.column_stack([empty, (lean == 0) | (lean == 2), (lean == 1) | (lean == 2), present])
    heads = _unseen(_fit_notes, whole, targets, files)
    told = np.stack([told_parts(line, parts) for line, parts in zip(heads, parts_of, strict=True)])
    cut_empty = _best_cut(heads[:, 0], empty, files)
    open_cuts = _best_leaning(heads[:, 1], heads[:, 2], lean)
    cuts = [_best_cut(told[:, k], present[:, k], files) for k in range(len(PARTS))]

    said = leaning(heads[:, 1], heads[:, 2], *open_cuts, CLEAR)
    clear = lean < 2
    sided = clear & (said < 2)
    judged = {}
    for file in ("all", *sorted(set(files))):
        of = (files == file) | (file == "all")
        judged[file] = {
            "notes": int(of.sum()),
            "empty": f1(heads[of, 0] >= cut_empty, empty[of]),
            **{name: f1(told[of, k] >= cuts[k], present[of, k]) for k, name in enumerate(PARTS)},
            "side told": float(sided[of & clear].mean()),
            "rightly": float((said == lean)[of & sided].mean()),
        }
    arrays = {
        f"{language}_parts": _fit_parts(matrix, labels).astype(np.float16),
        f"{language}_notes": _fit_notes(whole, targets).astype(np.float16),
        f"{language}_thresholds": np.array([cut_empty, *open_cuts, *cuts], np.float32),
    }
    assert len(NOTE_HEADS) == targets.shape[1]
    return arrays, judged


def main() -> None:
    """Read the training notes, train both languages, write the weights beside this file and print how well files that
    were left out were judged."""
    notes = read_training(HERE / "training")
    arrays: dict[str, Any] = {}
    for language in ("zh", "en"):
        made, judged = train_language(notes, "zh" if language == "zh" else "en")
        arrays |= made
        for file, row in judged.items():
            figures = "  ".join(f"{name} {value:.3f}" for name, value in row.items() if name != "notes")
            sys.stdout.write(f"{language} {file} ({row['notes']} notes): {figures}\n")
    np.savez_compressed(HERE / "weights.npz", **arrays)


if __name__ == "__main__":
    main()
