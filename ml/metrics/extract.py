"""The one entry: bytes of a deliverable in, its metrics, contradictions and warnings out.

Pure and single-threaded: no files, no network, no child processes, and memory bounded by the limits, so that it can run
in a limited child process.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from decimal import Decimal
from itertools import chain
from typing import Any

from ml.metrics import detect
from ml.metrics.blocks import Block, Document, Heading, Line, Table, picture_mark
from ml.metrics.contract import (
    DEFAULT_LIMITS,
    DeliverableError,
    Extraction,
    Kind,
    Limits,
    Metric,
    MetricDefinition,
    Notice,
    Place,
    ReadPage,
    Requirement,
    RequirementKind,
    Status,
)
from ml.metrics.detect import FileKind
from ml.metrics.documents.delimited import delimiter_of, is_series, read_delimited, rows_of
from ml.metrics.documents.excel import read_xlsx
from ml.metrics.documents.pdf import read_pdf
from ml.metrics.documents.pictures import picture_blocks
from ml.metrics.documents.text import decode, encoding_of, read_text
from ml.metrics.documents.web import read_html
from ml.metrics.documents.word import read_docx
from ml.metrics.required import check
from ml.metrics.runs import run_names
from ml.metrics.sanity import find_conflicts, without_repetition
from ml.metrics.sections import Walker
from ml.metrics.tools import (
    artillery,
    databases,
    gatling,
    http_benches,
    jmeter,
    json_reports,
    jtl,
    k6,
    k6_page,
    loads,
    locust,
    machines,
    nbomber,
    outcomes,
    shapes,
    taurus,
    test_runs,
    tsung,
)
from ml.metrics.tools.record import Run, TextLine

Read = tuple[str, list[Metric], list[tuple[str, str]], Document]
"""Name of the format, metrics, warnings (code, message), and the document, empty for the formats of tools."""

_CONSOLES: tuple[tuple[str, Callable[[Sequence[TextLine]], Iterator[Run]]], ...] = (
    ("..:", k6.read_k6_console),
    ("K6 Reporter v", k6_page.read_k6_page),
    ("test @", http_benches.read_wrk),
    ("Concurrency Level", http_benches.read_ab),
    ("Summary:", http_benches.read_hey),
    ("[total, rate", http_benches.read_vegeta),
    ("ransactions", http_benches.read_siege),
    (" report @", artillery.read_artillery),
    ("request count", nbomber.read_nbomber),
    ("summary ", jmeter.read_summariser),
    ("Global Information", gatling.read_gatling_console),
    ("# fails", locust.read_locust_console),
    ("requests per second", machines.read_redis),
    ("MEM USAGE", machines.read_docker_stats),
    ("buff/cache", machines.read_free),
    ("(g=0): rw=", machines.read_fio),
    ("[ ID] Interval", machines.read_iperf),
    ("CPU(cores)", machines.read_kubectl_top),
    ("%CPU", machines.read_pidstat),
    ("%CPU", machines.read_top),
    ("%us", machines.read_sar),
    ("# TYPE ", machines.read_prometheus),
    ("", databases.read_database_loads),
    (" req/s", loads.read_h2load),
    (" requests in ", loads.read_autocannon),
    (" requests ", loads.read_drill),
    ("Ops/sec", loads.read_memtier),
    (" tps", loads.read_progress),
    ("10sec mean", tsung.read_tsung),
    ("", loads.read_loads),
    ("Passing", outcomes.read_cypress),
    ("--- ", outcomes.read_go),
    ("Run Summary:", outcomes.read_cunit),
    (" in ", test_runs.read_pytest_console),
    ("Tests run:", test_runs.read_surefire),
    ("Tests", test_runs.read_jest),
    (" passing", test_runs.read_mocha),
    ("average response time:", test_runs.read_newman),
    ("", outcomes.read_outcomes),
)
"""What a tool's console output always holds, and its reader."""


