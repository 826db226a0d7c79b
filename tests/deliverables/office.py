"""Word and Excel deliverables, made in memory; their labels stand in `labels/`."""

from __future__ import annotations

import io
import zipfile

import docx
import openpyxl  # type: ignore[import-untyped]
from docx.shared import Cm

from tests.deliverables import pages

Rows = list[list[str]]


def _docx(document: object) -> bytes:
    buffer = io.BytesIO()
    document.save(buffer)  # type: ignore[attr-defined]  # python-docx names its document class only inside
    return buffer.getvalue()


def _xlsx(book: openpyxl.Workbook) -> bytes:
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def _table(document: object, rows: Rows) -> object:
    table = document.add_table(rows=len(rows), cols=len(rows[0]))  # type: ignore[attr-defined]
    for at, row in enumerate(rows):
        for column, text in enumerate(row):
            table.cell(at, column).text = text
    return table


def load_report_zh() -> bytes:
    document = docx.Document()
    document.add_heading("订单中心性能测试报告", 0)
    document.add_heading("1 概述", 1)
    document.add_paragraph("本报告记录订单中心 V3.2 的压力测试。上线要求：TPS 不低于 800，95% 响应时间小于 1 秒。")
    document.add_heading("2 测试结果", 1)
    document.add_heading("2.1 创建订单", 2)
    document.add_paragraph("表 1 创建订单压测数据")
    _table(
        document,
        [
            ["并发数", "TPS", "平均响应时间", "95%响应时间", "错误数", "错误率"],
            ["200", "612.4", "301ms", "560ms", "0", "0.00%"],
            ["400", "905.7", "432ms", "1.21s", "37", "0.02%"],
        ],
    )
    document.add_heading("2.2 错误类型", 2)
    _table(document, [["错误类型", "次数"], ["504 Gateway Timeout", "29"], ["Connection refused", "8"]])
    document.add_heading("3 结论", 1)
    document.add_paragraph("系统最大并发用户数达到 400，CPU 峰值 91%，内存使用率最高 74%。")
    return _docx(document)


def load_report_with_screenshot_en() -> bytes:
    document = docx.Document()
    document.add_heading("Inventory API: load test", 0)
    document.add_paragraph("Acceptance: error rate below 0.5%.")
    _table(
        document,
        [
            ["Item", "Result"],
            ["Concurrent users", "120"],
            ["Total requests", "60,000"],
            ["Throughput", "498.3 req/s"],
            ["Average response time", "0.23 s"],
            ["Error rate", "0.12 %"],
        ],
    )
    document.add_paragraph("Figure 1: percentiles as the tool showed them")
    document.add_picture(io.BytesIO(pages.percentiles_screenshot()), width=Cm(12))
    return _docx(document)


def empty_template_zh() -> bytes:
    document = docx.Document()
    document.add_heading("性能测试报告（模板）", 0)
    _table(
        document,
        [
            ["指标", "目标", "实测值", "结论"],
            ["并发用户数", "500", "", ""],
            ["TPS", "≥ 1000", "", ""],
            ["平均响应时间", "≤ 300 ms", "", ""],
        ],
    )
    document.add_paragraph("填写说明：请填写实测值，例如“平均响应时间 280ms”。")
    return _docx(document)


def merged_table_zh() -> bytes:
    document = docx.Document()
    document.add_heading("接口压测记录", 1)
    table = _table(
        document,
        [
            ["接口", "线程数", "响应时间(ms)", "响应时间(ms)", "响应时间(ms)", "吞吐量(req/s)"],
            ["接口", "线程数", "平均", "最大", "P99", "吞吐量(req/s)"],
            ["查询", "50", "45", "310", "120", "990.5"],
            ["查询", "100", "96", "1,502", "410", "1010.2"],
            ["写入", "50", "81", "770", "260", "601"],
        ],
    )
    for first, last in (((0, 2), (0, 4)), ((0, 0), (1, 0)), ((0, 1), (1, 1)), ((0, 5), (1, 5)), ((2, 0), (3, 0))):
        text = table.cell(*first).text  # type: ignore[attr-defined]
        table.cell(*first).merge(table.cell(*last)).text = text  # type: ignore[attr-defined]
    return _docx(document)


def prose_en() -> bytes:
    document = docx.Document()
    document.add_heading("Memo", 1)
    document.add_paragraph(
        "During the soak test (8 hours, 150 virtual users) the median response time was 88 ms and the 99th percentile "
        "reached 1.1 seconds. 17 of 2,400,000 requests failed."
    )
    document.add_paragraph("The goal had been a 99th percentile of at most 900 ms.")
    return _docx(document)


def truncated_docx() -> bytes:
    return load_report_zh()[:5000]


def load_results_zh() -> bytes:
    book = openpyxl.Workbook()
    first = book.active
    assert first is not None
    first.title = "说明"
    first.append(["压测指标要求"])
    first.append(["TPS", "≥500"])
    second = book.create_sheet("登录接口")
    second.append(["登录接口压测结果"])
    second.append([])
    second.append(["并发用户数", "平均响应时间(ms)", "P95(ms)", "TPS", "成功率"])
    second.append([100, 133, 260, 421.5, 0.9998])
    second.append([200, 291, 640, 533.1, 0.9961])
    for row in (4, 5):
        second.cell(row, 5).number_format = "0.00%"
    third = book.create_sheet("支付接口")
    third.append(["并发用户数", "平均响应时间(ms)", "P95(ms)", "TPS", "成功率"])
    third.append([100, 402, 911, 188.2, 0.985])
    third.cell(2, 5).number_format = "0.0%"
    return _xlsx(book)


def merged_headers_en() -> bytes:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = "Results"
    sheet.append(["Build", "Latency (s)", None, None, "Requests", None])
    sheet.append([None, "avg", "p90", "max", "total", "failed"])
    sheet.append(["4.1", 0.212, 0.401, 2.2, 12000, 3])
    sheet.append(["4.2", 0.187, 0.333, 1.9, 12500, 0])
    for area in ("B1:D1", "E1:F1", "A1:A2"):
        sheet.merge_cells(area)
    return _xlsx(book)


def sales_sheet_zh() -> bytes:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = "三月"
    sheet.append(["门店", "目标销售额(万元)", "实际销售额(万元)", "客单价(元)", "完成率"])
    sheet.append(["南山店", 80, 91.3, 356, 1.14125])
    sheet.append(["福田店", 120, 101.7, 298, 0.8475])
    for row in (2, 3):
        sheet.cell(row, 5).number_format = "0.0%"
    return _xlsx(book)


def empty_workbook_en() -> bytes:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(["Scenario", "Users", "Avg (ms)", "p95 (ms)", "Error %"])
    sheet.append(["Login", None, None, None, None])
    sheet.append(["Search", None, "n/a", "-", None])
    return _xlsx(book)


def bomb_workbook() -> bytes:
    """A workbook whose sheet unpacks to 400 times its packed size or more."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr("xl/workbook.xml", "<workbook/>")
        archive.writestr("xl/worksheets/sheet1.xml", b" " * 30_000_000)
    return buffer.getvalue()


def gb18030_csv() -> bytes:
    text = "场景;并发用户数;平均响应时间(毫秒);错误率\n登录;300;412;0.05%\n下单;300;655;1.27%\n"
    return text.encode("gb18030")


def utf16_csv() -> bytes:
    text = (
        "接口\t样本数\t平均值\t90% 百分位\t吞吐量\n查询余额\t5000\t88\t170\t83.4/sec\n转账\t5000\t301\t640\t40.2/min\n"
    )
    return text.encode("utf-16")
