"""Files that are broken, hostile or of another kind end as unreadable, with a code and without an exception."""

from __future__ import annotations

import io
import zipfile

import pytest

from ml.metrics.contract import DEFAULT_LIMITS, Extraction, Limits, Status
from ml.metrics.extract import extract
from tests.deliverables import office, pages


def _zip(**parts: bytes) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, data in parts.items():
            archive.writestr(name, data)
    return buffer.getvalue()


ENTITIES = b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "c">]>'

CASES = {
    "empty": (b"", "empty"),
    "cut_docx": (office.load_report_zh()[:5000], "broken"),
    "cut_pdf": (b"%PDF-1.7\n1 0 obj", "broken"),
    "archive": (_zip(**{"a.txt": b"1"}), "archive"),
    "gzip": (b"\x1f\x8b\x08\x00" + bytes(40), "archive"),
    "old_office": (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "old_office"),
    "docx_entities": (
        _zip(**{"word/document.xml": ENTITIES + b"<a>&b;</a>", "[Content_Types].xml": b"<Types/>"}),
        "entities",
    ),
    "docx_without_types": (_zip(**{"word/document.xml": b"<w/>"}), "broken"),
    "xlsx_without_types": (_zip(**{"xl/workbook.xml": b"<workbook/>"}), "broken"),
    "xml_entities": (ENTITIES + b"<testsuite/>", "entities"),
    "xml_broken": (b'<?xml version="1.0"?><testsuite tests="3"', "broken"),
    "json_broken": (b'{"metrics": {', "broken_json"),
    "json_deep": (b'{"a":' * 200 + b"1" + b"}" * 200, "too_deep"),
    "binary": (bytes(range(1, 9)) * 4000, "not_text"),
    "picture": (pages.blank_picture(), "no_page_reader"),
    "jtl_of_dates": (b"timeStamp,elapsed,label,success\n2026/03/01 10:00,12,a,true\n", "time_format"),
}


@pytest.mark.parametrize("name", CASES)
def test_unreadable(name: str) -> None:
    data, code = CASES[name]
    found = extract(data, f"{name}.bin")
    assert (found.status, [notice.code for notice in found.warnings], found.metrics) == (Status.UNREADABLE, [code], ())
    assert found.warnings[0].message.endswith(".")


def _with(limits: Limits, data: bytes, name: str) -> Extraction:
    return extract(data, name, None, (), limits)


def test_limits_of_size_and_pages() -> None:
    assert _with(Limits(bytes=10), b"p95: 12 ms\n" * 5, "a.txt").warnings[0].code == "too_large"
    assert _with(Limits(unpacked_bytes=1000), office.load_report_zh(), "a.docx").warnings[0].code == "too_large"
    assert _with(Limits(pages=1), pages.report_en(), "a.pdf").warnings[0].code == "too_many_pages"
    assert _with(Limits(characters=20), b"p95: 12 ms\n" * 5, "a.txt").warnings[0].code == "too_long"
    jtl = b"timeStamp,elapsed,label,success\n" + b"1,2,a,true\n" * 3000
    assert _with(Limits(rows=1000), jtl, "a.jtl").warnings[0].code == "too_many_rows"


def test_long_tables_are_read_up_to_the_limit() -> None:
    rows = "接口,平均响应时间(ms)\n" + "".join(f"a{number},{number}\n" for number in range(50))
    found = _with(Limits(table_rows=11), rows.encode(), "a.csv")
    assert ([notice.code for notice in found.warnings], len(found.measured())) == (["rows_left_out"], 10)


def test_a_cut_last_line_of_samples_is_left_out() -> None:
    jtl = b"timeStamp,elapsed,label,success\n1000,20,a,true\n2000,40,a,false\n3000"
    values = {metric.metric: str(metric.value) for metric in extract(jtl, "a.jtl").metrics if metric.scope == "TOTAL"}
    assert (values["requests_total"], values["requests_failed"], values["latency_avg"]) == ("2", "1", "30")


def test_of_samples_with_too_many_labels_the_total_is_read() -> None:
    ids = [f"{1000 + at},{at},GET /orders/{at},200,OK,true" for at in range(1, 1200)]
    controllers = ['5,9,Buy,200,"Number of samples in transaction : 2",true'] * 600
    rows = [
        "timeStamp,elapsed,label,responseCode,responseMessage,success",
        *ids,
        *controllers,
        "2200,5,GET /,500,No,false",
    ]
    found = extract("\n".join(rows).encode(), "a.jtl")
    values = {metric.metric: int(metric.value) for metric in found.metrics if metric.scope == "TOTAL"}
    assert ([notice.code for notice in found.warnings], {metric.scope for metric in found.metrics}) == (
        ["labels_left_out"], {"TOTAL", "500 No"}
    )  # fmt: skip
    assert (values["requests_total"], values["requests_failed"], values["latency_max"]) == (1200, 1, 1199)


def test_default_limits_read_a_million_samples() -> None:
    assert DEFAULT_LIMITS.rows >= 1_000_000
    assert DEFAULT_LIMITS.sample_bytes > DEFAULT_LIMITS.bytes
