"""A company with a template of load-test reports, and reports made by hand."""

from __future__ import annotations

import io
import uuid
from decimal import Decimal

import docx
from docx.shared import Cm
from sqlalchemy.orm import Session

from db.files import FileStore
from db.models.projects.deliverables import Deliverable
from db.models.projects.templates import DeliverableTemplate, ThresholdDirection
from db.queries.projects import deliverables
from db.viewer import Viewer
from ml.metrics.contract import RequirementKind
from ml.metrics.extract import extract
from resolvers.projects import reading
from resolvers.projects.submission import DeliverableDraft, submit_deliverable
from resolvers.projects.templates import LabelledRequirement, TemplateDraft, publish_template
from resolvers.projects.thresholds import ThresholdDraft, set_threshold
from tests.deliverables import pages

LOAD_TEST = TemplateDraft(
    key="load-test",
    title_zh="压测报告",
    title_en="Load-test report",
    requirements=(
        LabelledRequirement("p95", RequirementKind.METRIC, "P95 延迟", "p95 latency", metric="latency_p95"),
        LabelledRequirement("cpu", RequirementKind.PICTURE, "CPU 峰值截图", "CPU peak", words=("CPU 峰值", "CPU peak")),
        LabelledRequirement(
            "errors", RequirementKind.SECTION, "错误日志摘要", "Error log", words=("错误日志", "Error log")
        ),
    ),
)


def publish(session: Session, viewer: Viewer, draft: TemplateDraft = LOAD_TEST) -> DeliverableTemplate:
    """A template, published by whoever may."""
    return publish_template(session, viewer, draft)


def judge_p95(session: Session, viewer: Viewer, template: DeliverableTemplate, green: int = 500) -> None:
    """Let p95 latencies up to `green` ms be green, and up to 800 yellow."""
    draft = ThresholdDraft(
        template.id,
        "latency_p95",
        "ms",
        ThresholdDirection.AT_MOST,
        green_high=Decimal(green),
        yellow_high=Decimal(800),
    )
    set_threshold(session, viewer, draft)


def read_deliverable(
    session: Session,
    files: FileStore,
    viewer: Viewer,
    template: DeliverableTemplate,
    content: bytes,
    *,
    deliverable_id: uuid.UUID | None = None,
) -> Deliverable:
    """A deliverable, or a new version of one, that was handed in, read and judged, as the job does it but without its
    child."""
    draft = DeliverableDraft(content, "report.md", template.id, deliverable_id=deliverable_id)
    made = submit_deliverable(session, viewer, files, draft)
    file = deliverables.newest_files(session, [made.id])[made.id]
    assert reading.begin_reading(session, viewer, file.id)
    wanted = reading.file_to_read(session, viewer, files, file.id)
    found = extract(wanted.content, wanted.filename, None, wanted.definitions, requirements=wanted.requirements)
    reading.record_reading(session, viewer, files, file.id, found)
    return made


def report(p95: int = 320, errors: str = "超时 12 次", requests: int = 10_000) -> bytes:
    """A load-test report in Markdown; another p95 is another report."""
    return f"""# 支付网关压测报告

| 接口 | 并发数 | 请求总数 | 平均响应时间(ms) | P95(ms) | 错误率 |
| --- | --- | --- | --- | --- | --- |
| 总体 | 500 | {requests} | 120 | {p95} | 0.12% |

## 错误日志摘要

{errors}
""".encode()


def word_report(p95: str, peak: str, errors: list[tuple[str, str]]) -> bytes:
    """A Word report with a table, a screenshot of the monitor, and a section on errors."""
    document = docx.Document()
    document.add_heading("支付网关压测报告", 0)
    document.add_paragraph("上线要求：P95 响应时间不超过 500 ms，错误率低于 1%。")
    document.add_heading("一、压测结果", 1)
    table = document.add_table(rows=2, cols=6)
    for row, cells in enumerate(
        (
            ("场景", "并发数", "请求总数", "平均响应时间(ms)", "P95响应时间(ms)", "错误率"),
            ("总体", "800", "96,000", "210", p95, "0.12%"),
        )
    ):
        for column, text in enumerate(cells):
            table.cell(row, column).text = text
    document.add_heading("二、CPU 峰值截图", 1)
    document.add_picture(io.BytesIO(monitor_screenshot(peak)), width=Cm(12))
    document.add_heading("三、错误日志摘要", 1)
    kinds = document.add_table(rows=1 + len(errors), cols=2)
    for row, pair in enumerate([("错误类型", "次数"), *errors]):
        for column, text in enumerate(pair):
            kinds.cell(row, column).text = text
    buffer = io.BytesIO()
    document.save(buffer)
    return buffer.getvalue()


def monitor_screenshot(peak: str) -> bytes:
    """What a monitor shows, as a picture with words in it."""
    return pages.screen([["Host", "CPU peak", "Memory peak"], ["gateway-1", peak, "61 %"]])
