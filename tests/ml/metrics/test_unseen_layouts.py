"""Layouts of other people's reports: which number is the result, of what, and about what."""

from __future__ import annotations

import io

import docx
import openpyxl  # type: ignore[import-untyped]
import pytest
from docx.enum.style import WD_STYLE_TYPE
from docx.oxml import OxmlElement
from docx.oxml.ns import qn

from ml.metrics.extract import extract

Reading = tuple[str, str, str, str]
"""Metric, value, scope, kind."""


def readings(text: str, name: str = "report.md") -> list[Reading]:
    found = extract(text.encode(), name)
    return [(metric.metric, str(metric.value), metric.scope, metric.kind.value) for metric in found.metrics]


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        (
            "During the run CPU averaged 38 percent and never went above 57 percent.",
            [("cpu_avg", "38", "", "measured"), ("cpu_max", "57", "", "measured")],
        ),
        (
            "服务器处理器占用率平均百分之四十五，最高百分之八十八。",
            [("cpu_avg", "45", "", "measured"), ("cpu_max", "88", "", "measured")],
        ),
        (
            "The p95 latency fell from 1.9 s to 810 ms.",
            [("latency_p95", "1900", "before", "example"), ("latency_p95", "810", "", "measured")],
        ),
        (
            "1、下单链路峰值QPS 1.2万，平均RT 46ms，失败率 0",
            [
                ("throughput_max", "12000", "下单链路", "measured"),
                ("latency_avg", "46", "下单链路", "measured"),
                ("error_rate", "0", "下单链路", "measured"),
            ],
        ),
        (
            "We kept two hundred and fifty users on the system during the soak test; 99.2% of requests succeeded.",
            [("concurrency", "250", "", "measured"), ("success_rate", "99.2", "", "measured")],
        ),
        (
            "We executed 214 of 220 planned test cases: 205 passed, 7 failed.",
            [
                ("test_cases_executed", "214", "", "measured"),
                ("test_cases_total", "220", "", "measured"),
                ("test_cases_passed", "205", "", "measured"),
                ("test_cases_failed", "7", "", "measured"),
            ],
        ),
        ("服务器CPU：78%；内存：61%", [("cpu", "78", "服务器", "measured"), ("memory_usage", "61", "", "measured")]),
        (
            "2. Peak (800 VUs): p95 = 1.9 s, 890 rps",
            [
                ("concurrency", "800", "Peak (800 VUs)", "measured"),
                ("latency_p95", "1900", "Peak (800 VUs)", "measured"),
                ("throughput", "890", "Peak (800 VUs)", "measured"),
            ],
        ),
        ("Last month's run for reference: p95 512 ms.", [("latency_p95", "512", "", "example")]),
        ("Vendors usually publish a p99 latency of 5 ms.", [("latency_p99", "5", "", "example")]),
        ("Alerts fire when the error rate passes 2%.", [("error_rate", "2", "", "target")]),
        (
            "DB CPU: avg 41%, max 88%",
            [("cpu_avg", "41", "DB", "measured"), ("cpu_max", "88", "DB", "measured")],
        ),
    ],
)
def test_sentences(sentence: str, expected: list[Reading]) -> None:
    assert readings(sentence) == expected


def test_names_over_the_header_of_a_table_are_no_header() -> None:
    text = (
        "| Project | Atlas | |\n|---|---|---|\n| Tester | Kim | |\n| KPI | Threshold | Run 1 |\n"
        "| Concurrent users | 300 | |\n| Error rate | < 1 % | 0.4 % |\n"
    )
    assert readings(text) == [
        ("concurrency", "300", "", "target"),
        ("error_rate", "1", "", "target"),
        ("error_rate", "0.4", "Run 1", "measured"),
    ]


def test_two_runs_side_by_side_keep_their_names() -> None:
    text = "| | baseline | current | delta |\n|---|---|---|---|\n| p99 | 9.02 ms | 11.4 ms | +26.4% |\n"
    assert readings(text) == [
        ("latency_p99", "9.02", "baseline", "measured"),
        ("latency_p99", "11.4", "current", "measured"),
    ]


