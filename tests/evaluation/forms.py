"""How well photographs of filled-in forms are read: `python -m tests.evaluation.forms`.

Makes photographs of many filled forms under each condition, reads them, and writes section `forms` of
`evaluation.json`: figures over all, by condition, by type of field and by hand; each field that was wrong but sure;
each refused picture; pages that were read and should have been refused; how confidence and truth go together; the
processor seconds that reading took. With `--keep FILE` what each picture gave is kept there, one JSON line each, and a
run that was broken off goes on where it stopped; the report is written anew after each form. `--part 1/2` reads every
other form: two processes may share a FILE, and the one that ends last tells of all. `--kept-only` tells of what is
kept. With `--samples FOLDER` the real pictures in it are read as well (see `tests.evaluation.real_pictures`). `read`
and `figures` are what other tests may use.
"""

from __future__ import annotations

import argparse
import json
import logging
import time
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import cv2

from ocr.contract import FieldType, FormReader, MatchedBy, Retake
from ocr.engine import EngineOptions
from ocr.forms import shipped
from ocr.pages import decode
from ocr.reader import Reader, ReaderOptions
from tests.evaluation import real_pictures, reliability
from tests.evaluation.report import EVALUATION, write_section
from tests.evaluation.scoring import Outcome, grouped, outcomes, summary
from tests.photographs.camera import CLEAN, FIELD, MILD, Condition
from tests.photographs.corpus import Photograph, conditions_named, picture_name, take
from tests.photographs.fill import FIELD_FORMS, FORM_KEY, STRUCK_FORMS, fill

LOG = logging.getLogger(__name__)

READ_ON = date(2026, 10, 31)
"""The day on which the pictures are read, so that dates are judged alike in years to come."""

GOOD_LIGHT = frozenset({CLEAN.name, MILD.name})

EVEN_HANDS = frozenset(
    {
        "kai",
        "brush-kai",
        "light-kai",
        "bold-kai",
        "even-kai",
        "upright",
        "klee",
        "klee-bold",
        "brush-kai-with-slanted-latin",
    }
)
"""Hands whose letters stand apart and upright, as good as printed."""

UNFIT_SHARE = 0.6
"""A page of which fewer fields than that were right should have been refused."""


@dataclass(frozen=True, slots=True)
class PictureReading:
    """What one picture gave."""

    picture: str
    condition: str
    hand: str
    retake: Retake | None
    wrong_sheet: bool
    """Its QR code was read as another sheet, or its form was taken for another one."""
    matched_by: str
    labels_found: int
    labels_expected: int
    residual_mm: float | None
    seconds: float
    """Processor time of the reading."""
    outcomes: tuple[Outcome, ...]

    @property
    def unfit(self) -> bool:
        """It was read, and should have been refused."""
        judged = [one for one in self.outcomes if not one.unclear]
        right = sum(one.exact for one in judged)
        return self.retake is None and (self.wrong_sheet or right < UNFIT_SHARE * len(judged))

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


def picture_reading(data: dict[str, Any]) -> PictureReading:
    """The reading of which `data` is the JSON."""
    told = [Outcome(**{**one, "type": FieldType(one["type"])}) for one in data["outcomes"]]
    retake = None if data["retake"] is None else Retake(data["retake"])
    return PictureReading(**{**data, "retake": retake, "outcomes": tuple(told)})


@dataclass(slots=True)
class Readings:
    """What came of reading many photographs."""

    pictures: list[PictureReading] = field(default_factory=list)

    @property
    def outcomes(self) -> list[Outcome]:
        return [outcome for one in self.pictures for outcome in one.outcomes]

    @property
    def refused(self) -> dict[str, Retake]:
        return {one.picture: one.retake for one in self.pictures if one.retake is not None}

    @property
    def wrong_sheet(self) -> list[str]:
        return [one.picture for one in self.pictures if one.wrong_sheet]

    def under(self, conditions: Iterable[str]) -> list[Outcome]:
        """The outcomes of pictures taken under those conditions."""
        wanted = frozenset(conditions)
        return [outcome for one in self.pictures if one.condition in wanted for outcome in one.outcomes]


def read(reader: FormReader, photographs: Iterable[Photograph]) -> Readings:
    """Read each photograph the way an upload is read, and compare with its truth."""
    return Readings([read_one(reader, one) for one in photographs])


