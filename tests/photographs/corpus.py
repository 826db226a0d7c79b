"""Photographs with their truth: forms times conditions.

`python -m tests.photographs.corpus FOLDER --forms 12 --conditions base` writes each picture as
`03-mild-perspective.jpg` with its truth beside it as `03-mild-perspective.json`:
`{picture, condition, form, template: {key, version}, sheet_id, hand, values: {field key: value or null}, unclear:
[field key]}`. See `tests.photographs.fill` for what the values and `unclear` mean.
"""

from __future__ import annotations

import argparse
import json
import zlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ocr.forms import shipped
from tests.photographs.camera import BASE, EVERYTHING, FIELD, Condition, photograph
from tests.photographs.fill import FORM_KEY, Filling, fill, page

_SEED = 7


@dataclass(frozen=True, slots=True)
class Photograph:
    """One picture and what stands on it."""

    name: str
    condition: Condition
    filling: Filling
    jpeg: bytes

    @property
    def truth(self) -> dict[str, Any]:
        """The truth as JSON, as in the module's description."""
        template = shipped.load(FORM_KEY).template
        return {
            "picture": f"{self.name}.jpg",
            "condition": self.condition.name,
            "form": self.filling.number,
            "template": {"key": template.key, "version": template.version},
            "sheet_id": self.filling.sheet_id,
            "hand": self.filling.hand.name,
            "values": {field.key: self.filling.truth[field.key] for field in template.fields},
            "unclear": sorted(self.filling.unclear),
        }


def take(filling: Filling, conditions: Iterable[Condition]) -> Iterator[Photograph]:
    """Photographs of one filled form, one a condition."""
    paper = page(filling)
    for condition in conditions:
        seed = (_SEED, filling.number, zlib.crc32(condition.name.encode()))
        jpeg = photograph(paper, condition, seed)
        yield Photograph(picture_name(filling.number, condition), condition, filling, jpeg)


def picture_name(number: int, condition: Condition) -> str:
    """What the picture of that form under that condition is called, without the file's ending."""
    return f"{number:02d}-{condition.name}"


def corpus(numbers: Iterable[int], conditions: Sequence[Condition] = BASE) -> Iterator[Photograph]:
    """Photographs of the forms with those numbers, form by form."""
    for number in numbers:
        yield from take(fill(number), conditions)


def write(photographs: Iterable[Photograph], folder: Path) -> None:
    """Write pictures and truths into the folder, which is made when it is missing."""
    folder.mkdir(parents=True, exist_ok=True)
    for one in photographs:
        (folder / f"{one.name}.jpg").write_bytes(one.jpeg)
        text = json.dumps(one.truth, ensure_ascii=False, indent=1)
        (folder / f"{one.name}.json").write_text(text + "\n", "utf-8")


def conditions_named(names: str) -> tuple[Condition, ...]:
    """The conditions of a comma-separated list; `base`, `all` and `field` are whole sets. Raises `ValueError`."""
    sets = {"base": BASE, "all": EVERYTHING, "field": FIELD}
    if names in sets:
        return sets[names]
    known = {condition.name: condition for condition in (*EVERYTHING, *FIELD)}
    unknown = [name for name in names.split(",") if name not in known]
    if unknown:
        raise ValueError(f"no condition {', '.join(unknown)}; there are {', '.join((*sets, *known))}")
    return tuple(known[name] for name in names.split(","))


def main() -> None:
    parser = argparse.ArgumentParser(description="Write photographs of filled-in forms with their truth.")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--forms", type=int, default=12, help="how many different filled forms")
    parser.add_argument("--conditions", type=conditions_named, default=BASE, help="base, all, or names with commas")
    chosen = parser.parse_args()
    write(corpus(range(chosen.forms), chosen.conditions), chosen.folder)


if __name__ == "__main__":
    main()
