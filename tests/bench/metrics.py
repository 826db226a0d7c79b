"""What reading deliverables costs: seconds per file and format, and ratios to the bare libraries in the same run.

The 50-page PDF is compared with pypdfium2's extraction of its text alone, the million samples with the csv module
reading them; memory is the peak of allocations above the file itself. `python -m tests.bench.metrics` prints the
figures.
"""

from __future__ import annotations

import csv
import io
import json
import random
import statistics
import sys
import time
import tracemalloc
from collections.abc import Callable
from typing import Any

import pypdfium2 as pdfium

from ml.metrics.extract import extract
from tests.deliverables import corpus, pages
from tests.deliverables.scoring import definitions_of

REPEATS = 15
SAMPLES = 1_000_000


def measure() -> dict[str, Any]:
    """Seconds by format, and the two ratios with their goals."""
    return {
        "seconds_per_file": _by_format(),
        "pdf_50_pages": _pdf(table_every=5) | {"goal": 2.0},
        "pdf_50_pages_each_with_a_table": _pdf(table_every=1),
        "jtl_million_samples": _samples(),
    }


def _seconds(work: Callable[[], object]) -> float:
    """Processor seconds: everything here runs on one thread, and other programs share the machine."""
    began = time.process_time()
    work()
    return time.process_time() - began


def _by_format() -> dict[str, float]:
    """The median file of each format (pictures apart: their time is the OCR engine's)."""
    spent: dict[str, list[float]] = {}
    for deliverable in corpus.all_deliverables():
        if deliverable.is_picture or deliverable.status == "unreadable":
            continue
        definitions = definitions_of(deliverable)
        began = time.process_time()
        found = extract(deliverable.data, deliverable.name, None, definitions)
        spent.setdefault(found.format, []).append(time.process_time() - began)
    return {name: round(statistics.median(values), 4) for name, values in sorted(spent.items())}


def _pdf(table_every: int) -> dict[str, Any]:
    data = pages.long_pdf(50, table_every)
    bare, ours = [], []
    for _ in range(REPEATS):
        bare.append(_seconds(lambda: _bare_text(data)))
        ours.append(_seconds(lambda: extract(data, "long.pdf")))
    values = len(extract(data, "long.pdf").metrics)
    ratio = statistics.median(ours) / statistics.median(bare)
    return {
        "seconds": round(statistics.median(ours), 3),
        "bare_seconds": round(statistics.median(bare), 3),
        "ratio": round(ratio, 2),
        "values": values,
    }


def _bare_text(data: bytes) -> int:
    pdf = pdfium.PdfDocument(data)
    length = 0
    for number in range(len(pdf)):
        page = pdf[number]
        textpage = page.get_textpage()
        length += len(textpage.get_text_range())
        textpage.close()
        page.close()
    pdf.close()
    return length


def _samples() -> dict[str, Any]:
    data = million_samples()
    bare = min(_seconds(lambda: _bare_rows(data)) for _ in range(3))
    ours = min(_seconds(lambda: extract(data, "results.jtl")) for _ in range(3))
    tracemalloc.start()
    extract(data[: len(data) // 4], "results.jtl")
    quarter = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return {
        "megabytes": round(len(data) / 1e6, 1),
        "seconds": round(ours, 2),
        "bare_seconds": round(bare, 2),
        "ratio": round(ours / bare, 2),
        "goal": 3.0,
        "peak_megabytes_for_a_quarter": round(quarter / 1e6, 1),
    }


def _bare_rows(data: bytes) -> int:
    stream = io.TextIOWrapper(io.BytesIO(data), encoding="utf-8", newline="")
    return sum(1 for _ in csv.reader(stream))


def million_samples(count: int = SAMPLES) -> bytes:
    """A sample file of `count` rows over 12 labels, one in 200 failed."""
    rng = random.Random(5)
    lines = [
        "timeStamp,elapsed,label,responseCode,responseMessage,threadName,success,bytes,grpThreads,allThreads,Latency"
    ]
    for number in range(count):
        failed = number % 200 == 7
        lines.append(
            f"{1772503200000 + number * 3},{int(rng.lognormvariate(4.5, 0.5))},Step {number % 12},"
            f"{'503,Service Unavailable' if failed else '200,OK'},users 1-{number % 64 + 1},"
            f"{'false' if failed else 'true'},1024,64,64,{number % 90}"
        )
    return ("\n".join(lines) + "\n").encode()


if __name__ == "__main__":
    json.dump(measure(), sys.stdout, indent=2)
    sys.stdout.write("\n")
