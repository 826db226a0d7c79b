"""Briefs of packs of reviews: ROUGE against the references, kinds and counts against the marked opinions."""

from __future__ import annotations

import statistics
from collections import Counter
from collections.abc import Iterable
from typing import Any

from ml.brief.brief import write_brief
from ml.brief.contract import Brief, BriefOptions
from ml.text.folding import normal
from ml.text.sentences import sentences
from tests.brief_packs.packs import ReviewPack, read_reviews
from tests.evaluation.baseline import summarise
from tests.evaluation.rouge import rouge

BUDGETS = (50, 100)
"""Words, or Chinese characters, that a brief and the baseline may have."""


def review_figures() -> dict[str, Any]:
    """By pack, and in the mean of each part and language."""
    packs = {pack.name: (pack, _figures(pack)) for pack in read_reviews()}
    groups = sorted({(pack.part, pack.language) for pack, _ in packs.values()})
    return {
        "packs": {name: row for name, (_, row) in packs.items()},
        "means": {
            f"{part} {language}": _together(
                [row for pack, row in packs.values() if (pack.part, pack.language) == (part, language)]
            )
            for part, language in groups
        },
    }


def _figures(pack: ReviewPack) -> dict[str, Any]:
    texts = [note.text for note in pack.notes]
    briefs = {words: write_brief(pack.notes, BriefOptions(max_words=words)) for words in BUDGETS}
    return {
        "rouge": {
            str(words): {
                "brief": rouge(" ".join(sentence.text for sentence in brief.sentences), pack.references),
                "baseline": rouge(summarise(texts, pack.language, words), pack.references),
            }
            for words, brief in briefs.items()
        },
        **_marks(pack, write_brief(pack.notes)),
    }


def _marks(pack: ReviewPack, brief: Brief) -> dict[str, int]:
    """Kinds told rightly, wrongly and not at all; notes counted with a sentence, rightly and of how many."""
    marks = {
        (note.id, normal(span.of(note.text))): said
        for note in pack.notes
        for span, said in zip(sentences(note.text), pack.opinions[note.id], strict=True)
    }
    count: Counter[str] = Counter(dict.fromkeys(COUNTS, 0))
    for sentence in brief.sentences:
        if sentence.conflict:
            count["conflicts"] += 1
            continue
        said = _said(sentence.text, sentence.citations, marks)
        signs = {mark[0] for mark in said}
        kind = {"+": "strength", "-": "concern"}[signs.pop()] if len(signs) == 1 else "fact"
        if sentence.kind == "fact":
            count["kinds_unclear"] += kind != "fact"
        else:
            count["kinds_right" if sentence.kind == kind else "kinds_wrong"] += 1
        same = {note_id for note_id, each in pack.opinions.items() if said and any(said <= marked for marked in each)}
        alike = {note_id for note_id, each in pack.opinions.items() if any(said & marked for marked in each)}
        own = next(note_id for note_id in sentence.citations if _holds(sentence.text, note_id, marks))
        count["counted"] += len(sentence.citations) - 1
        count["counted_rightly"] += len((set(sentence.citations) & alike) - {own})
        count["countable"] += len(same - {own})
    return dict(count)


COUNTS = (
    "kinds_right", "kinds_wrong", "kinds_unclear", "counted", "counted_rightly", "countable", "conflicts",
)  # fmt: skip


def _holds(text: str, note_id: str, marks: dict[tuple[str, str], frozenset[str]]) -> bool:
    return any(note == note_id and normal(text).strip(' “”".。') in sentence for note, sentence in marks)


def _said(text: str, citations: Iterable[str], marks: dict[tuple[str, str], frozenset[str]]) -> frozenset[str]:
    bare = normal(text).strip(' “”".。')
    return next(said for (note, sentence), said in marks.items() if note in set(citations) and bare in sentence)


def _together(rows: list[dict[str, Any]]) -> dict[str, Any]:
    return {
        "rouge": {
            str(words): {
                side: {
                    name: round(statistics.mean(row["rouge"][str(words)][side][name] for row in rows), 4)
                    for name in ("rouge_1", "rouge_2", "rouge_l")
                }
                for side in ("brief", "baseline")
            }
            for words in BUDGETS
        },
        **{name: sum(row[name] for row in rows) for name in COUNTS},
    }
