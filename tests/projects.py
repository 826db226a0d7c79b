"""A company with a template of load-test reports, and reports made by hand."""

from __future__ import annotations

from sqlalchemy.orm import Session

from db.models.projects.templates import DeliverableTemplate
from db.viewer import Viewer
from ml.metrics.contract import RequirementKind
from resolvers.projects.templates import LabelledRequirement, TemplateDraft, publish_template

LOAD_TEST = TemplateDraft(
    key="load-test",
    title_zh="压测报告",
    title_en="Load-test report",
    requirements=(
        LabelledRequirement("p95", RequirementKind.METRIC, "P95 延迟", "p95 latency", metric="latency_p95"),
        LabelledRequirement("cpu", RequirementKind.PICTURE, "CPU 峰值截图", "CPU peak", words=("CPU 峰值",)),
        LabelledRequirement(
            "errors", RequirementKind.SECTION, "错误日志摘要", "Error log", words=("错误日志", "Error log")
        ),
    ),
)


def publish(session: Session, viewer: Viewer, draft: TemplateDraft = LOAD_TEST) -> DeliverableTemplate:
    """A template, published by whoever may."""
    return publish_template(session, viewer, draft)


def report(p95: int = 320, errors: str = "超时 12 次", requests: int = 10_000) -> bytes:
    """A load-test report in Markdown; another p95 is another report."""
    return f"""# 支付网关压测报告

| 接口 | 并发数 | 请求总数 | 平均响应时间(ms) | P95(ms) | 错误率 |
| --- | --- | --- | --- | --- | --- |
| 总体 | 500 | {requests} | 120 | {p95} | 0.12% |

## 错误日志摘要

{errors}
""".encode()
