"""How well templates are proposed from blanks: `python -m tests.evaluation.proposals`.

Blanks in many layouts, drawn here and so known exactly, are proposed from their PDF, without form fields and with
them, from a scan that lies askew and from a photograph. Section `proposals` of `evaluation.json` has the share of
fields found, of right names and types, boxes to tick found, and areas proposed where nothing is asked.
"""

from __future__ import annotations

import argparse
import logging
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rapidfuzz import fuzz

from ocr.contract import Box, FieldType, FormField
from ocr.engine import Engine
from ocr.proposal.contract import PageSource
from ocr.proposal.opening import open_pages
from ocr.proposal.proposing import propose
from ocr.vocabulary import letters, term_of
from tests.company_forms.blank import Asked, Blank, scan
from tests.company_forms.first import FIRST
from tests.company_forms.later import LATER
from tests.evaluation.report import EVALUATION, write_section
from tests.fillable import SIMPLE, Fillable
from tests.photographs.camera import Condition, photograph

LOG = logging.getLogger(__name__)

PHONE = Condition("photograph", tilt_degrees=8, rotation_degrees=2, long_side=3200)
WAYS: dict[str, Callable[[Blank], bytes]] = {
    "pdf": lambda blank: blank.pdf(),
    "form_fields": lambda blank: Fillable(blank, SIMPLE).pdf(),
    "scan": lambda blank: scan(blank.picture(200), 2.0),
    "photograph": lambda blank: photograph(blank.picture(250), PHONE, (len(blank.name),)),
}
SAME_NAME = 80.0


@dataclass(slots=True)
class Tally:
    """What came of one blank in one way."""

    asked: int = 0
    found: int = 0
    named: int = 0
    typed: int = 0
    boxes: int = 0
    boxes_found: int = 0
    proposed: int = 0
    wrong: int = 0

    def add(self, other: Tally) -> None:
        for name in self.__slots__:
            setattr(self, name, getattr(self, name) + getattr(other, name))

    def as_json(self) -> dict[str, Any]:
        def share(part: int, whole: int) -> float | None:
            return round(part / whole, 3) if whole else None

        return {
            "fields": self.asked,
            "found": share(self.found, self.asked),
            "named_right_of_found": share(self.named, self.found),
            "typed_right_of_found": share(self.typed, self.found),
            "boxes": self.boxes,
            "boxes_found": share(self.boxes_found, self.boxes),
            "areas_where_nothing_is_asked": share(self.wrong, self.proposed),
        }


def measure(blank: Blank, content: bytes, engine: Engine) -> tuple[Tally, list[str]]:
    """How the proposal for a blank compares with the truth, and what was missed or made up."""
    sources: Sequence[PageSource] = open_pages(content)
    template = propose(sources, engine, "evaluated").template
    scale = template.page_size_mm[0] / blank.size_mm[0]
    left = list(template.fields)
    tally = Tally(asked=len(blank.asked), proposed=len(left))
    misses = []
    for asked in blank.asked:
        tally.boxes += len(asked.boxes)
        fitting = [field for field in left if _fits(asked, field, scale)]
        if not fitting:
            misses.append(f"missed {asked.label}")
            continue
        field = max(fitting, key=lambda each: _common(each.box_mm, _scaled(asked.area, scale)))
        left.remove(field)
        tally.found += 1
        tally.boxes_found += _boxes_found(asked, field, scale)
        named = _named(asked.label, field)
        tally.named += named
        tally.typed += asked.type is field.type
        if not named or asked.type is not field.type:
            said = f"{field.label.zh} / {field.label.en} ({field.type.value})"
            misses.append(f"{asked.label} ({asked.type.value}) -> {said}")
    tally.wrong = len(left)
    misses.extend(f"made up {field.label.zh} ({field.type.value}) at {field.box_mm}" for field in left)
    return tally, misses


def _fits(asked: Asked, field: FormField, scale: float) -> bool:
    if asked.type is FieldType.CHOICE:
        return bool(field.options) and _boxes_found(asked, field, scale) * 2 >= len(asked.boxes)
    area = _scaled(asked.area, scale)
    common = _common(field.box_mm, area)
    return not field.options and common >= 0.6 * _size(field.box_mm) and common >= 0.3 * _size(area)


def _boxes_found(asked: Asked, field: FormField, scale: float) -> int:
    places = [_scaled(box, scale) for _, box in asked.boxes]
    return sum(any(_common(option.box_mm, place) > 0.5 * _size(place) for option in field.options) for place in places)


def _named(label: str, field: FormField) -> bool:
    wanted = letters(label)
    names = [field.label.zh, field.label.en, field.label.zh + field.label.en, *field.aliases]
    alike = max(fuzz.ratio(wanted, letters(name)) for name in names)
    term = term_of(label)
    same_term = term is not None and any(term_of(name) is term for name in names)
    return alike >= SAME_NAME or same_term


def _scaled(box: Box, scale: float) -> Box:
    x, y, w, h = (side * scale for side in box)
    return x, y, w, h


def _size(box: Box) -> float:
    return box[2] * box[3]


def _common(one: Box, other: Box) -> float:
    width = min(one[0] + one[2], other[0] + other[2]) - max(one[0], other[0])
    height = min(one[1] + one[3], other[1] + other[3]) - max(one[1], other[1])
    return max(0.0, width) * max(0.0, height)


def figures(makers: Iterable[Callable[[], Blank]], ways: Sequence[str], engine: Engine) -> dict[str, Any]:
    """Figures for those layouts over all, by way and by layout."""
    whole = Tally()
    by_way = {way: Tally() for way in ways}
    by_layout: dict[str, Tally] = {}
    misses: dict[str, list[str]] = {}
    for make in makers:
        blank = make()
        by_layout[blank.name] = Tally()
        for way in ways:
            tally, missed = measure(blank, WAYS[way](blank), engine)
            LOG.info("%s %s: %d of %d, %d made up; %s", blank.name, way, tally.found, tally.asked, tally.wrong, missed)
            for total in (whole, by_way[way], by_layout[blank.name]):
                total.add(tally)
            if missed:
                misses[f"{blank.name} {way}"] = missed
    return {
        "all": whole.as_json(),
        "by_way": {way: tally.as_json() for way, tally in by_way.items()},
        "by_layout": {name: tally.as_json() for name, tally in by_layout.items()},
        "not_as_they_should_be": misses,
    }


def main() -> None:
    parser = argparse.ArgumentParser(description="Measure how templates are proposed from blanks.")
    parser.add_argument("--ways", type=lambda text: text.split(","), default=list(WAYS), help=",".join(WAYS))
    parser.add_argument("--layouts", choices=("first", "later", "all"), default="all")
    parser.add_argument("--report", type=Path, default=EVALUATION, help="the report to write into")
    chosen = parser.parse_args()
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    engine = Engine()
    section = {
        name: figures(makers, chosen.ways, engine)
        for name, makers in (("first", FIRST), ("later", LATER))
        if chosen.layouts in (name, "all")
    }
    write_section("proposals", section, chosen.report)
    LOG.info("%s", {name: part["all"] for name, part in section.items()})


if __name__ == "__main__":
    main()