def extract(
    data: bytes,
    filename: str,
    read_page: ReadPage | None = None,
    definitions: Sequence[MetricDefinition] = (),
    limits: Limits = DEFAULT_LIMITS,
    *,
    requirements: Sequence[Requirement] = (),
) -> Extraction:
    """Read the metrics of one file, and look for what a template requires.

    `read_page` reads pictures and pages without text; without it they are left out with a warning. `definitions` are a
    template's own metrics. Never raises for what a file contains: a file that cannot be read has status `unreadable`
    and a warning that says what to do.
    """
    try:
        pictured = any(wanted.kind is RequirementKind.PICTURE for wanted in requirements)
        name, metrics, warnings, document = _read(
            data, filename, read_page, tuple(definitions), limits, look_for_pictures=pictured
        )
    except DeliverableError as error:
        return Extraction(filename, "unknown", Status.UNREADABLE, warnings=(Notice(error.code, str(error)),))
    kept = without_repetition(metrics)
    measured = any(metric.kind is Kind.MEASURED for metric in kept)
    return Extraction(
        file=filename,
        format=name,
        status=Status.OK if measured else Status.NO_DATA,
        metrics=tuple(kept),
        conflicts=tuple(find_conflicts(kept)),
        warnings=tuple(Notice(code, message) for code, message in dict.fromkeys(warnings)),
        checklist=check(requirements, kept, document),
    )


def _read(
    data: bytes,
    filename: str,
    read_page: ReadPage | None,
    definitions: tuple[MetricDefinition, ...],
    limits: Limits,
    *,
    look_for_pictures: bool,
) -> Read:
    if not data:
        raise DeliverableError("empty", "The file is empty: upload it again.")
    samples = _samples(data, limits)
    if samples is not None:
        return samples
    if len(data) > limits.bytes:
        raise DeliverableError("too_large", f"The file has {len(data)} bytes; at most {limits.bytes} are read.")
    kind = detect.kind_of_bytes(data)
    if kind is FileKind.PDF:
        pdf = read_pdf(data, limits, read_page, look_for_pictures=look_for_pictures)
        return _document("pdf", pdf, definitions)
    if kind is FileKind.DOCX:
        return _document("docx", read_docx(data, limits, read_page), definitions)
    if kind is FileKind.XLSX:
        return _document("xlsx", read_xlsx(data, limits, read_page), definitions)
    if kind is FileKind.PICTURE:
        if read_page is None:
            raise DeliverableError(
                "no_page_reader", "Pictures are not read here: upload the report or the tool's output as text."
            )
        place = Place(image=1)
        blocks = [picture_mark(place), *picture_blocks(data, read_page, place)]
        return _document("picture", Document(blocks), definitions)
    text = decode(data, limits)
    kind = detect.kind_of_text(text, filename)
    if kind is FileKind.XML:
        return _xml(data)
    if kind is FileKind.JSON:
        try:
            return _json(text, definitions, limits)
        except DeliverableError:
            if not filename.lower().endswith((".txt", ".log", ".md", ".markdown")):
                raise  # a chat or a log may begin with a bracket: "[09:02] load test is done"
    if kind is FileKind.HTML and (report := locust.report_of(text)) is not None:
        return "locust", locust.read_report(report), [], Document()
    if kind is FileKind.HTML:
        return _document("html", read_html(text, limits), definitions)
    return _text(text, filename, definitions, limits)


def _samples(data: bytes, limits: Limits) -> Read | None:
    """JMeter's raw samples, read as a stream: they may be far larger than any report."""
    head = data[:4096]
    if len(data) > limits.sample_bytes:
        raise DeliverableError("too_large", f"The file has {len(data)} bytes; at most {limits.sample_bytes} are read.")
    if re.search(rb"<testResults[\s>]", head) and b"<!DOCTYPE" not in head and b"<!ENTITY" not in head:
        return "jtl", *jtl.read_jtl_xml(data, limits), Document()
    first = head.split(b"\n", 1)[0]
    if b"timeStamp" not in first or b"elapsed" not in first:
        return None
    encoding = encoding_of(data)
    header = first.decode(encoding, errors="replace").lstrip("\ufeff").strip()
    delimiter = max(",;\t|", key=header.count)
    if not jtl.is_jtl_header([name.strip('"') for name in header.split(delimiter)]):
        return None
    return "jtl", *jtl.read_jtl_csv(data, encoding, limits), Document()


