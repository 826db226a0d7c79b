"""What a template requires: found with its place, missing, or unclear; never taken for there when it is not."""

from __future__ import annotations

import io
from collections.abc import Sequence

import docx
import pytest

from ml.metrics.contract import Checked, Outcome, PictureLine, Requirement, RequirementKind
from ml.metrics.extract import extract
from tests.deliverables import pages

ERRORS = Requirement("errors", RequirementKind.SECTION, ("错误日志", "error log"))
CPU = Requirement("cpu", RequirementKind.PICTURE, ("CPU峰值", "peak CPU"))
P95 = Requirement("p95", RequirementKind.METRIC, metric="latency_p95")


def nothing(_picture: bytes) -> Sequence[PictureLine]:
    return ()


def monitor(_picture: bytes) -> Sequence[PictureLine]:
    return [PictureLine("CPU 使用率 峰值 91%", 0.97, (10.0, 20.0, 120.0, 18.0))]


def checked(data: bytes, name: str, wanted: Requirement, read_page: object = nothing) -> Checked:
    (answer,) = extract(data, name, read_page, requirements=[wanted]).checklist  # type: ignore[arg-type]
    return answer


@pytest.mark.parametrize(
    ("text", "outcome"),
    [
        ("# 报告\n\n## 3.2 错误日志摘要\n\nTimeout 12 次\n", Outcome.FOUND),
        ("# Report\n\n## Error logs\n\nNone.\n", Outcome.FOUND),
        ("# 报告\n\n## 错误日志\n\n无\n\n## 结论\n\n通过\n", Outcome.FOUND),
        ("# 报告\n\n## 错误日志\n\n（待补充）\n\n## 结论\n\n通过\n", Outcome.UNCLEAR),
        ("# 报告\n\n## 错误日志\n\n## 结论\n\n通过\n", Outcome.UNCLEAR),
        ("# 报告\n\n## 结论\n\n详见错误日志。\n", Outcome.MISSING),
        ("# Report\n\n## Error login attempts\n\nnone\n", Outcome.MISSING),
        ("# 报告\n\n## 错误日志\n\n| 类型 | 次数 |\n| --- | --- |\n|  |  |\n\n## 结论\n\n通过\n", Outcome.UNCLEAR),
        ("# 报告\n\n## 错误日志\n\n| 类型 | 次数 |\n| --- | --- |\n| 504 | 3 |\n", Outcome.FOUND),
    ],
)
def test_sections(text: str, outcome: Outcome) -> None:
    answer = checked(text.encode(), "report.md", ERRORS)
    assert answer.outcome is outcome
    assert (answer.where.line is None) is (outcome is Outcome.MISSING)


def report(before: str, picture: bool, after: str) -> bytes:
    document = docx.Document()
    document.add_heading("压测报告", 1)
    document.add_paragraph(before)
    if picture:
        document.add_picture(io.BytesIO(pages.blank_picture()))
    document.add_paragraph(after)
    document.add_heading("结论", 1)
    document.add_paragraph("通过")
    buffer = io.BytesIO()
    document.save(buffer)
    return buffer.getvalue()


@pytest.mark.parametrize(
    ("before", "picture", "after", "outcome"),
    [
        ("压测过程如下。", True, "图 2 CPU 使用率峰值", Outcome.FOUND),
        ("Peak CPU of the gateway:", True, "", Outcome.FOUND),
        ("压测过程如下。", True, "图 2 响应时间曲线", Outcome.MISSING),
        ("压测过程如下。", True, "", Outcome.UNCLEAR),
        ("压测过程如下。", False, "图 2 CPU 峰值截图", Outcome.UNCLEAR),
        ("CPU 峰值为 91%。", False, "", Outcome.MISSING),
    ],
)
def test_pictures_by_caption(before: str, picture: bool, after: str, outcome: Outcome) -> None:
    answer = checked(report(before, picture, after), "report.docx", CPU)
    assert answer.outcome is outcome
    assert (answer.where.image == 1) is (picture and outcome is not Outcome.MISSING)


@pytest.mark.parametrize(("with_picture", "outcome"), [(True, Outcome.FOUND), (False, Outcome.UNCLEAR)])
def test_pictures_on_pages_of_a_pdf(with_picture: bool, outcome: Outcome) -> None:
    data = pages.captioned("图 2 CPU 峰值监控", pages.blank_picture() if with_picture else None)
    answer = checked(data, "report.pdf", CPU)
    assert (answer.outcome, answer.where.page) == (outcome, 1)


def test_a_picture_by_the_words_in_it() -> None:
    answer = checked(report("过程", True, "图 1"), "report.docx", CPU, monitor)
    assert (answer.outcome, answer.words) == (Outcome.FOUND, "CPU 使用率 峰值 91%")
    assert (answer.where.image, answer.where.region) == (1, (10.0, 20.0, 120.0, 18.0))


@pytest.mark.parametrize(
    ("text", "outcome"),
    [
        ("P95 响应时间：320 ms\n", Outcome.FOUND),
        ("要求 P95 响应时间不超过 500 ms\n", Outcome.UNCLEAR),
        ("平均响应时间：320 ms\n", Outcome.MISSING),
    ],
)
def test_metrics(text: str, outcome: Outcome) -> None:
    assert checked(text.encode(), "report.txt", P95).outcome is outcome


def test_the_output_of_a_tool_has_no_sections() -> None:
    data = b"Running 30s test @ http://localhost\n  12 threads and 400 connections\nRequests/sec:   748.35\n"
    assert checked(data, "wrk.txt", ERRORS).outcome is Outcome.MISSING
