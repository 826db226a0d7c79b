"""How well photographs of filled-in forms are read: `python -m tests.evaluation.forms`.

Makes photographs of many filled forms under each condition, reads them, and writes section `forms` of
`evaluation.json`: figures over all, by condition, by type of field and by hand; each field that was wrong but sure;
each refused picture; the seconds that reading took. With `--samples FOLDER` the real pictures in it are read as well
(see `tests.evaluation.real_pictures`). `read` and `figures` are what other tests may use.
"""

from __future__ import annotations

import argparse
import json
import logging
import time
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from ocr.contract import FormReader, Retake
from ocr.forms import shipped
from ocr.pages import decode
from ocr.reader import Reader, ReaderOptions
from tests.evaluation import real_pictures
from tests.evaluation.report import EVALUATION, write_section
from tests.evaluation.scoring import Outcome, grouped, outcomes, summary
from tests.photographs.camera import BASE, CLEAN, CURLED, MILD, Condition
from tests.photographs.corpus import Photograph, conditions_named, corpus
from tests.photographs.fill import FORM_KEY

LOG = logging.getLogger(__name__)

READ_ON = date(2026, 10, 31)
"""The day on which the pictures are read, so that dates are judged alike in years to come."""

GOOD_LIGHT = frozenset({CLEAN.name, MILD.name})


@dataclass(slots=True)
class Readings:
    """What came of reading many photographs."""

    outcomes: list[Outcome] = field(default_factory=list)
    hands: dict[str, str] = field(default_factory=dict)
    """Picture to the hand that filled in the form."""
    refused: dict[str, Retake] = field(default_factory=dict)
    wrong_sheet: list[str] = field(default_factory=list)
    """Pictures whose QR code was read as another sheet, or whose form was taken for another one."""
    seconds: list[float] = field(default_factory=list)

    def under(self, conditions: Iterable[str]) -> list[Outcome]:
        """The outcomes of pictures taken under those conditions."""
        wanted = frozenset(conditions)
        return [one for one in self.outcomes if one.condition in wanted]


def read(reader: FormReader, photographs: Iterable[Photograph]) -> Readings:
    """Read each photograph the way an upload is read, and compare with its truth."""
    keys = shipped.keys()
    forms = [shipped.load(key) for key in keys]
    template = shipped.load(FORM_KEY).template
    readings = Readings()
    for one in photographs:
        truth = one.truth
        pages = [page.picture for page in decode(one.jpeg)]
        started = time.perf_counter()
        reading = reader.read_form(pages, forms)
        readings.seconds.append(time.perf_counter() - started)
        readings.hands[truth["picture"]] = truth["hand"]
        readings.outcomes += outcomes(reading, truth, template)
        if reading.retake is not None:
            readings.refused[truth["picture"]] = reading.retake
        elif reading.sheet_id not in {None, truth["sheet_id"]} or reading.template_key != template.key:
            readings.wrong_sheet.append(truth["picture"])
        LOG.info("%s: %.1f s", one.name, readings.seconds[-1])
    return readings


def figures(readings: Readings) -> dict[str, Any]:
    """The section `forms` of the report."""
    every = readings.outcomes
    not_curled = {one.condition for one in every} - {CURLED.name}
    by_hand = {
        hand: summary(one for one in every if readings.hands[one.picture] == hand and one.condition in not_curled)
        for hand in sorted(set(readings.hands.values()))
    }
    wrong = [one for one in every if not one.exact and not one.unclear and one.condition in GOOD_LIGHT]
    ordered = sorted(readings.seconds)
    return {
        "pictures": len(readings.hands),
        "goals": {
            "exact_clean_and_mild": summary(readings.under(GOOD_LIGHT))["exact"],
            "exact_all_but_curl": summary(readings.under(not_curled))["exact"],
            "wrong_but_sure": sum(one.wrong_but_sure for one in every),
        },
        "by_condition": grouped(every, "condition"),
        "by_type": grouped(readings.under(not_curled), "type"),
        "by_hand": by_hand,
        "refused": {
            "pictures": {picture: retake.value for picture, retake in sorted(readings.refused.items())},
            "reasons": dict(Counter(retake.value for retake in readings.refused.values())),
        },
        "wrong_sheet": readings.wrong_sheet,
        "wrong_but_sure": [one.as_json() for one in every if one.wrong_but_sure],
        "wrong_in_good_light": [one.as_json() for one in wrong],
        "seconds_per_picture": {
            "median": round(ordered[len(ordered) // 2], 2) if ordered else None,
            "longest": round(ordered[-1], 2) if ordered else None,
        },
    }


def main() -> None:
    parser = argparse.ArgumentParser(description="Measure how photographs of filled-in forms are read.")
    parser.add_argument("--forms", type=int, default=18, help="how many different filled forms (default 18)")
    parser.add_argument("--conditions", type=conditions_named, default=BASE, help="base, all, or names with commas")
    parser.add_argument("--samples", type=Path, help="folder of real pictures with ground truth, read as well")
    parser.add_argument("--labels", type=Path, help="JSON of labels of the real forms to what they are in English")
    parser.add_argument("--report", type=Path, default=EVALUATION, help="the report to write into")
    chosen = parser.parse_args()
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    reader = Reader(ReaderOptions(today=READ_ON))
    conditions: tuple[Condition, ...] = chosen.conditions
    section = figures(read(reader, corpus(range(chosen.forms), conditions)))
    if chosen.samples:
        english = json.loads(chosen.labels.read_text("utf-8")) if chosen.labels else {}
        section["real_pictures"] = real_pictures.measure(reader, chosen.samples, english)
    write_section("forms", section, chosen.report)
    LOG.info("goals: %s", section["goals"])


if __name__ == "__main__":
    main()
