"""`python -m tests.evaluation.language`: the writing help on held-out notes and briefs of the gold packs.

Writes the sections `assist`, `brief` and `reviews` of `evaluation.json`.
"""

from __future__ import annotations

import statistics
import sys
from typing import Any

from ml.brief.brief import write_brief
from ml.brief.checks import figure_in
from ml.brief.contract import Brief, BriefOptions
from ml.text.quantities import quantities
from ml.text.words import count_words
from tests.brief_packs.packs import GoldPack, covered, read_packs
from tests.evaluation.baseline import summarise
from tests.evaluation.report import write_section
from tests.evaluation.reviews import review_figures
from tests.evaluation.rouge import rouge
from tests.feedback_corpus.held_out import BINARY, LANGUAGES, SENTIMENTS, TEST_PARTS, Score, held_out, score

ROUGE_WORDS = 120
"""Room of both sides in the comparison with the baseline."""


def assist_figures() -> dict[str, Any]:
    """F1, counts and the sentiment table a test part and language."""
    return {part: {language: _language(score(language, part)) for language in LANGUAGES} for part in TEST_PARTS}


def _language(result: Score) -> dict[str, Any]:
    told, rightly = result.side()
    return {
        "notes": sum(result.sentiment.values()),
        "f1": {question: round(result.f1(question), 4) for question in BINARY},
        "counts": {
            question: {cell: result.counts[question, cell] for cell in ("tp", "fp", "fn", "tn")} for question in BINARY
        },
        "strength_concern": {"told": round(told, 4), "rightly": round(rightly, 4)},
        "sentiment": {true: {said: result.sentiment[true, said] for said in SENTIMENTS} for true in SENTIMENTS},
    }


def brief_figures() -> dict[str, Any]:
    """Claims covered, forbidden notes, citations, figures and contradictions a pack; ROUGE against the baseline."""
    packs: dict[str, Any] = {}
    for pack in read_packs():
        packs[pack.name] = _pack(pack, write_brief(pack.notes))
    rows = list(packs.values())
    mean = {
        side: {
            name: round(statistics.mean(row["rouge"][side][name] for row in rows), 4) for name in rows[0]["rouge"][side]
        }
        for side in ("brief", "baseline")
    }
    claims, found = sum(row["claims"] for row in rows), sum(row["claims_covered"] for row in rows)
    return {
        "packs": packs,
        "claims_covered": round(found / claims, 4),
        "forbidden_notes_used": sum(row["forbidden_notes_used"] for row in rows),
        "sentences": sum(row["sentences"] for row in rows),
        "sentences_without_citation": sum(row["sentences_without_citation"] for row in rows),
        "figures_absent_from_citations": sum(row["figures_absent_from_citations"] for row in rows),
        "contradictions_shown": sum(row["contradictions_shown"] for row in rows),
        "contradictions": sum(row["contradictions"] for row in rows),
        "rouge": mean,
    }


def _pack(pack: GoldPack, brief: Brief) -> dict[str, Any]:
    notes = {note.id: note for note in pack.notes}
    conflicts = {frozenset(sentence.citations) for sentence in brief.sentences if sentence.conflict}
    absent = [
        brief_text
        for sentence in brief.sentences
        for quantity in quantities(sentence.text)
        for brief_text in [sentence.text[quantity.start : quantity.end]]
        if not any(figure_in(quantity, notes[note_id]) for note_id in sentence.citations)
    ]
    short = write_brief(pack.notes, BriefOptions(max_words=ROUGE_WORDS))
    gold = [" ".join(claim.text for claim in pack.claims)]
    mine = [note.text for note in pack.notes if note.subject_id == pack.subject]
    return {
        "claims": len(pack.claims),
        "claims_covered": sum(covered(claim, brief) for claim in pack.claims),
        "forbidden_notes_used": len(pack.forbidden & {c for s in brief.sentences for c in s.citations}),
        "sentences": len(brief.sentences),
        "words": sum(count_words(sentence.text) for sentence in brief.sentences),
        "sentences_without_citation": sum(not sentence.citations for sentence in brief.sentences),
        "figures_absent_from_citations": len(absent),
        "contradictions": len(pack.contradictions),
        "contradictions_shown": sum(pair in conflicts for pair in pack.contradictions),
        "rouge": {
            "brief": rouge(" ".join(sentence.text for sentence in short.sentences), gold),
            "baseline": rouge(summarise(mine, pack.language, ROUGE_WORDS), gold),
        },
    }


def main() -> None:
    """Measure and write the sections; print the totals."""
    assist, brief, reviews = assist_figures(), brief_figures(), review_figures()
    write_section("assist", assist)
    write_section("brief", brief)
    write_section("reviews", reviews)
    for part in TEST_PARTS:
        for language, row in assist[part].items():
            sys.stdout.write(f"assist {part} {language}: {row['f1']} strength/concern {row['strength_concern']}\n")
        sys.stdout.write(f"assist {part}: {len(held_out(part))} notes\n")
    sys.stdout.write("".join(f"brief {name}: {value}\n" for name, value in brief.items() if name != "packs"))
    for group, row in reviews["means"].items():
        for words, sides in row["rouge"].items():
            sys.stdout.write(f"reviews {group}, {words} words: {sides}\n")
        sys.stdout.write(f"reviews {group}: { {name: n for name, n in row.items() if name != 'rouge'} }\n")


if __name__ == "__main__":
    main()
