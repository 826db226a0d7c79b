"""Reads the packs and says what a brief of one must hold."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from ml.brief.contract import Brief, Note
from ml.brief.notes import read_notes
from ml.text.folding import Language, normal

FOLDER = Path(__file__).parent


@dataclass(frozen=True, slots=True)
class Claim:
    """A gold claim: covered when a sentence cites one of `notes` and holds one alternative of every group."""

    text: str
    must: tuple[tuple[str, ...], ...]
    notes: frozenset[str]


@dataclass(frozen=True, slots=True)
class GoldPack:
    name: str
    language: Language
    subject: str
    notes: tuple[Note, ...]
    claims: tuple[Claim, ...]
    forbidden: frozenset[str]
    contradictions: tuple[frozenset[str], ...]


def read_packs() -> Iterator[GoldPack]:
    """All packs, by name."""
    for path in sorted(FOLDER.glob("*.json")):
        row: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        yield GoldPack(
            name=row["pack"],
            language=row["language"],
            subject=row["subject"],
            notes=tuple(read_notes(json.dumps(note) for note in row["notes"])),
            claims=tuple(
                Claim(each["claim"], tuple(map(tuple, each["must"])), frozenset(each["notes"]))
                for each in row["claims"]
            ),
            forbidden=frozenset(row["forbidden"]),
            contradictions=tuple(map(frozenset, row["contradictions"])),
        )


def covered(claim: Claim, brief: Brief) -> bool:
    """Whether some sentence of the brief carries the claim and cites it."""
    return any(
        claim.notes & set(sentence.citations)
        and all(any(normal(word) in normal(sentence.text) for word in group) for group in claim.must)
        for sentence in brief.sentences
    )


@dataclass(frozen=True, slots=True)
class ReviewPack:
    """Public-style reviews of one thing or person, with summaries and the opinions of every sentence."""

    name: str
    language: Language
    subject: str
    part: Literal["tuning", "told"]
    """Constants were chosen on `tuning`; `told` was only measured."""
    notes: tuple[Note, ...]
    references: tuple[str, ...]
    opinions: dict[str, tuple[frozenset[str], ...]]
    """By note, for each of its sentences: `+aspect` or `-aspect`; none for a plain fact and for an empty sentence."""


def read_reviews() -> Iterator[ReviewPack]:
    """The packs of reviews, by name."""
    for path in sorted((FOLDER / "reviews").glob("*.json")):
        row: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        yield ReviewPack(
            name=row["pack"],
            language=row["language"],
            subject=row["subject"],
            part=row["part"],
            notes=tuple(read_notes(json.dumps(note) for note in row["notes"])),
            references=tuple(row["references"]),
            opinions={note_id: tuple(map(frozenset, each)) for note_id, each in row["opinions"].items()},
        )