def _xml(data: bytes) -> Read:
    root = test_runs.parse_xml(data)
    if test_runs.is_junit(root):
        return "junit", test_runs.read_junit(root), [], Document()
    if taurus.is_final_status(root):
        return "taurus", taurus.read_final_status(root), [], Document()
    counted = test_runs.read_robot(root) or test_runs.read_counters(root)
    if counted:
        return "xml", counted, [], Document()
    return (
        "xml",
        [],
        [("unknown_format", "The XML is of no known report: export JUnit XML, or the tool's summary as text or CSV.")],
        Document(),
    )


def _json(text: str, definitions: tuple[MetricDefinition, ...], limits: Limits) -> Read:
    try:
        value = detect.parse_json(text, limits)
    except DeliverableError:
        value = _json_lines(text)
        if value is None:
            raise
    for name, known, read in _JSON_FORMATS:
        if known(value):
            return name, read(value), [], Document()
    shape = shapes.shape_of(value)
    if shape is not None:
        return shape.tool, shapes.read_shape(shape, value), [], Document()
    return "json", json_reports.read_named_keys(value, definitions), [], Document()


def _json_lines(text: str) -> list[Any] | None:
    """One JSON object a line, as many tools stream them; None when it is not that."""
    values = []
    for line in text.splitlines()[:2000]:
        if not line.strip():
            continue
        try:
            values.append(json.loads(line, parse_float=Decimal))
        except (ValueError, RecursionError):
            return None
    return values if len(values) > 1 else None


_JSON_FORMATS: tuple[tuple[str, Callable[[Any], bool], Callable[[Any], list[Metric]]], ...] = (
    ("k6", k6.is_k6_summary, k6.read_k6_summary),
    ("jmeter", jmeter.is_statistics, jmeter.read_statistics),
    ("gatling", gatling.is_gatling, gatling.read_gatling),
    ("vegeta", json_reports.is_vegeta, json_reports.read_vegeta_json),
    ("oha", json_reports.is_oha, json_reports.read_oha_json),
    ("siege", json_reports.is_siege, json_reports.read_siege_json),
    ("locust", locust.is_json, locust.read_json),
    ("artillery", artillery.is_report, artillery.read_report),
    ("cucumber", test_runs.is_cucumber, test_runs.read_cucumber),
)


def _text(text: str, filename: str, definitions: tuple[MetricDefinition, ...], limits: Limits) -> Read:
    script = gatling.stats_of_script(text) if text.lstrip().startswith("var stats") else None
    if isinstance(script, Mapping) and gatling.is_gatling(script):
        return "gatling", gatling.read_gatling(script), [], Document()
    if (dashboard := jmeter.table_of_script(text)) is not None:
        return "jmeter", jmeter.read_aggregate(dashboard[0], enumerate(dashboard[1:], start=1)), [], Document()
    delimiter = delimiter_of(text[:20_000])
    if delimiter is not None and (tool := _tool_csv(text, delimiter, limits)) is not None:
        return tool
    lines = _text_lines(text)
    levels = [len(line.text) - len(line.text.lstrip("#")) if line.heading else 0 for line in lines]
    metrics, used, tools = _console(lines, levels)
    if not metrics and filename.lower().endswith((".csv", ".tsv")) and delimiter is not None:
        table = read_delimited(text, limits)
        if table is not None and is_series(table):
            return "csv", [], [_MOMENTS], table
        if table is not None:
            return _document("csv", table, definitions)
    if used:
        text = "\n".join("" if at in used else line.text for at, line in enumerate(lines))
    document = read_text(text)
    rest = Walker(definitions).read(document)
    name = "markdown" if filename.lower().endswith((".md", ".markdown")) else "text"
    if name == "text" and len(tools) == 1 and not rest:
        name = tools[0]
    return name, [*metrics, *rest], [], document


_COLOURS = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")
_STAMP = re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:[.,]\d+)?(?:Z|[+-]\d\d:?\d\d)?[ \t]?(?:\[[\w .:/-]+\][ \t])?")
"""What a build server writes in front of every line."""
_MOMENTS = (
    "moments_not_read",
    "The rows are single moments, of which none is a result: export the summary of the run, or write down its figures.",
)


