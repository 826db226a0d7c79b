"""How well deliverables are read: `python -m tests.evaluation.metrics`.

Reads the whole corpus of `tests.deliverables` the way the product does (in a child process, pictures by OCR) and writes
section `metrics` of `evaluation.json`: recall and precision over all, over tools' own formats, by language and by part
(what the readers were tuned on, and what was held out from that), decoys that were taken for results, and every value
that was missed or should not have been read.
"""

from __future__ import annotations

import argparse
import logging
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from db.settings import Settings
from tests.deliverables import corpus
from tests.deliverables.scoring import Score, definitions_of, score, totals
from tests.evaluation.report import EVALUATION, write_section
from workers.deliverables import DeliverableReader

LOG = logging.getLogger("tests.evaluation.metrics")

GOALS = {"recall": 0.90, "precision": 0.97, "recall_structured": 0.99, "precision_structured": 0.99}


def read(
    deliverables: Iterable[corpus.Deliverable], reader: DeliverableReader
) -> list[tuple[corpus.Deliverable, Score]]:
    """Each deliverable with what its reading is worth."""
    return [
        (deliverable, score(deliverable, reader.read(deliverable.data, deliverable.name, definitions_of(deliverable))))
        for deliverable in deliverables
    ]


def figures(scored: list[tuple[corpus.Deliverable, Score]]) -> dict[str, Any]:
    """The section of the report."""
    return {
        "goals": GOALS,
        "all": totals([one for _, one in scored]),
        "structured": totals([one for deliverable, one in scored if deliverable.structured]),
        "documents": totals([one for deliverable, one in scored if not deliverable.structured]),
        "pictures": totals([one for deliverable, one in scored if deliverable.is_picture]),
        "zh": totals([one for deliverable, one in scored if deliverable.language == "zh"]),
        "en": totals([one for deliverable, one in scored if deliverable.language == "en"]),
        **{
            part: totals([one for deliverable, one in scored if deliverable.part == part])
            for part in ("first", "tuning", "held_out")
        },
        "missed": [
            f"{one.name}: {value.metric} {value.value} {value.unit} {value.scope}".strip()
            for _, one in scored
            for value in one.missed
        ],
        "extra": [
            f"{one.name}: {value.metric} {value.value} {value.unit} {value.scope}".strip()
            for _, one in scored
            for value in one.extra
        ],
        "wrong_status": [one.name for _, one in scored if not one.status_right],
    }


def main() -> None:
    parser = argparse.ArgumentParser(description="Measure how deliverables are read.")
    parser.add_argument("--report", type=Path, default=EVALUATION, help="the report to write into")
    chosen = parser.parse_args()
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    reader = DeliverableReader(Settings())
    try:
        section = figures(read(corpus.all_deliverables(), reader))
    finally:
        reader.close()
    write_section("metrics", section, chosen.report)
    LOG.info("all: %s", section["all"])
    LOG.info("structured: %s", section["structured"])
    LOG.info("held out: %s", section["held_out"])


if __name__ == "__main__":
    main()