def read_one(reader: FormReader, photograph: Photograph) -> PictureReading:
    """What reading one photograph gives."""
    keys = shipped.keys()
    forms = [shipped.load(key) for key in keys]
    template = shipped.load(FORM_KEY).template
    truth = photograph.truth
    pages = [page.picture for page in decode(photograph.jpeg)]
    started = time.process_time()
    reading = reader.read_form(pages, forms)
    seconds = time.process_time() - started
    LOG.info("%s: %.1f s %s", photograph.name, seconds, reading.retake or "")
    wrong_sheet = reading.sheet_id not in {None, truth["sheet_id"]} or reading.template_key != template.key
    page = reading.pages[0]
    return PictureReading(
        picture=truth["picture"],
        condition=truth["condition"],
        hand=truth["hand"],
        retake=reading.retake,
        wrong_sheet=reading.retake is None and wrong_sheet,
        matched_by=reading.matched_by.value,
        labels_found=page.labels_found,
        labels_expected=page.labels_expected,
        residual_mm=page.residual_mm,
        seconds=round(seconds, 3),
        outcomes=tuple(outcomes(reading, truth, template)),
    )


def figures(readings: Readings) -> dict[str, Any]:
    """The section `forms` of the report."""
    every = readings.outcomes
    not_curled = [outcome for one in readings.pictures if "curl" not in one.condition for outcome in one.outcomes]
    by_hand: dict[str, list[Outcome]] = defaultdict(list)
    for one in readings.pictures:
        if "curl" not in one.condition:
            by_hand[one.hand] += one.outcomes
    wrong = [one for one in every if not one.exact and not one.unclear and one.condition in GOOD_LIGHT]
    ordered = sorted(one.seconds for one in readings.pictures)
    sure = [one for one in every if one.sure]
    wrong_but_sure = [one for one in every if one.wrong_but_sure]
    return {
        "pictures": len(readings.pictures),
        "goals": {
            "exact_clean_and_mild": summary(readings.under(GOOD_LIGHT))["exact"],
            "exact_all_but_curl": summary(not_curled)["exact"],
            "wrong_but_sure": len(wrong_but_sure),
            "wrong_but_sure_of_sure": round(len(wrong_but_sure) / len(sure), 5) if sure else None,
            "read_but_unfit": [one.picture for one in readings.pictures if one.unfit],
        },
        "table": _table(readings.pictures),
        "by_condition": grouped(every, "condition"),
        "by_type": grouped(not_curled, "type"),
        "by_hand": {hand: summary(told) for hand, told in sorted(by_hand.items())},
        "refused": {
            "pictures": {picture: retake.value for picture, retake in sorted(readings.refused.items())},
            "reasons": dict(Counter(retake.value for retake in readings.refused.values())),
        },
        "fast_path": _fast_path(readings.pictures),
        "wrong_sheet": readings.wrong_sheet,
        "wrong_but_sure": [one.as_json() for one in wrong_but_sure],
        "wrong_in_good_light": [one.as_json() for one in wrong],
        "reliability": [asdict(one) for one in reliability.bins(every)],
        "seconds_per_picture": {
            "median": round(ordered[len(ordered) // 2], 2) if ordered else None,
            "longest": round(ordered[-1], 2) if ordered else None,
        },
    }


def _fast_path(pictures: Sequence[PictureReading]) -> dict[str, float | None]:
    """Share of the pictures that their markers place, so that nothing but labels and cells is recognised."""
    shares = {}
    for name, some in (("of_all", pictures), ("of_read", [one for one in pictures if one.retake is None])):
        served = sum(one.retake is None and one.matched_by == MatchedBy.MARKERS.value for one in some)
        shares[name] = round(served / len(some), 3) if some else None
    return shares


def _table(pictures: Sequence[PictureReading]) -> dict[str, dict[str, Any]]:
    """One line a condition: pictures refused, and of those that were read, the fields."""
    lines = {}
    for condition in dict.fromkeys(one.condition for one in pictures):
        here = [one for one in pictures if one.condition == condition]
        accepted = [one for one in here if one.retake is None]
        even = summary(outcome for one in accepted if one.hand in EVEN_HANDS for outcome in one.outcomes)
        told = summary(outcome for one in accepted for outcome in one.outcomes)
        lines[condition] = {
            "pictures": len(here),
            "refused": len(here) - len(accepted),
            "fields": told["fields"],
            "exact": told["exact"],
            "exact_even_hands": even["exact"],
            "exact_without_long_text": told["exact_without_long_text"],
            "ticks_exact": told["ticks"]["exact"],
            "sure": told["sure"],
            "wrong_but_sure": told["wrong_but_sure"],
            "unfit": sum(one.unfit for one in accepted),
            "seconds": round(sorted(one.seconds for one in here)[len(here) // 2], 2),
        }
    return lines


def numbers(plain: int, field: int, struck: int, first: int) -> list[int]:
    """So many plain forms, so many filled in as in the field, and so many with words struck out, each kind from its
    first one or a later one, in turns: a part of a run has of each."""
    kinds = ((0, plain), (FIELD_FORMS, field), (STRUCK_FORMS, struck))
    most = max(plain, field, struck)
    return [start + first + number for number in range(most) for start, many in kinds if number < many]


@dataclass(slots=True)
class _Kept:
    """What pictures gave, in a file to which several processes may add, or nowhere but here."""

    file: Path | None
    here: dict[str, PictureReading] = field(default_factory=dict)

    def all(self, forms: Sequence[int], conditions: Sequence[Condition]) -> dict[str, PictureReading]:
        """The readings of these forms under these conditions, condition by condition."""
        if self.file is not None and self.file.exists():
            lines = self.file.read_text("utf-8").splitlines()
            self.here |= {one.picture: one for one in map(picture_reading, map(json.loads, lines))}
        names = [f"{picture_name(number, one)}.jpg" for one in conditions for number in forms]
        return {name: self.here[name] for name in names if name in self.here}

    def add(self, one: PictureReading) -> None:
        self.here[one.picture] = one
        if self.file is not None:
            with self.file.open("ab", buffering=0) as file:  # one write a line: processes do not cut each other's
                file.write((json.dumps(one.as_json(), ensure_ascii=False) + "\n").encode())


def _part(text: str) -> tuple[int, int]:
    number, _, parts = text.partition("/")
    if not (number.isdigit() and parts.isdigit() and 1 <= int(number) <= int(parts)):
        raise argparse.ArgumentTypeError("a part is written as 1/2")
    return int(number) - 1, int(parts)


def as_text(table: dict[str, dict[str, Any]]) -> str:
    """The table of conditions in Markdown: shares in per cent of the fields of pages that were read."""
    columns = ("exact", "exact_even_hands", "exact_without_long_text", "ticks_exact", "sure")
    lines = [
        "| condition | refused | exact | even hands | without long texts | ticks | sure | wrong but sure | unfit |",
        "| --- | --- | --- | --- | --- | --- | --- | --- | --- |",
    ]
    for condition, told in table.items():
        shares = ["–" if told[name] is None else f"{told[name] * 100:.1f} %" for name in columns]
        sure = round((told["sure"] or 0) * told["fields"])
        wrong = f"{told['wrong_but_sure']} of {sure}"
        cells = [condition, f"{told['refused']} of {told['pictures']}", *shares, wrong, str(told["unfit"])]
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines)


def main() -> None:
    parser = argparse.ArgumentParser(description="Measure how photographs of filled-in forms are read.")
    parser.add_argument("--forms", type=int, default=20, help="how many plain forms (default 20)")
    parser.add_argument("--field-forms", type=int, default=20, help="how many forms of other hands (default 20)")
    parser.add_argument("--struck-forms", type=int, default=0, help="how many forms with words struck out (default 0)")
    parser.add_argument("--from-form", type=int, default=0, help="how many forms of each kind to pass over first")
    parser.add_argument(
        "--conditions", type=conditions_named, default=FIELD, help="field, base, all, or names with commas"
    )
    parser.add_argument("--keep", type=Path, help="JSON lines to keep each picture's figures in, and to go on from")
    parser.add_argument("--threads", type=int, default=1, help="threads of the engine (default 1)")
    parser.add_argument("--diagram", type=Path, help="PNG to draw the reliability diagram into")
    parser.add_argument("--samples", type=Path, help="folder of real pictures with ground truth, read as well")
    parser.add_argument("--labels", type=Path, help="JSON of labels of the real forms to what they are in English")
    parser.add_argument("--report", type=Path, default=EVALUATION, help="the report to write into")
    parser.add_argument("--part", type=_part, default=(0, 1), help="which forms to read: 1/2 every other one")
    parser.add_argument("--kept-only", action="store_true", help="read nothing, tell of what --keep has")
    chosen = parser.parse_args()
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    cv2.setNumThreads(chosen.threads)
    reader = Reader(ReaderOptions(EngineOptions(threads=chosen.threads), today=READ_ON))
    forms = numbers(chosen.forms, chosen.field_forms, chosen.struck_forms, chosen.from_form)
    kept = _Kept(chosen.keep)
    first, step = chosen.part
    for number in () if chosen.kept_only else forms[first::step]:
        done = kept.all([number], chosen.conditions)
        missing = [one for one in chosen.conditions if f"{picture_name(number, one)}.jpg" not in done]
        for photograph in take(fill(number), missing) if missing else ():
            kept.add(read_one(reader, photograph))
        so_far = Readings(list(kept.all(forms, chosen.conditions).values()))
        write_section("forms", figures(so_far), chosen.report)
    readings = Readings(list(kept.all(forms, chosen.conditions).values()))
    section = figures(readings)
    if chosen.diagram:
        reliability.draw(reliability.bins(readings.outcomes), chosen.diagram)
    if chosen.samples:
        english = json.loads(chosen.labels.read_text("utf-8")) if chosen.labels else {}
        section["real_pictures"] = real_pictures.measure(reader, chosen.samples, english)
    write_section("forms", section, chosen.report)
    LOG.info("goals: %s", section["goals"])
    LOG.info("fast path: %s", section["fast_path"])
    LOG.info("%s", as_text(section["table"]))


if __name__ == "__main__":
    main()
