"""PDF and picture deliverables, typeset by Typst; their labels stand in `labels/`."""

from __future__ import annotations

import io
from typing import Literal

import typst
from PIL import Image

_SETUP = '#set text(font: "Noto Sans CJK SC", size: {size}pt)\n'


def _typeset(body: str, form: Literal["pdf", "png"], size: int = 10, page: str = "", ppi: float = 144.0) -> bytes:
    setup = f"#set page({page})\n" if page else ""
    return typst.compile((setup + _SETUP.format(size=size) + body).encode(), format=form, ppi=ppi)


def table(rows: list[list[str]], columns: str | None = None) -> str:
    inner = ", ".join("[" + cell.replace("#", "\\#").replace("<", "\\<") + "]" for row in rows for cell in row)
    return f"#table(columns: {columns or len(rows[0])}, {inner})\n"


def airy_summary_en() -> bytes:
    """A table with much room around its cells, as office programs on the web make them."""
    return _typeset(
        "= Test summary report\n== Results by module\n#set table(inset: 20pt)\n"
        + table(
            [
                ["Module name", "Total cases", "Passed", "Failed", "Pass rate (%)"],
                ["Sign-in", "14", "13", "1", "92.9%"],
                ["Order history", "22", "22", "0", "100%"],
                ["Returns", "9", "7", "2", "77.8%"],
            ]
        ),
        "pdf",
    )


_SCREEN = "width: auto, height: auto, margin: 12pt"

_JMETER_ROWS = [
    [
        "Label",
        "样本",
        "平均值",
        "中位数",
        "90% 百分位",
        "95% 百分位",
        "99% 百分位",
        "最小值",
        "最大值",
        "异常 %",
        "吞吐量",
    ],
    ["登录", "2000", "212", "190", "388", "470", "812", "31", "1530", "0.25%", "66.4/sec"],
    ["下单", "2000", "405", "372", "690", "850", "1402", "60", "2904", "1.10%", "66.1/sec"],
    ["总体", "4000", "308", "276", "560", "702", "1210", "31", "2904", "0.67%", "132.2/sec"],
]


def report_zh() -> bytes:
    return _typeset(
        "= 会员系统性能测试报告\n"
        "== 一、测试目标\n系统在 300 并发下平均响应时间应小于 1 秒，错误率不超过 0.5%。\n"
        "== 二、测试结果\n"
        + table(
            [
                ["场景", "并发用户数", "TPS", "平均响应时间（ms）", "P90（ms）", "错误率"],
                ["会员查询", "100", "356.2", "182", "301", "0%"],
                ["会员查询", "300", "702.8", "377", "690", "0.03%"],
                ["积分兑换", "300", "190.4", "1,402", "2,310", "0.92%"],
            ]
        )
        + "== 三、资源\n应用服务器 CPU 使用率峰值为 88.6%，内存使用率为 57%。\n",
        "pdf",
    )


def report_en() -> bytes:
    return _typeset(
        "= Streaming gateway, stress test\n"
        "The run lasted 45 minutes with 2,000 concurrent connections.\n\n"
        + table(
            [
                ["Metric", "SLO", "Measured"],
                ["Requests", "", "1,204,551"],
                ["Throughput", "400 rps", "446 rps"],
                ["p50 latency", "", "41 ms"],
                ["p95 latency", "150 ms", "133 ms"],
                ["p99 latency", "400 ms", "612 ms"],
                ["Error rate", "0.10%", "0.04%"],
            ]
        )
        + "#pagebreak()\n== Findings\nThe p99 misses its objective of 400 ms. Memory usage stayed at 63%.\n",
        "pdf",
    )


def document(body: str) -> bytes:
    """A PDF of this text."""
    return _typeset(body, "pdf")


def lines_pdf_zh() -> bytes:
    return _typeset(
        "= 上线压测结论\n并发用户数：800\\ 最大TPS：2,150\\ 平均响应时间：0.37秒\\ 99%响应时间：1.9秒\\ 事务"
        "成功率：99.93%\\ "
        "压测时长：2小时\\ 目标TPS：2000\n",
        "pdf",
    )


def long_pdf(page_count: int, table_every: int) -> bytes:
    """A report of so many pages of running text, with a table of 12 endpoints on every `table_every`-th page."""
    body = "".join(
        f"= Section {number}\n"
        + "This section describes one part of the system, how it was set up and what was seen while it ran. " * 26
        + (_endpoints(number) if number % table_every == 0 else "")
        + ("#pagebreak()\n" if number < page_count else "")
        for number in range(1, page_count + 1)
    )
    return _typeset(body, "pdf")


def _endpoints(number: int) -> str:
    rows = [[f"GET /part{number}/{row}", str(1000 + row), str(80 + row), str(200 + row), "0.01"] for row in range(12)]
    return table([["Endpoint", "Requests", "Avg (ms)", "p95 (ms)", "Error %"], *rows])


def jmeter_screenshot_zh() -> bytes:
    return _typeset(table(_JMETER_ROWS), "png", size=11, page=_SCREEN, ppi=110)


def screen(rows: list[list[str]]) -> bytes:
    """A screenshot of a table."""
    return _typeset(table(rows), "png", size=12, page=_SCREEN, ppi=120)


def percentiles_screenshot() -> bytes:
    return screen([["Percentile", "Response time"], ["p50", "180 ms"], ["p95", "520 ms"], ["p99", "1,130 ms"]])


def terminal_screenshot_en() -> bytes:
    lines = [
        "Running 30s test at http://shop.example/items",
        "Concurrency: 64",
        "Requests: 48,210",
        "Failed requests: 12",
        "Requests/sec: 1606.4",
        "Average latency: 39.8 ms",
        "P99 latency: 131 ms",
    ]
    return _typeset(" \\ ".join(lines), "png", size=13, page=_SCREEN, ppi=110)


def scanned_pdf_zh() -> bytes:
    """A PDF of one picture: no text layer at all."""
    picture = Image.open(io.BytesIO(jmeter_screenshot_zh())).convert("RGB")
    buffer = io.BytesIO()
    picture.save(buffer, "PDF", resolution=110)
    return buffer.getvalue()


def photo_of_results_en() -> bytes:
    png = _typeset(
        table(
            [
                ["Scenario", "Users", "Avg (ms)", "p95 (ms)", "Error rate"],
                ["Login", "80", "143", "310", "0.2%"],
                ["Search", "80", "98", "205", "0.0%"],
            ]
        ),
        "png",
        size=12,
        page=_SCREEN,
        ppi=120,
    )
    buffer = io.BytesIO()
    Image.open(io.BytesIO(png)).convert("RGB").save(buffer, "JPEG", quality=70)
    return buffer.getvalue()


def captioned(caption: str, picture: bytes | None) -> bytes:
    """A PDF page of text with a caption, and perhaps the picture that it names."""
    shown = f"#image(bytes(({', '.join(map(str, picture))})), width: 8cm)\n\n" if picture is not None else ""
    return document(f"= 压测报告\n压测持续 30 分钟，过程平稳，未见异常。\n\n{shown}{caption}\n\n= 结论\n通过。\n")


def blank_picture() -> bytes:
    buffer = io.BytesIO()
    Image.new("RGB", (640, 400), "white").save(buffer, "PNG")
    return buffer.getvalue()
