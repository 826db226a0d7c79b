"""How fast notes are helped with and briefs are written, as ratios within one run. `python -m tests.bench.language`."""

from __future__ import annotations

import json
import random
import resource
import statistics
import sys
import time
from collections.abc import Callable
from typing import Any

from sklearn.feature_extraction.text import TfidfVectorizer

from ml.assist.assist import assist
from ml.brief.brief import write_brief, write_briefs
from ml.brief.contract import BriefOptions, Note
from ml.text.sentences import sentences
from tests.brief_packs.packs import read_packs
from tests.feedback_corpus.held_out import held_out

NOTES = 1000
PEOPLE = (50, 100, 200)
"""Sizes of the batches that show how the time grows."""


def make_notes(count: int, seed: int = 11) -> list[Note]:
    """Notes about one person, two sentences each, from packs and corpus with other figures in each."""
    draw = random.Random(seed)
    texts = [note.text for pack in read_packs() for note in pack.notes if pack.language == "en"]
    texts += [note.text for note in held_out() if note.language == "en"]
    return [
        Note(
            f"n{i}",
            f"{draw.choice(texts)} In case {i} she closed {draw.randint(2, 90)} items in week {i % 52}.",
            f"a{i % 40}",
            "s",
        )
        for i in range(count)
    ]


def seconds(work: Callable[[], object], rounds: int = 3) -> float:
    """Processor seconds of the best of several rounds."""
    best = float("inf")
    for _ in range(rounds):
        started = time.process_time()
        work()
        best = min(best, time.process_time() - started)
    return best


def _milliseconds(text: str) -> float:
    started = time.process_time()
    assist(text)
    return (time.process_time() - started) * 1000


def measure() -> dict[str, Any]:
    """Milliseconds a note; a 1,000-note brief against scikit-learn's TF-IDF, one product and the help on the same text;
    growth over batches of people."""
    for note in held_out()[:40]:
        assist(note.text)
    each = {
        language: [_milliseconds(note.text) for note in held_out() if note.language == language]
        for language in ("zh", "en")
    }
    notes = make_notes(NOTES)
    pieces = [span.of(note.text) for note in notes for span in sentences(note.text)]

    def reference() -> None:
        matrix = TfidfVectorizer().fit_transform(pieces)
        _ = (matrix @ matrix.T).toarray()
        for note in notes:
            assist(note.text)

    base = seconds(reference, 2)
    full = seconds(lambda: write_brief(notes), 2)
    packs = [pack.notes for pack in read_packs()]
    growth = {}
    for people in PEOPLE:
        batch = [packs[i % len(packs)] for i in range(people)]
        growth[str(people)] = round(seconds(lambda: write_briefs(batch, [BriefOptions()] * len(batch)), 1), 3)  # noqa: B023
    return {
        "assist_ms_median": {language: round(statistics.median(times), 3) for language, times in each.items()},
        "assist_ms_p95": {
            language: round(sorted(times)[int(len(times) * 0.95)], 3) for language, times in each.items()
        },
        "brief_1000_notes_s": round(full, 3),
        "reference_s": round(base, 3),
        "brief_to_reference": round(full / base, 3),
        "briefs_s_by_people": growth,
        "seconds_per_person": {people: round(value / int(people), 4) for people, value in growth.items()},
        "peak_memory_mb": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024),
    }


if __name__ == "__main__":
    sys.stdout.write(json.dumps(measure(), indent=2) + "\n")
