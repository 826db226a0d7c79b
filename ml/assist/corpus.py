"""Labelled notes: what the models are trained on (`training/*.txt`) and judged by (JSON lines). Standard library only.

A training file holds one note a line, `LABEL<TAB>text`, with the parts marked in the text: `{S …}` situation,
`{B …}` behaviour, `{I …}` impact, not nested. A line `# name` says whose voice the notes below it are in; the file's
name says the language (`….zh.txt`, `….en.txt`). Labels: `+` strength, `-` concern, `±` both, `0` neither; empty ones
are `P` praise, `C` criticism, and `M+`, `M-`, `M0` the conclusion of a machine or a form.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from pathlib import Path

from ml.text.folding import Language

_PARTS = {"S": "situation", "B": "behaviour", "I": "impact"}
_LABELS = {
    "P": ("empty_praise", "strength"),
    "C": ("empty_criticism", "concern"),
    "M+": ("empty_conclusion", "strength"),
    "M-": ("empty_conclusion", "concern"),
    "M0": ("empty_conclusion", "none"),
    "+": ("concrete", "strength"),
    "-": ("concrete", "concern"),
    "±": ("concrete", "mixed"),
    "0": ("concrete", "none"),
}
_MARK = re.compile(r"\{([SBI]) ([^{}]*)\}")


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


def read_marked(path: Path) -> list[LabelledNote]:
    """All notes of a training file; a malformed or repeated one raises ValueError with its line."""
    source, language, _ = path.name.split(".")
    if language not in {"zh", "en"}:
        raise ValueError(f"{path.name}: the name must end in .zh.txt or .en.txt")
    voice, notes, seen = source, [], set()
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        if line.startswith("# "):
            voice = f"{source}/{line[2:]}"
            continue
        try:
            label, marked = line.split("\t")
            kind, sentiment = _LABELS[label]
            text, spans = _unmarked(marked)
            if text in seen:
                raise ValueError("it stands there twice")
            if spans and kind != "concrete":
                raise ValueError("an empty note has no parts")
        except (KeyError, ValueError) as error:
            raise ValueError(f"{path.name}, line {number}: not a labelled note ({error})") from error
        seen.add(text)
        notes.append(
            LabelledNote(
                f"{source}-{number}", "zh" if language == "zh" else "en", voice, kind, sentiment, text, spans, ()
            )
        )
    return notes


def read_training(folder: Path) -> list[LabelledNote]:
    """The notes of all training files of a folder, in the order of their names."""
    return [note for path in sorted(folder.glob("*.*.txt")) for note in read_marked(path)]


def _unmarked(marked: str) -> tuple[str, tuple[tuple[str, int, int], ...]]:
    """The text without its marks, and what they mark."""
    pieces: list[str] = []
    spans: list[tuple[str, int, int]] = []
    length = at = 0
    for match in _MARK.finditer(marked):
        plain, part = marked[at : match.start()], match[2]
        if not part or part != part.strip():
            raise ValueError(f"a blank at the end of {part!r}")
        length += len(plain)
        spans.append((_PARTS[match[1]], length, length + len(part)))
        length += len(part)
        pieces += [plain, part]
        at = match.end()
    text = "".join([*pieces, marked[at:]])
    if "{" in text or "}" in text or not text.strip():
        raise ValueError("a mark that is not {S …}, {B …} or {I …}")
    return text, tuple(spans)
