"""What many pages cost: `python -m tests.bench paper`; one figure alone: `python -m tests.bench.paper memory`.

- Memory of the reading process over 300 pages, with the process renewed on the way.
- Pages per second of two workers' reading processes with one thread each, beside those of one, in turns.
- Memory of a worker and its children that split a pile of 200 pages, beside one of the same two pages alone.

Figures of memory are resident sizes in MiB. The second figure needs two quiet cores:
`load` says how many processes wanted to run when it began.
"""

from __future__ import annotations

import io
import json
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from itertools import cycle, islice
from pathlib import Path
from typing import Any

import pypdfium2
from PIL import Image

from db.settings import Settings
from ocr.forms import shipped
from ocr.pages import decode
from tests.photographs.fill import FORM_KEY
from tests.photographs.samples import SAMPLES
from workers.reading import PAGES_BEFORE_RENEWAL, ReadingProcess

PAGES = 300
ROUNDS = 3
PAGES_A_ROUND = 8


def measure(pages: int = PAGES) -> dict[str, Any]:
    """All three figures."""
    return {"throughput": _throughput(), "pdf": _pdf(), "memory": _memory(pages)}


def _pictures() -> list[bytes]:
    return [decode(path.read_bytes())[0].picture for path in sorted(SAMPLES.glob("*.jpg"))]


def _process() -> ReadingProcess:
    return ReadingProcess(Settings(ocr_threads=1))


def _memory(pages: int) -> dict[str, Any]:
    pictures, forms = _pictures(), [shipped.load(FORM_KEY)]
    reading = _process()
    sizes: list[int] = []
    processes: list[int] = []
    try:
        for number in range(pages):
            reading.read_form([pictures[number % len(pictures)]], forms)
            if number % 30 == 29 and sizes:
                print(f"{number + 1} pages, {len(processes)} processes, {max(sizes)} MiB", file=sys.stderr)
            if reading.process_id is not None:
                if reading.process_id not in processes:
                    processes.append(reading.process_id)
                sizes.append(_resident(reading.process_id))
    finally:
        reading.close()
    fifth = max(1, len(sizes) // 5)
    return {
        "pages": pages,
        "pages_before_renewal": PAGES_BEFORE_RENEWAL,
        "processes": len(processes),
        "highest": max(sizes),
        "highest_of_each_fifth": [max(sizes[start : start + fifth]) for start in range(0, 5 * fifth, fifth)],
    }


def _throughput() -> dict[str, Any]:
    load = os.getloadavg()[0]
    pictures, forms = _pictures()[:PAGES_A_ROUND], [shipped.load(FORM_KEY)]
    workers = [_process(), _process()]

    def work(reading: ReadingProcess) -> None:
        for picture in pictures:
            reading.read_form([picture], forms)

    alone, together = [], []
    try:
        for reading in workers:  # models load
            reading.read_form(pictures[:1], forms)
        for _ in range(ROUNDS):
            started = time.perf_counter()
            work(workers[0])
            alone.append(time.perf_counter() - started)
            started = time.perf_counter()
            with ThreadPoolExecutor(2) as pool:
                list(pool.map(work, workers))
            together.append(time.perf_counter() - started)
    finally:
        for reading in workers:
            reading.close()
    one, two = statistics.median(alone), statistics.median(together)
    return {
        "load": round(load, 1),
        "pages_per_second_of_one": round(len(pictures) / one, 3),
        "pages_per_second_of_two": round(2 * len(pictures) / two, 3),
        "ratio": round(2 * one / two, 2),
    }


def _pdf() -> dict[str, Any]:
    """Most memory of a worker and of the children that split a pile of photographed forms, by its number of pages."""
    found = {}
    for pages in (2, 200):
        with tempfile.NamedTemporaryFile(suffix=".pdf") as pile:
            pile.write(_pile(pages))
            pile.flush()
            # In a process of its own, whose memory nothing else has raised.
            program = "import sys; from tests.bench.paper import split; split(sys.argv[1])"
            done = subprocess.run(
                [sys.executable, "-c", program, pile.name], check=True, capture_output=True, text=True
            )
        found[f"pages_{pages}"] = json.loads(done.stdout)
    return found


def split(path: str) -> None:
    """Split a file as a worker does and print what that took, in MiB."""
    template = shipped.load(FORM_KEY).template
    before = _highest(os.getpid())
    children = []
    with Path(path).open("rb") as pile, _process().opened(pile, [template]) as opened:
        for number in range(1, opened.pages + 1):
            opened.page(number)
            if opened.process_id is not None:
                children.append(_highest(opened.process_id))
    worker = _highest(os.getpid()) - before
    found = {
        "pages": opened.pages,
        "file": Path(path).stat().st_size >> 20,
        "highest_child": max(children),
        "worker_grew": worker,
    }
    sys.stdout.write(json.dumps(found))


def _pile(pages: int) -> bytes:
    """A PDF of two photographed forms, again and again (others would want other memory), scaled so that two hundred
    pages stay within what may be uploaded."""
    scans = []
    for path in sorted(SAMPLES.glob("*.jpg"))[:2]:
        scan = io.BytesIO()
        with Image.open(path) as picture:
            picture.thumbnail((1400, 1400))
            picture.convert("RGB").save(scan, "PDF", resolution=120, quality=70)
        scans.append(scan.getvalue())
    out = io.BytesIO()
    with pypdfium2.PdfDocument.new() as pile:
        for scan_of_page in islice(cycle(scans), pages):
            with pypdfium2.PdfDocument(scan_of_page) as one:
                pile.import_pages(one)
        pile.save(out)
    return out.getvalue()


def _highest(process: int) -> int:
    """Most memory that a process had since it started."""
    status = Path(f"/proc/{process}/status").read_text("ascii")
    return next(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmHWM")) >> 10


def _resident(process: int) -> int:
    pages = int(Path(f"/proc/{process}/statm").read_text("ascii").split()[1])
    return pages * resource.getpagesize() >> 20


if __name__ == "__main__":
    parts: dict[str, Callable[[], dict[str, Any]]] = {
        "throughput": _throughput,
        "pdf": _pdf,
        "memory": partial(_memory, PAGES),
    }
    figures = {name: parts[name]() for name in sys.argv[1:] or parts}
    sys.stdout.write(json.dumps(figures, indent=2) + "\n")
