"""Reads the held-out notes and scores the writing help on them."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Literal

from ml.assist.assist import assist
from ml.assist.contract import Assist
from ml.assist.corpus import LabelledNote, read_corpus
from ml.text.folding import Language

FOLDER = Path(__file__).parent
BINARY = ("empty", "situation", "behaviour", "impact", "caution")
SENTIMENTS = ("strength", "concern", "mixed", "none")
_SIDES = {"strength", "concern"}
TestPart = Literal["held_out", "other_voices"]
TEST_PARTS: tuple[TestPart, ...] = ("held_out", "other_voices")
"""Files of labelled notes, the older first."""
LANGUAGES: dict[Language, str] = {"zh": "Chinese", "en": "English"}


@lru_cache(maxsize=2)
def held_out(part: TestPart = "held_out") -> tuple[LabelledNote, ...]:
    """All notes of one test part."""
    return tuple(read_corpus(FOLDER / f"{part}.jsonl"))


@dataclass
class Score:
    """Counts of one language: yes/no questions as true and false positives and negatives, sentiment as a table."""

    counts: Counter[tuple[str, str]] = field(default_factory=Counter)
    sentiment: Counter[tuple[str, str]] = field(default_factory=Counter)
    """(labelled, said)"""

    def ask(self, question: str, said: bool, true: bool) -> None:
        self.counts[question, ("tp" if true else "fp") if said else ("fn" if true else "tn")] += 1

    def f1(self, question: str) -> float:
        tp, fp, fn = (self.counts[question, cell] for cell in ("tp", "fp", "fn"))
        return 2 * tp / (2 * tp + fp + fn) if tp else 0.0

    def side(self) -> tuple[float, float]:
        """Of notes labelled strength or concern: the share for which one of the two is said, and how often rightly."""
        asked = [(pair, n) for pair, n in self.sentiment.items() if pair[0] in _SIDES]
        told = [(pair, n) for pair, n in asked if pair[1] in _SIDES]
        right = sum(n for (true, said), n in told if true == said)
        return sum(n for _, n in told) / sum(n for _, n in asked), right / sum(n for _, n in told)


def _judge(score: Score, note: LabelledNote, found: Assist) -> None:
    score.ask("empty", found.empty_praise, note.empty)
    for part in ("situation", "behaviour", "impact"):
        score.ask(part, getattr(found, part) is not None, any(name == part for name, _, _ in note.spans))
    labelled, said = {code for code, _, _ in note.cautions}, {str(each.code) for each in found.cautions}
    for code in labelled | said:
        score.ask("caution", code in said, code in labelled)
    score.sentiment[note.sentiment, found.sentiment] += 1


def score(language: Language, part: TestPart = "held_out") -> Score:
    """The writing help on the notes of one language in one test part."""
    result = Score()
    for note in held_out(part):
        if note.language == language:
            _judge(result, note, assist(note.text))
    return result


def confusion_markdown(part: TestPart) -> str:
    """The figures of one test part for the model card, as Markdown."""
    lines: list[str] = []
    for language, name in LANGUAGES.items():
        result = score(language, part)
        lines += [f"### {name}: {sum(result.sentiment.values())} notes", ""]
        lines += [
            "| question | F1 | found | wrongly found | missed | rightly absent |",
            "| --- | --- | --- | --- | --- | --- |",
        ]
        for question in BINARY:
            cells = " | ".join(str(result.counts[question, cell]) for cell in ("tp", "fp", "fn", "tn"))
            lines.append(f"| {question} | {result.f1(question):.3f} | {cells} |")
        told, rightly = result.side()
        lines += ["", f"Strength or concern: told of {told:.3f}, of these rightly {rightly:.3f}", ""]
        lines += ["| labelled \\ said | " + " | ".join(SENTIMENTS) + " |", "| --- |" + " --- |" * len(SENTIMENTS)]
        for true in SENTIMENTS:
            lines.append(f"| {true} | " + " | ".join(str(result.sentiment[true, said]) for said in SENTIMENTS) + " |")
        lines.append("")
    return "\n".join(lines).rstrip() + "\n"
