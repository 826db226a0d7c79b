"""All deliverables of the corpus with their labels."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.deliverables import office, pages, written

HERE = Path(__file__).parent

GENERATED: dict[str, Callable[[], bytes]] = {
    "orders_zh.docx": office.load_report_zh,
    "inventory_en.docx": office.load_report_with_screenshot_en,
    "template_zh.docx": office.empty_template_zh,
    "merged_zh.docx": office.merged_table_zh,
    "memo_en.docx": office.prose_en,
    "truncated.docx": office.truncated_docx,
    "load_zh.xlsx": office.load_results_zh,
    "builds_en.xlsx": office.merged_headers_en,
    "sales_zh.xlsx": office.sales_sheet_zh,
    "empty_en.xlsx": office.empty_workbook_en,
    "bomb.xlsx": office.bomb_workbook,
    "scenarios_gb18030.csv": office.gb18030_csv,
    "interfaces_utf16.csv": office.utf16_csv,
    "members_zh.pdf": pages.report_zh,
    "gateway_en.pdf": pages.report_en,
    "airy_summary_en.pdf": pages.airy_summary_en,
    "conclusion_zh.pdf": pages.lines_pdf_zh,
    "scanned_zh.pdf": pages.scanned_pdf_zh,
    "jmeter_zh.png": pages.jmeter_screenshot_zh,
    "terminal_en.png": pages.terminal_screenshot_en,
    "scenarios_en.jpg": pages.photo_of_results_en,
    "blank.png": pages.blank_picture,
}


@dataclass(frozen=True, slots=True)
class Expected:
    """One labelled value; `scope` is the words that must occur in the scope that is read (any order)."""

    metric: str
    value: str
    unit: str
    scope: str = ""


@dataclass(frozen=True, slots=True)
class Deliverable:
    name: str
    data: bytes
    status: str
    language: str
    structured: bool
    """A tool's own format, held to the higher bar."""
    conflicts: bool
    """Whether the file contradicts itself: at least one conflict must be reported."""
    metrics: tuple[Expected, ...]
    decoys: tuple[Expected, ...]
    """Targets, limits, examples and neighbours that must never come out as measured."""
    definitions: tuple[dict[str, Any], ...]
    part: str
    """`first`: the readers were written and tuned on it; `tuning`: labelled later, then tuned on; `held_out`: never."""

    @property
    def is_picture(self) -> bool:
        pictured = "screenshot" in self.name or self.name in {"scanned_zh.pdf", "inventory_en.docx"}
        return pictured or self.name.endswith((".png", ".jpg"))


def names() -> list[str]:
    return sorted(path.name.removesuffix(".json") for path in (HERE / "labels").glob("*.json"))


def part_of(name: str) -> str:
    """Which part of the corpus a deliverable belongs to."""
    label = json.loads((HERE / "labels" / f"{name}.json").read_text(encoding="utf-8"))
    return str(label.get("part", "first"))


def load(name: str) -> Deliverable:
    label = json.loads((HERE / "labels" / f"{name}.json").read_text(encoding="utf-8"))
    source = HERE / "files" / f"{name}.src"
    if name in GENERATED:
        data = GENERATED[name]()
    elif source.exists():
        data = written.RENDERERS[name.rpartition(".")[2]](source.read_text(encoding="utf-8"))
    else:
        data = (HERE / "files" / name).read_bytes()
    return Deliverable(
        name=name,
        data=data,
        status=label["status"],
        language=label["language"],
        structured=label["structured"],
        conflicts=label["conflicts"],
        metrics=tuple(Expected(*entry) for entry in label["metrics"]),
        decoys=tuple(Expected(*entry) for entry in label["decoys"]),
        definitions=tuple(label.get("definitions", ())),
        part=label.get("part", "first"),
    )


def all_deliverables() -> Iterator[Deliverable]:
    for name in names():
        yield load(name)


def held_out_digest() -> str:
    """SHA-256 over the labels and sources of the held-out part: it changes when somebody changes what is judged."""
    digest = hashlib.sha256()
    for path in sorted((HERE / "labels").glob("*.json")):
        text = path.read_bytes()
        label = json.loads(text)
        if label.get("part") == "held_out":
            (source,) = (HERE / "files").glob(f"{label['file']}*")
            digest.update(text + source.read_bytes())
    return digest.hexdigest()
