"""The invented company with its published forms, for development and the demo."""

from __future__ import annotations

import json
import uuid
from decimal import Decimal
from pathlib import Path
from typing import Any

from sqlalchemy.orm import Session

from db.files import FileStore
from db.models.projects.templates import DeliverableTemplate, ThresholdDirection
from db.queries.projects import templates
from db.seed.company import ORGANIZATION_ID, bind_sheet, seed_company
from db.session import Database, Scope
from db.settings import Settings
from db.viewer import Viewer, system_viewer
from ml.metrics.contract import RequirementKind
from resolvers.projects.templates import LabelledRequirement, TemplateDraft, publish_template
from resolvers.projects.thresholds import ThresholdDraft, set_threshold
from workers.founding import furnish

PHOTOGRAPH = Path(__file__).parent / "demo" / "review-photo.jpg"
_DESCRIPTION = PHOTOGRAPH.with_suffix(".json")

LOAD_TEST = TemplateDraft(
    key="load-test-report",
    title_zh="压测报告",
    title_en="Load-test report",
    requirements=(
        LabelledRequirement("concurrency", RequirementKind.METRIC, "并发数", "Concurrency", metric="concurrency"),
        LabelledRequirement("p95", RequirementKind.METRIC, "P95 响应时间", "p95 latency", metric="latency_p95"),
        LabelledRequirement(
            "cpu",
            RequirementKind.PICTURE,
            "CPU 峰值截图",
            "CPU peak screenshot",
            words=("CPU 峰值", "CPU peak", "CPU max"),
        ),
        LabelledRequirement(
            "errors",
            RequirementKind.SECTION,
            "错误日志摘要",
            "Summary of errors",
            words=("错误日志", "错误类型", "error log"),
        ),
    ),
)
"""The template that the company starts with."""


def photograph_truth() -> dict[str, Any]:
    """What is written on the demo's photographed form: `{sheet_id, template: {key}, values: {field: value}, …}`."""
    truth: dict[str, Any] = json.loads(_DESCRIPTION.read_text("utf-8"))
    return truth


def seed(settings: Settings) -> None:
    """Write the invented company, publish the shipped forms and a template of load-test reports in it, and enter the
    sheet of the demo's photograph.

    Doing it again changes nothing.
    """
    truth = photograph_truth()
    database = Database(settings)
    files = FileStore(settings.files_url)
    viewer = system_viewer(ORGANIZATION_ID)
    try:
        with database.begin(Scope(ORGANIZATION_ID)) as session:
            seed_company(session)
            form_id = furnish(session, viewer, files)[truth["template"]["key"]]
            bind_sheet(session, uuid.UUID(hex=truth["sheet_id"]), truth["values"]["staff_number"], form_id)
            _publish_load_test(session, viewer)
    finally:
        database.close()


def _publish_load_test(session: Session, viewer: Viewer) -> None:
    known = session.scalars(templates.visible_to(viewer).where(DeliverableTemplate.key == LOAD_TEST.key)).first()
    if known is not None:
        return
    template = publish_template(session, viewer, LOAD_TEST)
    for metric, unit, green, yellow in (("latency_p95", "ms", "500", "800"), ("error_rate", "%", "0.5", "1")):
        draft = ThresholdDraft(
            template.id,
            metric,
            unit,
            ThresholdDirection.AT_MOST,
            green_high=Decimal(green),
            yellow_high=Decimal(yellow),
        )
        set_threshold(session, viewer, draft)