def test_a_cell_that_names_its_value_and_a_count_with_its_share() -> None:
    text = (
        "| Criterion | Outcome |\n|---|---|\n| Search answers in 2 s for most requests | p95 = 1.64 s |\n"
        "| Error rate not above 0.1% | 0.34% |\n\n| Metric | Count |\n|---|---|\n| Total test cases | 420 |\n"
        "| Passed | 385 (91.7%) |\n"
    )
    assert readings(text) == [
        ("latency_p95", "1640", "Search answers in 2 s for most", "measured"),
        ("error_rate", "0.34", "", "measured"),
        ("test_cases_total", "420", "", "measured"),
        ("test_cases_passed", "385", "", "measured"),
        ("pass_rate", "91.7", "", "measured"),
    ]


def test_a_sentence_that_rounds_a_table_repeats_it_and_one_that_differs_does_not() -> None:
    table = "| Metric | Value |\n|---|---|\n| Throughput | 547.8 req/s |\n\n"
    assert readings(table + "In short, it handled about 550 requests per second.") == [
        ("throughput", "547.8", "", "measured")
    ]
    assert readings(table + "It handled 600 requests per second.") == [
        ("throughput", "547.8", "", "measured"),
        ("throughput", "600", "", "measured"),
    ]


def test_sentences_under_different_loads_are_told_apart_by_the_load() -> None:
    text = "并发100用户压测10分钟，平均RT 0.21秒。\n加到300用户，平均RT涨到0.9秒。\n"
    assert [reading for reading in readings(text, "notes.txt") if reading[0] == "latency_avg"] == [
        ("latency_avg", "210", "100用户", "measured"),
        ("latency_avg", "900", "300用户", "measured"),
    ]


def test_what_a_program_takes_is_read_and_what_a_machine_has_is_not() -> None:
    table = "| Build | QPS | {} |\n|---|---|---|\n| v1 | 120 | {} |\n"
    assert ("memory", "512000000", "v1", "measured") in readings(table.format("Memory (MB)", "512"))
    assert readings(table.format("Memory (GB)", "16")) == [("throughput", "120", "v1", "measured")]


def test_headings_of_a_word_file_are_known_by_their_place_in_the_outline() -> None:
    word = docx.Document()
    for level, name in enumerate(("Chapter of ours", "Part of ours")):
        style = word.styles.add_style(name, WD_STYLE_TYPE.PARAGRAPH)
        outline = OxmlElement("w:outlineLvl")
        outline.set(qn("w:val"), str(level))
        style.element.get_or_add_pPr().append(outline)
    for flow, average in (("Booking", "88"), ("Refunds", "131")):
        word.add_paragraph(flow, style="Chapter of ours")
        word.add_paragraph("Report of the run", style="Part of ours")
        table = word.add_table(rows=2, cols=2)
        for row, (left, right) in enumerate((("Samples", "Average (ms)"), ("40", average))):
            table.cell(row, 0).text, table.cell(row, 1).text = left, right
    file = io.BytesIO()
    word.save(file)
    found = extract(file.getvalue(), "flows.docx").metrics
    assert [(one.scope, str(one.value)) for one in found if one.metric == "latency_avg"] == [
        ("Booking", "88"),
        ("Refunds", "131"),
    ]


def test_blocks_of_a_sheet_side_by_side_below_one_merged_title_are_read_apart() -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    sheet["B2"] = "Board data"
    sheet.merge_cells("B2:F2")
    for row, (left, count, right, other) in enumerate(
        [
            ("DEFECTS", None, "TEST EXECUTION", None),
            ("Total no. of defects", 9, "Total no. of tests", 58),
            ("In progress", None, "PASSED", 49),
            ("Closed", 7, "FAILED", 8),
            ("Minor", 3, "Blocked", 1),
        ],
        start=3,
    ):
        sheet[f"B{row}"], sheet[f"C{row}"], sheet[f"E{row}"], sheet[f"F{row}"] = left, count, right, other
    data = io.BytesIO()
    book.save(data)
    assert {(metric.metric, str(metric.value)) for metric in extract(data.getvalue(), "board.xlsx").metrics} == {
        ("defects_total", "9"),
        ("defects_fixed", "7"),
        ("defects_minor", "3"),
        ("test_cases_total", "58"),
        ("test_cases_passed", "49"),
        ("test_cases_failed", "8"),
        ("test_cases_blocked", "1"),
    }
