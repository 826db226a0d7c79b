"""Labelled notes, one JSON object a line: what the models are trained on and judged by. Standard library only."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

from ml.text.folding import Language


@dataclass(frozen=True, slots=True)
class LabelledNote:
    """A note with the labels that a person gave it; offsets count characters of `text`."""

    id: str
    language: Language
    voice: str
    kind: str
    """`concrete`, `empty_praise`, `empty_criticism` or `empty_conclusion`."""
    sentiment: str
    text: str
    spans: tuple[tuple[str, int, int], ...]
    """(part, start, end)"""
    cautions: tuple[tuple[str, int, int], ...]
    """(code, start, end)"""

    @property
    def empty(self) -> bool:
        return self.kind != "concrete"


def read_corpus(path: Path) -> list[LabelledNote]:
    """All labelled notes of a JSON-lines file; a malformed line raises ValueError with its number."""
    notes = []
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        try:
            row = json.loads(line)
            notes.append(
                LabelledNote(
                    row["id"], row["language"], row["voice"], row["kind"], row["sentiment"], row["text"],
                    tuple((span["part"], span["start"], span["end"]) for span in row["spans"]),
                    tuple((caution["code"], caution["start"], caution["end"]) for caution in row["cautions"]),
                )
            )  # fmt: skip
        except (KeyError, TypeError, ValueError) as error:
            raise ValueError(f"{path.name}, line {number}: not a labelled note ({error})") from error
    return notes
