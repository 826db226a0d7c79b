"""The linear models of the writing help: plain weights in `weights.npz`, read without pickle. numpy only."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources
from typing import Any, cast

import numpy as np

from ml.assist.features import Sparse, Vector
from ml.text.folding import Language

PARTS = ("situation", "behaviour", "impact")
NOTE_HEADS = ("empty", "strength", "concern", *PARTS)
THRESHOLDS = ("empty", "mixed", "none", *PARTS)


@dataclass(frozen=True, slots=True)
class Model:
    """Weights of one language: `parts` is (features + bias) × `PARTS`, `notes` likewise for `NOTE_HEADS`."""

    parts: Vector
    notes: Vector
    thresholds: Mapping[str, float]

    def part_probabilities(self, lines: Sequence[Sparse]) -> Vector:
        """Segments × parts."""
        return np.stack([_probability(line, self.parts) for line in lines])

    def note_probabilities(self, line: Sparse) -> Vector:
        """One a head."""
        return _probability(line, self.notes)


def told_parts(heads: Vector, parts: Vector) -> Vector:
    """How likely each part is told: the mean of what the whole note says and of its surest segment."""
    return cast("Vector", (heads[len(NOTE_HEADS) - len(PARTS) :] + parts.max(axis=0)) / 2)


def _probability(line: Sparse, weights: Vector) -> Vector:
    sums = line.values @ weights[line.places] + weights[-1]
    return cast("Vector", 1.0 / (1.0 + np.exp(-np.clip(sums, -30, 30))))


def from_arrays(arrays: Mapping[str, Any], language: Language) -> Model:
    """A model from stored arrays; half-precision weights are widened once."""
    parts, notes, thresholds = (
        np.asarray(arrays[f"{language}_{name}"], np.float32) for name in ("parts", "notes", "thresholds")
    )
    return Model(parts, notes, dict(zip(THRESHOLDS, map(float, thresholds), strict=True)))


@lru_cache(maxsize=2)
def load(language: Language) -> Model:
    """The shipped model of a language."""
    with (
        resources.files("ml.assist").joinpath("weights.npz").open("rb") as stored,
        np.load(stored, allow_pickle=False) as arrays,
    ):
        return from_arrays(arrays, language)