def _text_lines(text: str) -> list[TextLine]:
    """The lines of a text as a terminal shows them: without colours, and of a line that was written over its last
    state. "# name" is a heading unless it stands in a fenced block."""
    lines, fenced = [], False
    shown = [raw.rstrip("\r").rpartition("\r")[2] for raw in _COLOURS.sub("", text).split("\n")]
    filled = [line for line in shown if line.strip()]
    if len(filled) >= 3 and all(_STAMP.match(line) for line in filled):
        shown = [_STAMP.sub("", line) for line in shown]
    for number, line in enumerate(shown, start=1):
        fenced ^= line.lstrip().startswith(("```", "~~~"))
        heading = not fenced and re.match(r"#{1,6}\s+\S", line) is not None
        lines.append(TextLine(line, Place(line=number), heading=heading))
    return lines


def _tool_csv(text: str, delimiter: str, limits: Limits) -> Read | None:
    rows = rows_of(text, delimiter, limits)
    for _, header in rows:
        names = [name.strip().lstrip("\ufeff") for name in header]
        if not any(names):
            continue
        if jmeter.aggregate_columns(names):
            return "jmeter", jmeter.read_aggregate(names, rows), [], Document()
        if locust.is_stats(names):
            return "locust", locust.read_stats(names, rows), [], Document()
        if locust.is_failures(names):
            return "locust", locust.read_failures(rows), [], Document()
        if locust.is_exceptions(names):
            return "locust", locust.read_exceptions(rows), [], Document()
        if locust.is_history(names):
            return "locust", locust.read_history(names, rows), [], Document()
        if taurus.is_final_csv(names):
            return "taurus", taurus.read_final_csv(names, rows), [], Document()
        if loads.is_ab_percentages(names):
            return "ab", loads.read_ab_percentages(rows), [], Document()
        if names[:3] == ["metric_name", "timestamp", "metric_value"]:
            return "k6", [], [_MOMENTS], Document()
        if machines.is_redis_row(names):
            rates = chain([(1, names)], rows)
            return "redis-benchmark", machines.read_redis_csv(["test", "rps"], rates), [], Document()
        if machines.is_redis_csv(names):
            return "redis-benchmark", machines.read_redis_csv(names, rows), [], Document()
        return None
    return None


def _console(lines: Sequence[TextLine], levels: Sequence[int]) -> tuple[list[Metric], set[int], list[str]]:
    """What the console readers find: metrics, the lines (indexes) they took, the tools' names. `levels` are those of
    the headings among the lines (0: none)."""
    text = "\n".join(line.text for line in lines)
    runs: list[Run] = []
    for run in (run for mark, read in _CONSOLES if mark in text for run in read(lines) if run.metrics or run.left_out):
        # Some runners print inside the report of another (Mocha in Cypress).
        if not any(run.lines < other.lines for other in runs):
            runs.append(run)
    used = set().union(*(run.lines for run in runs))
    telling = [run for run in runs if run.metrics]
    metrics = [
        metric._replace(scope=f"{name} {metric.scope}".strip())
        for run, name in zip(telling, run_names(lines, levels, telling, used), strict=True)
        for metric in run.metrics
    ]
    return metrics, used, list(dict.fromkeys(run.tool for run in runs))


def _document(name: str, document: Document, definitions: tuple[MetricDefinition, ...]) -> Read:
    """Console output inside a document first, then its tables and lines."""
    entries = [(at, line) for at, block in enumerate(document.blocks) for line in _lines_of(block)]
    levels = [block.level if isinstance(block, Heading) else 0 for block in document.blocks]
    metrics, used, _ = _console([line for _, line in entries], [levels[at] for at, _ in entries])
    taken = {entries[index][0] for index in used}
    blocks = [block for at, block in enumerate(document.blocks) if at not in taken]
    rest = Walker(definitions).read(Document(blocks))
    return name, [*metrics, *rest], document.warnings, document


def _lines_of(block: Block) -> list[TextLine]:
    if isinstance(block, Line):
        return [TextLine(block.text, block.where, block.confidence)]
    if isinstance(block, Table):
        return [
            TextLine("  ".join(cell.text for cell in row if cell.text and not cell.covers), row[0].where)
            for row in block.rows
            if row
        ]
    return [TextLine(block.text, block.where, heading=True)]
