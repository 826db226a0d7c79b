"""A configured entailment model may only lower the confidence of a sentence; it sees nothing but the cited notes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol

from ml.brief.contract import Note, Sentence


class Entailment(Protocol):
    """Judges whether cited notes bear a sentence out."""

    def confidence(self, sentences: Sequence[Sentence], notes: Mapping[str, Note]) -> list[float]:
        """A confidence from 0 to 1 for each sentence, never above the one it has."""
        ...
