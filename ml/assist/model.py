"""The linear models of the writing help: plain weights in `weights.npz`, read without pickle. numpy only."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources
from typing import Any, cast

import numpy as np

from ml.assist.features import Vector
from ml.text.folding import Language

PARTS = ("situation", "behaviour", "impact")
NOTE_HEADS = ("empty", "strength", "concern")


@dataclass(frozen=True, slots=True)
class Model:
    """Weights of one language: `parts` is (features + bias) × 3, `notes` likewise for `NOTE_HEADS`."""

    parts: Vector
    notes: Vector
    part_thresholds: Vector
    note_thresholds: Vector

    def part_probabilities(self, matrix: Vector) -> Vector:
        return _sigmoid(matrix @ self.parts[:-1] + self.parts[-1])

    def note_probabilities(self, row: Vector) -> Vector:
        return _sigmoid(row @ self.notes[:-1] + self.notes[-1])


def _sigmoid(values: Any) -> Vector:
    return cast("Vector", 1.0 / (1.0 + np.exp(-np.clip(values, -30, 30))))


def from_arrays(arrays: Mapping[str, Any], language: Language) -> Model:
    """A model from stored arrays; half-precision weights are widened once."""
    return Model(
        *(
            np.asarray(arrays[f"{language}_{name}"], np.float32)
            for name in ("parts", "notes", "part_thresholds", "note_thresholds")
        )
    )


@lru_cache(maxsize=2)
def load(language: Language) -> Model:
    """The shipped model of a language."""
    with (
        resources.files("ml.assist").joinpath("weights.npz").open("rb") as stored,
        np.load(stored, allow_pickle=False) as arrays,
    ):
        return from_arrays(arrays, language)
